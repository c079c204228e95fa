package org.maftia.services.notary.tsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.junit.jupiter.api.Test;

/**
 * The encodings to the byte. Replicas sign what this code writes, so a library that writes anything else would divide a
 * group during its upgrade: {@code golden.txt} may change only together with the epoch of the format. The switch
 * {@code -Dmaftia.rewrite=true} writes it anew.
 */
final class TimeStampFormatTest {
    private static final String POLICY = "2.25.340282366920938463463374607431768211455";
    private static final long TIME = 1_700_000_000_120_300L;
    private static final HexFormat HEX = HexFormat.of();

    private final TimeStampFormat format = new TimeStampFormat(certificate(), POLICY, 10);

    /** A certificate of fixed bytes; its signature is none. */
    private static byte[] certificate() {
        try {
            AlgorithmIdentifier algorithm =
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
            V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
            generator.setSerialNumber(new ASN1Integer(0x1234_5678L));
            generator.setSignature(algorithm);
            generator.setIssuer(new X500Name("CN=root,O=Maftia"));
            generator.setSubject(new X500Name("CN=notary,O=Maftia"));
            generator.setStartDate(new Time(new Date(1_600_000_000_000L)));
            generator.setEndDate(new Time(new Date(2_000_000_000_000L)));
            generator.setSubjectPublicKeyInfo(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                    new RSAPublicKey(BigInteger.ONE.shiftLeft(512).subtract(BigInteger.TEN), BigInteger.TWO)));
            ASN1EncodableVector parts = new ASN1EncodableVector();
            parts.add(generator.generateTBSCertificate());
            parts.add(algorithm);
            parts.add(new DERBitString(new byte[64]));
            return new DERSequence(parts).getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As {@code openssl ts -query -sha256 -cert} writes it, with the digest 00 01 .. and the nonce 0102030405060708. */
    private static byte[] request(String parameters) {
        String algorithm = parameters.isEmpty() ? "300b0609608648016503040201" : "300d06096086480165030402010500";
        String imprint = algorithm + "0420" + HEX.formatHex(counting(32));
        String body = "020101" + sequence(imprint) + "02080102030405060708" + "0101ff";
        return HEX.parseHex(sequence(body));
    }

    private static String sequence(String hex) {
        return "30" + HEX.toHexDigits((byte) (hex.length() / 2)) + hex;
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private Query.Stamp read(byte[] request) {
        return (Query.Stamp) format.read(request);
    }

    @Test
    void everyEncodingIsTheGoldenOne() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String parameters : new String[] {"", "0500"}) {
            Query.Stamp stamp = read(request(parameters));
            byte[] statement = format.statement(stamp, BigInteger.valueOf(300), TIME);
            byte[] signature = new byte[64];
            Arrays.fill(signature, (byte) 0x5a);
            line(text, "statement, parameters '" + parameters + "'", statement);
            line(text, "to be signed", format.toBeSigned(statement));
            line(text, "granted with certificate", format.granted(statement, signature, true));
            line(text, "granted without", format.granted(statement, signature, false));
        }
        for (Query.Failure failure : Query.Failure.values()) {
            line(text, failure.name(), TimeStampFormat.refused(new Query.Refused(failure, "for a reason")));
        }
        assertGolden(text.toString());
    }

    private static void line(StringBuilder text, String name, byte[] bytes) {
        text.append(name).append(": ").append(HEX.formatHex(bytes)).append('\n');
    }

    private static void assertGolden(String text) throws IOException {
        if (Boolean.getBoolean("maftia.rewrite")) {
            Path file = Path.of(Objects.requireNonNull(System.getProperty("maftia.root")))
                    .resolve("services/src/test/resources/org/maftia/services/notary/tsp/golden.txt");
            Files.writeString(file, text);
            return;
        }
        try (InputStream in = Objects.requireNonNull(TimeStampFormatTest.class.getResourceAsStream("golden.txt"))) {
            String golden = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text.lines()).containsExactlyElementsOf(golden.lines().toList());
        }
    }

    /** RFC 3161, section 2.4.2: the imprint has the same value as in the request, parameters included. */
    @Test
    void theImprintComesBackAsItCame() {
        for (String parameters : new String[] {"", "0500"}) {
            byte[] request = request(parameters);
            String imprint = HEX.formatHex(request, 5, request.length - 13);
            byte[] statement = format.statement(read(request), BigInteger.ONE, TIME);
            assertThat(HEX.formatHex(statement)).contains(imprint);
        }
    }

    @Test
    void parametersThatNoDigestHasAreRefused() {
        String algorithm = "300e0609608648016503040201" + "020105";
        String body = "020101" + sequence(algorithm + "0420" + HEX.formatHex(counting(32)));
        assertThat(format.read(HEX.parseHex(sequence(body))))
                .isInstanceOfSatisfying(
                        Query.Refused.class,
                        refused -> assertThat(refused.failure()).isEqualTo(Query.Failure.BAD_ALGORITHM));
    }

    /** Nesting as deep as the length allows must cost a refusal, not the stack of every replica. */
    @Test
    void deepNestingIsRefused() {
        for (int tag : new int[] {0x30, 0x31, 0x24, 0xa0}) {
            byte[] request = new byte[Query.LENGTH_MAX];
            for (int i = 0; i < request.length; i += 2) {
                request[i] = (byte) tag;
                request[i + 1] = (byte) 0x80;
            }
            assertThat(format.read(request)).isInstanceOf(Query.Refused.class);
        }
    }

    @Test
    void timesArePrintedWithoutTrailingZeros() {
        assertThat(AgreedTime.generalized(1_700_000_000_000_000L)).isEqualTo("20231114221320Z");
        assertThat(AgreedTime.generalized(1_700_000_000_100_000L)).isEqualTo("20231114221320.1Z");
        assertThat(AgreedTime.generalized(1_700_000_000_000_001L)).isEqualTo("20231114221320.000001Z");
        assertThat(AgreedTime.generalized(1_709_164_799_999_999L)).isEqualTo("20240228235959.999999Z");
        assertThat(AgreedTime.generalized(253_402_300_799_999_999L)).isEqualTo("99991231235959.999999Z");
    }

    @Test
    void onlyTimesWithFourDigitsOfYearCanBeStated() {
        assertThat(AgreedTime.canBeStated(0)).isFalse();
        assertThat(AgreedTime.canBeStated(1)).isTrue();
        assertThat(AgreedTime.canBeStated(253_402_300_799_999_999L)).isTrue();
        assertThat(AgreedTime.canBeStated(253_402_300_800_000_000L)).isFalse();
    }
}
