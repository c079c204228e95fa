package org.maftia.wormhole.certificate;

import java.util.Arrays;

/**
 * The tag of {@link TagProfile#QUOTE}: a TPM extended its register from {@code before} by the statement, and then quoted
 * it. What a verifier can compute is left out of it.
 *
 * <pre>tag  before 32 | clock u64 | resets u32 | restarts u32 | safe u8 | firmware u64 | r 32 | s 32</pre>
 *
 * <p>It proves that the statement is a link of a chain. Whether it is the next one, and follows the rules, only a
 * receiver can tell who has taken all links before: the host writes them, and the TPM counts nothing.
 */
public final class QuoteTag {
    static final int LENGTH = 32 + TpmClock.LENGTH + 64;

    /** PCR 15: the host can reset 16 and 23, and has others for its own start. */
    public static final int REGISTER = 15;

    private static final byte[] NOTHING = new byte[0];

    private final byte[] tag;

    private QuoteTag(byte[] tag) {
        this.tag = tag;
    }

    /**
     * @throws MalformedCertificateException if the seal is of another profile
     */
    public static QuoteTag of(Seal seal) {
        if (seal.profile() != TagProfile.QUOTE) {
            throw new MalformedCertificateException("no quote of a TPM");
        }
        return new QuoteTag(seal.tag());
    }

    /** Puts a tag together. */
    public static QuoteTag of(byte[] before, TpmClock clock, byte[] signature) {
        byte[] tag = new byte[LENGTH];
        System.arraycopy(before, 0, tag, 0, 32);
        clock.copyTo(tag, 32);
        System.arraycopy(signature, 0, tag, 32 + TpmClock.LENGTH, 64);
        return new QuoteTag(tag);
    }

    public Seal seal() {
        return Seal.of(TagProfile.QUOTE, tag);
    }

    /** What stood in the register before. */
    public byte[] before() {
        return Arrays.copyOf(tag, 32);
    }

    /**
     * @throws MalformedCertificateException if there is none
     */
    public TpmClock clock() {
        return TpmClock.at(tag, 32);
    }

    /** What stands in the register after the link of this statement. */
    public byte[] after(byte[] statement) {
        return after(before(), statement);
    }

    /** What an extension by a statement makes of a register. */
    public static byte[] after(byte[] before, byte[] statement) {
        return AttestationKey.sha256(before, extension(statement));
    }

    /** What the register is extended by. */
    public static byte[] extension(byte[] statement) {
        return AttestationKey.sha256(statement);
    }

    /** What the TPM must have signed for the link of this statement. */
    public byte[] attestation(AttestationKey key, byte[] statement) {
        return Attestation.quote(key, NOTHING, clock(), 1 << REGISTER, AttestationKey.sha256(after(statement)));
    }

    /** Whether the key signed that this statement was the last link, in the epoch that it names. */
    public boolean isGenuine(AttestationKey key, long epoch, byte[] statement) {
        TpmClock clock;
        try {
            clock = clock();
        } catch (MalformedCertificateException e) {
            return false; // a flag that is neither 0 nor 1
        }
        if (clock.epoch() != epoch) {
            return false;
        }
        byte[] attestation = attestation(key, statement);
        return key.hasSigned(attestation, tag, 32 + TpmClock.LENGTH);
    }
}
