package org.maftia.server.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.gateway.Answer;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderAnswer;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.webauthn.PasskeyCheck;

/** What the login page asks and brings: challenges, and what authenticators make of them, as they came. */
final class PasskeyEndpoint {
    static final String JSON = "application/json";
    private static final int ATTEMPT_SECONDS = 300;
    private static final int SESSION_SECONDS = 8 * 3_600;
    private static final int MILLIS = 1_000;

    /** The algorithms of COSE that the group verifies, in the order in which they are liked. */
    private static final List<Integer> ALGORITHMS = List.of(-8, -7, -257);

    private final ProviderPort port;

    PasskeyEndpoint(ProviderPort port) {
        this.port = port;
    }

    /** Reads a body; what is wrong with it is the sender's fault. */
    interface Reading<T> {
        T of(StrictJson json);
    }

    static <T> T read(Call call, Reading<T> reading) throws OAuthException {
        try {
            return reading.of(StrictJson.object(call.body(), "the request"));
        } catch (MalformedException e) {
            throw OAuthException.invalidRequest(String.valueOf(e.getMessage()));
        }
    }

    static Answer json(ObjectNode json) {
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    static String cookie(String name, String value, String site, int seconds) {
        return name + "=" + value + "; Path=/; Secure; HttpOnly; SameSite=" + site + "; Max-Age=" + seconds;
    }

    /** For who leaves. */
    static String noSession() {
        return cookie(Call.SESSION_COOKIE, "", "Lax", 0);
    }

    private Answer begin(boolean registers, String name, ProviderPort.Made attempt, OptionsOf options)
            throws OAuthException, TimeoutException, InterruptedException {
        ProviderAnswer answer =
                port.order(new ProviderCommand.Begin(attempt.secret().verifier(), registers, name));
        if (!(answer instanceof ProviderAnswer.Challenge challenge)) {
            throw new IllegalStateException("a beginning has a challenge");
        }
        ObjectNode json = StrictJson.create().put("attempt", challenge.attempt());
        json.set("publicKey", options.of(challenge, port.info()));
        return json(json).with("Set-Cookie", cookie(Call.ATTEMPT_COOKIE, attempt.text(), "Strict", ATTEMPT_SECONDS));
    }

    private interface OptionsOf {
        ObjectNode of(ProviderAnswer.Challenge challenge, OpenIdInfo info);
    }

    /** Web Authentication, section 5.5: the passkey names its owner, so that nobody learns who is registered. */
    Answer assertOptions(Call call) throws OAuthException, TimeoutException, InterruptedException {
        read(call, json -> json.only());
        return begin(
                false,
                "",
                port.make(Use.ATTEMPT),
                (challenge, info) -> StrictJson.create()
                        .put(
                                "challenge",
                                StrictJson.base64(challenge.challenge().toBytes()))
                        .put("rpId", info.policy().place())
                        .put("timeout", ATTEMPT_SECONDS * MILLIS)
                        .put("userVerification", "required"));
    }

    /** Web Authentication, section 5.4. */
    Answer registerOptions(Call call) throws OAuthException, TimeoutException, InterruptedException {
        String name = read(call, json -> json.only("user").text("user"));
        if (name.isEmpty() || name.length() > ProviderCommand.NAME_LENGTH_MAX) {
            throw OAuthException.invalidRequest("a name has 1 to 63 characters");
        }
        return begin(true, name, port.make(Use.ATTEMPT), (challenge, info) -> {
            ObjectNode json = StrictJson.create()
                    .put("challenge", StrictJson.base64(challenge.challenge().toBytes()))
                    .put("timeout", ATTEMPT_SECONDS * MILLIS)
                    .put("attestation", "none");
            json.putObject("rp")
                    .put("id", info.policy().place())
                    .put("name", info.policy().place());
            json.putObject("user")
                    .put("id", StrictJson.base64(challenge.subject()))
                    .put("name", name)
                    .put("displayName", name);
            var algorithms = json.putArray("pubKeyCredParams");
            ALGORITHMS.forEach(
                    number -> algorithms.addObject().put("type", "public-key").put("alg", number));
            json.putObject("authenticatorSelection")
                    .put("residentKey", "required")
                    .put("requireResidentKey", true)
                    .put("userVerification", "required");
            return json;
        });
    }

    static BearerSecret attempt(Call call) throws OAuthException {
        return call.cookie(Call.ATTEMPT_COOKIE, Use.ATTEMPT)
                .orElseThrow(() -> OAuthException.invalidRequest("the cookie of the attempt is missing"));
    }

    private Answer finish(ProviderPort.Made session, ProviderCommand command, BearerSecret... secrets)
            throws OAuthException, TimeoutException, InterruptedException {
        return signedIn(port, session, command, secrets);
    }

    /** Who registers or signs in gets a session. */
    static Answer signedIn(
            ProviderPort port, ProviderPort.Made session, ProviderCommand command, BearerSecret... secrets)
            throws OAuthException, TimeoutException, InterruptedException {
        if (!(port.order(command, secrets) instanceof ProviderAnswer.SignedIn signedIn)) {
            throw new IllegalStateException("who registers or signs in is signed in");
        }
        return json(StrictJson.create().put("user", signedIn.name()))
                .with("Set-Cookie", cookie(Call.SESSION_COOKIE, session.text(), "Lax", SESSION_SECONDS));
    }

    Answer assertFinish(Call call) throws OAuthException, TimeoutException, InterruptedException {
        BearerSecret attempt = attempt(call);
        ProviderPort.Made session = port.make(Use.SESSION);
        ProviderCommand command = read(call, json -> {
            json.only("attempt", "id", "clientDataJSON", "authenticatorData", "signature");
            return new ProviderCommand.Assert(
                    json.number("attempt"),
                    json.bytes("id", PasskeyCheck.ID_LENGTH_MAX),
                    json.bytes("clientDataJSON", PasskeyCheck.CLIENT_DATA_LENGTH_MAX),
                    json.bytes("authenticatorData", PasskeyCheck.AUTHENTICATOR_DATA_LENGTH_MAX),
                    json.bytes("signature", PasskeyCheck.SIGNATURE_LENGTH_MAX),
                    session.secret().verifier());
        });
        return finish(session, command, attempt);
    }

    static Optional<BearerSecret> by(Call call, String invitation) throws OAuthException {
        Optional<BearerSecret> by = invitation.isEmpty()
                ? call.cookie(Call.SESSION_COOKIE, Use.SESSION)
                : Call.secret(invitation).map(secret -> BearerSecret.of(Use.INVITATION, secret));
        if (by.isEmpty() && !invitation.isEmpty()) {
            throw OAuthException.invalidRequest("the invitation is not spelled as it was given");
        }
        return by;
    }

    /** An invitation, or the session of who adds a passkey, says that one may. */
    Answer registerFinish(Call call) throws OAuthException, TimeoutException, InterruptedException {
        BearerSecret attempt = attempt(call);
        ProviderPort.Made session = port.make(Use.SESSION);
        String invitation = read(call, json -> json.has("invitation") ? json.text("invitation") : "");
        Optional<BearerSecret> by = by(call, invitation);
        ProviderCommand command = read(call, json -> {
            json.only("attempt", "clientDataJSON", "attestationObject", "invitation");
            return new ProviderCommand.Register(
                    json.number("attempt"),
                    json.bytes("clientDataJSON", PasskeyCheck.CLIENT_DATA_LENGTH_MAX),
                    json.bytes("attestationObject", PasskeyCheck.ATTESTATION_LENGTH_MAX),
                    by.map(BearerSecret::verifier).orElse(Digest.ZERO),
                    session.secret().verifier());
        });
        return by.isPresent() ? finish(session, command, attempt, by.get()) : finish(session, command, attempt);
    }
}
