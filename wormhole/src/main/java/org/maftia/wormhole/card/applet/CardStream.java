package org.maftia.wormhole.card.applet;

/** What the card keeps of one stream, all of it in memory that survives; counters and marks 8 bytes each. */
final class CardStream {
    static final short NUMBER = 8;
    static final short DIGEST = 32;

    /** Counter, view, ckpt, digest, length of the signature, signature. */
    static final short UI_LENGTH = 3 * NUMBER + DIGEST + 1 + CardCommands.SIGNATURE_MAX;

    /** View, ckpt, counters, digest, length of the signature, signature. */
    static final short FENCE_LENGTH = (2 + CardCommands.LANES) * NUMBER + DIGEST + 1 + CardCommands.SIGNATURE_MAX;

    /** A byte that is 1 once the stream is in use, then the protocol. */
    final byte[] protocol;

    /** VIEW, then CKPT. */
    final byte[] marks;

    final byte[] counters;

    /** The last UI of every lane. */
    final byte[] uis;

    /** The last FENCE of every mark. */
    final byte[] fences;

    CardStream(UsigApplet applet) {
        protocol = applet.durable((short) 5);
        marks = applet.durable((short) (2 * NUMBER));
        counters = applet.durable((short) (CardCommands.LANES * NUMBER));
        uis = applet.durable((short) (CardCommands.LANES * UI_LENGTH));
        fences = applet.durable((short) (2 * FENCE_LENGTH));
    }
}
