package org.maftia.services.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderAnswer.Fault;
import org.maftia.services.openid.ProviderPolicy.Bound;

/** Clients that sign who they are, and tokens that are bound to keys; gateways of which one copies what it sees. */
class BoundTokensTest {
    private static final String BASE = "https://localhost:1";
    private static final String TOKEN = BASE + "/oidc/token";
    private static final String BACK = "https://shop.example/back";
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";
    private static final int GATEWAY = 2;
    private static final int LIAR = 3;
    private static final Digest CERTIFICATE = Transcript.of("a certificate").digest();

    private final TestClient bank = TestClient.make();
    private final TestClient device = TestClient.make();
    private int secrets = 100;

    @SuppressWarnings("NullAway.Init") // set before each test
    private TestLog log;

    @SuppressWarnings("NullAway.Init") // set before each test
    private BearerSecret session;

    @BeforeEach
    void aPersonIsSignedIn() {
        SortedMap<Integer, String> homes = new TreeMap<>();
        homes.put(GATEWAY, BASE);
        homes.put(LIAR, "https://localhost:2");
        log = new TestLog(
                new ProviderPolicy(
                        List.of(BASE, "https://localhost:2"),
                        "localhost",
                        true,
                        List.of(
                                ProviderPolicy.Client.simple("phone", List.of(BACK), Optional.empty()),
                                keyed("bank", Bound.NO),
                                keyed("own", Bound.OWN),
                                keyed("any", Bound.ANY),
                                new ProviderPolicy.Client(
                                        "firm",
                                        List.of(BACK),
                                        Optional.empty(),
                                        List.of(),
                                        List.of(CERTIFICATE),
                                        TokenKey.RS256,
                                        Bound.NO)),
                        List.of(),
                        homes,
                        Digest.ZERO,
                        List.of()),
                1_700_000_000_000_000L);
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

    private ProviderPolicy.Client keyed(String id, Bound bound) {
        return new ProviderPolicy.Client(
                id, List.of(BACK), Optional.empty(), List.of(bank.publicKey()), List.of(), TokenKey.RS256, bound);
    }

    private BearerSecret fresh(Use use) {
        return BearerSecret.of(
                use, Transcript.of("secret").field(secrets++).digest().toBytes());
    }

    private BearerSecret code(String client, Digest key) {
        BearerSecret code = fresh(Use.CODE);
        Digest pkce = Transcript.sha256(PKCE.getBytes(StandardCharsets.US_ASCII));
        ProviderCommand wish = new ProviderCommand.Authorize(
                session.verifier(), BASE, client, BACK, "openid offline_access", "", pkce, key, code.verifier());
        assertThat(log.ask(GATEWAY, wish, session)).isEqualTo(new ProviderAnswer.Done());
        return code;
    }

    private ProviderCommand.Redeem redeem(BearerSecret code, Caller caller, BearerSecret refresh) {
        return new ProviderCommand.Redeem(code.verifier(), caller, BACK, PKCE, refresh.verifier());
    }

    private String nonce() {
        Digest nonce = ((ProviderAnswer.Nonce) log.ask(GATEWAY, new ProviderCommand.Nonce())).value();
        return StrictJson.base64(nonce.toBytes());
    }

    private String proof() {
        return device.proof("POST", TOKEN, nonce(), device.fresh());
    }

    private static Caller phone(String proof) {
        return new Caller("phone", "", Digest.ZERO, proof);
    }

    private String assertion(String client) {
        return bank.assertion(
                client,
                List.of("https://other.example", BASE + "/oidc"),
                log.timeMicros / 1_000_000 + 60,
                bank.fresh());
    }

    private static void assertRefused(ProviderAnswer answer, Fault fault) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        ProviderAnswer.Refused.class,
                        refused -> assertThat(refused.fault())
                                .as(refused.sentence())
                                .isEqualTo(fault));
    }

    private static StrictJson claims(ProviderAnswer answer) {
        String input = ((ProviderAnswer.Issued) answer).input();
        return StrictJson.object(Base64.getUrlDecoder().decode(input.substring(input.indexOf('.') + 1)), "the payload");
    }

    @Test
    void theProofOfTheStandardIsReadAndItsKeyNamed() {
        PossessionProof proof = PossessionProof.read(
                "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOX"
                        + "pDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIs"
                        + "ImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2Vyd"
                        + "mVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQ"
                        + "g4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg");
        assertThat(StrictJson.base64(proof.key().toBytes())).isEqualTo("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        assertThat(proof.place()).isEqualTo("https://server.example.com/token");
    }

    @Test
    void commandsOfClientsKeepTheirEncoding() {
        ProviderCommand command = new ProviderCommand.Present(
                new Caller("a", "b", Digest.of(HexFormat.of().parseHex("01".repeat(32))), "c"), Digest.ZERO);
        byte[] encoded = ProviderCommand.CODEC.encode(command);
        assertThat(HexFormat.of().formatHex(encoded))
                .isEqualTo("0b000161000162" + "01".repeat(32) + "00000000" + "000163" + "00".repeat(32));
        assertThat(ProviderCommand.CODEC.decode(encoded)).isEqualTo(command);
    }

    @Test
    void tokensNameTheKeyOfTheProofAndRefreshingNeedsItAgain() {
        BearerSecret code = code("phone", device.thumbprint());
        BearerSecret refresh = fresh(Use.REFRESH);
        ProviderAnswer issued = log.ask(GATEWAY, redeem(code, phone(proof()), refresh), code);
        assertThat(claims(issued).child("cnf").text("jkt"))
                .isEqualTo(StrictJson.base64(device.thumbprint().toBytes()));
        long grant = ((ProviderAnswer.Issued) issued).grant();
        BearerSecret next = fresh(Use.REFRESH);
        log.restart();
        String other = bank.proof("POST", TOKEN, nonce(), bank.fresh());
        for (String wrong : List.of("", other)) {
            ProviderCommand stolen =
                    new ProviderCommand.Refresh(grant, refresh.verifier(), phone(wrong), next.verifier());
            assertRefused(log.ask(GATEWAY, stolen, refresh), Fault.INVALID_GRANT);
        }
        ProviderCommand own = new ProviderCommand.Refresh(grant, refresh.verifier(), phone(proof()), next.verifier());
        assertThat(claims(log.ask(GATEWAY, own, refresh)).has("cnf")).isTrue();
        BearerSecret bound = code("phone", bank.thumbprint());
        assertRefused(log.ask(GATEWAY, redeem(bound, phone(proof()), refresh), bound), Fault.INVALID_DPOP_PROOF);
        assertRefused(log.ask(GATEWAY, redeem(bound, phone(""), refresh), bound), Fault.INVALID_DPOP_PROOF);
    }

    @Attack("openid: replayed proof of possession")
    @Test
    void aProofIsGoodOnceForItsPlaceAndAsLongAsItsNonce() {
        BearerSecret first = code("phone", Digest.ZERO);
        BearerSecret second = code("phone", Digest.ZERO);
        String proof = proof();
        ProviderCommand good = redeem(first, phone(proof), fresh(Use.REFRESH));
        assertThat(log.ask(GATEWAY, good, first)).isInstanceOf(ProviderAnswer.Issued.class);
        assertThat(log.ask(GATEWAY, good, first))
                .as("the gateway asks again")
                .isInstanceOf(ProviderAnswer.Issued.class);
        log.restart();
        Digest before = log.root();
        BearerSecret refresh = fresh(Use.REFRESH);
        assertRefused(log.ask(GATEWAY, redeem(second, phone(proof), refresh), second), Fault.INVALID_DPOP_PROOF);
        String unused = proof();
        assertRefused(log.ask(LIAR, redeem(second, phone(unused), refresh), second), Fault.INVALID_DPOP_PROOF);
        for (String wrong : List.of(
                device.proof("GET", TOKEN, nonce(), device.fresh()),
                device.proof("POST", BASE + "/oidc/userinfo", nonce(), device.fresh()),
                device.proof("POST", "https://localhost:2/oidc/token", nonce(), device.fresh()),
                device.proof("POST", TOKEN, nonce(), ""),
                device.proof("POST", TOKEN, nonce(), "x".repeat(200)),
                device.assertion("phone", List.of(TOKEN), 2_000_000_000, "x"))) {
            assertRefused(log.ask(GATEWAY, redeem(second, phone(wrong), refresh), second), Fault.INVALID_DPOP_PROOF);
        }
        for (String nonce : List.of("", "x", StrictJson.base64(new byte[32]))) {
            String wrong = device.proof("POST", TOKEN, nonce, device.fresh());
            assertRefused(log.ask(GATEWAY, redeem(second, phone(wrong), refresh), second), Fault.USE_DPOP_NONCE);
        }
        assertThat(log.root()).as("nothing changed").isEqualTo(before);
        String former = nonce();
        log.pass(Nonces.FRESH_MICROS);
        assertThat(nonce()).isNotEqualTo(former);
        BearerSecret third = code("phone", Digest.ZERO);
        String late = device.proof("POST", TOKEN + "?a=b#c", former, device.fresh());
        assertThat(log.ask(GATEWAY, redeem(third, phone(late), refresh), third))
                .isInstanceOf(ProviderAnswer.Issued.class);
        log.pass(Nonces.FRESH_MICROS);
        BearerSecret fourth = code("phone", Digest.ZERO);
        String old = device.proof("POST", TOKEN, former, device.fresh());
        assertRefused(log.ask(GATEWAY, redeem(fourth, phone(old), refresh), fourth), Fault.USE_DPOP_NONCE);
    }

    @Attack("openid: malformed proofs")
    @Test
    void proofsThatAreNoneAreRefused() {
        BearerSecret code = code("phone", Digest.ZERO);
        String good = proof();
        Digest before = log.root();
        BearerSecret refresh = fresh(Use.REFRESH);
        for (int i = 1; i < good.length(); i += 7) {
            char other = good.charAt(i) == 'A' ? 'B' : 'A';
            String bent = good.substring(0, i) + other + good.substring(i + 1);
            for (String wrong : List.of(good.substring(0, i), bent)) {
                assertThatThrownBy(() -> PossessionProof.read(wrong)).as(wrong).isInstanceOf(MalformedException.class);
            }
            assertRefused(log.ask(GATEWAY, redeem(code, phone(bent), refresh), code), Fault.INVALID_DPOP_PROOF);
        }
        for (String wrong : List.of("x", "..", "{}", ".".repeat(4_000), good + ".", good + "A")) {
            assertRefused(log.ask(GATEWAY, redeem(code, phone(wrong), refresh), code), Fault.INVALID_DPOP_PROOF);
        }
        assertThat(log.root()).as("nothing changed").isEqualTo(before);
        assertThat(log.ask(GATEWAY, redeem(code, phone(good), refresh), code))
                .isInstanceOf(ProviderAnswer.Issued.class);
    }

    @Attack("openid: copied client assertion")
    @Test
    void whatAClientSignedIsGoodOnceAndAtTheGatewayThatItNames() {
        BearerSecret code = code("bank", Digest.ZERO);
        BearerSecret stolen = code("bank", Digest.ZERO);
        BearerSecret refresh = fresh(Use.REFRESH);
        String assertion = assertion("bank");
        Caller caller = new Caller("bank", assertion, Digest.ZERO, "");
        assertRefused(log.ask(LIAR, redeem(stolen, caller, refresh), stolen), Fault.INVALID_CLIENT);
        assertRefused(log.ask(LIAR, new ProviderCommand.Present(caller, Digest.ZERO)), Fault.INVALID_CLIENT);
        ProviderCommand good = redeem(code, caller, refresh);
        assertThat(log.ask(GATEWAY, good, code)).isInstanceOf(ProviderAnswer.Issued.class);
        assertThat(log.ask(GATEWAY, good, code)).isInstanceOf(ProviderAnswer.Issued.class);
        log.restart();
        assertRefused(log.ask(GATEWAY, redeem(stolen, caller, refresh), stolen), Fault.INVALID_CLIENT);
        assertRefused(log.ask(GATEWAY, new ProviderCommand.Present(caller, Digest.ZERO)), Fault.INVALID_CLIENT);
        long now = log.timeMicros / 1_000_000;
        List<String> here = List.of(TOKEN);
        String foreign = bank.proof("POST", TOKEN, nonce(), "7");
        Digest before = log.root();
        for (String wrong : List.of(
                "",
                "x",
                "a.b.c",
                device.assertion("bank", here, now + 60, "1"),
                bank.assertion("own", here, now + 60, "2"),
                bank.assertion("bank", List.of("https://localhost:2/oidc"), now + 60, "3"),
                bank.assertion("bank", List.of(), now + 60, "4"),
                bank.assertion("bank", here, now, "5"),
                bank.assertion("bank", here, now + 7_200, "6"),
                bank.assertion("bank", here, now + 60, ""),
                foreign)) {
            Caller bad = new Caller("bank", wrong, Digest.ZERO, "");
            assertRefused(log.ask(GATEWAY, redeem(stolen, bad, refresh), stolen), Fault.INVALID_CLIENT);
        }
        assertThat(log.root()).as("nothing changed").isEqualTo(before);
        Caller again = new Caller("bank", bank.assertion("bank", here, now + 60, "8"), Digest.ZERO, "");
        assertThat(log.ask(GATEWAY, new ProviderCommand.Present(again, Digest.ZERO)))
                .isEqualTo(new ProviderAnswer.Done());
        assertThat(log.ask(GATEWAY, new ProviderCommand.Present(again, Digest.ZERO)))
                .as("the same command")
                .isEqualTo(new ProviderAnswer.Done());
    }

    @Attack("openid: gateway that binds tokens to a key of its own")
    @Test
    void aClientThatRegisteredItsKeyGetsTokensForNoOther() {
        BearerSecret code = code("own", Digest.ZERO);
        BearerSecret refresh = fresh(Use.REFRESH);
        for (String proof : List.of("", proof())) {
            Caller gateways = new Caller("own", assertion("own"), Digest.ZERO, proof);
            assertRefused(log.ask(GATEWAY, redeem(code, gateways, refresh), code), Fault.INVALID_DPOP_PROOF);
        }
        String own = bank.proof("POST", TOKEN, nonce(), bank.fresh());
        Caller caller = new Caller("own", assertion("own"), Digest.ZERO, own);
        assertThat(claims(log.ask(GATEWAY, redeem(code, caller, refresh), code))
                        .child("cnf")
                        .text("jkt"))
                .isEqualTo(StrictJson.base64(bank.thumbprint().toBytes()));
        BearerSecret other = code("any", Digest.ZERO);
        assertRefused(
                log.ask(GATEWAY, redeem(other, new Caller("any", assertion("any"), Digest.ZERO, ""), refresh), other),
                Fault.INVALID_DPOP_PROOF);
        Caller any = new Caller("any", assertion("any"), Digest.ZERO, proof());
        assertThat(log.ask(GATEWAY, redeem(other, any, refresh), other)).isInstanceOf(ProviderAnswer.Issued.class);
    }

    @Attack("openid: another certificate")
    @Test
    void tokensOfAClientWithACertificateAreBoundToThatOne() {
        BearerSecret code = code("firm", Digest.ZERO);
        BearerSecret refresh = fresh(Use.REFRESH);
        for (Digest wrong : List.of(Digest.ZERO, Transcript.of("another").digest())) {
            Caller other = new Caller("firm", "", wrong, "");
            assertRefused(log.ask(GATEWAY, redeem(code, other, refresh), code), Fault.INVALID_CLIENT);
        }
        Caller both = new Caller("firm", "", CERTIFICATE, proof());
        assertRefused(log.ask(GATEWAY, redeem(code, both, refresh), code), Fault.INVALID_DPOP_PROOF);
        Caller caller = new Caller("firm", "", CERTIFICATE, "");
        StrictJson claims = claims(log.ask(GATEWAY, redeem(code, caller, refresh), code));
        assertThat(claims.child("cnf").text("x5t#S256")).isEqualTo(StrictJson.base64(CERTIFICATE.toBytes()));
        assertThat(claims.child("cnf").names()).containsExactly("x5t#S256");
    }
}
