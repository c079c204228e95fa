package org.maftia.wormhole.certificate;

/**
 * The component works in this trusted view and in no earlier one.
 *
 * @param number of the view
 * @param content digest of its members, their epochs and keys, and its fault sets
 */
public record ViewCertificate(Header header, long number, Digest content, Seal seal) implements Certificate {
    public ViewCertificate {
        Statement.counted(number);
    }

    @Override
    public Kind kind() {
        return Kind.VIEW;
    }

    @Override
    public boolean binds(Digest other) {
        return content.equals(other);
    }

    @Override
    public void writeBody(byte[] out, int at) {
        BigEndian.u64(out, at, number);
        content.copyTo(out, at + 8);
    }

    static ViewCertificate at(Header header, byte[] in, int at, Seal seal) {
        return new ViewCertificate(header, BigEndian.u64(in, at), Digest.at(in, at + 8), seal);
    }
}
