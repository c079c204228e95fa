package org.maftia.wormhole.certificate;

/**
 * No UI with one of these counters ever left the component: its own durable record proves it. Receivers pass over the
 * gap.
 *
 * @param lane 0 to 15
 * @param from the first counter of the gap, at least 1
 * @param to the last one
 */
public record VoidRange(Header header, int lane, long from, long to, Seal seal) implements Certificate {
    public VoidRange {
        Statement.lane(lane);
        if (from < 1 || to < from) {
            throw new MalformedCertificateException("no range of counters");
        }
    }

    @Override
    public Kind kind() {
        return Kind.VOID;
    }

    @Override
    public void writeBody(byte[] out, int at) {
        BigEndian.u32(out, at, lane);
        BigEndian.u64(out, at + 4, from);
        BigEndian.u64(out, at + 12, to);
    }

    static VoidRange at(Header header, byte[] in, int at, Seal seal) {
        return new VoidRange(
                header, BigEndian.u32(in, at), BigEndian.u64(in, at + 4), BigEndian.u64(in, at + 12), seal);
    }
}
