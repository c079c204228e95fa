package org.maftia.bench.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/**
 * Logins through all gateways, as a browser and a relying party make them: a person with a passkey signs in anew, which gives a
 * session; with it the browser gets a code by PKCE, for which the relying party gets an access token and an identity token, and
 * verifies the latter. So a login takes four requests, and two RSA signatures of the group.
 */
final class LoginLoad {
    private static final String CLIENT = "load";
    private static final String BACK = "https://load.invalid/back";
    private static final String JSON = "application/json";
    private static final int SECRET_LENGTH = 32;
    private static final int KEYS_MAX = 8;

    private final HttpClient http;
    private final List<Long> replicas;
    private final List<String> gateways;
    private final JsonWebKey tokens;
    private final SecureRandom random = new SecureRandom();

    /** By client. */
    private final ConcurrentMap<Integer, SoftwarePasskey> passkeys = new ConcurrentHashMap<>();

    LoginLoad(ClusterDirectory cluster, Endpoints endpoints) throws IOException, InterruptedException {
        GroupTranscript group = GroupTranscript.read(cluster.ceremony().resolve(GroupTranscript.FILE));
        http = KeptConnections.trusting(group.root());
        replicas = endpoints.replicas().stream().map(Endpoints.Replica::pid).toList();
        gateways = endpoints.replicas().stream().map(Endpoints.Replica::https).toList();
        StrictJson keys = object(KeptConnections.get(http, gateways.getFirst() + "/oidc/jwks"));
        tokens = keys.children("keys", KEYS_MAX).stream()
                .map(JsonWebKey::of)
                .filter(key -> key.algorithm().equals("RS256"))
                .findFirst()
                .orElseThrow(() -> new IOException("the group signs no tokens by RS256"));
    }

    /**
     * Writes the configuration of a group that is a provider where anybody may register.
     *
     * @param layout as {@code maftia up} knows it
     */
    static Path configuration(String layout, Path place) throws IOException {
        try {
            String text = GroupFile.text(FreePorts.fill(Layout.of(layout, Overrides.none())));
            return Files.writeString(
                    place.resolve("provider.toml"),
                    text + "\n[oidc]\nopen = true\n[[oidc.client]]\nid = \"" + CLIENT + "\"\nredirects = [\"" + BACK
                            + "\"]\n");
        } catch (ConfigurationException e) {
            throw new IOException("no configuration of layout " + layout, e);
        }
    }

    /** Each piece of work is a login. */
    ClosedLoop.Outcome run(int clients, Side.Times times) throws IOException, InterruptedException {
        for (int client = 0; client < clients; client++) {
            if (!passkeys.containsKey(client)) {
                passkeys.put(client, register(client));
            }
        }
        return new ClosedLoop(replicas, this::login).run(clients, times);
    }

    private String gateway(int client) {
        return gateways.get(client % gateways.size());
    }

    private SoftwarePasskey register(int client) throws IOException, InterruptedException {
        String gateway = gateway(client);
        String place = gateway + "/oidc/login/webauthn/register/";
        HttpResponse<byte[]> options = post(place + "options", JSON, "{\"user\":\"person-" + client + "\"}", "");
        StrictJson wish = object(options);
        StrictJson asked = wish.child("publicKey");
        SoftwarePasskey passkey = new SoftwarePasskey(asked.child("rp").text("id"), gateway);
        byte[] clientData = passkey.clientData("webauthn.create", asked.text("challenge"));
        String body = StrictJson.create()
                .put("attempt", wish.number("attempt"))
                .put("clientDataJSON", StrictJson.base64(clientData))
                .put("attestationObject", StrictJson.base64(passkey.attestation()))
                .toString();
        KeptConnections.require(post(place + "finish", JSON, body, cookie(options)), 200);
        return passkey;
    }

    private void login(int client) throws IOException, InterruptedException {
        String gateway = gateway(client);
        try {
            String session = signIn(gateway, Invariant.present(passkeys.get(client), "all have registered"));
            byte[] secret = new byte[SECRET_LENGTH];
            random.nextBytes(secret);
            String verifier = StrictJson.base64(secret);
            String code = code(gateway, session, verifier);
            String form = "grant_type=authorization_code&client_id=" + CLIENT + "&code=" + code + "&redirect_uri="
                    + encoded(BACK) + "&code_verifier=" + verifier;
            StrictJson given = object(post(gateway + "/oidc/token", "application/x-www-form-urlencoded", form, ""));
            CompactJws identity = CompactJws.decode(given.text("id_token"));
            if (!identity.isSignedBy(tokens)
                    || !identity.payload().text("nonce").equals(verifier)) {
                throw new IOException("the identity token is not the group's for this login");
            }
        } catch (MalformedException e) {
            throw new IOException("an answer that no client understands", e);
        }
    }

    private String signIn(String gateway, SoftwarePasskey passkey) throws IOException, InterruptedException {
        String place = gateway + "/oidc/login/webauthn/assert/";
        HttpResponse<byte[]> options = post(place + "options", JSON, "{}", "");
        StrictJson wish = object(options);
        byte[] clientData =
                passkey.clientData("webauthn.get", wish.child("publicKey").text("challenge"));
        byte[] data = passkey.authenticatorData();
        String body = StrictJson.create()
                .put("attempt", wish.number("attempt"))
                .put("id", StrictJson.base64(passkey.id()))
                .put("clientDataJSON", StrictJson.base64(clientData))
                .put("authenticatorData", StrictJson.base64(data))
                .put("signature", StrictJson.base64(passkey.sign(data, clientData)))
                .toString();
        return cookie(KeptConnections.require(post(place + "finish", JSON, body, cookie(options)), 200));
    }

    private String code(String gateway, String session, String verifier) throws IOException, InterruptedException {
        byte[] challenge =
                Transcript.sha256(verifier.getBytes(StandardCharsets.US_ASCII)).toBytes();
        String wish = gateway + "/oidc/authorize?response_type=code&client_id=" + CLIENT + "&redirect_uri="
                + encoded(BACK) + "&scope=openid&state=s&nonce=" + verifier
                + "&code_challenge_method=S256&code_challenge=" + StrictJson.base64(challenge);
        HttpResponse<byte[]> answer = http.send(
                HttpRequest.newBuilder(URI.create(wish))
                        .timeout(KeptConnections.TIMEOUT)
                        .header("Cookie", session)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        String place = KeptConnections.require(answer, 303)
                .headers()
                .firstValue("Location")
                .orElse("");
        int code = place.indexOf("&code=");
        if (!place.startsWith(BACK) || code < 0) {
            throw new IOException("no code for who is signed in: " + place);
        }
        return place.substring(code + "&code=".length());
    }

    private HttpResponse<byte[]> post(String place, String type, String body, String cookie)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(place))
                .timeout(KeptConnections.TIMEOUT)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return http.send(
                (cookie.isEmpty() ? request : request.header("Cookie", cookie)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static StrictJson object(HttpResponse<byte[]> answer) throws IOException {
        return StrictJson.object(KeptConnections.require(answer, 200).body(), "the answer");
    }

    private static String cookie(HttpResponse<byte[]> answer) throws IOException {
        String cookie = answer.headers()
                .firstValue("Set-Cookie")
                .orElseThrow(() -> new IOException("no cookie from " + answer.uri()));
        int end = cookie.indexOf(';');
        return end < 0 ? cookie : cookie.substring(0, end);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
