package org.maftia.core.ordering.hybrid;

import org.maftia.core.wire.Digest;

/** Short names in what people read. */
final class Words {
    private Words() {}

    static String of(Digest digest) {
        return digest.equals(Digest.ZERO) ? "nothing" : digest.toString().substring(0, 8);
    }
}
