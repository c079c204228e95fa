package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.util.Arrays;
import org.maftia.wormhole.certificate.BigEndian;

/** Reads one response, never beyond its end. */
final class TpmReply {
    final byte[] bytes = new byte[TpmTransport.LENGTH_MAX];
    private int at;
    private int end;

    /** A response of so many bytes has come; gives its code. */
    int begin(int length) {
        at = TpmTransport.HEADER_LENGTH;
        end = length;
        return BigEndian.u32(bytes, 6);
    }

    /** Passes over the length of the parameters, which responses to commands with authorization carry. */
    TpmReply parameters() throws IOException {
        u32();
        return this;
    }

    private int take(int count) throws IOException {
        if (count > end - at) {
            throw new IOException("the TPM's response ends early");
        }
        at += count;
        return at - count;
    }

    int u8() throws IOException {
        return BigEndian.u8(bytes, take(1));
    }

    int u16() throws IOException {
        return BigEndian.u16(bytes, take(2));
    }

    int u32() throws IOException {
        return BigEndian.u32(bytes, take(4));
    }

    long u64() throws IOException {
        return BigEndian.u64(bytes, take(8));
    }

    byte[] raw(int count) throws IOException {
        int from = take(count);
        return Arrays.copyOfRange(bytes, from, from + count);
    }

    /** A structure of TPM2B with at most so many bytes. */
    byte[] sized(int lengthMax) throws IOException {
        int length = u16();
        if (length > lengthMax) {
            throw new IOException("the TPM sends " + length + " bytes where at most " + lengthMax + " belong");
        }
        return raw(length);
    }

    /** A structure of TPM2B that must have just so many bytes. */
    byte[] exactly(int length) throws IOException {
        byte[] value = sized(length);
        if (value.length != length) {
            throw new IOException("the TPM sends " + value.length + " bytes where " + length + " belong");
        }
        return value;
    }

    /** A number of 32 bytes, of which the TPM may leave out leading zeros. */
    byte[] number() throws IOException {
        byte[] value = sized(32);
        byte[] padded = new byte[32];
        System.arraycopy(value, 0, padded, 32 - value.length, value.length);
        return padded;
    }
}
