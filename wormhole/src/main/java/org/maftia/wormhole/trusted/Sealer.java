package org.maftia.wormhole.trusted;

import org.maftia.wormhole.certificate.TagProfile;

/** Computes the tags of one profile. */
interface Sealer {
    TagProfile profile();

    /** Seals a range of bytes; writes the tag at an offset of {@code out}. */
    void seal(byte[] bytes, int at, int length, byte[] out, int outAt);

    /** Whether the tag at an offset is one that a component numbered so, in that epoch, made of these bytes. */
    boolean verify(int ttcb, long epoch, byte[] bytes, int at, int length, byte[] tag, int tagAt);

    /** Forgets the key. */
    void erase();
}
