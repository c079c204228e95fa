package org.maftia.services.openid;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderAnswer.Fault;
import org.maftia.services.openid.ProviderPolicy.Bound;
import org.maftia.services.x509.CertificateChain;
import org.maftia.services.x509.CertifiedName;
import org.maftia.services.x509.TestIssuer;

/** Clients whom issuers name (RFC 8705, section 2.1): what a gateway says of their certificates, and what replicas see for themselves. */
class CertifiedClientsTest {
    private static final String BASE = "https://localhost:1";
    private static final String BACK = "https://shop.example/back";
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";
    private static final int GATEWAY = 2;
    private static final int LIAR = 3;

    private final TestIssuer own = TestIssuer.root("CN=Own");
    private final TestIssuer other = TestIssuer.root("CN=Other");

    /** Certificates that the own authority has revoked. */
    private final SortedSet<Digest> revoked = new TreeSet<>();

    private int secrets = 100;

    @SuppressWarnings("NullAway.Init") // set before each test
    private TestLog log;

    @SuppressWarnings("NullAway.Init") // set before each test
    private BearerSecret session;

    private static ProviderPolicy.Client client(String id, String host) {
        return new ProviderPolicy.Client(
                id,
                List.of(BACK),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.of(new CertifiedName(CertifiedName.Kind.DNS, host)),
                TokenKey.RS256,
                Bound.NO);
    }

