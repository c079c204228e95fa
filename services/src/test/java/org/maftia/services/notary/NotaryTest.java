package org.maftia.services.notary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cmp.PKIFailureInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampTokenInfo;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.testing.UnaskedContext;

class NotaryTest {
    private static final String POLICY = "2.25.1234567890";
    private static KeyPair keys = unmade();
    private static byte[] certificate = new byte[0];

    private final List<Wanted> wanted = new ArrayList<>();
    private final List<byte[]> results = new ArrayList<>();
    private Notary notary = new Notary("key", certificate, POLICY, 10);
    private long sequence;

    /** The group's policy gives the notary no key. */
    private boolean mayNotSign;

    private record Wanted(byte[] message, long reference) {}

    private static KeyPair unmade() {
        return new KeyPair(null, null);
    }

    @BeforeAll
    static void makeKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        certificate = certified(keys, BigInteger.TEN);
    }

    private static byte[] certified(KeyPair pair, BigInteger serial) throws Exception {
        X500Name name = new X500Name("CN=test notary");
        return new JcaX509v3CertificateBuilder(
                        name, serial, new Date(0), new Date(4_000_000_000_000L), name, pair.getPublic())
                .addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping))
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()))
                .getEncoded();
    }

    /** The group, reduced to its clock and its pen. */
    private final class Log extends UnaskedContext {
        private final long timeMicros;

        Log(long timeMicros) {
            this.timeMicros = timeMicros;
        }

        @Override
        public long timeMicros() {
            return timeMicros;
        }

        @Override
        public long index() {
            return sequence;
        }

        @Override
        public boolean sign(String keyId, byte[] message, long reference) {
            if (mayNotSign) {
                return false;
            }
            wanted.add(new Wanted(message, reference));
            return true;
        }

        @Override
        public void complete(RequestId id, byte[] result) {
            results.add(result);
        }
    }

    private void ask(byte[] request, long timeMicros) {
        byte[] result = notary.apply(new Command(new RequestId(0, 1, sequence++), request), new Log(timeMicros));
        if (result != null) {
            results.add(result);
        }
    }

    private void signAll(long timeMicros) throws GeneralSecurityException {
        for (Wanted next : List.copyOf(wanted)) {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(next.message);
            notary.signed(next.reference, signature.sign(), new Log(timeMicros));
        }
        wanted.clear();
    }

    private static byte[] request(boolean certificateWanted, @Nullable BigInteger nonce) throws IOException {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(certificateWanted);
        return generator.generate(TSPAlgorithms.SHA256, new byte[32], nonce).getEncoded();
    }

    private static TimeStampTokenInfo statement(byte[] result) throws Exception {
        return new TimeStampResponse(result).getTimeStampToken().getTimeStampInfo();
    }

    @Test
    void aTokenSaysWhatWasAskedAndNothingElse() throws Exception {
        ask(request(true, BigInteger.valueOf(77)), 1_700_000_000_120_000L);
        signAll(0);
        TimeStampResponse response = new TimeStampResponse(results.getFirst());
        TimeStampTokenInfo info = response.getTimeStampToken().getTimeStampInfo();
        assertThat(response.getStatus()).isZero();
        assertThat(info.getNonce()).isEqualTo(BigInteger.valueOf(77));
        assertThat(info.getPolicy().getId()).isEqualTo(POLICY);
        assertThat(info.isOrdered()).isTrue();
        assertThat(info.getSerialNumber()).isEqualTo(BigInteger.ONE);
        assertThat(info.toASN1Structure().getGenTime().getTimeString()).isEqualTo("20231114221320.12Z");
        assertThat(response.getTimeStampToken().getCertificates().getMatches(null))
                .hasSize(1);
        response.validate(new TimeStampRequest(request(true, BigInteger.valueOf(77))));
    }

    @Test
    void aNotaryThatMayNotSignRefusesAndGoesOn() throws Exception {
        mayNotSign = true;
        ask(request(true, BigInteger.ONE), 1_700_000_000_000_000L);
        TimeStampResponse refused = new TimeStampResponse(results.getFirst());
        assertThat(refused.getStatus()).isEqualTo(2);
        assertThat(refused.getStatusString()).contains("policy");
        mayNotSign = false;
        ask(request(true, BigInteger.ONE), 1_700_000_000_000_000L);
        signAll(0);
        assertThat(new TimeStampResponse(results.get(1)).getStatus()).isZero();
    }

    @Test
    void theCertificateIsThereOnlyWhenAskedFor() throws Exception {
        ask(request(false, BigInteger.TWO), 1_700_000_000_000_000L);
        signAll(0);
        assertThat(new TimeStampResponse(results.getFirst())
                        .getTimeStampToken()
                        .getCertificates()
                        .getMatches(null))
                .isEmpty();
    }

    /** Agreed time may stand still; even if it went back, the stamps would not. */
    @Seeds(50)
    void timesRiseAndSerialsAreUniqueWhateverTheClockDoes(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 5; i++) {
            ask(request(false, BigInteger.valueOf(i)), 1_700_000_000_000_000L + random.nextInt(3) - i);
        }
        signAll(0);
        TreeSet<BigInteger> serials = new TreeSet<>();
        String last = "";
        for (byte[] result : results) {
            serials.add(statement(result).getSerialNumber());
            String time = statement(result).toASN1Structure().getGenTime().getTimeString();
            String micros = time.substring(0, time.length() - 1);
            String padded = micros.contains(".") ? (micros + "000000").substring(0, 21) : micros + ".000000";
            assertThat(padded).isGreaterThan(last);
            last = padded;
        }
        assertThat(serials).hasSize(5);
    }

    @Test
    void aStampThatWaitsWhileTheGroupGetsAnotherKeyVerifiesUnderThatOne() throws Exception {
        ask(request(true, BigInteger.ONE), 1_700_000_000_000_000L);
        Writer writer = new Writer();
        notary.snapshot(writer);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair next = generator.generateKeyPair();
        byte[] nextCertificate = certified(next, BigInteger.TWO);
        notary = new Notary("key", nextCertificate, POLICY, 10);
        notary.restore(new Reader(writer.toBytes()));
        Wanted before = wanted.getFirst();
        byte[] restated = notary.restated(before.reference, before.message);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(next.getPrivate());
        signature.update(restated);
        notary.signed(before.reference, signature.sign(), new Log(0));
        new TimeStampResponse(results.getFirst())
                .getTimeStampToken()
                .validate(new JcaSimpleSignerInfoVerifierBuilder().build(new X509CertificateHolder(nextCertificate)));
    }

    @Attack("non-determinism")
    @Test
    void twoReplicasGiveTheSameBytesAcrossASnapshot() throws Exception {
        ask(request(true, BigInteger.ONE), 1_700_000_000_000_000L);
        Writer writer = new Writer();
        notary.snapshot(writer);
        Notary other = new Notary("key", certificate, POLICY, 10);
        other.restore(new Reader(writer.toBytes()));
        assertThat(other.root()).isEqualTo(notary.root());
        List<Wanted> both = List.copyOf(wanted);
        signAll(0);
        notary = other;
        wanted.addAll(both);
        signAll(0);
        assertThat(results).hasSize(2);
        assertThat(results.get(0)).isEqualTo(results.get(1));
    }

    @Test
    void whatCannotBeStampedIsRefusedForItsReason() throws Exception {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        byte[] md5 = generator.generate(TSPAlgorithms.MD5, new byte[16]).getEncoded();
        generator.setReqPolicy(new ASN1ObjectIdentifier("1.2.3"));
        byte[] policy = generator.generate(TSPAlgorithms.SHA256, new byte[32]).getEncoded();
        byte[] nonce = request(false, BigInteger.ONE.shiftLeft(600));
        byte[] garbage = "0123456789".getBytes(StandardCharsets.US_ASCII);
        for (byte[] bad : List.of(md5, policy, nonce, garbage, new byte[0], new byte[5000])) {
            ask(bad, 1);
        }
        assertThat(wanted).isEmpty();
        List<Integer> bits = new ArrayList<>();
        for (byte[] result : results) {
            TimeStampResponse response = new TimeStampResponse(result);
            assertThat(response.getStatus()).isEqualTo(2);
            bits.add(response.getFailInfo().intValue());
        }
        assertThat(bits)
                .containsExactly(
                        PKIFailureInfo.badAlg,
                        PKIFailureInfo.unacceptedPolicy,
                        PKIFailureInfo.badRequest,
                        PKIFailureInfo.badDataFormat,
                        PKIFailureInfo.badDataFormat,
                        PKIFailureInfo.badDataFormat);
    }

    @Test
    void aTimeThatNoTokenCanStateIsRefusedAndChangesNothing() throws Exception {
        ask(request(true, BigInteger.ONE), 0x7fff_ffff_ffff_ffffL);
        assertThat(new TimeStampResponse(results.removeFirst()).getFailInfo().intValue())
                .isEqualTo(PKIFailureInfo.timeNotAvailable);
        ask(request(true, BigInteger.ONE), 1_700_000_000_000_000L);
        signAll(0);
        assertThat(statement(results.getFirst()).getSerialNumber()).isEqualTo(BigInteger.ONE);
    }

    /** The table is bounded: beyond it clients are refused, and what waits is still signed. */
    @Test
    void tooManyStampsThatWaitAreRefused() throws Exception {
        byte[] request = request(false, null);
        for (int i = 0; i < 2050; i++) {
            ask(request, 1_700_000_000_000_000L);
        }
        assertThat(wanted).hasSize(2048);
        assertThat(results).hasSize(2);
        assertThat(new TimeStampResponse(results.getFirst()).getFailInfo().intValue())
                .isEqualTo(PKIFailureInfo.systemFailure);
        Writer writer = new Writer();
        notary.snapshot(writer);
        Notary other = new Notary("key", certificate, POLICY, 10);
        other.restore(new Reader(writer.toBytes()));
        assertThat(other.root()).isEqualTo(notary.root());
    }

    @Test
    void aRootTellsStatesApart() throws Exception {
        TreeSet<Digest> roots = new TreeSet<>();
        roots.add(notary.root());
        ask(request(true, BigInteger.ONE), 1_700_000_000_000_000L);
        roots.add(notary.root());
        ask(request(true, BigInteger.ONE), 1_700_000_000_000_000L);
        roots.add(notary.root());
        signAll(0);
        roots.add(notary.root());
        assertThat(roots).hasSize(4);
    }

    /** Every request that differs in one bit from a good one, and every beginning of it, gets some reply. */
    @Attack("hostile bytes")
    @Test
    void noBytesMakeItFail() throws Exception {
        byte[] good = request(true, new BigInteger(1, HexFormat.of().parseHex("a1b2c3d4e5f60718")));
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            ask(flipped, 5);
        }
        for (int length = 0; length < good.length; length++) {
            ask(Arrays.copyOf(good, length), 5);
        }
        assertThat(results.size() + wanted.size()).isEqualTo(good.length * 9);
    }

    @Test
    void opensslVerifiesAToken(@TempDir Path directory) throws Exception {
        assumeTrue(run(directory, "openssl", "version") == 0, "openssl is not installed");
        Files.writeString(directory.resolve("document"), "the contract");
        Files.writeString(
                directory.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
                        + "\n-----END CERTIFICATE-----\n");
        assertThat(run(directory, "openssl", "ts", "-query", "-data", "document", "-sha256", "-cert", "-out", "q"))
                .isZero();
        ask(Files.readAllBytes(directory.resolve("q")), 1_700_000_000_123_456L);
        signAll(0);
        Files.write(directory.resolve("r"), results.getFirst());
        assertThat(run(directory, "openssl", "ts", "-verify", "-in", "r", "-queryfile", "q", "-CAfile", "ca.pem"))
                .isZero();
        Files.writeString(directory.resolve("document"), "another contract");
        assertThat(run(directory, "openssl", "ts", "-verify", "-in", "r", "-data", "document", "-CAfile", "ca.pem"))
                .isNotZero();
    }

    private static int run(Path directory, String... command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("out").toFile())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return 127;
        }
    }
}
