package org.maftia.services.openid;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.Ed25519Signature;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.Drawing;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.replica.TrialLog;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.wire.Digest;
import org.maftia.services.evaluation.EvaluationReceipt;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;
import org.maftia.services.x509.CertificateChain;
import org.maftia.services.x509.CertifiedName;
import org.maftia.services.x509.TestIssuer;

/** People register, sign in, set passwords and leave, and clients of each kind get tokens; hostile gateways sign what they alter. */
public final class ProviderCorpus implements Corpus {
    private static final String BASE = "https://localhost:1";
    private static final String BACK = "https://shop.example/back";
    private static final String TOKEN = BASE + "/oidc/token";
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";
    private static final int GATEWAY = 2;
    private static final int BODY_LENGTH_MAX = 0xffff;
    private static final byte[] OFFICER = new byte[Ed25519PrivateKeyParameters.KEY_SIZE];
    private static final Digest GROUP = Transcript.of("group").digest();
    private static final Digest CERTIFICATE = Transcript.of("certificate").digest();

    private final TestClient bank = TestClient.make();
    private final TestClient device = TestClient.make();
    private final BearerSecret client = fresh(Use.CLIENT);
    private final BearerSecret invitation = fresh(Use.INVITATION);
    private final TestIssuer issuer = TestIssuer.root("CN=Issuer");
    private int secrets;

    private BearerSecret fresh(Use use) {
        return BearerSecret.of(
                use, Transcript.of("secret").field(secrets++).digest().toBytes());
    }

    @Override
    public String service() {
        return Provider.NAME;
    }

    private ProviderPolicy policy() {
        SortedMap<Integer, String> homes = new TreeMap<>();
        homes.put(GATEWAY, BASE);
        homes.put(3, "https://localhost:2");
        return new ProviderPolicy(
                List.of(BASE, "https://localhost:2"),
                "localhost",
                true,
                List.of(
                        ProviderPolicy.Client.simple("shop", List.of(BACK), Optional.of(client.verifier())),
                        ProviderPolicy.Client.simple("phone", List.of(BACK), Optional.empty()),
                        keyed("bank", ProviderPolicy.Bound.NO),
                        keyed("own", ProviderPolicy.Bound.OWN),
                        new ProviderPolicy.Client(
                                "firm",
                                List.of(BACK),
                                Optional.empty(),
                                List.of(),
                                List.of(CERTIFICATE),
                                TokenKey.PS256,
                                ProviderPolicy.Bound.NO),
                        new ProviderPolicy.Client(
                                "till",
                                List.of(BACK),
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                Optional.of(new CertifiedName(CertifiedName.Kind.DNS, "till.example")),
                                TokenKey.RS256,
                                ProviderPolicy.Bound.NO)),
                List.of(new ProviderPolicy.Invitation("root", invitation.verifier())),
                homes,
                GROUP,
                List.of(Digest.of(new Ed25519PrivateKeyParameters(OFFICER)
                        .generatePublicKey()
                        .getEncoded())),
                List.of(CertificateChain.Anchor.own(issuer.certificate)));
    }

    private ProviderPolicy.Client keyed(String id, ProviderPolicy.Bound bound) {
        return new ProviderPolicy.Client(
                id, List.of(BACK), Optional.empty(), List.of(bank.publicKey()), List.of(), TokenKey.RS256, bound);
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(
                Provider.NAME,
                new Provider(
                        policy(),
                        List.of(new TokenKey("openid", TestLog.KEY), new TokenKey("openid-pss", TestLog.PSS_KEY)),
                        Optional.of(new PasswordFunction("oprf", EvaluationReceipt.function(TrialLog.OPRF_KEY))),
                        (serial, certificate) -> true));
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        keys.put("openid", new TrialKey("openid", RsaEncoding.PKCS1_SHA256));
        keys.put("openid-pss", new TrialKey("openid-pss", RsaEncoding.PSS_SHA256));
        keys.put(Drawing.KEY_ID, new TrialKey(Drawing.KEY_ID, RsaEncoding.PKCS1_SHA256, 48));
        return keys;
    }

    private static byte[] proved(byte[] body, List<BearerSecret> secrets) {
        byte[] message = Transcript.of("openid/command")
                .field(GATEWAY)
                .field(body)
                .digest()
                .toBytes();
        List<ProvedCommand.Proof> proofs = new ArrayList<>();
        secrets.forEach(secret -> proofs.add(new ProvedCommand.Proof(secret.verifier(), secret.sign(message))));
        return body.length > BODY_LENGTH_MAX ? body : ProvedCommand.CODEC.encode(new ProvedCommand(body, proofs));
    }

    private static ProviderAnswer give(Trial trial, ProviderCommand command, BearerSecret... secrets) {
        byte[] answer =
                trial.order(GATEWAY, ProviderCommand.CODEC.encode(command), body -> proved(body, List.of(secrets)));
        return ProviderAnswer.CODEC.decode(Objects.requireNonNull(answer, "an answer"));
    }

