package org.maftia.wormhole.certificate;

/** What a certificate states; the number and the length are part of the format. */
public enum Kind {
    UI(60),
    FENCE(1 + 16 + LaneCounters.LENGTH + Digest.LENGTH),
    VOID(20),
    COUNTERS(Digest.LENGTH + 16 + LaneCounters.LENGTH),
    OUTCOME(8 + Digest.LENGTH + 1 + Digest.LENGTH + 8),
    STAMP(Digest.LENGTH + 16),
    VERDICT(Eid.LENGTH + 17),
    VIEW(8 + Digest.LENGTH),
    EPOCH(8 + EpochKeys.LENGTH);

    /** Bytes before the body: magic, version, kind, group, protocol, component, epoch. */
    public static final int HEADER_LENGTH = 36;

    /** No statement is longer. */
    public static final int STATEMENT_LENGTH_MAX = HEADER_LENGTH + 1 + 16 + LaneCounters.LENGTH + Digest.LENGTH;

    /** No certificate is longer. */
    public static final int CERTIFICATE_LENGTH_MAX = STATEMENT_LENGTH_MAX + 1 + QuoteTag.LENGTH;

    private final int bodyLength;

    Kind(int bodyLength) {
        this.bodyLength = bodyLength;
    }

    public int code() {
        return ordinal() + 1;
    }

    /** Bytes of the statement, header and body. */
    public int statementLength() {
        return HEADER_LENGTH + bodyLength;
    }

    /** Where the digest stands in the statement that the certificate is about; 0 where it is about none. */
    int digestOffset() {
        return switch (this) {
            case UI -> Statement.UI_DIGEST;
            case FENCE -> Statement.FENCE_DIGEST;
            case COUNTERS, STAMP -> HEADER_LENGTH;
            case OUTCOME -> HEADER_LENGTH + 8 + Digest.LENGTH + 1;
            case VIEW -> HEADER_LENGTH + 8;
            case VOID, VERDICT, EPOCH -> 0;
        };
    }

    /**
     * @throws MalformedCertificateException if no kind has this code
     */
    public static Kind of(int code) {
        return switch (code) {
            case 1 -> UI;
            case 2 -> FENCE;
            case 3 -> VOID;
            case 4 -> COUNTERS;
            case 5 -> OUTCOME;
            case 6 -> STAMP;
            case 7 -> VERDICT;
            case 8 -> VIEW;
            case 9 -> EPOCH;
            default -> throw new MalformedCertificateException("no such kind of certificate");
        };
    }
}
