package org.maftia.wormhole.certificate;

/**
 * A unique identifier: the component has given this counter of this lane to this digest and to no other, and had
 * these marks when it did. Counters of a lane are given one by one, from 1.
 *
 * @param lane 0 to 15
 * @param view the VIEW mark at that instant
 * @param ckpt the CKPT mark at that instant
 * @param digest of the message, or of a batch
 */
public record Ui(Header header, int lane, long counter, long view, long ckpt, Digest digest, Seal seal)
        implements Certificate {
    public Ui {
        Statement.lane(lane);
        Statement.counted(counter);
        Statement.counted(view);
        Statement.counted(ckpt);
    }

    @Override
    public Kind kind() {
        return Kind.UI;
    }

    @Override
    public boolean binds(Digest other) {
        return digest.equals(other);
    }

    @Override
    public void writeBody(byte[] out, int at) {
        BigEndian.u32(out, at, lane);
        BigEndian.u64(out, at + 4, counter);
        BigEndian.u64(out, at + 12, view);
        BigEndian.u64(out, at + 20, ckpt);
        digest.copyTo(out, at + 28);
    }

    static Ui at(Header header, byte[] in, int at, Seal seal) {
        return new Ui(
                header,
                BigEndian.u32(in, at),
                BigEndian.u64(in, at + 4),
                BigEndian.u64(in, at + 12),
                BigEndian.u64(in, at + 20),
                Digest.at(in, at + 28),
                seal);
    }
}
