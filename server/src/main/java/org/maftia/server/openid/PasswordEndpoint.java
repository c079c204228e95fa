package org.maftia.server.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.wire.Digest;
import org.maftia.server.gateway.Answer;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderAnswer;
import org.maftia.services.openid.ProviderCommand;

/** What the login page asks and brings of passwords: blinded ones, and signatures by the keys that come of them. */
final class PasswordEndpoint {
    private static final int ATTEMPT_SECONDS = 120;

    private final ProviderPort port;

    PasswordEndpoint(ProviderPort port) {
        this.port = port;
    }

    private Digest function() throws OAuthException {
        return port.info()
                .passwords()
                .orElseThrow(() -> new OAuthException(404, "invalid_request", "this group takes no passwords"));
    }

    /** What a client must know; who can should take it from the group's transcript rather than from a gateway. */
    Answer told() throws OAuthException {
        ObjectNode json =
                StrictJson.create().put("function", StrictJson.base64(function().toBytes()));
        json.set("key", port.info().usualKey().toJson());
        return PasskeyEndpoint.json(json);
    }

    /** Counted for the name before anything is evaluated, whether somebody has it or not. */
    Answer evaluate(Call call) throws OAuthException, TimeoutException, InterruptedException {
        function();
        ProviderPort.Made attempt = port.make(Use.ATTEMPT);
        ProviderCommand.Evaluate command = PasskeyEndpoint.read(call, json -> {
            json.only("user", "blinded");
            return new ProviderCommand.Evaluate(
                    attempt.secret().verifier(),
                    json.text("user"),
                    json.exactly("blinded", ObliviousFunction.ELEMENT_LENGTH));
        });
        if (command.name().length() > ProviderCommand.NAME_LENGTH_MAX) {
            throw OAuthException.invalidRequest("a name has 1 to 63 characters");
        }
        if (!(port.order(command) instanceof ProviderAnswer.Evaluated evaluated)) {
            throw new IllegalStateException("a blinded password is evaluated");
        }
        return PasskeyEndpoint.json(StrictJson.create()
                        .put("attempt", evaluated.attempt())
                        .put("evaluated", StrictJson.base64(evaluated.element()))
                        .put("signature", StrictJson.base64(evaluated.signature())))
                .with(
                        "Set-Cookie",
                        PasskeyEndpoint.cookie(Call.ATTEMPT_COOKIE, attempt.text(), "Strict", ATTEMPT_SECONDS));
    }

    Answer finish(Call call) throws OAuthException, TimeoutException, InterruptedException {
        BearerSecret attempt = PasskeyEndpoint.attempt(call);
        ProviderPort.Made session = port.make(Use.SESSION);
        ProviderCommand command = PasskeyEndpoint.read(call, json -> {
            json.only("attempt", "signature");
            return new ProviderCommand.Prove(
                    json.number("attempt"),
                    json.exactly("signature", BearerSecret.SIGNATURE_LENGTH),
                    session.secret().verifier());
        });
        return PasskeyEndpoint.signedIn(port, session, command, attempt);
    }

    /** An invitation, or the session of who has just signed in, says that one may. */
    Answer set(Call call) throws OAuthException, TimeoutException, InterruptedException {
        BearerSecret attempt = PasskeyEndpoint.attempt(call);
        ProviderPort.Made session = port.make(Use.SESSION);
        String invitation = PasskeyEndpoint.read(call, json -> json.has("invitation") ? json.text("invitation") : "");
        Optional<BearerSecret> by = PasskeyEndpoint.by(call, invitation);
        ProviderCommand command = PasskeyEndpoint.read(call, json -> {
            json.only("attempt", "key", "signature", "invitation");
            return new ProviderCommand.SetPassword(
                    json.number("attempt"),
                    Digest.of(json.exactly("key", Digest.LENGTH)),
                    json.exactly("signature", BearerSecret.SIGNATURE_LENGTH),
                    by.map(BearerSecret::verifier).orElse(Digest.ZERO),
                    session.secret().verifier());
        });
        return by.isPresent()
                ? PasskeyEndpoint.signedIn(port, session, command, attempt, by.get())
                : PasskeyEndpoint.signedIn(port, session, command, attempt);
    }
}
