package org.maftia.services.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.wire.Digest;
import org.maftia.services.evaluation.EvaluationRequest;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderAnswer.Fault;

/** People with passwords, and those who want them: guessers, gateways that copy, and a thief with the keys of a fault set. */
class PasswordTest {
    private static final String BASE = "https://localhost:1";
    private static final String BACK = "https://shop.example/back";
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";
    private static final String PASSWORD = "correct horse battery";
    private static final BearerSecret INVITATION = secret(Use.INVITATION, 2);
    private static final ProviderPolicy POLICY = new ProviderPolicy(
            List.of(BASE),
            "localhost",
            true,
            List.of(ProviderPolicy.Client.simple("shop", List.of(BACK), Optional.empty())),
            List.of(new ProviderPolicy.Invitation("root", INVITATION.verifier())),
            new TreeMap<>(),
            Digest.ZERO,
            List.of());
    private static final int GATEWAY = 2;
    private static final int OTHER = 3;
    private static final long HOUR_MICROS = 3_600_000_000L;

    private final TestLog log = new TestLog(POLICY, 1_700_000_000_000_000L);
    private int secrets = 100;

    private static BearerSecret secret(Use use, int number) {
        return BearerSecret.of(
                use, Transcript.of("secret").field(number).digest().toBytes());
    }

    private BearerSecret fresh(Use use) {
        return secret(use, secrets++);
    }

    /** What a client has once the group has answered. */
    private record Unlocked(BearerSecret attempt, long number, Digest challenge, PasswordKey key) {
        ProviderCommand.Prove proof(BearerSecret session) {
            return new ProviderCommand.Prove(number, key.sign(PasswordKey.signingIn(challenge)), session.verifier());
        }
    }

    private static byte[] bytes(String password) {
        return password.getBytes(StandardCharsets.UTF_8);
    }

    /** As a client does it that knows the group's keys. */
    private Unlocked unlock(int gateway, String name, String password) {
        BearerSecret attempt = fresh(Use.ATTEMPT);
        try (BlindedInput input = BlindedInput.of(bytes(password), new SeededEntropy(secrets))) {
            ProviderAnswer answer =
                    log.ask(gateway, new ProviderCommand.Evaluate(attempt.verifier(), name, input.toBytes()));
            assertThat(answer).isInstanceOf(ProviderAnswer.Evaluated.class);
            ProviderAnswer.Evaluated evaluated = (ProviderAnswer.Evaluated) answer;
            Digest challenge = PasswordKey.challenge(
                    TestLog.FUNCTION.name(), name, input.toBytes(), evaluated.element(), evaluated.attempt());
            assertThat(TestLog.KEY.verifies(challenge.toBytes(), evaluated.signature()))
                    .isTrue();
            byte[] value = input.finish(evaluated.element()).orElseThrow();
            return new Unlocked(attempt, evaluated.attempt(), challenge, PasswordKey.of(name, value));
        }
    }

    private ProviderAnswer evaluate(int gateway, String name) {
        try (BlindedInput input = BlindedInput.of(bytes("guess"), new SeededEntropy(secrets))) {
            return log.ask(
                    gateway, new ProviderCommand.Evaluate(fresh(Use.ATTEMPT).verifier(), name, input.toBytes()));
        }
    }

    private ProviderAnswer set(String name, String password, Optional<BearerSecret> by, BearerSecret session) {
        Unlocked unlocked = unlock(GATEWAY, name, password);
        Digest verifier = unlocked.key.verifier();
        ProviderCommand wish = new ProviderCommand.SetPassword(
                unlocked.number,
                verifier,
                unlocked.key.sign(PasswordKey.setting(unlocked.challenge, verifier)),
                by.map(BearerSecret::verifier).orElse(Digest.ZERO),
                session.verifier());
        return by.isPresent()
                ? log.ask(GATEWAY, wish, unlocked.attempt, by.get())
                : log.ask(GATEWAY, wish, unlocked.attempt);
    }

