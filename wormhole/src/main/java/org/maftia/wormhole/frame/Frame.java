package org.maftia.wormhole.frame;

/** Where things stand in a frame, and what a request may ask; the numbers are part of the format. */
public final class Frame {
    public static final int LENGTH = 512;
    public static final int OPERATION = 0;
    public static final int CODE = 1;
    public static final int PAYLOAD_LENGTH = 2;
    public static final int SLOT = 4;
    public static final int SEQUENCE = 8;
    public static final int PAYLOAD = 16;
    public static final int MAC_LENGTH = 32;
    public static final int MAC = LENGTH - MAC_LENGTH;
    public static final int PAYLOAD_MAX = MAC - PAYLOAD;

    // Without a session.
    /** Nothing; replies group 16, ttcb u16, epoch u64, identity key 64, EPOCH certificate. */
    public static final int IDENTITY = 1;

    /** Nothing; replies {@link CapabilityCodec}. */
    public static final int CAPABILITIES = 2;

    /** X25519 key 32; replies eid 12, X25519 key 32, signature 64 by the epoch's key over {@link Handshake}. */
    public static final int HELLO = 3;

    /** Nothing; replies what a TPM says of this start, or nothing. */
    public static final int ATTESTATION = 4;

    /** Operations from here on belong to a session. */
    public static final int SESSION = 16;

    /** Stream 20, lane u32, digest 32; replies a UI. */
    public static final int UI = 16;

    /** Stream 20, mark u8, value u64, digest 32; replies a FENCE. */
    public static final int RAISE = 17;

    /** Stream 20, lane u32; replies a UI or nothing. */
    public static final int LAST_UI = 18;

    /** Stream 20, mark u8; replies a FENCE or nothing. */
    public static final int LAST_FENCE = 19;

    /** Stream 20, lane u32; replies a VOID or nothing. */
    public static final int LAST_VOID = 20;

    /** Stream 20, nonce 32; replies COUNTERS. */
    public static final int COUNTERS = 21;

    /** Digest 32, certificate; replies one byte, 1 if it is genuine. */
    public static final int VERIFY = 22;

    /** Count u8, at most {@link #RANDOM_MAX}; replies so many bytes. */
    public static final int RANDOM = 23;

    /** Nothing; replies nothing, and the session is over. */
    public static final int BYE = 24;

    /** Offset u16, bytes: part of what an installation needs; replies nothing. */
    public static final int LOAD = 25;

    /** Lengths of view u16 and of wrapped key u16, number of FENCEs u8; replies nothing. */
    public static final int INSTALL = 26;

    /** Index of a member u8; replies the group key, wrapped for it. */
    public static final int WRAP = 27;

    /** Nothing; replies a VIEW, or nothing before the first one. */
    public static final int VIEW = 28;

    /** Digest 32; replies a STAMP. */
    public static final int TIMESTAMP = 29;

    /** Nothing; replies a handle u64. */
    public static final int START_DURATION = 30;

    /** Handle u64; replies nanoseconds u64 and their error u64. */
    public static final int STOP_DURATION = 31;

    /** Action u8, not before u64, deadline u64, microseconds since 1970; replies a handle u64. */
    public static final int EXECUTE_AT = 32;

    /** Handle u64; replies the state u8 of the execution. */
    public static final int EXECUTED = 33;

    /** Who 12, event u64, bound u64 in microseconds; replies a handle u64. */
    public static final int WATCH = 34;

    /** Event u64; replies nothing. */
    public static final int DONE = 35;

    /** Handle u64; replies a VERDICT, or nothing while it is open. */
    public static final int VERDICT = 36;

    /** Nothing; replies missed wake-ups u64 and the histogram of lateness, 32 x u64. */
    public static final int LATENESS = 37;

    /** Decision u8, start u64, count u8, eids, value 32; replies whether it came in time u8, instance 32. */
    public static final int PROPOSE = 38;

    /** Instance 32; replies the state u8, and an OUTCOME where it is decided. */
    public static final int DECIDE = 39;

    /** Offset u16; replies member u8, length u16, a part of the message that waits for it; or nothing. */
    public static final int TAKE = 40;

    /** Length u16; gives the message that was loaded; replies nothing. */
    public static final int GIVE = 41;

    /** Random bytes of one call: enough for any key. */
    public static final int RANDOM_MAX = 64;

    /** Group 16, protocol u32. */
    public static final int STREAM_LENGTH = 20;

    private Frame() {}
}
