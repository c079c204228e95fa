package org.maftia.wormhole.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of certificates, against vectors that any other reader of the format can take too. */
class CertificateTest {
    private static byte[] counting(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    private static final org.maftia.wormhole.certificate.Stream STREAM =
            org.maftia.wormhole.certificate.Stream.of(counting(0x10, 16), 0x01020304);
    private static final Header HEADER = new Header(STREAM, 0x0506, 7);
    private static final Digest DIGEST = Digest.of(counting(0x40, 32));
    private static final LaneCounters COUNTERS =
            LaneCounters.of(LongStream.range(0, 16).map(lane -> 1000 + lane).toArray());
    private static final Seal HMAC = Seal.of(TagProfile.HMAC, counting(0x80, 32));
    private static final Seal P256 = Seal.of(TagProfile.P256, counting(0xa0, 64));

    /** One of each kind; in this order they stand in the file of vectors. */
    static Stream<Certificate> certificates() {
        return Stream.of(
                new Ui(HEADER, 3, 42, 5, 256, DIGEST, HMAC),
                new Ui(HEADER, 3, 42, 5, 256, DIGEST, P256),
                new Fence(HEADER, Mark.VIEW, 6, 256, COUNTERS, DIGEST, HMAC),
                new Fence(HEADER, Mark.CKPT, 6, 512, COUNTERS, DIGEST, P256),
                new VoidRange(HEADER, 15, 43, 256, HMAC),
                new Counters(HEADER, DIGEST, 6, 512, COUNTERS, HMAC),
                new OutcomeCertificate(HEADER, 9, DIGEST, true, Digest.of(counting(0x60, 32)), 0b101, 0b111, HMAC),
                new OutcomeCertificate(HEADER, 9, DIGEST, false, Digest.ZERO, 0, 0b110, HMAC),
                new Stamp(HEADER, DIGEST, 1_000_000, 1_000_250, P256),
                new VerdictCertificate(HEADER, new Eid(2, 1, 7), -5, 5_000, true, HMAC),
                new ViewCertificate(HEADER, 10, DIGEST, HMAC),
                new EpochCertificate(HEADER, 6, EpochKeys.of(counting(0, 96)), P256));
    }

    private static Map<Integer, String> vectors() throws IOException {
        Map<Integer, String> vectors = new TreeMap<>();
        try (InputStream in = CertificateTest.class.getResourceAsStream("/certificates.txt")) {
            assertThat(in).isNotNull();
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                if (!line.startsWith("#")) {
                    vectors.put(
                            vectors.size(),
                            line.substring(line.indexOf(' ') + 1).strip());
                }
            }
        }
        return vectors;
    }

    @Test
    void everyKindHasTheBytesOfItsVector() throws IOException {
        List<String> encoded = new ArrayList<>();
        certificates().forEach(certificate -> encoded.add(HexFormat.of().formatHex(certificate.encoded())));

        assertThat(encoded).containsExactlyElementsOf(vectors().values());
    }

    @Test
    void aUiHasTheBytesOfTheDesign() {
        String hex = HexFormat.of().formatHex(new Ui(HEADER, 3, 42, 5, 256, DIGEST, HMAC).statement());

        assertThat(hex)
                .isEqualTo(
                        "4d544342" // MTCB
                                + "01" // version
                                + "01" // kind
                                + "101112131415161718191a1b1c1d1e1f" // group
                                + "01020304" // protocol
                                + "0506" // component
                                + "0000000000000007" // epoch
                                + "00000003" // lane
                                + "000000000000002a" // counter
                                + "0000000000000005" // view
                                + "0000000000000100" // ckpt
                                + "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f");
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void whatIsDecodedIsWhatWasEncoded(Certificate certificate) {
        assertThat(Certificate.decode(certificate.encoded())).isEqualTo(certificate);
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void whatIsTooShortOrTooLongIsRefused(Certificate certificate) {
        byte[] encoded = certificate.encoded();
        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = Arrays.copyOf(encoded, length);
            assertThatThrownBy(() -> Certificate.decode(cut)).isInstanceOf(MalformedCertificateException.class);
        }
        assertThatThrownBy(() -> Certificate.decode(Arrays.copyOf(encoded, encoded.length + 1)))
                .isInstanceOf(MalformedCertificateException.class);
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void whateverIsDecodedEncodesToTheSameBytes(Certificate certificate) {
        byte[] encoded = certificate.encoded();
        for (int at = 0; at < encoded.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] altered = encoded.clone();
                altered[at] ^= (byte) (1 << bit);
                try {
                    Certificate decoded = Certificate.decode(altered);
                    assertThat(decoded.encoded()).isEqualTo(altered);
                    assertThat(decoded).isNotEqualTo(certificate);
                } catch (MalformedCertificateException e) {
                    assertThat(e).hasMessageContaining(" ");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void theFlatCheckOfFormAgreesWithTheDecoder(Certificate certificate) {
        byte[] encoded = certificate.encoded();

        assertThat(Statement.genuineLength(encoded, 0, encoded.length)).isEqualTo(certificate.statement().length);
        for (Digest digest : List.of(DIGEST, Digest.ZERO, Digest.of(counting(0x60, 32)))) {
            assertThat(Statement.binds(encoded, 0, digest.toBytes(), 0)).isEqualTo(certificate.binds(digest));
        }
    }

    @Test
    void numbersThatNoCountReachesAreRefused() {
        assertThatThrownBy(() -> new Ui(HEADER, 16, 1, 0, 0, DIGEST, HMAC))
                .isInstanceOf(MalformedCertificateException.class);
        assertThatThrownBy(() -> new Ui(HEADER, 0, -1, 0, 0, DIGEST, HMAC))
                .isInstanceOf(MalformedCertificateException.class);
        assertThatThrownBy(() -> new VoidRange(HEADER, 0, 5, 4, HMAC))
                .isInstanceOf(MalformedCertificateException.class);
        assertThatThrownBy(() -> new Stamp(HEADER, DIGEST, 5, 4, HMAC))
                .isInstanceOf(MalformedCertificateException.class);
        assertThatThrownBy(() -> new OutcomeCertificate(HEADER, 1, DIGEST, true, DIGEST, 0b100, 0b011, HMAC))
                .isInstanceOf(MalformedCertificateException.class);
    }
}
