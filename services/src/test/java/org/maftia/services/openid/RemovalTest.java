package org.maftia.services.openid;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderAnswer.Fault;

/** People and passkeys that are removed, with all that they had given. */
class RemovalTest {
    private static final String BASE = "https://localhost:1";
    private static final String BACK = "https://shop.example/back";
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";
    private static final int GATEWAY = 2;
    private static final Ed25519PrivateKeyParameters OFFICER = new Ed25519PrivateKeyParameters(new byte[32]);
    private static final Digest GROUP = Transcript.of("group").digest();
    private static final BearerSecret INVITATION = BearerSecret.of(Use.INVITATION, new byte[32]);

    private final TestLog log = new TestLog(
            new ProviderPolicy(
                    List.of(BASE),
                    "localhost",
                    true,
                    List.of(ProviderPolicy.Client.simple("phone", List.of(BACK), Optional.empty())),
                    List.of(new ProviderPolicy.Invitation("root", INVITATION.verifier())),
                    new TreeMap<>(),
                    GROUP,
                    List.of(Digest.of(OFFICER.generatePublicKey().getEncoded()))),
            1_700_000_000_000_000L);
    private int secrets = 100;

    private BearerSecret fresh(Use use) {
        return BearerSecret.of(
                use, Transcript.of("secret").field(secrets++).digest().toBytes());
    }

    private ProviderAnswer register(TestPasskey passkey, String name, BearerSecret session, BearerSecret by) {
        BearerSecret attempt = fresh(Use.ATTEMPT);
        ProviderAnswer.Challenge asked =
                (ProviderAnswer.Challenge) log.ask(GATEWAY, new ProviderCommand.Begin(attempt.verifier(), true, name));
        ProviderCommand register = new ProviderCommand.Register(
                asked.attempt(),
                passkey.clientData("webauthn.create", asked.challenge()),
                passkey.attestation(),
                by.verifier(),
                session.verifier());
        return log.ask(GATEWAY, register, attempt, by);
    }

    private BearerSecret registered(TestPasskey passkey, String name) {
        BearerSecret session = fresh(Use.SESSION);
        assertThat(register(passkey, name, session, fresh(Use.SESSION))).isEqualTo(new ProviderAnswer.SignedIn(name));
        return session;
    }

    private ProviderAnswer signIn(TestPasskey passkey) {
        BearerSecret attempt = fresh(Use.ATTEMPT);
        ProviderAnswer.Challenge asked =
                (ProviderAnswer.Challenge) log.ask(GATEWAY, new ProviderCommand.Begin(attempt.verifier(), false, ""));
        byte[] clientData = passkey.clientData("webauthn.get", asked.challenge());
        byte[] data = passkey.authenticatorData();
        ProviderCommand wish = new ProviderCommand.Assert(
                asked.attempt(),
                passkey.id(),
                clientData,
                data,
                passkey.sign(data, clientData),
                fresh(Use.SESSION).verifier());
        return log.ask(GATEWAY, wish, attempt);
    }

    private BearerSecret code(BearerSecret session) {
        BearerSecret code = fresh(Use.CODE);
        Digest pkce = Transcript.sha256(PKCE.getBytes(StandardCharsets.US_ASCII));
        ProviderCommand wish = new ProviderCommand.Authorize(
                session.verifier(),
                BASE,
                "phone",
                BACK,
                "openid offline_access",
                "",
                pkce,
                Digest.ZERO,
                code.verifier());
        assertThat(log.ask(GATEWAY, wish, session)).isEqualTo(new ProviderAnswer.Done());
        return code;
    }

    private ProviderAnswer redeem(BearerSecret code) {
        ProviderCommand wish = new ProviderCommand.Redeem(
                code.verifier(),
                Caller.of("phone"),
                BACK,
                PKCE,
                fresh(Use.REFRESH).verifier());
        return log.ask(GATEWAY, wish, code);
    }

