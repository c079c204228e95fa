package org.maftia.wormhole.certificate;

/**
 * The bytes that a TPM signs when it tells of itself (TPMS_ATTEST). Nobody parses them: whoever verifies makes them of
 * what must be true. TPM 2.0 Library, part 2, clause 10.12.8.
 */
public final class Attestation {
    private static final int GENERATED = 0xff544347; // only a TPM signs what begins so
    private static final int QUOTE = 0x8018;
    private static final int COUNTER = 0x8014;
    private static final int SHA256 = 0x000b;

    /** Bytes before what depends on the kind, without the extra data. */
    private static final int FIXED = 4 + 2 + 2 + AttestationKey.NAME_LENGTH + 2 + TpmClock.LENGTH;

    private static final int QUOTE_LENGTH = 10 + 2 + 32;
    private static final int COUNTER_LENGTH = 2 + AttestationKey.NAME_LENGTH + 2 + 2 + 8;

    /** Where the clock stands. */
    private static int clockAt(byte[] extraData) {
        return FIXED - TpmClock.LENGTH + extraData.length;
    }

    private Attestation() {}

    /**
     * The registers have these contents.
     *
     * @param registers bit k for PCR k of the bank of SHA-256, below 24
     * @param contents SHA-256 over the contents of these registers
     */
    public static byte[] quote(AttestationKey key, byte[] extraData, TpmClock clock, int registers, byte[] contents) {
        byte[] bytes = new byte[FIXED + extraData.length + QUOTE_LENGTH];
        int at = begin(bytes, QUOTE, key, extraData, clock);
        at = select(bytes, at, registers);
        sized(bytes, at, contents);
        return bytes;
    }

    /** TPML_PCR_SELECTION of one bank; gives the offset behind its 10 bytes. */
    public static int select(byte[] bytes, int at, int registers) {
        BigEndian.u32(bytes, at, 1);
        BigEndian.u16(bytes, at + 4, SHA256);
        BigEndian.u8(bytes, at + 6, 3);
        BigEndian.u8(bytes, at + 7, registers);
        BigEndian.u8(bytes, at + 8, registers >> 8);
        BigEndian.u8(bytes, at + 9, registers >> 16);
        return at + 10;
    }

    /** The NV counter of this name stands at this value. */
    public static byte[] counter(AttestationKey key, byte[] extraData, TpmClock clock, byte[] indexName, long value) {
        byte[] bytes = new byte[FIXED + extraData.length + COUNTER_LENGTH];
        int at = begin(bytes, COUNTER, key, extraData, clock);
        at = sized(bytes, at, indexName);
        BigEndian.u16(bytes, at, 0); // from the beginning
        BigEndian.u16(bytes, at + 2, 8);
        BigEndian.u64(bytes, at + 4, value);
        return bytes;
    }

    private static int begin(byte[] bytes, int type, AttestationKey key, byte[] extraData, TpmClock clock) {
        BigEndian.u32(bytes, 0, GENERATED);
        BigEndian.u16(bytes, 4, type);
        int at = sized(bytes, 6, key.qualifiedName());
        at = sized(bytes, at, extraData);
        clock.copyTo(bytes, at);
        return at + TpmClock.LENGTH;
    }

    private static int sized(byte[] bytes, int at, byte[] value) {
        BigEndian.u16(bytes, at, value.length);
        System.arraycopy(value, 0, bytes, at + 2, value.length);
        return at + 2 + value.length;
    }

    /**
     * The clock in an attestation of one's own TPM, which nobody needs to believe: the rest is compared, and the
     * signature checked, by whoever verifies.
     *
     * @throws MalformedCertificateException if the bytes end before it
     */
    public static TpmClock clock(byte[] attestation, byte[] extraData) {
        int at = clockAt(extraData);
        if (attestation.length < at + TpmClock.LENGTH) {
            throw new MalformedCertificateException("an attestation that ends early");
        }
        return TpmClock.at(attestation, at);
    }
}
