package org.maftia.wormhole.card.applet;

/** Commands and answers of the applet, the same for card and host. Class byte {@code 80}; numbers are big-endian. */
public interface CardCommands {
    byte CLASS = (byte) 0x80;

    /** Group 16, ttcb u16, epoch u64: makes the keys, once in the life of the applet; answers nothing. */
    byte SETUP = 0x10;

    /** Nothing; answers group 16, ttcb u16, epoch u64, identity point 64, signing point 64, signature of the EPOCH. */
    byte IDENTITY = 0x12;

    /** Protocol u32, lane u8, digest 32; answers counter u64, view u64, ckpt u64, signature. */
    byte UI = 0x20;

    /** Protocol u32, mark u8, value u64, digest 32; answers view u64, ckpt u64, counters of all lanes, signature. */
    byte RAISE = 0x22;

    /** Protocol u32, lane u8; answers what {@link #UI} did, digest 32 before the signature; or nothing. */
    byte LAST_UI = 0x24;

    /** Protocol u32, mark u8; answers what {@link #RAISE} did, digest 32 before the signature; or nothing. */
    byte LAST_FENCE = 0x26;

    /** Protocol u32, nonce 32; answers view u64, ckpt u64, counters of all lanes, signature. */
    byte COUNTERS = 0x28;

    /** P2: how many, at most 64; answers so many random bytes. */
    byte RANDOM = 0x30;

    short NO_SUCH_LANE = 0x6a86;
    short TOO_MANY_STREAMS = 0x6a84;
    short MARK_NOT_HIGHER = 0x6a8c;
    short EXHAUSTED = 0x6a8d;

    /** Lanes of a stream: the memory of a card is small. */
    short LANES = 4;

    /** Streams of the group. */
    short STREAMS = 8;

    short RANDOM_MAX = 64;

    /** ECDSA signatures come as ASN.1, in at most so many bytes. */
    short SIGNATURE_MAX = 72;
}
