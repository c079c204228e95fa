package org.maftia.wormhole.certificate;

/**
 * The layout of what is tagged, written without allocation. The trusted component and the records of this package write
 * with the same methods, so what a record says is what was tagged.
 */
public final class Statement {
    private static final int MAGIC = 0x4d544342; // "MTCB"
    private static final int VERSION = 1;

    // Where fields stand in the statements that the component keeps as bytes.
    public static final int UI_LANE = Kind.HEADER_LENGTH;
    public static final int UI_COUNTER = Kind.HEADER_LENGTH + 4;
    public static final int UI_VIEW = Kind.HEADER_LENGTH + 12;
    public static final int UI_CKPT = Kind.HEADER_LENGTH + 20;
    public static final int UI_DIGEST = Kind.HEADER_LENGTH + 28;
    public static final int FENCE_MARK = Kind.HEADER_LENGTH;
    public static final int FENCE_VIEW = Kind.HEADER_LENGTH + 1;
    public static final int FENCE_CKPT = Kind.HEADER_LENGTH + 9;
    public static final int FENCE_COUNTERS = Kind.HEADER_LENGTH + 17;
    public static final int FENCE_DIGEST = FENCE_COUNTERS + LaneCounters.LENGTH;

    public static final int VOID_LANE = Kind.HEADER_LENGTH;
    public static final int VOID_FROM = Kind.HEADER_LENGTH + 4;
    public static final int VOID_TO = Kind.HEADER_LENGTH + 12;

    private static final Kind[] KINDS = Kind.values();

    private Statement() {}

    /** Writes the first 36 bytes; gives the offset of the body. */
    public static int header(byte[] out, int at, Kind kind, Stream stream, int ttcb, long epoch) {
        BigEndian.u32(out, at, MAGIC);
        BigEndian.u8(out, at + 4, VERSION);
        BigEndian.u8(out, at + 5, kind.code());
        BigEndian.u64(out, at + 6, stream.groupHigh());
        BigEndian.u64(out, at + 14, stream.groupLow());
        BigEndian.u32(out, at + 22, stream.protocol());
        BigEndian.u16(out, at + 26, ttcb);
        BigEndian.u64(out, at + 28, epoch);
        return at + Kind.HEADER_LENGTH;
    }

    static Kind kind(byte[] bytes, int at, int length) {
        if (length < Kind.HEADER_LENGTH
                || BigEndian.u32(bytes, at) != MAGIC
                || BigEndian.u8(bytes, at + 4) != VERSION) {
            throw new MalformedCertificateException("no certificate of this version");
        }
        return Kind.of(BigEndian.u8(bytes, at + 5));
    }

    static Header header(byte[] bytes, int at) {
        Stream stream =
                new Stream(BigEndian.u64(bytes, at + 6), BigEndian.u64(bytes, at + 14), BigEndian.u32(bytes, at + 22));
        return new Header(stream, BigEndian.u16(bytes, at + 26), BigEndian.u64(bytes, at + 28));
    }

    static void counted(long number) {
        if (number < 0) {
            throw new MalformedCertificateException("a number above 2^63");
        }
    }

    static void lane(int lane) {
        if (lane < 0 || lane >= Stream.LANES) {
            throw new MalformedCertificateException("no such lane");
        }
    }

    static boolean flag(byte[] bytes, int at) {
        int value = BigEndian.u8(bytes, at);
        if (value > 1) {
            throw new MalformedCertificateException("no boolean");
        }
        return value == 1;
    }

    public static int ttcb(byte[] bytes, int at) {
        return BigEndian.u16(bytes, at + 26);
    }

    public static long epoch(byte[] bytes, int at) {
        return BigEndian.u64(bytes, at + 28);
    }

    public static boolean sameGroup(byte[] bytes, int at, Stream group) {
        return BigEndian.u64(bytes, at + 6) == group.groupHigh() && BigEndian.u64(bytes, at + 14) == group.groupLow();
    }

    /**
     * Looks at the form alone, without allocation: gives the length of the statement if the range is one statement and
     * one seal, each as long as it should be, else 0.
     */
    public static int genuineLength(byte[] bytes, int at, int length) {
        if (length < Kind.HEADER_LENGTH
                || BigEndian.u32(bytes, at) != MAGIC
                || BigEndian.u8(bytes, at + 4) != VERSION) {
            return 0;
        }
        int kind = BigEndian.u8(bytes, at + 5);
        int statement = kind < 1 || kind > KINDS.length ? 0 : KINDS[kind - 1].statementLength();
        if (statement == 0 || length <= statement) {
            return 0;
        }
        int profile = BigEndian.u8(bytes, at + statement);
        int tag = profile == TagProfile.HMAC.code()
                ? TagProfile.HMAC.length()
                : profile == TagProfile.P256.code() ? TagProfile.P256.length() : -1;
        return length == statement + 1 + tag ? statement : 0;
    }

    /** Whether a statement of good form is about a digest; those that carry none are about zeros only. */
    public static boolean binds(byte[] bytes, int at, byte[] digest, int digestAt) {
        int offset = KINDS[BigEndian.u8(bytes, at + 5) - 1].digestOffset();
        for (int i = 0; i < Digest.LENGTH; i++) {
            if ((offset == 0 ? 0 : bytes[at + offset + i]) != digest[digestAt + i]) {
                return false;
            }
        }
        return true;
    }
}
