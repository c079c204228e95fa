package org.maftia.wormhole.certificate;

/**
 * The digest was known to the component at some instant of an interval of true time: never a bare instant, since no
 * clock is exact.
 *
 * @param earliestMicros since 1970
 * @param latestMicros since 1970, not before the earliest
 */
public record Stamp(Header header, Digest digest, long earliestMicros, long latestMicros, Seal seal)
        implements Certificate {
    public Stamp {
        Statement.counted(earliestMicros);
        if (latestMicros < earliestMicros) {
            throw new MalformedCertificateException("ends before it begins");
        }
    }

    @Override
    public Kind kind() {
        return Kind.STAMP;
    }

    @Override
    public boolean binds(Digest other) {
        return digest.equals(other);
    }

    @Override
    public void writeBody(byte[] out, int at) {
        digest.copyTo(out, at);
        BigEndian.u64(out, at + 32, earliestMicros);
        BigEndian.u64(out, at + 40, latestMicros);
    }

    static Stamp at(Header header, byte[] in, int at, Seal seal) {
        return new Stamp(header, Digest.at(in, at), BigEndian.u64(in, at + 32), BigEndian.u64(in, at + 40), seal);
    }
}
