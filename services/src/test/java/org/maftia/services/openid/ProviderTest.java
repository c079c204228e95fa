package org.maftia.services.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderAnswer.Fault;

/** People with passkeys, clients with codes, and gateways of which one copies, repeats and invents. */
class ProviderTest {
    private static final String BASE = "https://localhost:1";
    private static final String BACK = "https://shop.example/back";
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";
    private static final BearerSecret CLIENT = secret(Use.CLIENT, 1);
    private static final BearerSecret INVITATION = secret(Use.INVITATION, 2);
    private static final ProviderPolicy POLICY = new ProviderPolicy(
            List.of(BASE, "https://localhost:2"),
            "localhost",
            true,
            List.of(
                    ProviderPolicy.Client.simple("shop", List.of(BACK), Optional.of(CLIENT.verifier())),
                    new ProviderPolicy.Client(
                            "bank",
                            List.of(BACK),
                            Optional.of(CLIENT.verifier()),
                            List.of(),
                            List.of(),
                            TokenKey.PS256,
                            ProviderPolicy.Bound.NO),
                    ProviderPolicy.Client.simple("phone", List.of("app:/back"), Optional.empty())),
            List.of(new ProviderPolicy.Invitation("root", INVITATION.verifier())),
            new TreeMap<>(),
            Digest.ZERO,
            List.of());
    private static final int GATEWAY = 2;
    private static final int LIAR = 3;

    private final TestLog log = new TestLog(POLICY, 1_700_000_000_000_000L);
    private int secrets = 100;

    private static BearerSecret secret(Use use, int number) {
        return BearerSecret.of(
                use, Transcript.of("secret").field(number).digest().toBytes());
    }

    private BearerSecret fresh(Use use) {
        return secret(use, secrets++);
    }

    private ProviderAnswer.Challenge begin(BearerSecret attempt, String name) {
        return (ProviderAnswer.Challenge)
                log.ask(GATEWAY, new ProviderCommand.Begin(attempt.verifier(), !name.isEmpty(), name));
    }

    private ProviderAnswer register(TestPasskey passkey, String name, Optional<BearerSecret> by) {
        BearerSecret attempt = fresh(Use.ATTEMPT);
        ProviderAnswer.Challenge asked = begin(attempt, name);
        ProviderCommand wish = new ProviderCommand.Register(
                asked.attempt(),
                passkey.clientData("webauthn.create", asked.challenge()),
                passkey.attestation(),
                by.map(BearerSecret::verifier).orElse(Digest.ZERO),
                fresh(Use.SESSION).verifier());
        return by.isPresent() ? log.ask(GATEWAY, wish, attempt, by.get()) : log.ask(GATEWAY, wish, attempt);
    }

    private ProviderCommand.Assert assertion(
            TestPasskey passkey, ProviderAnswer.Challenge asked, BearerSecret session) {
        byte[] clientData = passkey.clientData("webauthn.get", asked.challenge());
        byte[] data = passkey.authenticatorData();
        return new ProviderCommand.Assert(
                asked.attempt(), passkey.id(), clientData, data, passkey.sign(data, clientData), session.verifier());
    }

    private ProviderAnswer signIn(TestPasskey passkey, BearerSecret session) {
        BearerSecret attempt = fresh(Use.ATTEMPT);
        return log.ask(GATEWAY, assertion(passkey, begin(attempt, ""), session), attempt);
    }

