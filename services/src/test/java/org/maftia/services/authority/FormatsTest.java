package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.authority.acme.AccountKey;
import org.maftia.services.authority.pki.CertificateForm;
import org.maftia.services.authority.pki.CertificateRequest;
import org.maftia.services.authority.pki.Identifier;
import org.maftia.services.authority.pki.Instants;
import org.maftia.services.authority.pki.KeyStrength;
import org.maftia.services.x509.SubjectKey;

class FormatsTest {
    private static KeyPair pair(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    /** RFC 7638, section 3.1. */
    @Test
    void theThumbprintIsThatOfTheStandard() {
        String n =
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZ"
                        + "CiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8K"
                        + "JZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_x"
                        + "BniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        SubjectKey key =
                SubjectKey.rsa(new BigInteger(1, Base64.getUrlDecoder().decode(n)), BigInteger.valueOf(65_537));
        assertThat(AccountKey.authorization("t", key)).isEqualTo("t.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    /** RFC 8037, appendices A.2, A.3 and A.4. */
    @Test
    void ed25519IsThatOfTheStandard() {
        byte[] point = Base64.getUrlDecoder().decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        SubjectKey key = SubjectKey.edwards(point);
        assertThat(AccountKey.authorization("t", key)).isEqualTo("t.kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        byte[] signature = Base64.getUrlDecoder()
                .decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        byte[] message = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".getBytes(StandardCharsets.US_ASCII);
        assertThat(key.verifiesEdwards(message, signature)).isTrue();
        signature[3] ^= 1;
        assertThat(key.verifiesEdwards(message, signature)).isFalse();
    }

    /** Keys in DER are read as the platform writes them, in one spelling only. */
    @Test
    void keysAreReadAsThePlatformWritesThem() throws Exception {
        for (KeyPair pair : List.of(pair("RSA", 2048), pair("EC", 256), pair("EC", 384))) {
            byte[] encoded = pair.getPublic().getEncoded();
            assertThat(SubjectKey.decode(encoded).encoded()).isEqualTo(encoded);
        }
        assertThatThrownBy(() -> SubjectKey.decode(pair("RSA", 1024).getPublic().getEncoded()))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> SubjectKey.decode(pair("EC", 521).getPublic().getEncoded()))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    @Attack("a certificate for a key that can be factored")
    void keysThatCanBeFactoredAreWeak() throws Exception {
        assertThat(KeyStrength.weakness(
                        SubjectKey.decode(pair("RSA", 2048).getPublic().getEncoded())))
                .isEmpty();
        BigInteger p = BigInteger.ONE.shiftLeft(1023).setBit(1022).nextProbablePrime();
        BigInteger close = p.multiply(p.nextProbablePrime());
        assertThat(KeyStrength.weakness(SubjectKey.rsa(close, BigInteger.valueOf(65_537))))
                .hasValueSatisfying(why -> assertThat(why).contains("close"));
        BigInteger small = BigInteger.ONE.shiftLeft(2047).add(BigInteger.TWO);
        while (!small.mod(BigInteger.valueOf(751)).equals(BigInteger.ZERO) || !small.testBit(0)) {
            small = small.add(BigInteger.ONE);
        }
        assertThat(KeyStrength.weakness(SubjectKey.rsa(small, BigInteger.valueOf(65_537))))
                .isPresent();
    }

    @Test
    void addressesHaveOneSpelling() {
        assertThat(Identifier.of(Identifier.Kind.IP, "2001:DB8:0:0:0:0:0:1").value())
                .isEqualTo("2001:db8::1");
        assertThat(Identifier.of(Identifier.Kind.IP, "::").value()).isEqualTo("::");
        assertThat(Identifier.of(Identifier.Kind.IP, "1:0:0:2::").value()).isEqualTo("1:0:0:2::");
        assertThat(Identifier.of(Identifier.Kind.IP, "192.0.2.1").value()).isEqualTo("192.0.2.1");
        assertThat(Identifier.of(Identifier.Kind.DNS, "*.Example.ORG").plain().value())
                .isEqualTo("example.org");
        assertThat(Instants.text(1_900_000_000L)).isEqualTo("2030-03-17T17:46:40Z");
    }

    /** Golden: a change of the library that changed certificates or lists would split a group. */
    @Test
    void statementsAreTheSameBytesAsEver() {
        SubjectKey key =
                SubjectKey.edwards(Base64.getUrlDecoder().decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
        CertificateForm form = new CertificateForm(golden(), List.of("http://one.example"));
        byte[] serial = HexFormat.of().parseHex("0102030405060708090a0b0c0d0e0f10");
        byte[] statement = form.statement(new CertificateForm.Content(
                serial,
                key,
                List.of(
                        Identifier.of(Identifier.Kind.DNS, "www.example.org"),
                        Identifier.of(Identifier.Kind.IP, "2001:db8::1")),
                1_900_000_000L,
                2_600_000_000L,
                1,
                false));
        byte[] list = form.list(
                1, 7, 1_900_000_000L, 1_900_086_400L, List.of(new CertificateForm.Revoked(serial, 1_899_999_999L, 4)));
        assertThat(Transcript.sha256(statement) + " " + Transcript.sha256(list)).isEqualTo(GOLDEN);
    }

    private static final String GOLDEN = "742bc789bebcf16193e80ded057e33e9cbeb8bfb4f8e0d08297d4c55bb0d3814"
            + " 0b053694a5a5b107748f27b18970943643f556ae07d0c496820eae32b678d638";

    /** A self-signed certificate that somebody made once. */
    private static byte[] golden() {
        return Base64.getDecoder()
                .decode(
                        "MIIBeTCCAR+gAwIBAgIUdZf0lJHzHbjpQpiwUyVrZhl1Y2owCgYIKoZIzj0EAwIwETEPMA0GA1UEAwwGZ29sZGVuMCAXDTI2MTEy"
                                + "NjE4Mjk0OFoYDzIwNTQwNDEyMTgyOTQ4WjARMQ8wDQYDVQQDDAZnb2xkZW4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARE7ePc"
                                + "mX4pzc8TCXKXvfO/HNUvL+pOTTaYX3EyZRnpwqxY0TFqjLvw+ciXmqrN1KoZPpQsGsZTyFVrlrzxgtkto1MwUTAdBgNVHQ4EFgQU"
                                + "h2/ZgKl3pRXISqQZeVXWhJDOcccwHwYDVR0jBBgwFoAUh2/ZgKl3pRXISqQZeVXWhJDOcccwDwYDVR0TAQH/BAUwAwEB/zAKBggq"
                                + "hkjOPQQDAgNIADBFAiB1nxag2uZmiefAbarzjXFEsUOqaXz9np8P/plY5KkTCQIhALiJ+gffpmMhQu0ZxXVs3ZTWAcQKQgmabmqh"
                                + "tivX7k/6");
    }

    @Seeds(60)
    @Attack("certification requests with altered bytes")
    void alteredRequestsAreRefused(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] request = TestGroup.request(pair("EC", 256), "www.example.org", "a.example.org");
        assertThat(CertificateRequest.decode(request).names()).hasSize(2);
        request[random.nextInt(request.length)] ^= (byte) (1 << random.nextInt(8));
        assertThatThrownBy(() -> CertificateRequest.decode(request)).isInstanceOf(MalformedException.class);
    }

    private static byte[] question(X509Certificate issuer, BigInteger serial) throws Exception {
        return new OCSPReqBuilder()
                .addRequest(new CertificateID(
                        new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                        new X509CertificateHolder(issuer.getEncoded()),
                        serial))
                .build()
                .getEncoded();
    }

    @Test
    void anAnswerAboutACertificateFollowsItsRevocationAtOnce() throws Exception {
        TestGroup group = new TestGroup();
        TestClient client = group.register(TestClient.elliptic());
        TestGroup.Reply order = group.readyOrder(client, "www.example.org");
        KeyPair server = pair("EC", 256);
        TestGroup.Reply done = group.post(
                client,
                TestGroup.path(order.json().get("finalize")),
                TestGroup.finalization(TestGroup.request(server, "www.example.org")));
        String url = done.text("certificate");
        BigInteger serial = new BigInteger(url.substring(url.lastIndexOf('/') + 1), 16);
        X509Certificate issuer = (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(group.issuer));
        byte[] question = question(issuer, serial);
        assertThat(answer(group, question).getStatus()).isEqualTo(CertificateStatus.GOOD);
        assertThat(group.authority.looks().answer(question, group.timeMicros)).isPresent();
        byte[] certificate = Base64.getMimeDecoder()
                .decode(new String(
                                group.post(client, TestGroup.path(url), "")
                                        .answer()
                                        .body(),
                                StandardCharsets.US_ASCII)
                        .split("-----")[2]);
        group.post(
                client,
                "/acme/revoke-cert",
                "{\"reason\":4,\"certificate\":\""
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(certificate) + "\"}");
        assertThat(group.authority.looks().answer(question, group.timeMicros)).isEmpty();
        assertThat(answer(group, question).getStatus()).isInstanceOf(RevokedStatus.class);
        byte[] unknown =
                Objects.requireNonNull(group.command(new AuthorityCommand.Ask(question(issuer, BigInteger.TWO))));
        assertThat(new OCSPResp(unknown).getStatus()).isEqualTo(6);
        byte[] nonsense = Objects.requireNonNull(group.command(new AuthorityCommand.Ask(new byte[] {1})));
        assertThat(new OCSPResp(nonsense).getStatus()).isEqualTo(1);
    }

    private static BasicAnswer answer(TestGroup group, byte[] question) throws Exception {
        byte[] encoded = Objects.requireNonNull(group.command(new AuthorityCommand.Ask(question)));
        BasicOCSPResp response = (BasicOCSPResp) new OCSPResp(encoded).getResponseObject();
        assertThat(response.isSignatureValid(new JcaContentVerifierProviderBuilder().build(group.keys.getPublic())))
                .isTrue();
        return new BasicAnswer(response.getResponses()[0].getCertStatus());
    }

    private record BasicAnswer(CertificateStatus status) {
        CertificateStatus getStatus() {
            return status;
        }
    }
}
