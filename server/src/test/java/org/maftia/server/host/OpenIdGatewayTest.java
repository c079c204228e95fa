package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.succession.Known;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.SelfSigned;
import org.maftia.services.openid.BearerSecret;
import org.maftia.services.openid.ProviderCommand;
import org.maftia.services.openid.RemovalOrder;
import org.maftia.services.openid.TestClient;
import org.maftia.services.openid.TestPasskey;
import org.maftia.services.x509.TestIssuer;

/**
 * A relying party and a browser at real replicas, of which one gives false shares of signatures: keys of a ceremony, HTTPS, and
 * another library that verifies tokens by the published keys alone.
 */
class OpenIdGatewayTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String BACK = "https://shop.example/back?x=1";
    private static final String PKCE = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";
    private static final byte[] SECRET = digest("a secret of the shop");
    private static final String BASIC = "Basic "
            + Base64.getEncoder()
                    .encodeToString(("shop:" + BASE64.encodeToString(SECRET)).getBytes(StandardCharsets.US_ASCII));

    @TempDir
    private Path directory;

    private final TestClient bank = TestClient.make();
    private final SelfSigned firm;
    private final TestIssuer partners;

    /** Whom they certify. */
    private final SelfSigned till;

    @SuppressWarnings("NullAway.Init") // set before each test
    private LyingHosts hosts;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HttpClient http;

    /** Of three honest gateways. */
    private List<String> gateways = List.of();

    OpenIdGatewayTest() throws Exception {
        firm = SelfSigned.make();
        long now = Instant.now().getEpochSecond();
        partners = TestIssuer.root("CN=Partners", now);
        KeyPair pair = TestIssuer.pair("P-256");
        till = SelfSigned.of(pair, partners.client("till.example", pair, now));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws Exception {
        Configuration plain = FreePorts.fill(Layout.of("4", Overrides.none()));
        String officer = OfficerKeys.create(directory.resolve("officer"), new Unlock.KeyFile());
        String text = GroupFile.text(plain) + "\n[[officer]]\nname = \"ann\"\nkey = \"" + officer
                + "\"\n[oidc]\nopen = true\nanchors = [\"own\", '''-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(partners.certificate)
                + "\n-----END CERTIFICATE-----''']\n[[oidc.client]]\nid = \"till\"\nredirects = [\"" + BACK
                + "\"]\ntls_client_auth_san_dns = \"till.example\"\n[[oidc.client]]\nid = \"shop\"\nredirects = [\""
                + BACK
                + "\"]\nsecret = \""
                + BearerSecret.of(BearerSecret.Use.CLIENT, SECRET).verifier()
                + "\"\nalgorithm = \"PS256\"\n[[oidc.client]]\nid = \"phone\"\nredirects = [\"app:/back\"]\n"
                + "[[oidc.client]]\nid = \"bank\"\nredirects = [\"" + BACK + "\"]\njwks = '''" + bank.keySet()
                + "'''\nbound = \"own\"\n"
                + "[[oidc.client]]\nid = \"firm\"\nredirects = [\"" + BACK + "\"]\ncertificates = [\""
                + Transcript.sha256(firm.certificate().getEncoded()) + "\"]\n";
        Configuration configuration = Configuration.parse("group.toml", text, Overrides.none());
        assertThat(Configuration.parse("group.toml", GroupFile.text(configuration), Overrides.none()))
                .isEqualTo(configuration);
        SmallGroup.make(directory, configuration);
        hosts = new LyingHosts(directory, configuration, configuration);
        http = client(null);
        gateways = configuration.replicas().subList(1, 4).stream()
                .map(ReplicaEntry::httpsAddress)
                .toList();
    }

    private HttpClient client(KeyManager @Nullable [] own) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(trusting(own))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    private SSLContext trusting(KeyManager @Nullable [] own) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("root", hosts.rootCertificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), null);
        return context;
    }

    @AfterEach
    void stop() {
        http.close();
        hosts.close();
    }

    private static HttpRequest.Builder request(String place) {
        return HttpRequest.newBuilder(URI.create(place));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private HttpResponse<String> post(String place, String type, String body, String... headers) {
        HttpRequest.Builder request = request(place)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpResponse<String> form(String place, String body, String... headers) {
        return post(place, "application/x-www-form-urlencoded", body, headers);
    }

    private static String cookie(HttpResponse<String> response) {
        String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("; Path=/; Secure; HttpOnly; SameSite=");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static Digest challenge(JsonNode options) {
        return Digest.of(Base64.getUrlDecoder()
                .decode(options.path("publicKey").path("challenge").asText()));
    }

    private static String base64(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }

    /** Registers, and gives the cookie of the session. */
    private String register(String gateway, TestPasskey passkey, String name) throws IOException {
        String place = gateway + "/oidc/login/webauthn/register/";
        HttpResponse<String> options = post(place + "options", "application/json", "{\"user\":\"" + name + "\"}");
        assertThat(options.statusCode()).as(options.body()).isEqualTo(200);
        passkey.place = json(options).path("publicKey").path("rp").path("id").asText();
        passkey.origin = gateway;
        String body = JSON.createObjectNode()
                .put("attempt", json(options).path("attempt").asLong())
                .put("clientDataJSON", base64(passkey.clientData("webauthn.create", challenge(json(options)))))
                .put("attestationObject", base64(passkey.attestation()))
                .toString();
        HttpResponse<String> finished = post(place + "finish", "application/json", body, "Cookie", cookie(options));
        assertThat(finished.statusCode()).as(finished.body()).isEqualTo(200);
        assertThat(json(finished).path("user").asText()).isEqualTo(name);
        return cookie(finished);
    }

    private String signIn(String gateway, TestPasskey passkey) throws IOException {
        String place = gateway + "/oidc/login/webauthn/assert/";
        HttpResponse<String> options = post(place + "options", "application/json", "{}");
        passkey.origin = gateway;
        byte[] clientData = passkey.clientData("webauthn.get", challenge(json(options)));
        byte[] data = passkey.authenticatorData();
        String body = JSON.createObjectNode()
                .put("attempt", json(options).path("attempt").asLong())
                .put("id", base64(passkey.id()))
                .put("clientDataJSON", base64(clientData))
                .put("authenticatorData", base64(data))
                .put("signature", base64(passkey.sign(data, clientData)))
                .toString();
        HttpResponse<String> other = post(place + "finish", "application/json", body);
        assertThat(other.statusCode()).as("without the cookie of the attempt").isEqualTo(400);
        HttpResponse<String> finished = post(place + "finish", "application/json", body, "Cookie", cookie(options));
        assertThat(finished.statusCode()).as(finished.body()).isEqualTo(200);
        return cookie(finished);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String wish() {
        return wish("shop");
    }

    private static String wish(String client) {
        return "/oidc/authorize?response_type=code&client_id=" + client + "&redirect_uri=" + encoded(BACK)
                + "&scope=openid+profile+offline_access&state=s%26t&nonce=n-1&code_challenge_method=S256&code_challenge="
                + base64(digest(PKCE));
    }

    private static String redeeming(String code) {
        return "grant_type=authorization_code&code=" + code + "&redirect_uri=" + encoded(BACK) + "&code_verifier="
                + PKCE;
    }

    private SignedJWT verified(String gateway, String token) throws Exception {
        JWKSet keys = JWKSet.parse(send(request(gateway + "/oidc/jwks").GET()).body());
        SignedJWT jwt = SignedJWT.parse(token);
        var key = keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey();
        assertThat(key.computeThumbprint().toString()).isEqualTo(key.getKeyID());
        assertThat(jwt.verify(new RSASSAVerifier(key))).isTrue();
        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.PS256);
        return jwt;
    }

    private String code(String gateway, String session) {
        return code(gateway, session, "shop");
    }

    private String code(String gateway, String session, String client) {
        HttpResponse<String> answer =
                send(request(gateway + wish(client)).header("Cookie", session).GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
        String place = answer.headers().firstValue("Location").orElseThrow();
        assertThat(place).startsWith(BACK + "&iss=" + encoded(gateway + "/oidc") + "&state=s%26t&code=");
        return place.substring(place.indexOf("&code=") + 6);
    }

    @Attack("openid: stolen refresh token")
    @Test
    void aBrowserAndItsRelyingPartyGetWhatTheyNeedThroughAnyGateway() throws Exception {
        String first = gateways.getFirst();
        String second = gateways.get(1);
        JsonNode discovery = json(
                send(request(first + "/oidc/.well-known/openid-configuration").GET()));
        assertThat(discovery.path("issuer").asText()).isEqualTo(first + "/oidc");
        assertThat(discovery.path("id_token_signing_alg_values_supported").toString())
                .isEqualTo("[\"RS256\",\"PS256\"]");
        TestPasskey passkey = TestPasskey.make("EC", 1);
        register(first, passkey, "alice");
        String session = signIn(second, passkey);
        String code = code(first, session);
        HttpResponse<String> given =
                form(discovery.path("token_endpoint").asText(), redeeming(code), "Authorization", BASIC);
        assertThat(given.statusCode()).as(given.body()).isEqualTo(200);
        String access = json(given).path("access_token").asText();
        JWTClaimsSet identity =
                verified(second, json(given).path("id_token").asText()).getJWTClaimsSet();
        assertThat(identity.getIssuer()).isEqualTo(first + "/oidc");
        assertThat(identity.getAudience()).containsExactly("shop");
        assertThat(identity.getStringClaim("nonce")).isEqualTo("n-1");
        assertThat(identity.getStringClaim("at_hash")).isEqualTo(base64(Arrays.copyOf(digest(access), 16)));
        assertThat(verified(second, access).getHeader().getType().getType()).isEqualTo("at+jwt");
        String old = json(given).path("refresh_token").asText();
        TokenReaders.python(
                send(request(second + "/oidc/jwks").GET()).body(),
                json(given).path("id_token").asText(),
                "shop",
                first + "/oidc",
                "PS256",
                identity.getSubject());
        isShown(second, access, identity.getSubject());
        boundToTheKeyOfAProof(first, second, session);
        boundToACertificate(second, session, "firm", firm);
        boundToACertificate(second, session, "till", till);
        HttpResponse<String> refreshed =
                form(second + "/oidc/token", "grant_type=refresh_token&refresh_token=" + old, "Authorization", BASIC);
        assertThat(refreshed.statusCode()).as(refreshed.body()).isEqualTo(200);
        String next = json(refreshed).path("refresh_token").asText();
        assertThat(json(form(first + "/oidc/introspect", "token=" + next, "Authorization", BASIC))
                        .path("active")
                        .asBoolean())
                .isTrue();
        for (String used : List.of(old, next)) {
            HttpResponse<String> refused = form(
                    first + "/oidc/token", "grant_type=refresh_token&refresh_token=" + used, "Authorization", BASIC);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(json(refused).path("error").asText()).isEqualTo("invalid_grant");
        }
        Eventually.until(
                "the family has ended everywhere",
                () -> gateways.stream()
                        .allMatch(
                                gateway -> form(gateway + "/oidc/introspect", "token=" + access, "Authorization", BASIC)
                                        .body()
                                        .equals("{\"active\":false}")));
        whoSignedInJustNowRemovesHimself(first, passkey);
        HttpResponse<String> left = form(second + "/oidc/logout", "", "Cookie", session);
        assertThat(left.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
        HttpResponse<String> page =
                send(request(second + wish()).header("Cookie", session).GET());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "frame-ancestors 'none'");
        anOfficerRemovesSomebody(first);
        requestsThatAreNoneAreAnsweredInOAuthsWords(first);
    }

    private void anOfficerRemovesSomebody(String gateway) throws Exception {
        TestPasskey passkey = TestPasskey.make("EC", 2);
        String session = register(gateway, passkey, "bob");
        Known known =
                Known.of(GroupTranscript.read(directory.resolve("ceremony").resolve(GroupTranscript.FILE)));
        long end = System.currentTimeMillis() / 1_000 + 60;
        byte[] order = RemovalOrder.CODEC.encode(new RemovalOrder(0, Digest.ZERO, end, "bob"));
        Digest statement = RemovalOrder.statement(Services.authorityGroup(known), order);
        byte[] signature = OfficerKeys.sign(directory.resolve("officer"), statement, new Unlock.KeyFile())
                .signature();
        String body = new String(
                ProviderCommand.CODEC.encode(new ProviderCommand.Official(order, signature)),
                StandardCharsets.ISO_8859_1);
        HttpResponse<String> done = post(gateway + "/oidc/official", "application/octet-stream", body);
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        assertRefused(post(gateway + "/oidc/official", "application/octet-stream", body), 400, "invalid_request");
        assertThat(send(request(gateway + "/oidc/account")
                                .header("Cookie", session)
                                .GET())
                        .statusCode())
                .isEqualTo(400);
    }

    private String asserted(String gateway) {
        long end = System.currentTimeMillis() / 1_000 + 60;
        return "&client_assertion_type=" + encoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                + "&client_assertion="
                + bank.assertion("bank", List.of(gateway + "/oidc/token"), end, bank.fresh());
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String error) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("error").asText()).as(answer.body()).isEqualTo(error);
    }

    private void boundToTheKeyOfAProof(String gateway, String other, String session) throws Exception {
        String place = gateway + "/oidc/token";
        String redeeming = redeeming(code(gateway, session, "bank"));
        assertRefused(form(place, redeeming + asserted(gateway)), 400, "invalid_dpop_proof");
        HttpResponse<String> asked =
                form(place, redeeming + asserted(gateway), "DPoP", bank.proof("POST", place, "", bank.fresh()));
        assertRefused(asked, 400, "use_dpop_nonce");
        String nonce = asked.headers().firstValue("DPoP-Nonce").orElseThrow();
        String foreign = TestClient.make().proof("POST", place, nonce, "1");
        assertRefused(form(place, redeeming + asserted(gateway), "DPoP", foreign), 400, "invalid_dpop_proof");
        String stranger = redeeming + asserted(other);
        assertRefused(
                form(place, stranger, "DPoP", bank.proof("POST", place, nonce, bank.fresh())), 401, "invalid_client");
        HttpResponse<String> given =
                form(place, redeeming + asserted(gateway), "DPoP", bank.proof("POST", place, nonce, bank.fresh()));
        assertThat(given.statusCode()).as(given.body()).isEqualTo(200);
        assertThat(json(given).path("token_type").asText()).isEqualTo("DPoP");
        String access = json(given).path("access_token").asText();
        String there = other + "/oidc/userinfo";
        String proof = bank.proof("GET", there, nonce, bank.fresh(), access);
        assertThat(shown(there, "DPoP " + access, proof).statusCode()).isEqualTo(200);
        assertRefused(shown(there, "DPoP " + access, proof), 401, "invalid_dpop_proof");
        assertRefused(shown(there, "Bearer " + access, proof), 401, "invalid_token");
        for (String wrong : List.of(
                "x",
                bank.proof("GET", there, nonce, bank.fresh()),
                bank.proof("POST", there, nonce, bank.fresh(), access),
                bank.proof("GET", gateway + "/oidc/userinfo", nonce, bank.fresh(), access),
                TestClient.make().proof("GET", there, nonce, "2", access))) {
            assertRefused(shown(there, "DPoP " + access, wrong), 401, "invalid_dpop_proof");
        }
        String stale = bank.proof("GET", there, "", bank.fresh(), access);
        HttpResponse<String> renewed = shown(there, "DPoP " + access, stale);
        assertRefused(renewed, 401, "use_dpop_nonce");
        assertThat(renewed.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("DPoP ");
        String introspecting = "token=" + access + asserted(other);
        JsonNode described = json(form(other + "/oidc/introspect", introspecting));
        assertThat(described.path("cnf").path("jkt").asText())
                .isEqualTo(base64(bank.thumbprint().toBytes()));
        assertRefused(form(other + "/oidc/introspect", introspecting), 401, "invalid_client");
        assertRefused(form(gateway + "/oidc/introspect", "token=" + access + asserted(other)), 401, "invalid_client");
    }

    private HttpResponse<String> shown(String place, String authorization, String proof) {
        return send(request(place)
                .header("Authorization", authorization)
                .header("DPoP", proof)
                .GET());
    }

    private void boundToACertificate(String gateway, String session, String client, SelfSigned shown) throws Exception {
        String redeeming = redeeming(code(gateway, session, client)) + "&client_id=" + client;
        assertRefused(form(gateway + "/oidc/token", redeeming), 401, "invalid_client");
        HttpClient plain = http;
        String access;
        try (HttpClient own = client(shown.keyManagers())) {
            http = own;
            HttpResponse<String> given = form(gateway + "/oidc/token", redeeming);
            assertThat(given.statusCode()).as(given.body()).isEqualTo(200);
            access = json(given).path("access_token").asText();
            String confirmed = SignedJWT.parse(access)
                    .getJWTClaimsSet()
                    .getJSONObjectClaim("cnf")
                    .toString();
            assertThat(confirmed)
                    .isEqualTo("{x5t#S256="
                            + base64(Transcript.sha256(shown.certificate().getEncoded())
                                    .toBytes()) + "}");
            assertThat(send(request(gateway + "/oidc/userinfo")
                                    .header("Authorization", "Bearer " + access)
                                    .GET())
                            .statusCode())
                    .isEqualTo(200);
        } finally {
            http = plain;
        }
        assertRefused(
                send(request(gateway + "/oidc/userinfo")
                        .header("Authorization", "Bearer " + access)
                        .GET()),
                401,
                "invalid_token");
    }

    private void whoSignedInJustNowRemovesHimself(String gateway, TestPasskey passkey) throws Exception {
        String session = signIn(gateway, passkey);
        JsonNode account = json(send(
                request(gateway + "/oidc/account").header("Cookie", session).GET()));
        assertThat(account.path("user").asText()).isEqualTo("alice");
        assertThat(account.path("passkeys").size()).isEqualTo(1);
        String place = gateway + "/oidc/account/remove";
        for (String wrong : List.of("", "{}", "{\"account\":false}", "{\"passkey\":\"\"}", "{\"passkey\":1}", "[]")) {
            assertRefused(post(place, "application/json", wrong, "Cookie", session), 400, "invalid_request");
        }
        assertRefused(post(place, "application/json", "{\"account\":true}"), 400, "login_required");
        assertRefused(post(gateway + "/oidc/official", "application/octet-stream", "xyz"), 400, "invalid_request");
        HttpResponse<String> gone = post(place, "application/json", "{\"account\":true}", "Cookie", session);
        assertThat(gone.statusCode()).as(gone.body()).isEqualTo(200);
        assertRefused(
                send(request(gateway + "/oidc/account")
                        .header("Cookie", session)
                        .GET()),
                400,
                "login_required");
    }

    private void isShown(String gateway, String access, String subject) throws IOException {
        JsonNode person = json(send(request(gateway + "/oidc/userinfo")
                .header("Authorization", "Bearer " + access)
                .GET()));
        assertThat(person.path("sub").asText()).isEqualTo(subject);
        assertThat(person.path("preferred_username").asText()).isEqualTo("alice");
        JsonNode introspected = json(form(gateway + "/oidc/introspect", "token=" + access, "Authorization", BASIC));
        assertThat(introspected.path("active").asBoolean()).isTrue();
        assertThat(introspected.path("client_id").asText()).isEqualTo("shop");
        String forged = access.substring(0, access.length() - 4) + "AAAA";
        for (String wrong : List.of("Bearer " + forged, "Bearer x", "Basic x", "Bearer a.b.c")) {
            HttpResponse<String> refused = send(request(gateway + "/oidc/userinfo")
                    .header("Authorization", wrong)
                    .GET());
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(json(refused).path("error").asText()).isEqualTo("invalid_token");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
        }
        assertThat(form(gateway + "/oidc/introspect", "token=" + forged, "Authorization", BASIC)
                        .body())
                .isEqualTo("{\"active\":false}");
    }

    private void requestsThatAreNoneAreAnsweredInOAuthsWords(String gateway) throws IOException {
        for (String endpoint : List.of("token", "introspect", "revoke")) {
            for (String body : List.of(
                    "",
                    "&&&",
                    "%",
                    "%zz",
                    "a=%ff",
                    "a=%00",
                    "a=1&a=2",
                    "grant_type=",
                    "grant_type=password",
                    "grant_type=authorization_code&code=x&redirect_uri=y&code_verifier=z",
                    "grant_type=refresh_token&refresh_token=1.2",
                    "token=" + "x".repeat(9_000),
                    "=".repeat(200),
                    "a&".repeat(100),
                    "b=1&".repeat(70),
                    "\u0000\u0001",
                    "x".repeat(20_000))) {
                for (String authorization :
                        List.of(BASIC, "Basic !", "Basic " + "c2hvcA==", "Bearer x", "Basic c2hvcDp4")) {
                    HttpResponse<String> answer =
                            form(gateway + "/oidc/" + endpoint, body, "Authorization", authorization);
                    assertThat(answer.statusCode()).as(endpoint + " " + body).isBetween(400, 499);
                    assertThat(json(answer).path("error").asText()).isNotEmpty();
                }
            }
        }
        HttpResponse<String> wrongType = post(gateway + "/oidc/token", "text/plain", "grant_type=x");
        assertThat(wrongType.statusCode()).isEqualTo(415);
        for (String endpoint : List.of("assert/options", "assert/finish", "register/options", "register/finish")) {
            for (String body : List.of(
                    "",
                    "[]",
                    "{",
                    "{}{}",
                    "{\"user\":1}",
                    "{\"user\":\"A B\"}",
                    "{\"a\":1,\"a\":1}",
                    "{\"attempt\":-1}",
                    "{\"attempt\":1e9}",
                    "[".repeat(5_000))) {
                HttpResponse<String> answer =
                        post(gateway + "/oidc/login/webauthn/" + endpoint, "application/json", body);
                assertThat(answer.statusCode()).as(endpoint + " " + body).isEqualTo(400);
                assertThat(json(answer).path("error").asText()).isEqualTo("invalid_request");
            }
        }
        for (String query : List.of("", "?client_id=shop", "?client_id=shop&redirect_uri=https://evil.example", "?%")) {
            HttpResponse<String> page = send(request(gateway + "/oidc/authorize" + query.replace("?%", "?a=1&a=2"))
                    .GET());
            assertThat(page.statusCode()).isEqualTo(400);
            assertThat(page.headers().firstValue("Location")).isEmpty();
        }
        for (String[] change : List.of(
                new String[] {"response_type=code", "response_type=token", "unsupported_response_type"},
                new String[] {"S256", "plain", "invalid_request"},
                new String[] {"scope=openid", "scope=profile", "invalid_scope"},
                new String[] {"state=", "prompt=none&state=", "login_required"},
                new String[] {"state=", "prompt=none+login&state=", "invalid_request"},
                new String[] {"state=", "max_age=x&state=", "invalid_request"},
                new String[] {"state=", "request=x&state=", "request_not_supported"})) {
            HttpResponse<String> answer =
                    send(request(gateway + wish().replace(change[0], change[1])).GET());
            assertThat(answer.statusCode()).as(change[1]).isEqualTo(303);
            assertThat(answer.headers().firstValue("Location").orElseThrow())
                    .startsWith(BACK + "&iss=")
                    .contains("&error=" + change[2] + "&");
        }
    }
}
