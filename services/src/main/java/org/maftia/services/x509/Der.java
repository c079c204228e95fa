package org.maftia.services.x509;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.maftia.core.wire.MalformedException;

/** ASN.1 in memory. */
public final class Der {
    private Der() {}

    public static byte[] of(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("encoding into memory does not fail", e);
        }
    }

    /** What is read from a value; may throw whatever the library throws. */
    @FunctionalInterface
    public interface Reading<T> {
        T read();
    }

    /**
     * Reads what strangers sent. The library says in many ways that bytes are not what they should be, an index out of bounds among
     * them, and what it throws for a hostile request must not stop every replica at once. It keeps no state that could be left broken.
     * It bounds the depth of nesting itself.
     *
     * @param refusal the sentence for what has none of its own
     * @throws MalformedException when they are not what is read
     */
    public static <T> T read(String refusal, Reading<T> reading) {
        try {
            return reading.read();
        } catch (MalformedException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MalformedException(refusal);
        }
    }

    /**
     * One value, which takes all of the bytes.
     *
     * @throws MalformedException when they are none
     */
    public static ASN1Primitive parse(byte[] encoded) {
        try {
            return ASN1Primitive.fromByteArray(encoded);
        } catch (IOException | RuntimeException e) { // the library has many ways to say that bytes are nonsense
            throw new MalformedException("no DER");
        }
    }
}
