package org.maftia.server.notarize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.SplittableRandom;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Seeds;
import org.maftia.services.notary.tsp.Query;
import org.maftia.services.notary.tsp.TimeStampFormat;

/** Tokens that are to be believed, and all others, each refused by a sentence. */
final class TokenVerifierTest {
    private static final long TIME_MICROS = 1_700_000_000_120_304L;
    private static final X500Name ROOT = new X500Name("CN=root");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path file;

    private static KeyPair root = unmade();
    private static KeyPair notary = unmade();

    private static KeyPair unmade() {
        return new KeyPair(null, null);
    }

    @BeforeAll
    static void makeKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        root = generator.generateKeyPair();
        notary = generator.generateKeyPair();
    }

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.writeString(directory.resolve("contract"), "the contract");
    }

    private static X509Certificate certify(
            X500Name subject, KeyPair pair, PrivateKey issuer, KeyPurposeId purpose, Date until) throws Exception {
        boolean authority = subject.equals(ROOT);
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                ROOT, BigInteger.TEN, new Date(1_600_000_000_000L), until, subject, pair.getPublic())
                        .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                        .addExtension(Extension.extendedKeyUsage, !authority, new ExtendedKeyUsage(purpose))
                        .build(new JcaContentSignerBuilder("SHA256withRSA").build(issuer)));
    }

    private static X509Certificate rootOf(KeyPair pair) throws Exception {
        return certify(ROOT, pair, pair.getPrivate(), KeyPurposeId.anyExtendedKeyUsage, new Date(2_000_000_000_000L));
    }

    private static X509Certificate notaryCertificate() throws Exception {
        return certify(
                new X500Name("CN=notary"),
                notary,
                root.getPrivate(),
                KeyPurposeId.id_kp_timeStamping,
                new Date(2_000_000_000_000L));
    }

    private byte[] reply(X509Certificate certificate, PrivateKey key, boolean withCertificate) throws Exception {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        byte[] request = generator
                .generate(TSPAlgorithms.SHA256, TokenVerifier.digestOf(file, "SHA-256"), BigInteger.TWO)
                .getEncoded();
        TimeStampFormat format = new TimeStampFormat(certificate.getEncoded(), "2.25.77", 10);
        Query.Stamp stamp = (Query.Stamp) format.read(request);
        byte[] statement = format.statement(stamp, BigInteger.valueOf(7), TIME_MICROS);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key);
        signature.update(format.toBeSigned(statement));
        return format.granted(statement, signature.sign(), withCertificate);
    }

    private byte[] goodReply() throws Exception {
        return reply(notaryCertificate(), notary.getPrivate(), true);
    }

    private void assertRefused(byte[] reply, String why) throws Exception {
        TokenVerifier verifier = new TokenVerifier(rootOf(root));
        assertThatThrownBy(() -> verifier.verify(file, reply))
                .isInstanceOf(RefusedTokenException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aReplyAndItsBareTokenAreBelievedToTheMicrosecond() throws Exception {
        TokenVerifier verifier = new TokenVerifier(rootOf(root));
        byte[] reply = goodReply();
        VerifiedToken token = verifier.verify(file, reply);
        assertThat(token.time()).isEqualTo(Instant.ofEpochSecond(1_700_000_000L, 120_304_000L));
        assertThat(token.serial()).isEqualTo(BigInteger.valueOf(7));
        assertThat(token.accuracySeconds()).isEqualTo(10);
        assertThat(token.policy()).isEqualTo("2.25.77");
        byte[] bare = new TimeStampResponse(reply).getTimeStampToken().getEncoded();
        assertThat(verifier.verify(file, bare)).isEqualTo(token);
    }

    @Test
    void aTokenIsForOneContentOnly() throws Exception {
        byte[] reply = goodReply();
        Files.writeString(file, "the contract, amended");
        assertRefused(reply, "another file");
    }

    @Test
    void aSignerThatTheRootDidNotCertifyIsRefused() throws Exception {
        byte[] reply = goodReply();
        TokenVerifier other = new TokenVerifier(rootOf(notary));
        assertThatThrownBy(() -> other.verify(file, reply))
                .isInstanceOf(RefusedTokenException.class)
                .hasMessageContaining("does not vouch");
    }

    /** A gateway's HTTPS key is certified too, but not for this. */
    @Test
    void aCertificateForAnotherPurposeIsRefused() throws Exception {
        X509Certificate gateway = certify(
                new X500Name("CN=gateway"),
                notary,
                root.getPrivate(),
                KeyPurposeId.id_kp_serverAuth,
                new Date(2_000_000_000_000L));
        assertRefused(reply(gateway, notary.getPrivate(), true), "not by a notary");
    }

    @Test
    void aTokenAfterTheEndOfItsCertificateIsRefused() throws Exception {
        X509Certificate expired = certify(
                new X500Name("CN=notary"),
                notary,
                root.getPrivate(),
                KeyPurposeId.id_kp_timeStamping,
                new Date(1_650_000_000_000L));
        assertRefused(reply(expired, notary.getPrivate(), true), "at that time");
    }

    @Test
    void aSignatureByAnotherKeyIsRefused() throws Exception {
        assertRefused(reply(notaryCertificate(), root.getPrivate(), true), "signature is wrong");
    }

    @Test
    void aTokenWithoutItsCertificateIsRefused() throws Exception {
        assertRefused(reply(notaryCertificate(), notary.getPrivate(), false), "no certificate of its signer");
    }

    @Test
    void aRefusalOfTheNotaryIsNoToken() throws Exception {
        byte[] refusal = TimeStampFormat.refused(new Query.Refused(Query.Failure.BAD_ALGORITHM, "use SHA-256"));
        assertRefused(refusal, "did not grant it: use SHA-256");
    }

    @Test
    void noiseIsNoTimeStamp() throws Exception {
        assertRefused(new byte[0], "no RFC 3161 time-stamp");
        assertRefused(new byte[100], "no RFC 3161 time-stamp");
        byte[] reply = goodReply();
        for (int length = 0; length < reply.length; length += 13) {
            assertRefused(Arrays.copyOf(reply, length), "");
        }
    }

    /** A changed byte is refused, or stands where it says nothing; it is never another statement, nor a crash. */
    @Seeds(8)
    void noChangedByteChangesWhatIsBelieved(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        TokenVerifier verifier = new TokenVerifier(rootOf(root));
        byte[] reply = goodReply();
        VerifiedToken token = verifier.verify(file, reply);
        for (int i = 0; i < 300; i++) {
            byte[] changed = reply.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(verifier.verify(file, changed)).isEqualTo(token);
            } catch (RefusedTokenException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