    private BearerSecret registered(String name) {
        BearerSecret session = fresh(Use.SESSION);
        assertThat(set(name, PASSWORD, Optional.empty(), session)).isEqualTo(new ProviderAnswer.SignedIn(name));
        return session;
    }

    private ProviderAnswer signIn(int gateway, String name, String password, BearerSecret session) {
        Unlocked unlocked = unlock(gateway, name, password);
        return log.ask(gateway, unlocked.proof(session), unlocked.attempt);
    }

    private static void assertRefused(ProviderAnswer answer, Fault fault) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        ProviderAnswer.Refused.class,
                        refused -> assertThat(refused.fault())
                                .as(refused.sentence())
                                .isEqualTo(fault));
    }

    @Test
    void whoSetAPasswordSignsInWithItAnywhereAndClientsReadHow() throws Exception {
        registered("alice");
        log.restart();
        BearerSecret session = fresh(Use.SESSION);
        assertThat(signIn(OTHER, "alice", PASSWORD, session)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        BearerSecret code = fresh(Use.CODE);
        Digest pkce = Transcript.sha256(PKCE.getBytes(StandardCharsets.US_ASCII));
        assertThat(log.ask(
                        OTHER,
                        new ProviderCommand.Authorize(
                                session.verifier(),
                                BASE,
                                "shop",
                                BACK,
                                "openid",
                                "",
                                pkce,
                                Digest.ZERO,
                                code.verifier()),
                        session))
                .isEqualTo(new ProviderAnswer.Done());
        ProviderAnswer.Issued issued = (ProviderAnswer.Issued) log.ask(
                OTHER, new ProviderCommand.Redeem(code.verifier(), Caller.of("shop"), BACK, PKCE, Digest.ZERO), code);
        ProviderAnswer.Identified identified =
                (ProviderAnswer.Identified) log.ask(OTHER, new ProviderCommand.Identify(issued.issue(), new byte[16]));
        assertThat(JWTParser.parse(identified.input() + ".AA").getJWTClaimsSet().getStringListClaim("amr"))
                .containsExactly("pwd");
    }

    @Attack("openid: wrong password")
    @Test
    void aWrongPasswordIsAnsweredAsANameThatNobodyHasAndChangesNothing() {
        registered("alice");
        TestPasskey passkey = TestPasskey.make("EC", 1);
        BearerSecret attempt = fresh(Use.ATTEMPT);
        ProviderAnswer.Challenge asked =
                (ProviderAnswer.Challenge) log.ask(GATEWAY, new ProviderCommand.Begin(attempt.verifier(), true, "bob"));
        assertThat(log.ask(
                        GATEWAY,
                        new ProviderCommand.Register(
                                asked.attempt(),
                                passkey.clientData("webauthn.create", asked.challenge()),
                                passkey.attestation(),
                                Digest.ZERO,
                                fresh(Use.SESSION).verifier()),
                        attempt))
                .isEqualTo(new ProviderAnswer.SignedIn("bob"));
        BearerSecret session = fresh(Use.SESSION);
        ProviderAnswer wrong = signIn(GATEWAY, "alice", PASSWORD + "x", session);
        assertRefused(wrong, Fault.ACCESS_DENIED);
        assertThat(signIn(GATEWAY, "nobody", PASSWORD, session)).isEqualTo(wrong);
        assertThat(signIn(GATEWAY, "bob", PASSWORD, session))
                .as("who has passkeys only")
                .isEqualTo(wrong);
        assertThat(log.peek(new ProviderQuestion.OfSession(session.verifier()))).isEqualTo(new ProviderFact.Nothing());
        assertThat(signIn(GATEWAY, "alice", PASSWORD, session)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
    }

    @Attack("password guessing")
    @Test
    void guessesAreCountedForANameThroughAllGatewaysBeforeTheyAreEvaluatedAndWhetherItIsSomebodysOrNot() {
        registered("alice");
        for (String name : List.of("alice", "nobody")) {
            int free = name.equals("alice") ? 9 : 10; // setting it was one
            for (int i = 0; i < free; i++) {
                assertThat(evaluate(i % 2 == 0 ? GATEWAY : OTHER, name)).isInstanceOf(ProviderAnswer.Evaluated.class);
            }
            Digest before = log.root();
            for (int gateway : new int[] {GATEWAY, OTHER}) {
                assertThat(evaluate(gateway, name))
                        .isInstanceOfSatisfying(
                                ProviderAnswer.Busy.class,
                                busy -> assertThat(busy.seconds()).isBetween(300L, 362L));
            }
            assertThat(log.root()).isEqualTo(before);
        }
        log.restart();
        assertThat(evaluate(OTHER, "alice")).isInstanceOf(ProviderAnswer.Busy.class);
        log.pass(2 * HOUR_MICROS);
        assertThat(signIn(GATEWAY, "alice", PASSWORD, fresh(Use.SESSION)))
                .isEqualTo(new ProviderAnswer.SignedIn("alice"));
        // Nor are there more at the gate to the function that is open to all.
        assertThat(EvaluationRequest.isName(PasswordFunction.user("alice"))).isFalse();
    }

    @Attack("openid: replayed password proof")
    @Test
    void aProofIsGoodOnceForItsChallengeAndItsBrowserAtItsGateway() {
        registered("alice");
        Unlocked unlocked = unlock(GATEWAY, "alice", PASSWORD);
        BearerSecret session = fresh(Use.SESSION);
        ProviderCommand.Prove proof = unlocked.proof(session);
        assertRefused(log.ask(OTHER, proof, unlocked.attempt), Fault.ACCESS_DENIED);
        assertRefused(log.ask(GATEWAY, proof, fresh(Use.ATTEMPT)), Fault.ACCESS_DENIED);
        byte[] copied = ProvedCommand.CODEC.encode(ProvedCommand.of(proof, GATEWAY, List.of(unlocked.attempt)));
        assertRefused(log.order(OTHER, copied).answer(), Fault.ACCESS_DENIED);
        assertThat(log.ask(GATEWAY, proof, unlocked.attempt)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        assertRefused(log.ask(GATEWAY, proof, unlocked.attempt), Fault.ACCESS_DENIED);
        Unlocked next = unlock(GATEWAY, "alice", PASSWORD);
        ProviderCommand old = new ProviderCommand.Prove(
                next.number, proof.signature(), fresh(Use.SESSION).verifier());
        assertRefused(log.ask(GATEWAY, old, next.attempt), Fault.ACCESS_DENIED);
        Unlocked late = unlock(GATEWAY, "alice", PASSWORD);
        log.pass(PasswordAttempt.LIFE_MICROS);
        assertRefused(log.ask(GATEWAY, late.proof(fresh(Use.SESSION)), late.attempt), Fault.ACCESS_DENIED);
    }

    @Attack("openid: false evaluation")
    @Test
    void theGroupsWordIsGoodForOneNameOneInputAndOneAnswer() {
        BearerSecret attempt = fresh(Use.ATTEMPT);
        try (BlindedInput input = BlindedInput.of(bytes(PASSWORD), new SeededEntropy(7));
                BlindedInput other = BlindedInput.of(bytes(PASSWORD), new SeededEntropy(8))) {
            ProviderAnswer.Evaluated said = (ProviderAnswer.Evaluated)
                    log.ask(GATEWAY, new ProviderCommand.Evaluate(attempt.verifier(), "alice", input.toBytes()));
            Digest function = TestLog.FUNCTION.name();
            for (Digest challenge : List.of(
                    PasswordKey.challenge(function, "alicf", input.toBytes(), said.element(), said.attempt()),
                    PasswordKey.challenge(function, "alice", other.toBytes(), said.element(), said.attempt()),
                    PasswordKey.challenge(function, "alice", input.toBytes(), other.toBytes(), said.attempt()),
                    PasswordKey.challenge(function, "alice", input.toBytes(), said.element(), said.attempt() + 1),
                    PasswordKey.challenge(Digest.ZERO, "alice", input.toBytes(), said.element(), said.attempt()))) {
                assertThat(TestLog.KEY.verifies(challenge.toBytes(), said.signature()))
                        .isFalse();
            }
        }
    }

    @Attack("openid: password set by an old session")
    @Test
    void onlyWhoHasJustSignedInChangesAPasswordAndThenWhoeverWasSignedInIsNot() {
        BearerSecret first = registered("alice");
        BearerSecret eve = registered("eve");
        assertRefused(set("alice", "another password", Optional.empty(), fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        assertRefused(set("alice", "another password", Optional.of(eve), fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        assertRefused(set("root", PASSWORD, Optional.empty(), fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        log.pass((PasswordDesk.FRESH_SECONDS + 1) * 1_000_000);
        assertRefused(set("alice", "another password", Optional.of(first), fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        BearerSecret second = fresh(Use.SESSION);
        assertThat(signIn(GATEWAY, "alice", PASSWORD, second)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        BearerSecret third = fresh(Use.SESSION);
        assertThat(set("alice", "another password", Optional.of(second), third))
                .isEqualTo(new ProviderAnswer.SignedIn("alice"));
        for (BearerSecret ended : List.of(first, second)) {
            assertThat(log.peek(new ProviderQuestion.OfSession(ended.verifier())))
                    .isEqualTo(new ProviderFact.Nothing());
        }
        assertThat(log.peek(new ProviderQuestion.OfSession(third.verifier()))).isInstanceOf(ProviderFact.Present.class);
        assertRefused(signIn(GATEWAY, "alice", PASSWORD, fresh(Use.SESSION)), Fault.ACCESS_DENIED);
        assertThat(set("root", PASSWORD, Optional.of(INVITATION), fresh(Use.SESSION)))
                .isEqualTo(new ProviderAnswer.SignedIn("root"));
    }

    /** A thief has all that a replica has: seeds, the state with the verifier, and the log with blinded and evaluated points. */
    @Attack("openid: stolen fault set guesses offline")
    @Test
    void whoHasTheKeysOfAFaultSetCannotTellTheRightPasswordFromAWrongOne() {
        Digest verifier = unlock(GATEWAY, "alice", PASSWORD).key.verifier();
        byte[] user = PasswordFunction.user("alice");
        try (BlindedInput input = BlindedInput.of(bytes(PASSWORD), new SeededEntropy(5))) {
            TreeMap<Integer, byte[]> parts = new TreeMap<>();
            TestLog.SEEDS
                    .shares()
                    .forEach((replica, own) ->
                            parts.put(replica, TestLog.OPRF.holder(own).part(user, input.toBytes())));
            byte[] element = TestLog.OPRF.combine(parts).orElseThrow().element();
            assertThat(PasswordKey.of("alice", input.finish(element).orElseThrow())
                            .verifier())
                    .as("with all seeds the right password is known")
                    .isEqualTo(verifier);
            parts.forEach((thief, part) -> {
                TreeMap<Integer, byte[]> own = new TreeMap<>();
                own.put(thief, part);
                assertThat(TestLog.OPRF.combine(own)).isEmpty();
                for (byte[] filler : List.of(input.toBytes(), Arrays.copyOf(part, 33))) {
                    byte[] forged = TestLog.OPRF
                            .combine(invented(part, thief, filler))
                            .orElseThrow()
                            .element();
                    assertThat(PasswordKey.of("alice", input.finish(forged).orElseThrow())
                                    .verifier())
                            .isNotEqualTo(verifier);
                }
            });
        }
    }

    /** What all would say if the summand that the thief lacks were another: in this group replica i lacks summand i alone. */
    private static TreeMap<Integer, byte[]> invented(byte[] own, int thief, byte[] filler) {
        int length = ObliviousFunction.ELEMENT_LENGTH;
        TreeMap<Integer, byte[]> parts = new TreeMap<>();
        for (int replica = 0; replica < 4; replica++) {
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            for (int summand = 0; summand < 4; summand++) {
                int at = (summand < thief ? summand : summand - 1) * length;
                if (summand == replica) {
                    continue;
                }
                part.writeBytes(summand == thief ? filler : Arrays.copyOfRange(own, at, at + length));
            }
            parts.put(replica, part.toByteArray());
        }
        return parts;
    }
}
