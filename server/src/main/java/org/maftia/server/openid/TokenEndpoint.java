package org.maftia.server.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.gateway.Answer;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.Provider;
import org.maftia.services.openid.ProviderAnswer;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.ProviderFact;
import org.maftia.services.openid.ProviderPolicy;
import org.maftia.services.openid.ProviderQuestion;

/** Tokens: given for codes (RFC 6749), shown to userinfo, introspected (RFC 7662) and revoked (RFC 7009). */
final class TokenEndpoint {
    private static final String BEARER = "Bearer";
    private static final String BOUND = "DPoP";
    private static final String JSON = "application/json";

    /** A number and a secret in base64url. */
    private static final String REFRESH = "[0-9]{1,18}\\.[A-Za-z0-9_-]{43}";

    static final List<String> GRANT_TYPES = List.of("authorization_code", "refresh_token");

    private static final int TOKEN_LENGTH_MAX = 8 << 10;

    private final ProviderPort port;
    private final InstantSource clock;
    private final Holder holder;

    TokenEndpoint(ProviderPort port, InstantSource clock) {
        this.port = port;
        this.clock = clock;
        this.holder = new Holder(port, clock);
    }

    private static Answer json(ObjectNode json) {
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    /** {@code POST /oidc/token}. */
    Answer token(Call call) throws OAuthException, TimeoutException, InterruptedException {
        Form form = call.form();
        String type = form.require("grant_type", 64);
        OpenIdInfo info = port.info();
        if (!GRANT_TYPES.contains(type)) {
            throw new OAuthException(400, "unsupported_grant_type", "there are codes and refresh tokens");
        }
        ClientProof proof = ClientProof.of(call, form, info, clock);
        String possession = proof.caller().proof();
        String next = possession.isEmpty() ? "" : holder.requireNonce(Holder.read(possession, 400), 400);
        Answer answer;
        try {
            answer = type.equals(GRANT_TYPES.getFirst()) ? redeem(form, proof, info) : refresh(form, proof, info);
        } catch (OAuthException e) {
            throw e.wantsNonce() ? OAuthException.useNonce(400, next) : e; // it became old in between
        }
        return next.isEmpty() ? answer : answer.with(OAuthException.NONCE_HEADER, next);
    }

    private Answer redeem(Form form, ClientProof proof, OpenIdInfo info)
            throws OAuthException, TimeoutException, InterruptedException {
        BearerSecret code = Call.secret(form.require("code", 64))
                .map(secret -> BearerSecret.of(Use.CODE, secret))
                .orElseThrow(() -> new OAuthException(400, "invalid_grant", "there is no such code"));
        ProviderPort.Made refresh = port.make(Use.REFRESH);
        ProviderCommand command = new ProviderCommand.Redeem(
                code.verifier(),
                proof.caller(),
                form.require("redirect_uri", ProviderCommand.PLACE_LENGTH_MAX / 2),
                form.require("code_verifier", ProviderCommand.VERIFIER_LENGTH_MAX),
                refresh.secret().verifier());
        return issued(command, proof, proof.with(code), refresh, info);
    }

    private record Refreshing(long grant, BearerSecret secret) {
        static Optional<Refreshing> of(String token) {
            if (!token.matches(REFRESH)) {
                return Optional.empty();
            }
            int dot = token.indexOf('.');
            return Call.secret(token.substring(dot + 1))
                    .map(secret -> new Refreshing(
                            Long.parseLong(token.substring(0, dot)), BearerSecret.of(Use.REFRESH, secret)));
        }
    }

    private Answer refresh(Form form, ClientProof proof, OpenIdInfo info)
            throws OAuthException, TimeoutException, InterruptedException {
        if (form.find("scope").isPresent()) {
            throw new OAuthException(400, "invalid_scope", "a refreshed token has the scope of the first");
        }
        Refreshing old = Refreshing.of(form.require("refresh_token", TOKEN_LENGTH_MAX))
                .orElseThrow(() -> new OAuthException(400, "invalid_grant", "there is no such refresh token"));
        ProviderPort.Made next = port.make(Use.REFRESH);
        ProviderCommand command = new ProviderCommand.Refresh(
                old.grant(),
                old.secret().verifier(),
                proof.caller(),
                next.secret().verifier());
        return issued(command, proof, proof.with(old.secret()), next, info);
    }

    private Answer issued(
            ProviderCommand command,
            ClientProof proof,
            List<BearerSecret> secrets,
            ProviderPort.Made refresh,
            OpenIdInfo info)
            throws OAuthException, TimeoutException, InterruptedException {
        ProviderPort.Signed signed = port.orderSigned(command, secrets);
        if (!(signed.answer() instanceof ProviderAnswer.Issued issued)) {
            throw new IllegalStateException("a code or a refresh token gives a token");
        }
        String access = signed.token(issued.input(), info);
        ObjectNode json = StrictJson.create()
                .put("access_token", access)
                .put("token_type", proof.caller().proof().isEmpty() ? BEARER : BOUND)
                .put("expires_in", Provider.tokenLifeSeconds())
                .put("scope", issued.scope());
        if (issued.refreshes()) {
            json.put("refresh_token", issued.grant() + "." + refresh.text());
        }
        if (issued.identifies()) {
            json.put("id_token", identity(issued.issue(), access, info));
        }
        return json(json);
    }

    private String identity(long issue, String access, OpenIdInfo info)
            throws OAuthException, TimeoutException, InterruptedException {
        byte[] hash =
                Transcript.sha256(access.getBytes(StandardCharsets.US_ASCII)).toBytes();
        ProviderPort.Signed signed = port.orderSigned(
                new ProviderCommand.Identify(issue, Arrays.copyOf(hash, ProviderCommand.ACCESS_HASH_LENGTH)),
                List.of());
        if (!(signed.answer() instanceof ProviderAnswer.Identified identified)) {
            throw new IllegalStateException("who has an access token gets an identity token");
        }
        return signed.token(identified.input(), info);
    }

    /** What an access token says and the group still holds. */
    private record Valid(StrictJson claims, ProviderFact.Granted grant) {}

    private Optional<Valid> valid(String token, OpenIdInfo info) throws TimeoutException, InterruptedException {
        StrictJson claims;
        long number;
        try {
            CompactJws jws = CompactJws.decode(token);
            if (token.length() > TOKEN_LENGTH_MAX || !jws.type().equals("at+jwt") || !info.hasSigned(jws)) {
                return Optional.empty();
            }
            claims = jws.payload();
            if (claims.number("exp") <= clock.instant().getEpochSecond()) {
                return Optional.empty();
            }
            String id = claims.text("jti");
            number = Long.parseLong(id.substring(0, id.indexOf('.'))); // the group wrote it
        } catch (MalformedException e) {
            return Optional.empty();
        }
        return fact(new ProviderQuestion.OfGrant(number)).map(grant -> new Valid(claims, grant));
    }

    private Optional<ProviderFact.Granted> fact(ProviderQuestion question)
            throws TimeoutException, InterruptedException {
        long nowMicros = clock.millis() * 1_000;
        return port.peek(question) instanceof ProviderFact.Granted granted && granted.dueMicros() > nowMicros
                ? Optional.of(granted)
                : Optional.empty();
    }

    /** {@code GET} and {@code POST /oidc/userinfo} (OpenID Connect Core, section 5.3). */
    Answer userInfo(Call call) throws OAuthException, TimeoutException, InterruptedException {
        OpenIdInfo info = port.info();
        String header =
                call.request().headers().first(HeaderNames.AUTHORIZATION).orElse("");
        boolean proved = isScheme(BOUND, header);
        String token = proved || isScheme(BEARER, header)
                ? header.substring(header.indexOf(' ')).strip()
                : "";
        Valid valid = valid(token, info)
                .orElseThrow(() -> new OAuthException(401, "invalid_token", "the access token is none, or has ended"));
        holder.require(call, info, valid.claims, token, proved);
        ObjectNode json = StrictJson.create().put("sub", StrictJson.base64(valid.grant.subject()));
        if (ProviderPolicy.has(valid.grant.scope(), ProviderPolicy.PROFILE)) {
            json.put("preferred_username", valid.grant.name());
        }
        return json(json);
    }

    private static boolean isScheme(String scheme, String header) {
        return header.regionMatches(true, 0, scheme + " ", 0, scheme.length() + 1);
    }

    /** {@code POST /oidc/introspect}: for clients that make themselves known; of a refresh token its own client learns, and nobody else. */
    Answer introspect(Call call) throws OAuthException, TimeoutException, InterruptedException {
        OpenIdInfo info = port.info();
        Form form = call.form();
        ClientProof proof = ClientProof.of(call, form, info, clock);
        switch (proof.client().method()) {
            case NONE -> throw new OAuthException(401, "invalid_client", "who introspects makes himself known");
            case KEYS, CERTIFIED ->
                port.order(new ProviderCommand.Present( // only the group knows what is used up, or revoked
                        proof.caller(), port.make(Use.ATTEMPT).secret().verifier()));
            case SECRET, CERTIFICATES -> {}
        }
        String token = form.require("token", TOKEN_LENGTH_MAX);
        Optional<Refreshing> refreshing = Refreshing.of(token);
        if (refreshing.isPresent()) {
            return fact(new ProviderQuestion.OfRefresh(
                            refreshing.get().grant(), refreshing.get().secret().verifier()))
                    .filter(grant -> grant.client().equals(proof.client().id()))
                    .map(grant -> json(active(grant).put("exp", grant.dueMicros() / 1_000_000)))
                    .orElseGet(TokenEndpoint::inactive);
        }
        return valid(token, info).map(valid -> json(described(valid))).orElseGet(TokenEndpoint::inactive);
    }

    private static ObjectNode described(Valid valid) {
        ObjectNode json = active(valid.grant())
                .put("exp", valid.claims.number("exp"))
                .put("iat", valid.claims.number("iat"))
                .put("jti", valid.claims.text("jti"))
                .put("aud", valid.claims.text("aud"));
        boolean toKey = false;
        if (valid.claims.has("cnf")) {
            StrictJson confirmed = valid.claims.child("cnf");
            ObjectNode cnf = json.putObject("cnf");
            confirmed.names().forEach(name -> cnf.put(name, confirmed.text(name)));
            toKey = confirmed.has("jkt");
        }
        return json.put("token_type", toKey ? BOUND : BEARER);
    }

    private static Answer inactive() {
        return json(StrictJson.create().put("active", false));
    }

    private static ObjectNode active(ProviderFact.Granted grant) {
        return StrictJson.create()
                .put("active", true)
                .put("iss", grant.issuer())
                .put("sub", StrictJson.base64(grant.subject()))
                .put("client_id", grant.client())
                .put("scope", grant.scope())
                .put("username", grant.name());
    }

    /** {@code POST /oidc/revoke}: what is no token is as good as one that was revoked. */
    Answer revoke(Call call) throws OAuthException, TimeoutException, InterruptedException {
        OpenIdInfo info = port.info();
        Form form = call.form();
        ClientProof proof = ClientProof.of(call, form, info, clock);
        String token = form.require("token", TOKEN_LENGTH_MAX);
        Optional<Refreshing> refreshing = Refreshing.of(token);
        if (refreshing.isPresent()) {
            ProviderCommand command = new ProviderCommand.Revoke(
                    refreshing.get().grant(), refreshing.get().secret().verifier(), proof.caller());
            List<BearerSecret> secrets = proof.with(refreshing.get().secret());
            port.order(command, secrets.toArray(BearerSecret[]::new));
        } else if (valid(token, info).isPresent()) {
            throw new OAuthException(
                    400, "unsupported_token_type", "access tokens end by themselves; revoke the refresh token");
        }
        return json(StrictJson.create());
    }
}
