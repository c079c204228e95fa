package org.maftia.server.openid;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.TimeoutException;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.gateway.Answer;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.ProviderFact;
import org.maftia.services.openid.ProviderQuestion;
import org.maftia.services.openid.webauthn.PasskeyCheck;

/** What people see of themselves, and how they and their passkeys are removed: by themselves, or by an officer. */
final class AccountEndpoint {
    /** Of an order of an officer. */
    static final String OFFICIAL = "application/octet-stream";

    private static final String JSON = "application/json";

    private final ProviderPort port;

    AccountEndpoint(ProviderPort port) {
        this.port = port;
    }

    private static BearerSecret session(Call call) throws OAuthException {
        return call.cookie(Call.SESSION_COOKIE, Use.SESSION).orElseThrow(AccountEndpoint::nobody);
    }

    private static OAuthException nobody() {
        return new OAuthException(400, "login_required", "nobody is signed in");
    }

    /** {@code GET /oidc/account}: name and passkeys of who is signed in. */
    Answer account(Call call) throws OAuthException, TimeoutException, InterruptedException {
        port.info();
        if (!(port.peek(new ProviderQuestion.OfAccount(session(call).verifier()))
                instanceof ProviderFact.Account account)) {
            throw nobody();
        }
        ObjectNode json = StrictJson.create().put("user", account.name());
        ArrayNode passkeys = json.putArray("passkeys");
        account.passkeys().forEach(id -> passkeys.addObject().put("id", StrictJson.base64(id)));
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    /**
     * {@code POST /oidc/account/remove}: a passkey of who signed in just now, or the whole account. Another site cannot have
     * this done: browsers do not send the cookie, nor this media type, with its forms.
     */
    Answer remove(Call call) throws OAuthException, TimeoutException, InterruptedException {
        BearerSecret session = session(call);
        byte[] passkey;
        try {
            StrictJson json = StrictJson.object(call.body(), "the request").only("passkey", "account");
            if (json.has("passkey") == json.isTrue("account")) {
                throw OAuthException.invalidRequest("the request names a passkey, or says \"account\": true");
            }
            passkey = json.has("passkey") ? json.bytes("passkey", PasskeyCheck.ID_LENGTH_MAX) : new byte[0];
            if (json.has("passkey") && passkey.length == 0) {
                throw OAuthException.invalidRequest("the passkey has no name");
            }
        } catch (MalformedException e) {
            throw OAuthException.invalidRequest(String.valueOf(e.getMessage()));
        }
        port.order(new ProviderCommand.Remove(session.verifier(), passkey), session);
        Answer done = done();
        return passkey.length == 0 ? done.with("Set-Cookie", PasskeyEndpoint.noSession()) : done;
    }

    private static Answer done() {
        return new Answer(200, JSON, StrictJson.bytes(StrictJson.create().put("removed", true)));
    }

    /** {@code POST /oidc/official}: what {@code maftia oidc remove} sends. */
    Answer official(Call call) throws OAuthException, TimeoutException, InterruptedException {
        try {
            if (ProviderCommand.CODEC.decode(call.body()) instanceof ProviderCommand.Official official) {
                port.order(official);
                return done();
            }
        } catch (MalformedException e) {
            throw OAuthException.invalidRequest("no order of an officer: " + e.getMessage());
        }
        throw OAuthException.invalidRequest("this is no order of an officer");
    }
}
