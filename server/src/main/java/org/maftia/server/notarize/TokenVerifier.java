package org.maftia.server.notarize;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.tsp.TimeStampTokenInfo;

/**
 * Believes a time-stamp only if it is about this very content and signed by a notary that the given root certified for
 * time-stamping. Needs no network. Returns or throws one type, each refusal a sentence.
 *
 * <p>Source: RFC 3161 and RFC 5816; the chain by RFC 5280 at the time that the token states.
 */
public final class TokenVerifier {
    /** Larger than any token: a reply with one certificate has some three kilobytes. */
    public static final int TOKEN_LENGTH_MAX = 1 << 20;

    private final X509Certificate root;

    public TokenVerifier(X509Certificate root) {
        this.root = root;
    }

    /**
     * The verifier for a root certificate in PEM or DER.
     *
     * @throws IOException when the file is missing or holds no certificate
     */
    public static TokenVerifier trusting(Path certificate) throws IOException {
        try (InputStream in = Files.newInputStream(certificate)) {
            return new TokenVerifier(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
        } catch (GeneralSecurityException e) {
            throw new IOException(certificate + " holds no certificate", e);
        }
    }

    /**
     * Checks a reply of a notary, or a bare token, against a file.
     *
     * @throws RefusedTokenException when the token does not prove that the file existed at its time
     * @throws IOException when the file cannot be read
     */
    public VerifiedToken verify(Path file, byte[] reply) throws RefusedTokenException, IOException {
        try {
            return check(file, reply);
        } catch (RuntimeException e) {
            // The library parses parts of a token only when they are asked for, and throws then whatever it meets.
            throw new RefusedTokenException("it is no well-formed RFC 3161 time-stamp", e);
        }
    }

    private VerifiedToken check(Path file, byte[] reply) throws RefusedTokenException, IOException {
        TimeStampToken token = read(reply);
        TimeStampTokenInfo info = token.getTimeStampInfo();
        String algorithm = info.getMessageImprintAlgOID().getId();
        if (!Arrays.equals(digest(file, algorithm), info.getMessageImprintDigest())) {
            throw new RefusedTokenException("the time-stamp is for another file, or the file was changed");
        }
        X509Certificate signer = signer(token);
        Instant time = info.getGenTime().toInstant();
        checkChain(signer, time);
        checkSignature(token, signer);
        int accuracy = info.getAccuracy() == null || info.getAccuracy().getSeconds() == null
                ? 0
                : info.getAccuracy().getSeconds().intValueExact();
        return new VerifiedToken(
                precise(info, time),
                info.getSerialNumber(),
                accuracy,
                algorithm,
                info.getPolicy().getId(),
                signer.getSubjectX500Principal().getName());
    }

    private static TimeStampToken read(byte[] bytes) throws RefusedTokenException {
        TimeStampResponse response;
        try {
            response = new TimeStampResponse(bytes);
        } catch (TSPException | IOException | RuntimeException e) {
            // These bytes may still be a bare token.
            return bare(bytes);
        }
        TimeStampToken token = response.getTimeStampToken();
        if (token == null) {
            String reason = response.getStatusString();
            throw new RefusedTokenException("the notary did not grant it" + (reason == null ? "" : ": " + reason));
        }
        return token;
    }

    private static TimeStampToken bare(byte[] bytes) throws RefusedTokenException {
        try {
            return new TimeStampToken(new CMSSignedData(bytes));
        } catch (CMSException | TSPException | IOException | RuntimeException e) {
            throw new RefusedTokenException("it is no RFC 3161 time-stamp", e);
        }
    }

    private static byte[] digest(Path file, String algorithm) throws RefusedTokenException, IOException {
        String name = switch (algorithm) {
            case "2.16.840.1.101.3.4.2.1" -> "SHA-256";
            case "2.16.840.1.101.3.4.2.2" -> "SHA-384";
            case "2.16.840.1.101.3.4.2.3" -> "SHA-512";
            default -> throw new RefusedTokenException("its digest is not SHA-256, SHA-384 or SHA-512");
        };
        return digestOf(file, name);
    }

    /** The digest under which the file is stamped, and registered. */
    public static byte[] sha256(Path file) throws IOException {
        return digestOf(file, "SHA-256");
    }

    static byte[] digestOf(Path file, String name) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance(name);
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                byte[] buffer = new byte[1 << 16];
                while (in.read(buffer) >= 0) {
                    // The stream digests what passes.
                }
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-2", e);
        }
    }

    private static X509Certificate signer(TimeStampToken token) throws RefusedTokenException {
        Collection<X509CertificateHolder> matches = token.getCertificates().getMatches(token.getSID());
        if (matches.isEmpty()) {
            throw new RefusedTokenException("it carries no certificate of its signer: ask for one with the request");
        }
        try {
            byte[] der = matches.iterator().next().getEncoded();
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException | IOException e) {
            throw new RefusedTokenException("its certificate is broken", e);
        }
    }

    private void checkChain(X509Certificate signer, Instant time) throws RefusedTokenException {
        try {
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(signer));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(time));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            root.checkValidity(Date.from(time));
        } catch (GeneralSecurityException e) {
            throw new RefusedTokenException("the root does not vouch for its signer at that time", e);
        }
    }

    private static void checkSignature(TimeStampToken token, X509Certificate signer) throws RefusedTokenException {
        try {
            // Checks the signed attributes too: the statement's digest, and which certificate was meant.
            token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
        } catch (TSPException | OperatorCreationException | RuntimeException e) {
            throw new RefusedTokenException("its signature is wrong, or not by a notary", e);
        }
    }

    /** The library's date has milliseconds, the statement may have microseconds. */
    private static Instant precise(TimeStampTokenInfo info, Instant millis) {
        String text = info.toASN1Structure().getGenTime().getTimeString();
        int dot = text.indexOf('.');
        if (dot < 0) {
            return millis;
        }
        String fraction = (text.substring(dot + 1).replaceAll("[^0-9]", "") + "000000000").substring(0, 9);
        return Instant.ofEpochSecond(millis.getEpochSecond(), Long.parseLong(fraction));
    }
}
