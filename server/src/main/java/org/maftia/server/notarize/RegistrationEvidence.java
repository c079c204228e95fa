package org.maftia.server.notarize;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.log.LogEntry;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.RefusedProofException;
import org.maftia.services.registration.Receipt;
import org.maftia.services.registration.Registrar;

/**
 * All that proves a registration to who has the group's root certificate and the policy of its log: the receipt, its signer's
 * certificate, and the proof that the same stands in the log. As a file: {@code {"receipt","certificate","proof"}}.
 */
public final class RegistrationEvidence {
    /** Of the file. */
    public static final int LENGTH_MAX = StrictJson.LENGTH_MAX;

    /** id-kp-documentSigning of RFC 9336. */
    private static final String DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36";

    private static final int CERTIFICATE_LENGTH_MAX = 16 << 10;
    private static final long MICROS = 1_000_000;

    private final CompactJws receipt;
    private final X509Certificate certificate;
    private final LogProof proof;

    /** @param certificate of the key that signed the receipt */
    public RegistrationEvidence(CompactJws receipt, X509Certificate certificate, LogProof proof) {
        this.receipt = receipt;
        this.certificate = certificate;
        this.proof = proof;
    }

    /**
     * What the evidence shows.
     *
     * @param entry index in the log
     * @param size of the log under whose head that is shown
     */
    public record Verified(Receipt receipt, long entry, long size) {
        /** When the group had the sealed document. */
        public Instant time() {
            return Instant.ofEpochSecond(receipt.timeSeconds());
        }
    }

    /** Whether a file is to be read as one of these: no proof or time-stamp begins so. */
    public static boolean isEvidence(byte[] beginning) {
        return beginning.length > 0 && beginning[0] == '{';
    }

    /** The file. */
    public byte[] toBytes() {
        try {
            ObjectNode json = StrictJson.create()
                    .put("receipt", receipt.toString())
                    .put("certificate", StrictJson.base64(certificate.getEncoded()))
                    .put("proof", proof.text());
            return (new String(StrictJson.bytes(json), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    /** @throws MalformedException when the bytes are no such file */
    public static RegistrationEvidence parsed(byte[] bytes) {
        StrictJson json = StrictJson.object(bytes, "the receipt").only("receipt", "certificate", "proof");
        byte[] certificate = json.bytes("certificate", CERTIFICATE_LENGTH_MAX);
        try {
            return new RegistrationEvidence(
                    CompactJws.decode(json.text("receipt")),
                    (X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(certificate)),
                    LogProof.parsed(json.text("proof")));
        } catch (GeneralSecurityException e) {
            throw new MalformedException("the certificate with the receipt is none");
        }
    }

    /**
     * Checks everything; needs no network. Which document it is about is for the caller to compare.
     *
     * @param root the group's
     * @param policy of the group's log
     * @throws RefusedReceiptException when something of it does not hold
     */
    public Verified verify(X509Certificate root, LogPolicy policy) throws RefusedReceiptException {
        Receipt said;
        try {
            said = Receipt.verify(receipt, key());
        } catch (MalformedException e) {
            throw new RefusedReceiptException(String.valueOf(e.getMessage()), e);
        }
        checkCertificate(root, Date.from(Instant.ofEpochSecond(said.timeSeconds())));
        byte[] bytes = proof.entry(said.payload());
        try {
            proof.verify(policy, bytes);
            LogEntry entry = LogEntry.decoded(bytes);
            if (entry.kind() != Registrar.DOCUMENT_ENTRY || entry.timeMicros() / MICROS < said.timeSeconds()) {
                throw new RefusedReceiptException("what stands in the log is not that registration");
            }
        } catch (RefusedProofException | MalformedException e) {
            throw new RefusedReceiptException("the log does not show it: " + e.getMessage(), e);
        }
        return new Verified(said, proof.index(), proof.signed().checkpoint().size());
    }

    private JsonWebKey key() {
        if (!(certificate.getPublicKey() instanceof RSAPublicKey key)
                || !key.getPublicExponent().equals(JsonWebKey.EXPONENT)) {
            throw new MalformedException("receipts are signed with RSA");
        }
        return new JsonWebKey.Rsa(key.getModulus());
    }

    /** The root issues it itself, so there is no path to build; its other certificates are for other things. */
    private void checkCertificate(X509Certificate root, Date time) throws RefusedReceiptException {
        try {
            certificate.verify(root.getPublicKey());
            certificate.checkValidity(time);
            root.checkValidity(time);
            if (!certificate.getIssuerX500Principal().equals(root.getSubjectX500Principal())
                    || !List.of(DOCUMENT_SIGNING).equals(certificate.getExtendedKeyUsage())) {
                throw new RefusedReceiptException("its signer may sign no documents for this root");
            }
        } catch (GeneralSecurityException e) {
            throw new RefusedReceiptException("the root does not vouch for its signer at that time", e);
        }
    }
}
