package org.maftia.core.ordering;

import org.maftia.core.wire.Digest;

/** Digests as people read them in transcripts: the first bytes are enough to tell them apart. */
final class Brief {
    private static final int HEX_DIGITS = 8;

    private Brief() {}

    static String of(Digest digest) {
        return digest.equals(Digest.ZERO) ? "empty" : digest.toString().substring(0, HEX_DIGITS);
    }
}
