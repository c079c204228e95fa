package org.maftia.wormhole.certificate;

/**
 * The component has begun an epoch with fresh keys; the header names the new one. Sealed by the identity key, which
 * outlives epochs and certifies nothing else.
 *
 * @param previous the epoch that it replaces, 0 for the first
 * @param keys those of the new epoch
 */
public record EpochCertificate(Header header, long previous, EpochKeys keys, Seal seal) implements Certificate {
    public EpochCertificate {
        Statement.counted(previous);
    }

    @Override
    public Kind kind() {
        return Kind.EPOCH;
    }

    @Override
    public void writeBody(byte[] out, int at) {
        BigEndian.u64(out, at, previous);
        keys.copyTo(out, at + 8);
    }

    static EpochCertificate at(Header header, byte[] in, int at, Seal seal) {
        return new EpochCertificate(header, BigEndian.u64(in, at), EpochKeys.at(in, at + 8), seal);
    }
}
