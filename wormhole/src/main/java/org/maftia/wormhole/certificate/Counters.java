package org.maftia.wormhole.certificate;

/**
 * Where the stream stands: marks and last counters at some instant after the nonce was known.
 *
 * @param nonce the asker's, so that the answer is fresh
 * @param view the VIEW mark
 * @param ckpt the CKPT mark
 * @param counters the last counter of every lane
 */
public record Counters(Header header, Digest nonce, long view, long ckpt, LaneCounters counters, Seal seal)
        implements Certificate {
    public Counters {
        Statement.counted(view);
        Statement.counted(ckpt);
    }

    @Override
    public Kind kind() {
        return Kind.COUNTERS;
    }

    @Override
    public boolean binds(Digest other) {
        return nonce.equals(other);
    }

    @Override
    public void writeBody(byte[] out, int at) {
        nonce.copyTo(out, at);
        BigEndian.u64(out, at + 32, view);
        BigEndian.u64(out, at + 40, ckpt);
        for (int lane = 0; lane < Stream.LANES; lane++) {
            BigEndian.u64(out, at + 48 + 8 * lane, counters.of(lane));
        }
    }

    static Counters at(Header header, byte[] in, int at, Seal seal) {
        return new Counters(
                header,
                Digest.at(in, at),
                BigEndian.u64(in, at + 32),
                BigEndian.u64(in, at + 40),
                LaneCounters.at(in, at + 48),
                seal);
    }
}
