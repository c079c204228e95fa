package org.maftia.server.openid;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.maftia.core.wire.Digest;
import org.maftia.server.gateway.Answer;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.ProviderFact;
import org.maftia.services.openid.ProviderPolicy;
import org.maftia.services.openid.ProviderQuestion;

/**
 * {@code GET} and {@code POST /oidc/authorize}: a code for who is signed in, the login page for who is not. Errors go to
 * the client only once it is clear that it is one (RFC 6749, section 4.1.2.1).
 */
final class AuthorizeEndpoint {
    private static final int STATE_LENGTH_MAX = 1_024;
    private static final int ID_LENGTH_MAX = ProviderCommand.NAME_LENGTH_MAX;

    private final ProviderPort port;
    private final InstantSource clock;

    AuthorizeEndpoint(ProviderPort port, InstantSource clock) {
        this.port = port;
        this.clock = clock;
    }

    /** Whoever posts is sent to the same place by GET, so that the login page can come back to it. */
    Answer posted(Call call) throws OAuthException {
        OpenIdInfo info = port.info();
        return redirect(ProviderPolicy.issuer(call.base(info)) + "/authorize?"
                + call.form().text());
    }

    private static Answer redirect(String place) {
        return new Answer(303, "text/plain", new byte[0]).with("Location", place);
    }

    Answer authorize(Call call) throws TimeoutException, InterruptedException, OAuthException {
        OpenIdInfo info = port.info();
        Form form;
        String redirect;
        ProviderPolicy.Client client;
        try {
            form = call.query();
            client = info.policy()
                    .client(form.require("client_id", ID_LENGTH_MAX))
                    .orElseThrow(() -> OAuthException.invalidRequest("no client has this client_id"));
            redirect = form.require("redirect_uri", ProviderCommand.PLACE_LENGTH_MAX);
            if (!client.redirects().contains(redirect)) {
                throw OAuthException.invalidRequest("the client did not register this redirect_uri");
            }
        } catch (OAuthException e) {
            return Pages.error(e.sentence());
        }
        String issuer = ProviderPolicy.issuer(call.base(info));
        String back = redirect + (redirect.contains("?") ? "&" : "?") + "iss=" + Form.encoded(issuer)
                + form.find("state")
                        .map(state -> "&state=" + Form.encoded(state))
                        .orElse("");
        try {
            return wished(call, form, client, redirect, back, info);
        } catch (OAuthException e) {
            return redirect(
                    back + "&error=" + Form.encoded(e.error()) + "&error_description=" + Form.encoded(e.sentence()));
        }
    }

    private Answer wished(
            Call call, Form form, ProviderPolicy.Client client, String redirect, String back, OpenIdInfo info)
            throws OAuthException, TimeoutException, InterruptedException {
        form.find("state", STATE_LENGTH_MAX);
        requireKnown(form);
        String scope = form.require("scope", ProviderCommand.SCOPE_LENGTH_MAX / 2);
        if (!ProviderPolicy.has(ProviderPolicy.scopes(scope), ProviderPolicy.OPENID)) {
            throw new OAuthException(400, "invalid_scope", "the scope must hold openid");
        }
        Digest challenge = challenge(form);
        Digest key = key(form);
        String nonce = form.find("nonce", ProviderCommand.NONCE_LENGTH_MAX / 4).orElse("");
        List<String> prompts = List.of(form.find("prompt", 64).orElse("").split(" "));
        if (prompts.contains("none") && prompts.size() > 1) {
            throw OAuthException.invalidRequest("prompt says none and something else");
        }
        long maxAgeSeconds = maxAge(form);
        Optional<BearerSecret> session = call.cookie(Call.SESSION_COOKIE, Use.SESSION);
        boolean fresh = session.isPresent() && isFresh(session.get(), maxAgeSeconds);
        if (!fresh || prompts.contains("login") || prompts.contains("select_account")) {
            if (prompts.contains("none")) {
                throw new OAuthException(400, "login_required", "nobody is signed in");
            }
            return Pages.login();
        }
        ProviderPort.Made code = port.make(Use.CODE);
        BearerSecret present = session.orElseThrow();
        port.order(
                new ProviderCommand.Authorize(
                        present.verifier(),
                        call.base(info),
                        client.id(),
                        redirect,
                        scope,
                        nonce,
                        challenge,
                        key,
                        code.secret().verifier()),
                present);
        return redirect(back + "&code=" + code.text());
    }

    private static void requireKnown(Form form) throws OAuthException {
        if (form.find("request").isPresent()) {
            throw new OAuthException(400, "request_not_supported", "there are no request objects here");
        }
        if (form.find("request_uri").isPresent()) {
            throw new OAuthException(400, "request_uri_not_supported", "there are no request objects here");
        }
        if (!form.require("response_type", 64).equals("code")) {
            throw new OAuthException(400, "unsupported_response_type", "the response_type is code");
        }
        if (!form.find("response_mode").orElse("query").equals("query")) {
            throw OAuthException.invalidRequest("the response_mode is query");
        }
    }

    private static Digest challenge(Form form) throws OAuthException {
        if (!form.find("code_challenge_method").orElse("plain").equals("S256")) {
            throw OAuthException.invalidRequest("a code_challenge by S256 is needed");
        }
        return Call.secret(form.require("code_challenge", 43))
                .map(Digest::of)
                .orElseThrow(() -> OAuthException.invalidRequest("the code_challenge is no SHA-256 in base64url"));
    }

    /** The key to which the client wants its tokens bound (RFC 9449, section 10). */
    private static Digest key(Form form) throws OAuthException {
        Optional<String> named = form.find("dpop_jkt", 43);
        if (named.isEmpty()) {
            return Digest.ZERO;
        }
        return Call.secret(named.get())
                .map(Digest::of)
                .orElseThrow(() -> OAuthException.invalidRequest("dpop_jkt is no thumbprint of a key"));
    }

    private static long maxAge(Form form) throws OAuthException {
        String text = form.find("max_age").orElse("999999999");
        if (!text.matches("[0-9]{1,9}")) {
            throw OAuthException.invalidRequest("max_age is a number of seconds");
        }
        return Long.parseLong(text);
    }

    private boolean isFresh(BearerSecret session, long maxAgeSeconds) throws TimeoutException, InterruptedException {
        long nowSeconds = clock.instant().getEpochSecond();
        return port.peek(new ProviderQuestion.OfSession(session.verifier())) instanceof ProviderFact.Present present
                && present.dueMicros() / 1_000_000 > nowSeconds
                && nowSeconds - present.sinceSeconds() <= maxAgeSeconds;
    }
}
