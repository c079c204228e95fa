package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.maftia.wormhole.certificate.Attestation;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.TpmClock;

/**
 * What a TPM says of one start of a component: that its counter of starts stood at the epoch, that the machine's
 * registers of its own start held these contents, both over the key of the epoch and the component's code.
 *
 * <pre>
 * evidence  counter's clock 25 | value u64 | signature 64 | quote's clock 25 | contents 32 | signature 64
 * extra     SHA-256(epoch u64 | signing key 64 | measurement 32)
 * </pre>
 *
 * <p>It is no counter of messages, and it does not make the epoch's key the only one: whoever may use the TPM can have
 * another key attested at the same value. The group takes the first that its log orders, and numbers that rise. The
 * measurement is the component's own word, worth as much as the registers that stand beside it.
 */
public final class StartEvidence {
    public static final int LENGTH = 218;

    /** PCR 0 to 7: firmware, its settings, boot loader, secure boot. */
    static final int REGISTERS = 0xff;

    private static final int VALUE = 25;
    private static final int COUNTER_SIGNATURE = VALUE + 8;
    private static final int CLOCK = COUNTER_SIGNATURE + 64;
    private static final int CONTENTS = CLOCK + 25;
    private static final int QUOTE_SIGNATURE = CONTENTS + 32;

    private final byte[] bytes;

    private StartEvidence(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws MalformedCertificateException if it has not the length
     */
    public static StartEvidence of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new MalformedCertificateException("no evidence of a start");
        }
        return new StartEvidence(bytes.clone());
    }

    /**
     * Counts this start, and has the TPM attest it; then the TPM may be switched off in order.
     *
     * @param previousEpoch the last one that the group knows of this component
     * @param measurement of the component's code
     * @throws IOException if the TPM does not do its part, or stands no higher than the last start
     */
    public static StartEvidence make(
            Tpm tpm, NvCounter counter, long previousEpoch, SigningKey signing, Digest measurement) throws IOException {
        tpm.startup();
        tpm.define(counter);
        byte[] area = tpm.publicArea(counter);
        if (!Arrays.equals(area, counter.publicArea(true)) && !Arrays.equals(area, counter.publicArea(false))) {
            throw new IOException(
                    "the TPM has something else than our counter of starts at %08x".formatted(counter.index()));
        }
        tpm.increment(counter);
        long epoch = tpm.read(counter);
        if (epoch <= previousEpoch) {
            throw new IOException("the TPM's counter of starts stands at " + epoch + ", not above the epoch before, "
                    + previousEpoch + ": its state was restored, or it is another TPM");
        }
        byte[] extra = extra(epoch, signing, measurement);
        Tpm.LoadedKey key = tpm.attestationKey();
        Tpm.Attested counted = tpm.certify(key, counter, extra);
        Tpm.Attested quoted = tpm.quote(key, extra, REGISTERS);
        tpm.flush(key.handle());
        tpm.shutdown();
        byte[] bytes = new byte[LENGTH];
        try {
            Attestation.clock(counted.attestation(), extra).copyTo(bytes, 0);
            Attestation.clock(quoted.attestation(), extra).copyTo(bytes, CLOCK);
        } catch (MalformedCertificateException e) {
            throw new IOException("the TPM's attestation is malformed", e);
        }
        BigEndian.u64(bytes, VALUE, epoch);
        System.arraycopy(counted.signature(), 0, bytes, COUNTER_SIGNATURE, 64);
        byte[] quote = quoted.attestation();
        System.arraycopy(quote, Math.max(0, quote.length - 32), bytes, CONTENTS, Math.min(32, quote.length));
        System.arraycopy(quoted.signature(), 0, bytes, QUOTE_SIGNATURE, 64);
        return new StartEvidence(bytes);
    }

    private static byte[] extra(long epoch, SigningKey signing, Digest measurement) {
        byte[] bytes = new byte[8 + SigningKey.LENGTH + Digest.LENGTH];
        BigEndian.u64(bytes, 0, epoch);
        System.arraycopy(signing.toBytes(), 0, bytes, 8, SigningKey.LENGTH);
        measurement.copyTo(bytes, 8 + SigningKey.LENGTH);
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** The number of the start. */
    public long epoch() {
        return BigEndian.u64(bytes, VALUE);
    }

    /** SHA-256 over the contents of PCR 0 to 7. */
    public Digest registers() {
        return Digest.at(bytes, CONTENTS);
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /**
     * Checks that a component's TPM vouches for its epoch; needs no TPM.
     *
     * @throws MalformedCertificateException with a sentence, if it does not
     */
    public void verify(StartPins pins, EpochCertificate epoch) {
        if (epoch.header().epoch() != epoch()) {
            throw new MalformedCertificateException("the TPM has counted another start than that of this epoch");
        }
        AttestationKey key = new AttestationKey(pins.attestationKey());
        byte[] extra = extra(epoch(), epoch.keys().signing(), pins.measurement());
        TpmClock counted = TpmClock.at(bytes, 0);
        TpmClock quoted = TpmClock.at(bytes, CLOCK);
        byte[] counter = Attestation.counter(key, extra, counted, pins.counter().name(), epoch());
        byte[] quote =
                Attestation.quote(key, extra, quoted, REGISTERS, registers().toBytes());
        if (!key.hasSigned(counter, bytes, COUNTER_SIGNATURE) || !key.hasSigned(quote, bytes, QUOTE_SIGNATURE)) {
            throw new MalformedCertificateException(
                    "the pinned TPM has not attested this key, this code and this start");
        }
        if (counted.epoch() != quoted.epoch()) {
            throw new MalformedCertificateException("the machine was started again between the two attestations");
        }
        if (!pins.registers().orElse(registers()).equals(registers())) {
            throw new MalformedCertificateException("the machine was not started as the genesis says");
        }
    }
}
