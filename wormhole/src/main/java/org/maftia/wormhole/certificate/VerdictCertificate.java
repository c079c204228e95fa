package org.maftia.wormhole.certificate;

/**
 * Whether a party reported an event at its component within a bound.
 *
 * @param who the party
 * @param event its name for the event
 * @param boundMicros what it had
 * @param late whether it was late, or silent
 */
public record VerdictCertificate(Header header, Eid who, long event, long boundMicros, boolean late, Seal seal)
        implements Certificate {
    public VerdictCertificate {
        Statement.counted(boundMicros);
    }

    @Override
    public Kind kind() {
        return Kind.VERDICT;
    }

    @Override
    public void writeBody(byte[] out, int at) {
        who.copyTo(out, at);
        BigEndian.u64(out, at + 12, event);
        BigEndian.u64(out, at + 20, boundMicros);
        BigEndian.u8(out, at + 28, late ? 1 : 0);
    }

    static VerdictCertificate at(Header header, byte[] in, int at, Seal seal) {
        return new VerdictCertificate(
                header,
                Eid.at(in, at),
                BigEndian.u64(in, at + 12),
                BigEndian.u64(in, at + 20),
                Statement.flag(in, at + 28),
                seal);
    }
}