    private static void assertRefused(ProviderAnswer answer, Fault fault) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        ProviderAnswer.Refused.class,
                        refused -> assertThat(refused.fault())
                                .as(refused.sentence())
                                .isEqualTo(fault));
    }

    private BearerSecret signedIn() {
        TestPasskey passkey = TestPasskey.make("Ed25519", 1);
        assertThat(register(passkey, "alice", Optional.empty())).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        BearerSecret session = fresh(Use.SESSION);
        assertThat(signIn(passkey, session)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        return session;
    }

    private static Digest pkce() {
        return Transcript.sha256(PKCE.getBytes(StandardCharsets.US_ASCII));
    }

    private ProviderCommand.Authorize wish(BearerSecret session, BearerSecret code) {
        return new ProviderCommand.Authorize(
                session.verifier(),
                BASE,
                "shop",
                BACK,
                "openid offline_access other",
                "n-0S6",
                pkce(),
                Digest.ZERO,
                code.verifier());
    }

    private BearerSecret code(BearerSecret session) {
        BearerSecret code = fresh(Use.CODE);
        assertThat(log.ask(GATEWAY, wish(session, code), session)).isEqualTo(new ProviderAnswer.Done());
        return code;
    }

    private static ProviderCommand.Redeem redeem(BearerSecret code, BearerSecret refresh) {
        return new ProviderCommand.Redeem(code.verifier(), Caller.of("shop"), BACK, PKCE, refresh.verifier());
    }

    private static SignedJWT jwt(String input, TestLog.Outcome outcome) throws Exception {
        return jwt(input, outcome, TestLog.KEY);
    }

    private static SignedJWT jwt(String input, TestLog.Outcome outcome, JsonWebKey signer) throws Exception {
        SignedJWT token = SignedJWT.parse(input + "."
                + com.nimbusds.jose.util.Base64URL.encode(outcome.signature().orElseThrow()));
        JWK key = JWK.parse(signer.toJson().toString());
        assertThat(token.getHeader().getAlgorithm().getName()).isEqualTo(signer.algorithm());
        assertThat(token.getHeader().getKeyID())
                .isEqualTo(key.computeThumbprint().toString());
        assertThat(token.verify(new RSASSAVerifier(key.toRSAKey()))).isTrue();
        return token;
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "Ed25519", "RSA"})
    void whoRegisteredSignsInAndHisClientGetsTokensThatAnotherLibraryVerifies(String kind) throws Exception {
        TestPasskey passkey = TestPasskey.make(kind, 1);
        assertThat(register(passkey, "alice", Optional.empty())).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        BearerSecret session = fresh(Use.SESSION);
        assertThat(signIn(passkey, session)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        log.restart();
        BearerSecret code = code(session);
        log.restart();
        BearerSecret refresh = fresh(Use.REFRESH);
        TestLog.Outcome outcome = log.give(GATEWAY, redeem(code, refresh), code, CLIENT);
        ProviderAnswer.Issued issued = (ProviderAnswer.Issued) outcome.answer();
        SignedJWT access = jwt(issued.input(), outcome);
        assertThat(access.getHeader().getType()).isEqualTo(new JOSEObjectType("at+jwt"));
        assertThat(access.getJWTClaimsSet().getIssuer()).isEqualTo(BASE + "/oidc");
        assertThat(access.getJWTClaimsSet().getStringClaim("client_id")).isEqualTo("shop");
        assertThat(access.getJWTClaimsSet().getStringClaim("scope")).isEqualTo("openid offline_access");
        TestLog.Outcome identified = log.give(GATEWAY, new ProviderCommand.Identify(issued.issue(), new byte[16]));
        SignedJWT identity = jwt(((ProviderAnswer.Identified) identified.answer()).input(), identified);
        assertThat(identity.getJWTClaimsSet().getAudience()).containsExactly("shop");
        assertThat(identity.getJWTClaimsSet().getStringClaim("nonce")).isEqualTo("n-0S6");
        assertThat(identity.getJWTClaimsSet().getSubject())
                .isEqualTo(access.getJWTClaimsSet().getSubject());
        assertThat(identity.getJWTClaimsSet().getExpirationTime().getTime())
                .isEqualTo(log.timeMicros / 1_000 + 300_000);
        BearerSecret next = fresh(Use.REFRESH);
        log.restart();
        assertThat(log.ask(GATEWAY, refreshed(issued.grant(), refresh, next), refresh, CLIENT))
                .isInstanceOf(ProviderAnswer.Issued.class);
        assertThat(log.peek(new ProviderQuestion.OfRefresh(issued.grant(), next.verifier())))
                .isInstanceOf(ProviderFact.Granted.class);
    }

    @Test
    void aClientGetsItsTokensByTheAlgorithmThatItReads() throws Exception {
        BearerSecret session = signedIn();
        BearerSecret code = fresh(Use.CODE);
        ProviderCommand.Authorize wish = new ProviderCommand.Authorize(
                session.verifier(), BASE, "bank", BACK, "openid", "", pkce(), Digest.ZERO, code.verifier());
        assertThat(log.ask(GATEWAY, wish, session)).isEqualTo(new ProviderAnswer.Done());
        ProviderCommand.Redeem redeem =
                new ProviderCommand.Redeem(code.verifier(), Caller.of("bank"), BACK, PKCE, Digest.ZERO);
        TestLog.Outcome outcome = log.give(GATEWAY, redeem, code, CLIENT);
        ProviderAnswer.Issued issued = (ProviderAnswer.Issued) outcome.answer();
        jwt(issued.input(), outcome, TestLog.PSS_KEY);
        TestLog.Outcome identified = log.give(GATEWAY, new ProviderCommand.Identify(issued.issue(), new byte[16]));
        jwt(((ProviderAnswer.Identified) identified.answer()).input(), identified, TestLog.PSS_KEY);
    }

    private static ProviderCommand.Refresh refreshed(long grant, BearerSecret old, BearerSecret next) {
        return new ProviderCommand.Refresh(grant, old.verifier(), Caller.of("shop"), next.verifier());
    }

    @Attack("openid: front-running")
    @Test
    void whoCopiesACommandOfAnotherGatewayGetsNothing() {
        TestPasskey passkey = TestPasskey.make("Ed25519", 1);
        register(passkey, "alice", Optional.empty());
        BearerSecret attempt = fresh(Use.ATTEMPT);
        ProviderCommand.Assert own = assertion(passkey, begin(attempt, ""), fresh(Use.SESSION));
        ProvedCommand seen = ProvedCommand.of(own, GATEWAY, List.of(attempt));
        BearerSecret stolen = fresh(Use.SESSION);
        ProviderCommand.Assert altered = new ProviderCommand.Assert(
                own.attempt(),
                own.credential(),
                own.clientData(),
                own.authenticatorData(),
                own.signature(),
                stolen.verifier());
        assertRefused(log.ask(LIAR, altered), Fault.ACCESS_DENIED);
        assertRefused(log.ask(LIAR, altered, fresh(Use.ATTEMPT)), Fault.ACCESS_DENIED);
        assertRefused(order(LIAR, seen), Fault.ACCESS_DENIED);
        assertRefused(
                order(LIAR, new ProvedCommand(ProviderCommand.CODEC.encode(altered), seen.proofs())),
                Fault.ACCESS_DENIED);
        assertThat(order(GATEWAY, seen)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        BearerSecret session = fresh(Use.SESSION);
        signIn(passkey, session);
        BearerSecret code = code(session);
        ProvedCommand redeeming = ProvedCommand.of(redeem(code, fresh(Use.REFRESH)), GATEWAY, List.of(code, CLIENT));
        assertRefused(order(LIAR, redeeming), Fault.INVALID_CLIENT);
        assertRefused(log.ask(LIAR, redeem(code, fresh(Use.REFRESH)), CLIENT), Fault.INVALID_GRANT);
        assertThat(order(GATEWAY, redeeming)).isInstanceOf(ProviderAnswer.Issued.class);
    }

    private ProviderAnswer order(int gateway, ProvedCommand command) {
        return log.order(gateway, ProvedCommand.CODEC.encode(command)).answer();
    }

    @Attack("openid: replayed assertion")
    @Test
    void aSignatureOfAPasskeyIsGoodForOneChallengeOnce() {
        TestPasskey passkey = TestPasskey.make("EC", 1);
        register(passkey, "alice", Optional.empty());
        BearerSecret attempt = fresh(Use.ATTEMPT);
        ProviderAnswer.Challenge asked = begin(attempt, "");
        ProviderCommand.Assert own = assertion(passkey, asked, fresh(Use.SESSION));
        assertThat(log.ask(GATEWAY, own, attempt)).isInstanceOf(ProviderAnswer.SignedIn.class);
        assertRefused(log.ask(GATEWAY, own, attempt), Fault.ACCESS_DENIED);
        BearerSecret second = fresh(Use.ATTEMPT);
        ProviderAnswer.Challenge later = begin(second, "");
        ProviderCommand.Assert old = new ProviderCommand.Assert(
                later.attempt(),
                own.credential(),
                own.clientData(),
                own.authenticatorData(),
                own.signature(),
                fresh(Use.SESSION).verifier());
        assertRefused(log.ask(GATEWAY, old, second), Fault.ACCESS_DENIED);
        BearerSecret third = fresh(Use.ATTEMPT);
        ProviderCommand.Assert late = assertion(passkey, begin(third, ""), fresh(Use.SESSION));
        log.pass(Attempt.LIFE_MICROS);
        assertRefused(log.ask(GATEWAY, late, third), Fault.ACCESS_DENIED);
    }

    private ProviderAnswer signInWith(Consumer<TestPasskey> change) {
        TestPasskey passkey = TestPasskey.make("Ed25519", secrets);
        assertThat(register(passkey, "user" + secrets, Optional.empty())).isInstanceOf(ProviderAnswer.SignedIn.class);
        change.accept(passkey);
        return signIn(passkey, fresh(Use.SESSION));
    }

    @Attack("openid: forged authenticator data")
    @Test
    void whatAnAuthenticatorMustHaveSaidIsChecked() {
        assertRefused(signInWith(passkey -> passkey.place = "evil.example"), Fault.ACCESS_DENIED);
        assertRefused(signInWith(passkey -> passkey.origin = "https://evil.example"), Fault.ACCESS_DENIED);
        assertRefused(signInWith(passkey -> passkey.flags = 0x01), Fault.ACCESS_DENIED);
        assertRefused(signInWith(passkey -> passkey.flags = 0x04), Fault.ACCESS_DENIED);
        assertRefused(signInWith(passkey -> passkey.flags = 0x15), Fault.ACCESS_DENIED);
        assertRefused(signInWith(passkey -> passkey.flags = 0x85), Fault.ACCESS_DENIED);
        assertRefused(signInWith(passkey -> passkey.framed = true), Fault.ACCESS_DENIED);
        assertThat(signInWith(passkey -> passkey.flags = 0x1d)).isInstanceOf(ProviderAnswer.SignedIn.class);
        TestPasskey other = TestPasskey.make("Ed25519", 7);
        assertRefused(signIn(other, fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        other.attestation = "packed";
        assertRefused(register(other, "packed", Optional.empty()), Fault.INVALID_REQUEST);
    }

    @Attack("openid: cloned authenticator")
    @Test
    void aCounterThatDoesNotGrowIsRefused() {
        TestPasskey passkey = TestPasskey.make("Ed25519", 1);
        passkey.counter = 5;
        register(passkey, "alice", Optional.empty());
        assertRefused(signIn(passkey, fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        passkey.counter = 0;
        assertRefused(signIn(passkey, fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        passkey.counter = 6;
        assertThat(signIn(passkey, fresh(Use.SESSION))).isInstanceOf(ProviderAnswer.SignedIn.class);
    }

    @Attack("openid: name of another")
    @Test
    void aNameBelongsToWhoRegisteredItOrIsInvited() {
        BearerSecret session = signedIn();
        TestPasskey second = TestPasskey.make("Ed25519", 2);
        assertRefused(register(second, "alice", Optional.empty()), Fault.ACCESS_DENIED);
        assertRefused(register(second, "alice", Optional.of(INVITATION)), Fault.ACCESS_DENIED);
        assertThat(register(second, "alice", Optional.of(session))).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        assertRefused(register(second, "bob", Optional.empty()), Fault.INVALID_REQUEST);
        TestPasskey third = TestPasskey.make("Ed25519", 3);
        assertRefused(register(third, "root", Optional.empty()), Fault.ACCESS_DENIED);
        assertRefused(register(third, "root", Optional.of(session)), Fault.ACCESS_DENIED);
        assertThat(register(third, "root", Optional.of(INVITATION))).isEqualTo(new ProviderAnswer.SignedIn("root"));
        assertRefused(register(TestPasskey.make("EC", 4), "root", Optional.of(INVITATION)), Fault.ACCESS_DENIED);
        assertRefused(
                log.ask(GATEWAY, new ProviderCommand.Begin(session.verifier(), true, "Al ice")), Fault.INVALID_REQUEST);
    }

    @Attack("openid: code used twice")
    @Test
    void aCodeIsGoodOnceForItsClientAndWhoComesSecondEndsWhatCameOfIt() {
        BearerSecret session = signedIn();
        BearerSecret code = code(session);
        BearerSecret refresh = fresh(Use.REFRESH);
        ProviderCommand.Redeem good = redeem(code, refresh);
        assertRefused(log.ask(GATEWAY, good, code), Fault.INVALID_CLIENT);
        assertRefused(log.ask(GATEWAY, good, CLIENT), Fault.INVALID_GRANT);
        for (ProviderCommand.Redeem bad : List.of(
                new ProviderCommand.Redeem(code.verifier(), Caller.of("phone"), BACK, PKCE, refresh.verifier()),
                new ProviderCommand.Redeem(code.verifier(), Caller.of("shop"), "app:/back", PKCE, refresh.verifier()),
                new ProviderCommand.Redeem(code.verifier(), Caller.of("shop"), BACK, PKCE + "x", refresh.verifier()),
                new ProviderCommand.Redeem(code.verifier(), Caller.of("shop"), BACK, "", refresh.verifier()))) {
            assertRefused(log.ask(GATEWAY, bad, code, CLIENT), Fault.INVALID_GRANT);
        }
        log.signs = false;
        assertThat(log.ask(GATEWAY, good, code, CLIENT)).isEqualTo(new ProviderAnswer.Busy(1));
        log.signs = true;
        ProviderAnswer.Issued first = (ProviderAnswer.Issued) log.ask(GATEWAY, good, code, CLIENT);
        ProviderAnswer.Issued same = (ProviderAnswer.Issued) log.ask(GATEWAY, good, code, CLIENT);
        assertThat(same.grant()).as("the gateway asks again").isEqualTo(first.grant());
        assertRefused(log.ask(LIAR, new ProviderCommand.Identify(first.issue(), new byte[16])), Fault.INVALID_GRANT);
        assertRefused(log.ask(GATEWAY, redeem(code, fresh(Use.REFRESH)), code, CLIENT), Fault.INVALID_GRANT);
        assertThat(log.peek(new ProviderQuestion.OfGrant(first.grant()))).isEqualTo(new ProviderFact.Nothing());
        assertRefused(
                log.ask(GATEWAY, refreshed(first.grant(), refresh, fresh(Use.REFRESH)), refresh, CLIENT),
                Fault.INVALID_GRANT);
        BearerSecret old = code(session);
        log.pass(Code.LIFE_MICROS);
        assertRefused(log.ask(GATEWAY, redeem(old, refresh), old, CLIENT), Fault.INVALID_GRANT);
    }

    @Attack("openid: stolen refresh token")
    @Test
    void aRefreshTokenThatWasReplacedEndsItsFamily() {
        BearerSecret session = signedIn();
        BearerSecret code = code(session);
        BearerSecret first = fresh(Use.REFRESH);
        long grant = ((ProviderAnswer.Issued) log.ask(GATEWAY, redeem(code, first), code, CLIENT)).grant();
        BearerSecret second = fresh(Use.REFRESH);
        BearerSecret third = fresh(Use.REFRESH);
        assertRefused(log.ask(GATEWAY, refreshed(grant, first, second), CLIENT), Fault.INVALID_GRANT);
        assertRefused(log.ask(GATEWAY, refreshed(grant, first, second), first), Fault.INVALID_CLIENT);
        ProviderCommand.Refresh good = refreshed(grant, first, second);
        assertThat(log.ask(GATEWAY, good, first, CLIENT)).isInstanceOf(ProviderAnswer.Issued.class);
        assertThat(log.ask(GATEWAY, good, first, CLIENT))
                .as("the gateway asks again")
                .isInstanceOf(ProviderAnswer.Issued.class);
        assertThat(log.ask(LIAR, refreshed(grant, second, third), second, CLIENT))
                .isInstanceOf(ProviderAnswer.Issued.class);
        BearerSecret invented = fresh(Use.REFRESH);
        assertRefused(
                log.ask(GATEWAY, refreshed(grant, invented, fresh(Use.REFRESH)), invented, CLIENT),
                Fault.INVALID_GRANT);
        assertThat(log.peek(new ProviderQuestion.OfGrant(grant))).isInstanceOf(ProviderFact.Granted.class);
        log.restart();
        assertRefused(
                log.ask(GATEWAY, refreshed(grant, first, fresh(Use.REFRESH)), first, CLIENT), Fault.INVALID_GRANT);
        assertThat(log.peek(new ProviderQuestion.OfGrant(grant))).isEqualTo(new ProviderFact.Nothing());
        assertRefused(
                log.ask(GATEWAY, refreshed(grant, third, fresh(Use.REFRESH)), third, CLIENT), Fault.INVALID_GRANT);
    }

    @Test
    void whatIsRevokedOrLeftEnds() {
        BearerSecret session = signedIn();
        BearerSecret code = code(session);
        BearerSecret refresh = fresh(Use.REFRESH);
        long grant = ((ProviderAnswer.Issued) log.ask(GATEWAY, redeem(code, refresh), code, CLIENT)).grant();
        ProviderCommand.Revoke wish = new ProviderCommand.Revoke(grant, refresh.verifier(), Caller.of("shop"));
        assertThat(log.ask(GATEWAY, wish, CLIENT)).isEqualTo(new ProviderAnswer.Done());
        assertThat(log.peek(new ProviderQuestion.OfGrant(grant)))
                .as("nobody showed the token")
                .isInstanceOf(ProviderFact.Granted.class);
        assertRefused(log.ask(GATEWAY, wish, refresh), Fault.INVALID_CLIENT);
        assertThat(log.ask(GATEWAY, wish, refresh, CLIENT)).isEqualTo(new ProviderAnswer.Done());
        assertThat(log.peek(new ProviderQuestion.OfGrant(grant))).isEqualTo(new ProviderFact.Nothing());
        ProviderCommand.Leave leave = new ProviderCommand.Leave(session.verifier());
        assertRefused(log.ask(GATEWAY, leave), Fault.ACCESS_DENIED);
        assertThat(log.ask(GATEWAY, leave, session)).isEqualTo(new ProviderAnswer.Done());
        assertRefused(log.ask(GATEWAY, wish(session, fresh(Use.CODE)), session), Fault.LOGIN_REQUIRED);
    }

    @Attack("openid: open redirect")
    @Test
    void codesGoToRegisteredPlacesOnlyAndToWhoIsSignedIn() {
        BearerSecret session = signedIn();
        BearerSecret code = fresh(Use.CODE);
        ProviderCommand.Authorize good = wish(session, code);
        assertRefused(log.ask(GATEWAY, good), Fault.LOGIN_REQUIRED);
        BearerSecret other = fresh(Use.SESSION);
        assertRefused(log.ask(GATEWAY, wish(other, code), other), Fault.LOGIN_REQUIRED);
        for (String redirect : List.of("https://shop.example/back/", "https://evil.example", "")) {
            assertRefused(
                    log.ask(
                            GATEWAY,
                            new ProviderCommand.Authorize(
                                    session.verifier(),
                                    BASE,
                                    "shop",
                                    redirect,
                                    "openid",
                                    "",
                                    pkce(),
                                    Digest.ZERO,
                                    code.verifier()),
                            session),
                    Fault.INVALID_REQUEST);
        }
        assertRefused(
                log.ask(
                        GATEWAY,
                        new ProviderCommand.Authorize(
                                session.verifier(),
                                BASE,
                                "shop",
                                BACK,
                                "profile",
                                "",
                                pkce(),
                                Digest.ZERO,
                                code.verifier()),
                        session),
                Fault.INVALID_SCOPE);
        assertRefused(
                log.ask(
                        GATEWAY,
                        new ProviderCommand.Authorize(
                                session.verifier(),
                                "https://evil.example",
                                "shop",
                                BACK,
                                "openid",
                                "",
                                pkce(),
                                Digest.ZERO,
                                code.verifier()),
                        session),
                Fault.INVALID_REQUEST);
    }

    @Attack("openid: flood")
    @Test
    void attemptsOfAGatewayTokensOfAPersonAndNewcomersAreCounted() {
        BearerSecret session = signedIn();
        for (int i = 0; i < Person.TOKENS_PER_MINUTE; i++) {
            code(session);
        }
        assertThat(log.ask(GATEWAY, wish(session, fresh(Use.CODE)), session)).isInstanceOf(ProviderAnswer.Busy.class);
        log.pass(60_000_000);
        code(session);
        BearerSecret attempt = fresh(Use.ATTEMPT);
        for (int i = 0; i < Holdings.ATTEMPTS_OF_GATEWAY_MAX; i++) {
            begin(attempt, "");
        }
        ProviderCommand.Begin another = new ProviderCommand.Begin(attempt.verifier(), false, "");
        assertThat(log.ask(GATEWAY, another)).isInstanceOf(ProviderAnswer.Busy.class);
        assertThat(log.ask(LIAR, another)).isInstanceOf(ProviderAnswer.Challenge.class);
        log.pass(Attempt.LIFE_MICROS);
        for (int i = 1; i < PasskeyDesk.PEOPLE_PER_HOUR; i++) {
            assertThat(register(TestPasskey.make("Ed25519", 1_000 + i), "user" + i, Optional.empty()))
                    .isInstanceOf(ProviderAnswer.SignedIn.class);
        }
        TestPasskey last = TestPasskey.make("Ed25519", 2_000);
        assertThat(register(last, "last", Optional.empty())).isInstanceOf(ProviderAnswer.Busy.class);
        log.restart();
        log.pass(3_600_000_000L);
        assertThat(register(last, "last", Optional.empty())).isInstanceOf(ProviderAnswer.SignedIn.class);
    }

    @Test
    void whoWaitsForAChallengeThatNobodyDrawsIsTold() {
        log.draws = false;
        ProviderCommand.Begin wish =
                new ProviderCommand.Begin(fresh(Use.ATTEMPT).verifier(), false, "");
        assertThat(log.give(GATEWAY, wish).result()).isEmpty();
        log.restart();
        log.pass(Provider.PATIENCE_MICROS);
        assertThat(log.completed().stream().map(ProviderAnswer.CODEC::decode).toList())
                .containsExactly(new ProviderAnswer.Busy(1));
    }

    @Attack("openid: malformed commands")
    @Test
    void garbageChangesNothing() {
        BearerSecret session = signedIn();
        Digest before = log.root();
        byte[] good =
                ProvedCommand.CODEC.encode(ProvedCommand.of(wish(session, fresh(Use.CODE)), GATEWAY, List.of(session)));
        for (int i = 0; i < good.length; i++) {
            byte[] cut = Arrays.copyOf(good, i);
            assertRefused(log.order(GATEWAY, cut).answer(), Fault.INVALID_REQUEST);
            byte[] bent = good.clone();
            bent[i] ^= 0x40;
            assertThat(log.order(GATEWAY, bent).answer()).isInstanceOf(ProviderAnswer.Refused.class);
        }
        assertRefused(log.order(64, good).answer(), Fault.INVALID_REQUEST);
        assertThat(log.root()).isEqualTo(before);
        assertThat(log.peek(good)).isNull();
        assertThat(log.order(GATEWAY, good).answer()).isEqualTo(new ProviderAnswer.Done());
    }
}
