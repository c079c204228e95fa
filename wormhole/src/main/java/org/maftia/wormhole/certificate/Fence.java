package org.maftia.wormhole.certificate;

/**
 * A mark has been raised: this is the one FENCE for this value of it, every UI with a counter above these carries at
 * least these marks, and every UI up to them carries less of the raised one.
 *
 * @param mark which mark was raised
 * @param view the VIEW mark afterwards
 * @param ckpt the CKPT mark afterwards
 * @param counters the last counter of every lane at that instant
 * @param digest of the message that goes with it
 */
public record Fence(Header header, Mark mark, long view, long ckpt, LaneCounters counters, Digest digest, Seal seal)
        implements Certificate {
    public Fence {
        Statement.counted(view);
        Statement.counted(ckpt);
    }

    @Override
    public Kind kind() {
        return Kind.FENCE;
    }

    @Override
    public boolean binds(Digest other) {
        return digest.equals(other);
    }

    @Override
    public void writeBody(byte[] out, int at) {
        BigEndian.u8(out, at, mark.code());
        BigEndian.u64(out, at + 1, view);
        BigEndian.u64(out, at + 9, ckpt);
        for (int lane = 0; lane < Stream.LANES; lane++) {
            BigEndian.u64(out, at + 17 + 8 * lane, counters.of(lane));
        }
        digest.copyTo(out, at + 145);
    }

    static Fence at(Header header, byte[] in, int at, Seal seal) {
        return new Fence(
                header,
                mark(BigEndian.u8(in, at)),
                BigEndian.u64(in, at + 1),
                BigEndian.u64(in, at + 9),
                LaneCounters.at(in, at + 17),
                Digest.at(in, at + 145),
                seal);
    }

    private static Mark mark(int code) {
        return switch (code) {
            case 1 -> Mark.VIEW;
            case 2 -> Mark.CKPT;
            default -> throw new MalformedCertificateException("no such mark");
        };
    }

    /** What the raised mark was raised to. */
    public long value() {
        return mark == Mark.VIEW ? view : ckpt;
    }
}