    private static void assertRefused(ProviderAnswer answer, Fault fault) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        ProviderAnswer.Refused.class,
                        refused -> assertThat(refused.fault())
                                .as(refused.sentence())
                                .isEqualTo(fault));
    }

    private static ProviderCommand.Remove account(BearerSecret session) {
        return new ProviderCommand.Remove(session.verifier(), new byte[0]);
    }

    @Attack("openid: code of a person who was removed")
    @Test
    void whoRemovesHimselfLeavesNothingToWhoComesUnderTheName() {
        TestPasskey passkey = TestPasskey.make("Ed25519", 1);
        BearerSecret session = registered(passkey, "alice");
        BearerSecret open = code(session);
        long grant = ((ProviderAnswer.Issued) redeem(code(session))).grant();
        BearerSecret thief = fresh(Use.SESSION);
        assertRefused(log.ask(GATEWAY, account(session)), Fault.LOGIN_REQUIRED);
        assertRefused(log.ask(GATEWAY, account(session), thief), Fault.LOGIN_REQUIRED);
        assertThat(log.ask(GATEWAY, account(session), session)).isEqualTo(new ProviderAnswer.Done());
        log.restart();
        assertThat(log.peek(new ProviderQuestion.OfGrant(grant))).isEqualTo(new ProviderFact.Nothing());
        assertThat(log.peek(new ProviderQuestion.OfSession(session.verifier()))).isEqualTo(new ProviderFact.Nothing());
        assertRefused(signIn(passkey), Fault.ACCESS_DENIED);
        registered(TestPasskey.make("Ed25519", 2), "alice");
        assertRefused(redeem(open), Fault.INVALID_GRANT);
        assertThat(registered(passkey, "bob")).as("the passkey is free again").isNotNull();
    }

    @Test
    void anOldSessionRemovesNothingAndTheLastPasskeyStays() {
        TestPasskey first = TestPasskey.make("Ed25519", 1);
        BearerSecret session = registered(first, "alice");
        ProviderCommand last = new ProviderCommand.Remove(session.verifier(), first.id());
        assertRefused(log.ask(GATEWAY, last, session), Fault.ACCESS_DENIED);
        TestPasskey second = TestPasskey.make("Ed25519", 2);
        BearerSecret other = fresh(Use.SESSION);
        assertThat(register(second, "alice", other, session)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        long grant = ((ProviderAnswer.Issued) redeem(code(other))).grant();
        log.pass((RemovalDesk.SESSION_SECONDS_MAX + 1) * 1_000_000);
        assertRefused(log.ask(GATEWAY, last, session), Fault.LOGIN_REQUIRED);
        BearerSecret again = fresh(Use.SESSION);
        TestPasskey third = TestPasskey.make("Ed25519", 3);
        assertThat(register(third, "alice", again, session)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
        ProviderCommand wish = new ProviderCommand.Remove(again.verifier(), first.id());
        assertThat(log.ask(GATEWAY, wish, again)).isEqualTo(new ProviderAnswer.Done());
        assertThat(log.peek(new ProviderQuestion.OfGrant(grant))).isEqualTo(new ProviderFact.Nothing());
        assertThat(log.peek(new ProviderQuestion.OfSession(other.verifier()))).isEqualTo(new ProviderFact.Nothing());
        assertThat(log.peek(new ProviderQuestion.OfAccount(again.verifier())))
                .isInstanceOfSatisfying(
                        ProviderFact.Account.class,
                        account -> assertThat(account.passkeys()).containsExactly(second.id(), third.id()));
        assertRefused(signIn(first), Fault.ACCESS_DENIED);
        assertThat(signIn(second)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
    }

    private static ProviderCommand.Official official(RemovalOrder order, Digest group) {
        byte[] encoded = RemovalOrder.CODEC.encode(order);
        byte[] statement = RemovalOrder.statement(group, encoded).toBytes();
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, OFFICER);
        signer.update(statement, 0, statement.length);
        return new ProviderCommand.Official(encoded, signer.generateSignature());
    }

    @Attack("openid: replayed order of an officer")
    @Test
    void anOfficerRemovesSomebodyOnce() {
        TestPasskey passkey = TestPasskey.make("Ed25519", 1);
        registered(passkey, "alice");
        long now = log.timeMicros / 1_000_000;
        RemovalOrder order = new RemovalOrder(0, GROUP, now + 60, "alice");
        Digest before = log.root();
        assertRefused(log.ask(GATEWAY, official(order, Digest.ZERO)), Fault.ACCESS_DENIED);
        assertRefused(
                log.ask(GATEWAY, official(new RemovalOrder(1, GROUP, now + 60, "alice"), GROUP)), Fault.ACCESS_DENIED);
        assertRefused(log.ask(GATEWAY, new ProviderCommand.Official(new byte[3], new byte[64])), Fault.INVALID_REQUEST);
        assertRefused(
                log.ask(GATEWAY, official(new RemovalOrder(0, GROUP, now, "alice"), GROUP)), Fault.INVALID_REQUEST);
        assertRefused(
                log.ask(GATEWAY, official(new RemovalOrder(0, GROUP, now + 3_601, "alice"), GROUP)),
                Fault.INVALID_REQUEST);
        assertRefused(
                log.ask(GATEWAY, official(new RemovalOrder(0, GROUP, now + 60, "bob"), GROUP)), Fault.INVALID_REQUEST);
        assertThat(log.root()).as("nothing changed").isEqualTo(before);
        assertThat(log.ask(GATEWAY, official(order, GROUP))).isEqualTo(new ProviderAnswer.Done());
        registered(passkey, "alice");
        log.restart();
        assertRefused(log.ask(GATEWAY, official(order, GROUP)), Fault.INVALID_REQUEST);
        assertThat(signIn(passkey)).isEqualTo(new ProviderAnswer.SignedIn("alice"));
    }

    @Attack("openid: used invitation")
    @Test
    void anInvitationMakesOneAccount() {
        TestPasskey passkey = TestPasskey.make("Ed25519", 1);
        BearerSecret session = fresh(Use.SESSION);
        assertThat(register(passkey, "root", session, INVITATION)).isEqualTo(new ProviderAnswer.SignedIn("root"));
        assertThat(log.ask(GATEWAY, account(session), session)).isEqualTo(new ProviderAnswer.Done());
        log.restart();
        assertRefused(register(passkey, "root", fresh(Use.SESSION), INVITATION), Fault.ACCESS_DENIED);
    }
}
