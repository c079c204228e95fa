package org.maftia.wormhole.certificate;

/**
 * What a TPM says of its time in every attestation. TPM 2.0 Library, part 2, clause 10.11.1.
 *
 * @param millis how long it has run since its clear; may go back a little after an unclean stop
 * @param resets how often it was reset since its clear
 * @param restarts how often it was restarted or resumed since its last reset
 * @param safe whether the clock is sure not to have gone back
 * @param firmware version of its firmware, as its maker counts
 */
public record TpmClock(long millis, int resets, int restarts, boolean safe, long firmware) {
    static final int LENGTH = 25;

    /** The counts as the number of an epoch: higher with each reset and each restart, and never the same again. */
    public long epoch() {
        return (long) resets << 32 | Integer.toUnsignedLong(restarts);
    }

    /** As attestations have it. */
    public void copyTo(byte[] target, int offset) {
        BigEndian.u64(target, offset, millis);
        BigEndian.u32(target, offset + 8, resets);
        BigEndian.u32(target, offset + 12, restarts);
        BigEndian.u8(target, offset + 16, safe ? 1 : 0);
        BigEndian.u64(target, offset + 17, firmware);
    }

    /**
     * @throws MalformedCertificateException if it has no encoding of its own
     */
    public static TpmClock at(byte[] bytes, int offset) {
        return new TpmClock(
                BigEndian.u64(bytes, offset),
                BigEndian.u32(bytes, offset + 8),
                BigEndian.u32(bytes, offset + 12),
                Statement.flag(bytes, offset + 16),
                BigEndian.u64(bytes, offset + 17));
    }
}
