package org.maftia.wormhole.certificate;

/**
 * The outcome of a block agreement, the same from every component.
 *
 * @param view number of the trusted view whose components ran it
 * @param instance digest of list, start and decision function: which agreement it was
 * @param decided whether there is a value; without one, {@code value} is zero
 * @param okMask bit k: entry k of the list proposed the value
 * @param anyMask bit k: entry k of the list proposed any value in time
 */
public record OutcomeCertificate(
        Header header, long view, Digest instance, boolean decided, Digest value, int okMask, int anyMask, Seal seal)
        implements Certificate {
    public OutcomeCertificate {
        Statement.counted(view);
        if ((okMask & ~anyMask) != 0 || (!decided && !(okMask == 0 && value.equals(Digest.ZERO)))) {
            throw new MalformedCertificateException("contradicts itself");
        }
    }

    @Override
    public Kind kind() {
        return Kind.OUTCOME;
    }

    @Override
    public boolean binds(Digest other) {
        return value.equals(other);
    }

    @Override
    public void writeBody(byte[] out, int at) {
        BigEndian.u64(out, at, view);
        instance.copyTo(out, at + 8);
        BigEndian.u8(out, at + 40, decided ? 1 : 0);
        value.copyTo(out, at + 41);
        BigEndian.u32(out, at + 73, okMask);
        BigEndian.u32(out, at + 77, anyMask);
    }

    static OutcomeCertificate at(Header header, byte[] in, int at, Seal seal) {
        return new OutcomeCertificate(
                header,
                BigEndian.u64(in, at),
                Digest.at(in, at + 8),
                Statement.flag(in, at + 40),
                Digest.at(in, at + 41),
                BigEndian.u32(in, at + 73),
                BigEndian.u32(in, at + 77),
                seal);
    }
}
