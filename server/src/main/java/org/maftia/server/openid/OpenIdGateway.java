package org.maftia.server.openid;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.HttpRouting;
import java.time.InstantSource;
import java.util.ArrayList;
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
import org.maftia.services.openid.PossessionProof;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.ProviderPolicy;
import org.maftia.services.openid.ProviderPolicy.Method;
import org.maftia.services.openid.TokenKey;

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
    private final AccountEndpoint accounts;

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
        this.accounts = new AccountEndpoint(port);
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
        tls.get(PATH + "/account", Call.handler(accounts::account));
        tls.post(PATH + "/account/remove", Call.handler(PasskeyEndpoint.JSON, accounts::remove));
        tls.post(PATH + "/official", Call.handler(AccountEndpoint.OFFICIAL, accounts::official));
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

    /** RFC 7517; the name of a key is its thumbprint (RFC 7638). */
    private Answer keys() throws OAuthException {
        OpenIdInfo info = port.info();
        ObjectNode json = StrictJson.create();
        ArrayNode keys = json.putArray("keys");
        for (TokenKey key : info.keys()) {
            keys.add(key.key()
                    .toJson()
                    .put("kid", StrictJson.base64(key.name().toBytes()))
                    .put("alg", key.algorithm())
                    .put("use", "sig"));
        }
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
        list(json, "grant_types_supported", TokenEndpoint.GRANT_TYPES);
        list(json, "subject_types_supported", List.of("public"));
        list(
                json,
                "id_token_signing_alg_values_supported",
                info.keys().stream().map(TokenKey::algorithm).toList());
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
        clientMethods(json, info);
        return new Answer(200, JSON, StrictJson.bytes(json));
    }

    /** RFC 8414, section 2; RFC 8705, section 3.3; RFC 9449, section 5.1. */
    private static void clientMethods(ObjectNode json, OpenIdInfo info) {
        List<Method> methods = new ArrayList<>(List.of(Method.SECRET, Method.KEYS));
        List<Method> byCertificate = List.of(Method.CERTIFICATES, Method.CERTIFIED).stream()
                .filter(method -> info.policy().clients().stream().anyMatch(client -> client.method() == method))
                .toList();
        methods.addAll(byCertificate); // gateways ask for certificates only where there is one
        json.put("tls_client_certificate_bound_access_tokens", !byCertificate.isEmpty());
        List<String> known = methods.stream().map(Method::word).toList();
        methods.add(Method.NONE);
        List<String> all = methods.stream().map(Method::word).toList();
        List<String> algorithms = List.of(PossessionProof.ALGORITHMS.split(" "));
        for (String endpoint : List.of("token", "revocation")) {
            list(json, endpoint + "_endpoint_auth_methods_supported", all);
            list(json, endpoint + "_endpoint_auth_signing_alg_values_supported", algorithms);
        }
        list(json, "introspection_endpoint_auth_methods_supported", known);
        list(json, "introspection_endpoint_auth_signing_alg_values_supported", algorithms);
        list(json, "dpop_signing_alg_values_supported", algorithms);
    }

    private static void list(ObjectNode json, String name, List<String> words) {
        var array = json.putArray(name);
        words.forEach(array::add);
    }
}