    /** The same, with a part of the command altered that has a form of its own. */
    private static ProviderAnswer give(
            Trial trial, byte[] part, Function<byte[], ProviderCommand> command, BearerSecret... secrets) {
        byte[] answer = trial.order(GATEWAY, part, bytes -> {
            byte[] fitting = Arrays.copyOf(bytes, Math.min(bytes.length, 0x7fff));
            return proved(ProviderCommand.CODEC.encode(command.apply(fitting)), List.of(secrets));
        });
        return ProviderAnswer.CODEC.decode(Objects.requireNonNull(answer, "an answer"));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private ProviderAnswer.Challenge begin(Trial trial, BearerSecret attempt, String name) {
        return (ProviderAnswer.Challenge)
                give(trial, new ProviderCommand.Begin(attempt.verifier(), !name.isEmpty(), name));
    }

    private BearerSecret registered(Trial trial, TestPasskey passkey, String name, BearerSecret by) {
        BearerSecret attempt = fresh(Use.ATTEMPT);
        BearerSecret session = fresh(Use.SESSION);
        ProviderAnswer.Challenge asked = begin(trial, attempt, name);
        byte[] clientData = passkey.clientData("webauthn.create", asked.challenge());
        give(
                trial,
                passkey.attestation(),
                attestation -> new ProviderCommand.Register(
                        asked.attempt(), clientData, attestation, by.verifier(), session.verifier()),
                attempt,
                by);
        return session;
    }

    private BearerSecret signedIn(Trial trial, TestPasskey passkey) {
        BearerSecret session = fresh(Use.SESSION);
        for (int i = 0; i < 2; i++) {
            BearerSecret attempt = fresh(Use.ATTEMPT);
            ProviderAnswer.Challenge asked = begin(trial, attempt, "");
            byte[] clientData = passkey.clientData("webauthn.get", asked.challenge());
            byte[] data = passkey.authenticatorData();
            if (i == 0) {
                give(trial, clientData, bytes -> assertion(passkey, asked, bytes, data, session), attempt);
            } else {
                give(trial, data, bytes -> assertion(passkey, asked, clientData, bytes, fresh(Use.SESSION)), attempt);
            }
        }
        return session;
    }

    private static ProviderCommand assertion(
            TestPasskey passkey,
            ProviderAnswer.Challenge asked,
            byte[] clientData,
            byte[] authenticatorData,
            BearerSecret session) {
        return new ProviderCommand.Assert(
                asked.attempt(),
                passkey.id(),
                clientData,
                authenticatorData,
                passkey.sign(authenticatorData, clientData),
                session.verifier());
    }

    private BearerSecret code(Trial trial, BearerSecret session, String id, Digest key) {
        BearerSecret code = fresh(Use.CODE);
        Digest pkce = Transcript.sha256(PKCE.getBytes(StandardCharsets.US_ASCII));
        give(
                trial,
                new ProviderCommand.Authorize(
                        session.verifier(),
                        BASE,
                        id,
                        BACK,
                        "openid profile offline_access",
                        "n\u00e4",
                        pkce,
                        key,
                        code.verifier()),
                session);
        return code;
    }

    private void tokens(Trial trial, BearerSecret session, Caller caller, BearerSecret... own) {
        BearerSecret code = code(trial, session, caller.client(), Digest.ZERO);
        BearerSecret refresh = fresh(Use.REFRESH);
        List<BearerSecret> both = new ArrayList<>(List.of(code));
        both.addAll(List.of(own));
        ProviderAnswer answer = give(
                trial,
                new ProviderCommand.Redeem(code.verifier(), caller, BACK, PKCE, refresh.verifier()),
                both.toArray(BearerSecret[]::new));
        ProviderAnswer.Issued issued = (ProviderAnswer.Issued) answer;
        give(trial, new ProviderCommand.Identify(issued.issue(), new byte[16]));
        trial.peek(ProviderQuestion.CODEC.encode(new ProviderQuestion.OfGrant(issued.grant())));
        trial.peek(ProviderQuestion.CODEC.encode(new ProviderQuestion.OfRefresh(issued.grant(), refresh.verifier())));
        BearerSecret next = fresh(Use.REFRESH);
        List<BearerSecret> again = new ArrayList<>(List.of(refresh));
        again.addAll(List.of(own));
        give(
                trial,
                new ProviderCommand.Refresh(issued.grant(), refresh.verifier(), caller, next.verifier()),
                again.toArray(BearerSecret[]::new));
        again.set(0, next);
        give(
                trial,
                new ProviderCommand.Revoke(issued.grant(), next.verifier(), caller),
                again.toArray(BearerSecret[]::new));
    }

    private String nonce(Trial trial) {
        return StrictJson.base64(((ProviderAnswer.Nonce) give(trial, new ProviderCommand.Nonce()))
                .value()
                .toBytes());
    }

    /** Part of a compact message, decoded. */
    private static byte[] part(String message, int number) {
        return Base64.getUrlDecoder().decode(message.split("\\.")[number]);
    }

    private void messages(Trial trial, BearerSecret session) {
        String proof = device.proof("POST", TOKEN, nonce(trial), device.fresh());
        for (int i = 0; i < 2; i++) {
            int which = i;
            BearerSecret code = code(trial, session, "phone", i == 0 ? device.thumbprint() : Digest.ZERO);
            BearerSecret refresh = fresh(Use.REFRESH);
            give(
                    trial,
                    part(proof, i),
                    bytes -> new ProviderCommand.Redeem(
                            code.verifier(),
                            new Caller("phone", "", Digest.ZERO, signed(device, proof, which, bytes)),
                            BACK,
                            PKCE,
                            refresh.verifier()),
                    code);
            String assertion =
                    bank.assertion("bank", List.of(BASE + "/oidc"), trial.timeMicros() / 1_000_000 + 60, bank.fresh());
            give(
                    trial,
                    part(assertion, i),
                    bytes -> new ProviderCommand.Present(
                            new Caller("bank", signed(bank, assertion, which, bytes), Digest.ZERO, ""), Digest.ZERO));
        }
        give(trial, new ProviderCommand.Present(new Caller("firm", "", CERTIFICATE, ""), GROUP));
        give(trial, new ProviderCommand.Present(new Caller("own", "x", CERTIFICATE, proof), GROUP));
        give(
                trial,
                issuer.client("till.example"),
                bytes -> new ProviderCommand.Present(new Caller("till", "", Digest.ZERO, List.of(bytes), ""), GROUP));
    }

    /** With one of its parts in the place of its own. */
    private static String signed(TestClient by, String message, int which, byte[] bytes) {
        byte[] header = which == 0 ? bytes : part(message, 0);
        return by.signedAnyhow(header, which == 1 ? bytes : part(message, 1));
    }

    private void passwords(Trial trial) {
        BearerSecret session = fresh(Use.SESSION);
        for (int i = 0; i < 2; i++) {
            BearerSecret attempt = fresh(Use.ATTEMPT);
            try (BlindedInput input = BlindedInput.of(new byte[] {1}, new SeededEntropy(i))) {
                ProviderAnswer.Evaluated evaluated = (ProviderAnswer.Evaluated)
                        give(trial, new ProviderCommand.Evaluate(attempt.verifier(), "carol", input.toBytes()));
                Digest challenge = PasswordKey.challenge(
                        EvaluationReceipt.function(TrialLog.OPRF_KEY),
                        "carol",
                        input.toBytes(),
                        evaluated.element(),
                        evaluated.attempt());
                PasswordKey key = PasswordKey.of(
                        "carol", input.finish(evaluated.element()).orElseThrow());
                ProviderCommand wish = i == 0
                        ? new ProviderCommand.SetPassword(
                                evaluated.attempt(),
                                key.verifier(),
                                key.sign(PasswordKey.setting(challenge, key.verifier())),
                                Digest.ZERO,
                                session.verifier())
                        : new ProviderCommand.Prove(
                                evaluated.attempt(),
                                key.sign(PasswordKey.signingIn(challenge)),
                                fresh(Use.SESSION).verifier());
                give(trial, wish, attempt);
            }
        }
        tokens(trial, session, Caller.of("phone"));
    }

    private void officer(Trial trial, String name) {
        RemovalOrder order = new RemovalOrder(0, GROUP, trial.timeMicros() / 1_000_000 + 600, name);
        give(
                trial,
                RemovalOrder.CODEC.encode(order),
                bytes -> new ProviderCommand.Official(
                        bytes,
                        Ed25519Signature.sign(
                                OFFICER, RemovalOrder.statement(GROUP, bytes).toBytes())));
    }

    @Override
    public void run(Trial trial) {
        TestPasskey passkey = TestPasskey.make("EC", 1);
        BearerSecret root = registered(trial, passkey, "root", invitation);
        BearerSecret session = signedIn(trial, passkey);
        trial.peek(ProviderQuestion.CODEC.encode(new ProviderQuestion.OfSession(session.verifier())));
        trial.peek(ProviderQuestion.CODEC.encode(new ProviderQuestion.OfAccount(session.verifier())));
        tokens(trial, session, Caller.of("shop"), client);
        tokens(trial, session, new Caller("firm", "", CERTIFICATE, ""));
        messages(trial, session);
        trial.peek(ProviderQuestion.CODEC.encode(new ProviderQuestion.OfNonce()));
        trial.pass(400_000_000);
        nonce(trial);
        passwords(trial);
        TestPasskey other = TestPasskey.make("Ed25519", 2);
        registered(trial, other, "root", session);
        BearerSecret again = signedIn(trial, other);
        give(trial, new ProviderCommand.Remove(again.verifier(), passkey.id()), again);
        BearerSecret third = registered(trial, TestPasskey.make("RSA", 3), "dave", fresh(Use.SESSION));
        give(trial, new ProviderCommand.Leave(root.verifier()), root);
        officer(trial, "root");
        give(trial, new ProviderCommand.Remove(third.verifier(), new byte[0]), third);
        trial.pass(90_000_000_000L);
    }
}
