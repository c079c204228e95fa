package org.maftia.server.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRouting;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.Submission;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.BearerSecret.Use;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.ProviderPolicy;

/**
 * The OpenID provider over HTTPS, under {@code /oidc}: discovery, keys, authorize with a login page for passkeys and passwords,
 * token, userinfo, introspect, revoke, logout. Whatever is wrong with a request is answered by OAuth's error object, or told to its client.
 */
public final class OpenIdGateway implements Gateway {
    private static final String PATH = ProviderPolicy.PATH;
    private static final String DISCOVERY = PATH + "/.well-known/openid-configuration";
    private static final String JSON = "application/json";

    private final ProviderPort port;
    private final PasskeyEndpoint passkeys;
    private final PasswordEndpoint passwords;
    private final AuthorizeEndpoint authorize;
    private final TokenEndpoint tokens;

    /**
     * @param info of the present configuration; empty where its group is no provider
     * @param clock tells when tokens and sessions have ended; what time it is in them the group says
     */
    public OpenIdGateway(Submission submission, Supplier<Optional<OpenIdInfo>> info, InstantSource clock) {
        this.port = new ProviderPort(submission, info);
        this.passkeys = new PasskeyEndpoint(port);
        this.passwords = new PasswordEndpoint(port);
        this.authorize = new AuthorizeEndpoint(port, clock);
        this.tokens = new TokenEndpoint(port, clock);
    }

    @Override
    public String service() {
        return "oidc";
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
        tls.get(DISCOVERY, Call.handler(this::discovery));
        tls.get(PATH + "/jwks", Call.handler(call -> keys()));
        tls.get(PATH + "/authorize", Call.handler(authorize::authorize));
        tls.post(PATH + "/authorize", Call.handler(Form.TYPE, authorize::posted));
        tls.post(PATH + "/token", Call.handler(Form.TYPE, tokens::token));
        tls.get(PATH + "/userinfo", Call.handler(tokens::userInfo));
        tls.post(PATH + "/userinfo", Call.handler(tokens::userInfo));
        tls.post(PATH + "/introspect", Call.handler(Form.TYPE, tokens::introspect));
        tls.post(PATH + "/revoke", Call.handler(Form.TYPE, tokens::revoke));
        tls.get(PATH + "/login", Call.handler(call -> loginPage()));
        for (String part : Pages.PARTS) {
            tls.get(PATH + "/" + part, Call.handler(call -> Pages.part(part)));
        }
        String webauthn = PATH + "/login/webauthn";
        tls.post(webauthn + "/assert/options", Call.handler(PasskeyEndpoint.JSON, passkeys::assertOptions));
        tls.post(webauthn + "/assert/finish", Call.handler(PasskeyEndpoint.JSON, passkeys::assertFinish));
        tls.post(webauthn + "/register/options", Call.handler(PasskeyEndpoint.JSON, passkeys::registerOptions));
        tls.post(webauthn + "/register/finish", Call.handler(PasskeyEndpoint.JSON, passkeys::registerFinish));
        String password = PATH + "/login/password";
        tls.get(password, Call.handler(call -> passwords.told()));
        tls.post(password + "/evaluate", Call.handler(PasskeyEndpoint.JSON, passwords::evaluate));
        tls.post(password + "/finish", Call.handler(PasskeyEndpoint.JSON, passwords::finish));
        tls.post(password + "/set", Call.handler(PasskeyEndpoint.JSON, passwords::set));
        tls.get(PATH + "/logout", Call.handler(call -> Pages.leave()));
        tls.post(PATH + "/logout", Call.handler(this::leave));
    }

    private Answer loginPage() throws OAuthException {
        port.info();
        return Pages.login();
    }

    /** Another site cannot have this done: browsers do not send the cookie with its forms. */
    private Answer leave(Call call) throws OAuthException, TimeoutException, InterruptedException {
        Optional<BearerSecret> session = call.cookie(Call.SESSION_COOKIE, Use.SESSION);
        if (session.isPresent()) {
            port.order(new ProviderCommand.Leave(session.get().verifier()), session.get());
        }
        return Pages.left().with("Set-Cookie", PasskeyEndpoint.noSession());
    }

    /** RFC 7517; the key's name is its thumbprint (RFC 7638). */
    private Answer keys() throws OAuthException {
        OpenIdInfo info = port.info();
        ObjectNode key = info.key()
                .toJson()
                .put("kid", StrictJson.base64(info.key().thumbprint().toBytes()))
                .put("alg", "RS256")
                .put("use", "sig");
        ObjectNode json = StrictJson.create();
        json.putArray("keys").add(key);
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    /** OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2. */
    private Answer discovery(Call call) throws OAuthException {
        OpenIdInfo info = port.info();
        String issuer = ProviderPolicy.issuer(call.base(info));
        ObjectNode json = StrictJson.create()
                .put("issuer", issuer)
                .put("authorization_endpoint", issuer + "/authorize")
                .put("token_endpoint", issuer + "/token")
                .put("userinfo_endpoint", issuer + "/userinfo")
                .put("jwks_uri", issuer + "/jwks")
                .put("introspection_endpoint", issuer + "/introspect")
                .put("revocation_endpoint", issuer + "/revoke")
                .put("end_session_endpoint", issuer + "/logout")
                .put("authorization_response_iss_parameter_supported", true)
                .put("request_parameter_supported", false)
                .put("request_uri_parameter_supported", false);
        list(json, "response_types_supported", List.of("code"));
        list(json, "response_modes_supported", List.of("query"));
        list(json, "grant_types_supported", List.of("authorization_code", "refresh_token"));
        list(json, "subject_types_supported", List.of("public"));
        list(json, "id_token_signing_alg_values_supported", List.of("RS256"));
        list(json, "scopes_supported", List.of(ProviderPolicy.OPENID, ProviderPolicy.PROFILE, ProviderPolicy.OFFLINE));
        list(
                json,
                "claims_supported",
                List.of(
                        "iss",
                        "sub",
                        "aud",
                        "exp",
                        "iat",
                        "auth_time",
                        "nonce",
                        "amr",
                        "at_hash",
                        "preferred_username"));
        list(json, "code_challenge_methods_supported", List.of("S256"));
        List<String> methods = List.of("client_secret_basic", "none");
        list(json, "token_endpoint_auth_methods_supported", methods);
        list(json, "revocation_endpoint_auth_methods_supported", methods);
        list(json, "introspection_endpoint_auth_methods_supported", List.of("client_secret_basic"));
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    private static void list(ObjectNode json, String name, List<String> words) {
        var array = json.putArray(name);
        words.forEach(array::add);
    }
}