    @BeforeEach
    void aPersonIsSignedIn() {
        log = new TestLog(
                new ProviderPolicy(
                        List.of(BASE),
                        "localhost",
                        true,
                        List.of(client("till", "till.example"), client("bank", "bank.example")),
                        List.of(),
                        new TreeMap<>(),
                        Digest.ZERO,
                        List.of(),
                        List.of(
                                CertificateChain.Anchor.own(own.certificate),
                                CertificateChain.Anchor.of(other.certificate))),
                TestIssuer.NOW * 1_000_000,
                (serial, certificate) -> !revoked.contains(certificate));
        BearerSecret attempt = fresh(Use.ATTEMPT);
        session = fresh(Use.SESSION);
        ProviderAnswer.Challenge asked = (ProviderAnswer.Challenge)
                log.ask(GATEWAY, new ProviderCommand.Begin(attempt.verifier(), true, "alice"));
        TestPasskey passkey = TestPasskey.make("Ed25519", 1);
        ProviderCommand register = new ProviderCommand.Register(
                asked.attempt(),
                passkey.clientData("webauthn.create", asked.challenge()),
                passkey.attestation(),
                Digest.ZERO,
                session.verifier());
        assertThat(log.ask(GATEWAY, register, attempt)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
    }

    private BearerSecret fresh(Use use) {
        return BearerSecret.of(
                use, Transcript.of("secret").field(secrets++).digest().toBytes());
    }

    private BearerSecret code(String client) {
        BearerSecret code = fresh(Use.CODE);
        Digest pkce = Transcript.sha256(PKCE.getBytes(StandardCharsets.US_ASCII));
        ProviderCommand wish = new ProviderCommand.Authorize(
                session.verifier(),
                BASE,
                client,
                BACK,
                "openid offline_access",
                "",
                pkce,
                Digest.ZERO,
                code.verifier());
        assertThat(log.ask(GATEWAY, wish, session)).isEqualTo(new ProviderAnswer.Done());
        return code;
    }

    private static Caller showing(String client, byte[]... chain) {
        return new Caller(client, "", Digest.ZERO, List.of(chain), "");
    }

    private ProviderAnswer present(Caller caller) {
        return log.ask(LIAR, new ProviderCommand.Present(caller, Digest.ZERO));
    }

    private ProviderAnswer redeem(int gateway, BearerSecret code, Caller caller, BearerSecret refresh) {
        return log.ask(
                gateway, new ProviderCommand.Redeem(code.verifier(), caller, BACK, PKCE, refresh.verifier()), code);
    }

    private static void assertRefused(ProviderAnswer answer, String sentence) {
        assertThat(answer).isInstanceOfSatisfying(ProviderAnswer.Refused.class, refused -> {
            assertThat(refused.fault()).as(refused.sentence()).isEqualTo(Fault.INVALID_CLIENT);
            assertThat(refused.sentence()).contains(sentence);
        });
    }

    private static String boundTo(ProviderAnswer answer) {
        String input = ((ProviderAnswer.Issued) answer).input();
        StrictJson cnf = StrictJson.object(
                        Base64.getUrlDecoder().decode(input.substring(input.indexOf('.') + 1)), "the payload")
                .child("cnf");
        assertThat(cnf.names()).containsExactly("x5t#S256");
        return cnf.text("x5t#S256");
    }

    private static String thumbprint(byte[] certificate) {
        return StrictJson.base64(Transcript.sha256(certificate).toBytes());
    }

    @Test
    void whoeverAnAnchorNamesIsTheClientAndItsTokensAreBoundToWhatItShowed() {
        byte[] first = own.client("till.example");
        BearerSecret code = code("till");
        BearerSecret refresh = fresh(Use.REFRESH);
        ProviderAnswer issued = redeem(GATEWAY, code, showing("till", first), refresh);
        assertThat(boundTo(issued)).isEqualTo(thumbprint(first));
        log.restart();
        byte[] renewed = other.client("till.example");
        BearerSecret next = fresh(Use.REFRESH);
        long grant = ((ProviderAnswer.Issued) issued).grant();
        ProviderCommand wish =
                new ProviderCommand.Refresh(grant, refresh.verifier(), showing("till", renewed), next.verifier());
        assertThat(boundTo(log.ask(GATEWAY, wish, refresh))).isEqualTo(thumbprint(renewed));
        assertThat(boundTo(log.ask(GATEWAY, wish, refresh))).as("asked again").isEqualTo(thumbprint(renewed));
        ProviderCommand stranger = new ProviderCommand.Refresh(
                grant,
                next.verifier(),
                showing("bank", own.client("bank.example")),
                fresh(Use.REFRESH).verifier());
        assertThat(log.ask(GATEWAY, stranger, next))
                .isInstanceOfSatisfying(
                        ProviderAnswer.Refused.class,
                        refused -> assertThat(refused.fault()).isEqualTo(Fault.INVALID_GRANT));
    }

    @Attack("openid: a certificate of another name")
    @Test
    void aGatewayCannotPassOffAnothersCertificateNorOneThatNobodyIssued() {
        assertThat(present(showing("till", own.client("till.example")))).isEqualTo(new ProviderAnswer.Done());
        assertRefused(present(showing("till", own.client("bank.example"))), "another name");
        assertRefused(present(showing("till", TestIssuer.root("CN=Own").client("till.example"))), "no issuer");
        assertRefused(present(showing("till")), "a client shows");
        byte[] forged = own.client("till.example");
        forged[forged.length - 1] ^= 1;
        assertRefused(present(showing("till", forged)), "");
        Caller onItsWord = new Caller("till", "", Transcript.sha256(own.client("till.example")), "");
        assertRefused(present(onItsWord), "a client shows");
    }

    /** It may bring a certificate that it has seen, whose key it has not: what it gets is bound to that key. */
    @Attack("openid: a gateway claims a certificate whose key nobody used")
    @Test
    void aGatewayThatClaimsACertificateGetsNothingThatIsOfUseToIt() {
        byte[] seen = own.client("till.example");
        BearerSecret code = code("till");
        assertThat(boundTo(redeem(LIAR, code, showing("till", seen), fresh(Use.REFRESH))))
                .isEqualTo(thumbprint(seen));
        assertRefused(redeem(LIAR, code("bank"), showing("bank", seen), fresh(Use.REFRESH)), "another name");
    }

    @Attack("openid: a revoked certificate")
    @Test
    void whatTheOwnAuthorityRevokedIsRefusedFromThenOn() {
        byte[] certificate = own.client("till.example");
        assertThat(present(showing("till", certificate))).isEqualTo(new ProviderAnswer.Done());
        revoked.add(Transcript.sha256(certificate));
        assertRefused(present(showing("till", certificate)), "revoked");
        assertThat(present(showing("till", own.client("till.example")))).isEqualTo(new ProviderAnswer.Done());
    }

    @Attack("openid: a certificate that its issuer did not mean so")
    @Test
    void theTimeOfTheLogDecidesWhatHasEnded() {
        byte[] certificate = own.client("till.example");
        log.pass(3_600_000_000L);
        assertThat(present(showing("till", certificate))).isEqualTo(new ProviderAnswer.Done());
        log.pass(1_000_000);
        assertRefused(present(showing("till", certificate)), "has ended");
    }

    @Test
    void commandsWithCertificatesKeepTheirEncoding() {
        ProviderCommand command =
                new ProviderCommand.Present(showing("a", new byte[] {1, 2}, new byte[] {3}), Digest.ZERO);
        byte[] encoded = ProviderCommand.CODEC.encode(command);
        assertThat(HexFormat.of().formatHex(encoded))
                .isEqualTo("0b0001610000" + "00".repeat(32) + "00000002" + "00020102" + "000103" + "0000"
                        + "00".repeat(32));
        assertThat(ProviderCommand.CODEC.encode(ProviderCommand.CODEC.decode(encoded)))
                .isEqualTo(encoded);
    }
}
