package org.maftia.wormhole.certificate;

/**
 * A party that a component has authenticated: name of a client of one component in one epoch, never reused.
 *
 * @param ttcb number of the component, below 2^16
 * @param slot which client of it, below 2^16
 * @param epoch that of the component
 */
public record Eid(int ttcb, int slot, long epoch) {
    public static final int LENGTH = 12;

    public Eid {
        if (ttcb < 0 || ttcb > 0xffff || slot < 0 || slot > 0xffff || epoch < 0) {
            throw new MalformedCertificateException("no such party");
        }
    }

    public static Eid at(byte[] bytes, int offset) {
        return new Eid(
                BigEndian.u16(bytes, offset), BigEndian.u16(bytes, offset + 2), BigEndian.u64(bytes, offset + 4));
    }

    public void copyTo(byte[] target, int offset) {
        BigEndian.u16(target, offset, ttcb);
        BigEndian.u16(target, offset + 2, slot);
        BigEndian.u64(target, offset + 4, epoch);
    }
}
