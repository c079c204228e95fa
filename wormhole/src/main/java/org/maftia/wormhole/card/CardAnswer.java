package org.maftia.wormhole.card;

import java.util.Arrays;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.card.applet.CardCommands;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.LaneCounters;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.Seal;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;

/** Reads an answer of the applet from its beginning to its end. */
final class CardAnswer {
    private final byte[] bytes;
    private int at;

    CardAnswer(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    private int take(int count) {
        if (count > bytes.length - at) {
            throw new StoppedException("the card's answer ends early");
        }
        at += count;
        return at - count;
    }

    byte[] raw(int count) {
        int from = take(count);
        return Arrays.copyOfRange(bytes, from, from + count);
    }

    long number() {
        return BigEndian.u64(bytes, take(8));
    }

    Digest digest() {
        return Digest.at(bytes, take(Digest.LENGTH));
    }

    /** The counters that the card keeps; other lanes are at 0. */
    LaneCounters counters() {
        long[] counters = new long[Stream.LANES];
        for (int lane = 0; lane < CardCommands.LANES; lane++) {
            counters[lane] = number();
        }
        try {
            return LaneCounters.of(counters);
        } catch (MalformedCertificateException e) {
            throw new StoppedException("the card answers with a counter below 0", e);
        }
    }

    /** The rest: SEQUENCE of two INTEGERs, as X9.62 has it; becomes r and s, 32 bytes each. */
    Seal seal() {
        int sequence = take(2);
        if (bytes[sequence] != 0x30 || (bytes[sequence + 1] & 0xff) != bytes.length - at) {
            throw new StoppedException("the card's signature is malformed");
        }
        byte[] tag = new byte[TagProfile.P256.length()];
        integer(tag, 0);
        integer(tag, 32);
        if (at != bytes.length) {
            throw new StoppedException("the card's answer is too long");
        }
        return Seal.of(TagProfile.P256, tag);
    }

    private void integer(byte[] target, int offset) {
        int head = take(2);
        int length = bytes[head + 1];
        if (bytes[head] != 2 || length < 1 || length > 33) {
            throw new StoppedException("the card's signature is malformed");
        }
        int from = take(length);
        if (length == 33) {
            if (bytes[from] != 0) {
                throw new StoppedException("the card's signature is malformed");
            }
            from++;
            length--;
        }
        System.arraycopy(bytes, from, target, offset + 32 - length, length);
    }
}
