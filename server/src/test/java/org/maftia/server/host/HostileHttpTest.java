package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Mutation;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.testing.Eventually;
import org.maftia.services.signing.CallerKey;

/** Bytes that no client of a protocol sends, to each endpoint of an honest gateway: the protocol's own refusal comes, at once. */
class HostileHttpTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "0GkuyAJe4rZqVoIfcE5HXxTkA0fq9kp6-eVJ9hVZW0E";
    private static final String NAME = "A".repeat(43);
    private static final String DIGEST = "0".repeat(64);
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String TYPE = "application/json";

    /** Above what a gateway waits for the rest of a request. */
    private static final int PATIENCE_MILLIS = 25_000;

    /** Some wait for a gateway that waits. */
    private static final int THREADS = 24;

    private static final int MUTANTS = 6;

    @TempDir
    private static Path directory;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static LyingHosts hosts;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static SSLContext tls;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static URI gateway;

    /** How a protocol words refusals. */
    private enum Wording {
        OAUTH,
        PROBLEM,
        VAULT,
        TEXT
    }

    /** @param good a body as clients send it, though perhaps about nothing that is there */
    private record Endpoint(String path, String type, String good, Wording wording) {}

    private static final List<Endpoint> ENDPOINTS = List.of(
            new Endpoint(
                    "/oidc/token",
                    FORM,
                    "grant_type=authorization_code&client_id=shop&redirect_uri=https%3A%2F%2Fshop.example%2Fback&code="
                            + NAME + "&code_verifier=" + NAME,
                    Wording.OAUTH),
            new Endpoint("/oidc/introspect", FORM, "token=" + NAME + "&client_id=shop", Wording.OAUTH),
            new Endpoint("/oidc/revoke", FORM, "token=1." + NAME + "&client_id=shop", Wording.OAUTH),
            new Endpoint("/oidc/login/webauthn/assert/options", TYPE, "{}", Wording.OAUTH),
            new Endpoint(
                    "/oidc/login/webauthn/assert/finish",
                    TYPE,
                    "{\"id\":\"AAAA\",\"clientDataJSON\":\"AAAA\",\"authenticatorData\":\"AAAA\",\"signature\":\"AAAA\"}",
                    Wording.OAUTH),
            new Endpoint("/oidc/login/webauthn/register/options", TYPE, "{\"name\":\"\u0000\"}", Wording.OAUTH),
            new Endpoint(
                    "/oidc/login/webauthn/register/finish",
                    TYPE,
                    "{\"clientDataJSON\":\"AAAA\",\"attestationObject\":\"AAAA\"}",
                    Wording.OAUTH),
            new Endpoint(
                    "/oidc/login/password/evaluate", TYPE, "{\"user\":\"alice\",\"blinded\":\"AAAA\"}", Wording.OAUTH),
            new Endpoint("/oidc/login/password/finish", TYPE, "{\"attempt\":1,\"signature\":\"AAAA\"}", Wording.OAUTH),
            new Endpoint(
                    "/oidc/login/password/set",
                    TYPE,
                    "{\"attempt\":1,\"verifier\":\"AAAA\",\"signature\":\"AAAA\"}",
                    Wording.OAUTH),
            new Endpoint("/oidc/account/remove", TYPE, "{\"passkey\":\"AAAA\"}", Wording.OAUTH),
            new Endpoint(
                    "/exchanges/" + NAME + "/abort",
                    TYPE,
                    "{\"first\":\"e30.e30.AA\",\"request\":\"e30.e30.AA\"}",
                    Wording.PROBLEM),
            new Endpoint(
                    "/exchanges/" + NAME + "/resolve",
                    TYPE,
                    "{\"first\":\"e30.e30.AA\",\"second\":\"e30.e30.AA\",\"request\":\"e30.e30.AA\"}",
                    Wording.PROBLEM),
            new Endpoint("/exchanges", TYPE, "{\"message\":\"e30.e30.AA\"}", Wording.PROBLEM),
            new Endpoint("/exchanges/messages", TYPE, "{\"request\":\"e30.e30.AA\"}", Wording.PROBLEM),
            new Endpoint(
                    "/log/entries",
                    TYPE,
                    "{\"client\":64,\"entry\":\"AAAA\",\"signature\":\"" + NAME + NAME + "\"}",
                    Wording.PROBLEM),
            new Endpoint("/notary/registrations", TYPE, "{\"ciphertext\":\"" + NAME + "\"}", Wording.PROBLEM),
            new Endpoint("/oprf/evaluate", TYPE, "{\"user\":\"alice\",\"blinded\":\"AAAA\"}", Wording.TEXT),
            new Endpoint(
                    "/signing/keys/release",
                    TYPE,
                    "{\"padding\":\"pkcs1v15\",\"hash\":\"sha2-256\",\"digest\":\"" + NAME + "\",\"caller\":\"" + NAME
                            + "\",\"gateway\":1,\"time\":1,\"proof\":\"" + NAME + NAME + "\"}",
                    Wording.PROBLEM),
            new Endpoint(
                    "/v1/transit/sign/release",
                    TYPE,
                    "{\"input\":\"AA==\",\"signature_algorithm\":\"pss\",\"key_version\":7}",
                    Wording.VAULT),
            new Endpoint(
                    "/v1/transit/verify/release/sha2-256",
                    TYPE,
                    "{\"input\":\"AA==\",\"signature_algorithm\":\"pss\",\"signature\":\"vault:v1:AA\"}",
                    Wording.VAULT));

    @BeforeAll
    static void start() throws Exception {
        String caller = HexFormat.of()
                .formatHex(CallerKey.ofToken(TOKEN.getBytes(StandardCharsets.UTF_8))
                        .publicKey());
        Configuration plain = FreePorts.fill(Layout.of("4", Overrides.none()));
        String text = GroupFile.text(plain)
                + "\n[oidc]\nopen = true\n[[oidc.client]]\nid = \"shop\"\nredirects = [\"https://shop.example/back\"]\n"
                + "\n[signing]\nkeys = [\"release\"]\n[signing.release]\npadding = \"pkcs1v15\"\ncallers = [\"" + caller
                + "\"]\n";
        Configuration configuration = Configuration.parse("group.toml", text, Overrides.none());
        SmallGroup.make(
                directory,
                configuration.faultStructure(),
                text,
                configuration.settings().signing().dealt());
        hosts = new LyingHosts(directory, configuration, configuration);
        tls = hosts.tls();
        gateway = URI.create(configuration.replicas().get(1).httpsAddress());
        for (String path : List.of("/beacon/latest", "/certified?service=beacon&key=newest")) {
            Eventually.until(path + " answers", () -> isAnswered(path));
        }
    }

    private static boolean isAnswered(String path) {
        try {
            return get(path).status == 200;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    static void stop() {
        hosts.close();
    }

    /** @param status 0: the connection ended without an answer */
    private record Reply(int status, String head, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }

    private static Reply send(byte[] request) throws IOException {
        try (Socket socket = tls.getSocketFactory().createSocket(gateway.getHost(), gateway.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            try {
                socket.getOutputStream().write(request);
                socket.getOutputStream().flush();
                return read(socket.getInputStream());
            } catch (SocketTimeoutException e) {
                throw new AssertionError("the gateway does not answer", e);
            } catch (IOException e) {
                return new Reply(0, "", new byte[0]); // it has heard enough, and the answer is lost
            }
        }
    }

    private static Reply read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return new Reply(0, "", new byte[0]);
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        int at = text.toLowerCase(java.util.Locale.ROOT).indexOf("content-length:");
        int length = at < 0
                ? 0
                : Integer.parseInt(
                        text.substring(at + 15, text.indexOf("\r\n", at)).strip());
        return new Reply(Integer.parseInt(text.substring(9, 12)), text, in.readNBytes(length));
    }

    private static String head(Endpoint endpoint) {
        return "POST " + endpoint.path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Vault-Token: " + TOKEN
                + "\r\n";
    }

    private static byte[] post(Endpoint endpoint, String type, byte[] body) {
        return joined(
                bytes(head(endpoint) + "Content-Type: " + type + "\r\nContent-Length: " + body.length + "\r\n\r\n"),
                body);
    }

    private static void assertNoTrace(String what, Reply reply) {
        assertThat(reply.text())
                .as(what)
                .doesNotContain("Exception")
                .doesNotContain("\tat ")
                .doesNotContain("java.")
                .doesNotContain("its log says why");
        assertThat(reply.status).as(what + ": " + reply.text()).isLessThan(500);
    }

    /** As the protocol words it. */
    private static void assertRefused(String what, Endpoint endpoint, Reply reply) throws IOException {
        assertNoTrace(what, reply);
        assertThat(reply.status).as(what + ": " + reply.text()).isBetween(400, 499);
        if (endpoint.wording == Wording.TEXT) {
            assertThat(reply.text()).as(what).isNotBlank();
            return;
        }
        JsonNode json = JSON.readTree(reply.body);
        JsonNode said = switch (endpoint.wording) {
            case OAUTH -> json.path("error");
            case VAULT -> json.path("errors").path(0);
            case PROBLEM, TEXT -> json.path("detail");
        };
        assertThat(said.asText()).as(what + ": " + reply.text()).isNotBlank();
    }

    private static List<byte[]> bodies(Endpoint endpoint) {
        List<byte[]> bodies = new ArrayList<>();
        for (String text : List.of(
                "",
                " ",
                "{",
                "[]",
                "null",
                "7",
                "\u0000",
                "[".repeat(9_000),
                "{\"a\":".repeat(2_500),
                "{\"a\":1,\"a\":2}",
                "{\"user\":\"\\ud800\",\"name\":\"\\ud800\",\"first\":\"\\ud800\",\"input\":\"\\ud800\"}",
                "{\"attempt\":1e999,\"time\":-1,\"gateway\":99999999999999999999}",
                "%",
                "%zz=%",
                "grant_type=%00&code=%c0%80",
                "grant_type=a&grant_type=b",
                "&".repeat(500),
                "a".repeat(200_000))) {
            bodies.add(bytes(text));
        }
        bodies.add(new byte[] {(byte) 0xc0, (byte) 0x80, (byte) 0xff});
        bodies.add(joined(bytes("{\"user\":\""), new byte[] {(byte) 0xff, '"', '}'}));
        Mutation mutation = new Mutation(endpoint.path.hashCode());
        for (int i = 0; i < MUTANTS; i++) {
            bodies.add(mutation.of(bytes(endpoint.good)));
        }
        return bodies;
    }

    private static void all(List<Callable<Void>> tasks) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(THREADS)) {
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        }
    }

    @Attack("requests with altered bytes")
    @Test
    void bodiesThatAreNoneAreRefusedInTheWordsOfTheProtocol() throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (Endpoint endpoint : ENDPOINTS) {
            for (byte[] body : bodies(endpoint)) {
                tasks.add(() -> {
                    Reply reply = send(post(endpoint, endpoint.type, body));
                    String shown = new String(body, StandardCharsets.ISO_8859_1);
                    String what = endpoint.path + " " + shown.substring(0, Math.min(200, shown.length()));
                    boolean begun = reply.status == 200 && endpoint.path.endsWith("/options");
                    if (!begun && reply.status != 0 && !(reply.status == 200 && isHarmless(endpoint))) {
                        assertRefused(what, endpoint, reply);
                    }
                    return null;
                });
            }
            for (String type : List.of("text/plain", "application/json/x", "multipart/form-data")) {
                tasks.add(() -> {
                    Reply reply = send(post(endpoint, type, bytes(endpoint.good)));
                    if (endpoint.wording != Wording.VAULT) { // whose clients name no type
                        assertRefused(endpoint.path + " as " + type, endpoint, reply);
                    }
                    return null;
                });
            }
        }
        all(tasks);
        nothingChanged();
    }

    /** To end a token that is none is no error (RFC 7009, section 2.2), and so it is to ask about one. */
    private static boolean isHarmless(Endpoint endpoint) {
        return endpoint.path.endsWith("/revoke")
                || endpoint.path.endsWith("/introspect")
                || endpoint.path.contains("/verify/");
    }

    /** One for each way in which a gateway reads a body. */
    private static final List<String> FRAMED =
            List.of("/oidc/token", "/exchanges/" + NAME + "/abort", "/v1/transit/sign/release", "/oprf/evaluate");

    /** As raw bytes behind a head that ends without the empty line. */
    private static List<String> framings() {
        return List.of(
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n{}\r\n",
                "Transfer-Encoding: chunked\r\n\r\n\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n2;" + "x".repeat(5_000) + "\r\n{}\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
                "Transfer-Encoding: gzip\r\n\r\n{}",
                "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
                "Content-Length: -1\r\n\r\n{}",
                "Content-Length: two\r\n\r\n{}",
                "Content-Length: 99999999999999999999\r\n\r\n{}",
                "Content-Length: 9223372036854775807\r\n\r\n{}",
                "Content-Length: 50\r\n\r\n{}",
                "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
                "Expect: nothing\r\nContent-Length: 2\r\n\r\n{}",
                "X-Long: " + "x".repeat(1 << 20) + "\r\n\r\n",
                "X-Many: 1\r\n".repeat(20_000) + "\r\n",
                "X-Nul: a\u0000b\r\nContent-Length: 2\r\n\r\n{}",
                "no colon at all\r\n\r\n",
                ": no name\r\n\r\n",
                "X-Vault-Token: \u00ff\u00fe\r\nDPoP: x\r\nDPoP: y\r\nCookie: __Host-maftia-session=%zz\r\n"
                        + "Authorization: Basic ====\r\nContent-Length: 2\r\n\r\n{}");
    }

    @Attack("requests with altered bytes")
    @Test
    void framesThatLieAreRefused() throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (Endpoint endpoint : ENDPOINTS) {
            if (!FRAMED.contains(endpoint.path)) {
                continue; // read as another one is
            }
            for (String framing : framings()) {
                tasks.add(() -> {
                    byte[] request = bytes(head(endpoint) + "Content-Type: " + endpoint.type + "\r\n" + framing);
                    assertNoTrace(
                            endpoint.path + " " + framing.substring(0, Math.min(70, framing.length())), send(request));
                    return null;
                });
            }
        }
        all(tasks);
        nothingChanged();
    }

    @Attack("requests with altered bytes")
    @Test
    void addressesThatAreNoneAreRefused() throws Exception {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (String path : List.of(
                "/beacon/",
                "/beacon/public/",
                "/exchanges/",
                "/notary/registrations/",
                "/notary/registrations?sha256=",
                "/oidc/authorize?client_id=",
                "/oidc/userinfo?",
                "/signing/keys/",
                "/v1/transit/keys/",
                "/acme/renewal-info/",
                "/acme/cert/",
                "/ca/ocsp/",
                "/ca/crl/",
                "/log/tile/",
                "/log/proof?index=",
                "/certified?service=a&key=",
                "/certified?since=",
                "/configuration/")) {
            for (String rest : List.of(
                    "%zz",
                    "%",
                    "%00",
                    "%c0%80",
                    "\u00ff",
                    "\u0000",
                    "..%2f..%2f",
                    "-1",
                    "9".repeat(30),
                    "x".repeat(3_000),
                    "x".repeat(100_000),
                    "a&" + path.replaceAll(".*\\?", "") + "b",
                    "\ud83d\ude00",
                    "{id}",
                    "a;b=c",
                    "[")) {
                tasks.add(() -> {
                    String line = "GET " + path + rest + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                    Reply reply = send(line.getBytes(StandardCharsets.UTF_8));
                    assertNoTrace(path + rest.substring(0, Math.min(40, rest.length())), reply);
                    return null;
                });
            }
        }
        all(tasks);
        nothingChanged();
    }

    /** What can be asked of the state is as it was, and gateways go on. */
    private static void nothingChanged() throws IOException {
        Reply registered = get("/notary/registrations?sha256=" + DIGEST);
        assertThat(JSON.readTree(registered.body).path("count").asInt(-1)).isZero();
        assertThat(get("/exchanges/" + NAME).status).isEqualTo(404);
        assertThat(get("/oidc/.well-known/openid-configuration").status).isEqualTo(200);
        assertThat(get("/health").status).isEqualTo(200);
    }

    private static Reply get(String path) throws IOException {
        return send(bytes("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    }
}
