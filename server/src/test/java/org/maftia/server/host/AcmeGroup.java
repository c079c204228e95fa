package org.maftia.server.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.maftia.server.ceremony.LocalCeremony;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.command.Terminal;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.OfficerEntry;
import org.maftia.server.configuration.Officers;
import org.maftia.server.configuration.Overrides;
import org.maftia.services.authority.TestClient;

/**
 * Real replicas with an authority, and with a provider that has one client, known by an address in its certificate; an authority at which an account needs a credential of the operator. The first one is an intruder's: its shares are false, and what it sees at an address is not
 * what the others see there.
 */
final class AcmeGroup implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHALLENGES = "/.well-known/acme-challenge/";

    /** What stands at the address that is to be certified, by token: for everybody, and for the intruder. */
    final Map<String, String> seen = new ConcurrentHashMap<>();

    final Map<String, String> seenByIntruder = new ConcurrentHashMap<>();

    private final LyingHosts hosts;
    private final List<HttpServer> sites = new ArrayList<>();
    private final Configuration configuration;
    private final HttpClient http;
    private final Path directory;
    private int credentials;

    /** What an operator hands to who is to have an account. */
    record Credential(String name, String key) {
        byte[] secret() {
            return Base64.getUrlDecoder().decode(key);
        }
    }

    AcmeGroup(Path directory) throws Exception {
        int port = site(seen);
        int other = site(seenByIntruder);
        this.directory = directory;
        String officer =
                OfficerKeys.create(directory.resolve("officers").resolve(LocalCeremony.OFFICER), new Unlock.KeyFile());
        Configuration plain = FreePorts.fill(Layout.of("4", validation(port)))
                .withOfficers(
                        new Officers(List.of(new OfficerEntry(LocalCeremony.OFFICER, officer)), Optional.empty()));
        this.configuration = Configuration.parse(
                "group.toml",
                GroupFile.text(plain) + "\n[oidc]\n[[oidc.client]]\nid = \"till\"\nredirects = [\"app:/back\"]\n"
                        + "tls_client_auth_san_ip = \"127.0.0.1\"\n",
                Overrides.none());
        SmallGroup.make(directory, configuration);
        Files.writeString(directory.resolve("group.toml"), GroupFile.text(configuration));
        Configuration intruders = Configuration.parse("group.toml", GroupFile.text(configuration), validation(other));
        this.hosts = new LyingHosts(directory, configuration, intruders);
        this.http = HttpClient.newBuilder().sslContext(hosts.tls()).build();
    }

    private static Overrides validation(int port) throws Exception {
        return Overrides.parse(List.of(
                "authority.validation.httpPort=" + port,
                "authority.validation.resolver=system",
                "authority.credentialsRequired=true"));
    }

    private int site(Map<String, String> texts) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(CHALLENGES, exchange -> {
            String text = texts.get(exchange.getRequestURI().getPath().substring(CHALLENGES.length()));
            byte[] body = (text == null ? "nothing" : text).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(text == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        sites.add(server);
        return server.getAddress().getPort();
    }

    static List<X509Certificate> certificates(byte[] pem) throws Exception {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    /** A new one, by the command that operators type. */
    Credential credential() throws IOException {
        String name = "credential-" + ++credentials;
        JsonNode printed =
                JSON.readTree(new Terminal().type(0, "ca", "credential", name, "--dir", directory, "--json"));
        return new Credential(
                printed.path("kid").asText(), printed.path("hmacKey").asText());
    }

    Path root() {
        return hosts.root();
    }

    String at(int replica, String path) {
        return configuration.replicas().get(replica).httpsAddress() + path;
    }

    HttpResponse<byte[]> get(URI place) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(place).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** A nonce of the gateway. */
    String nonce(int replica) throws IOException, InterruptedException {
        return get(URI.create(at(replica, "/acme/new-nonce")))
                .headers()
                .firstValue("Replay-Nonce")
                .orElseThrow();
    }

    HttpResponse<byte[]> post(String url, byte[] body) throws IOException, InterruptedException {
        return post(url, "application/jose+json", body);
    }

    HttpResponse<byte[]> post(String url, String type, byte[] body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** A request of the client through a gateway, under a path or at a place that another gateway named. */
    HttpResponse<byte[]> ask(TestClient client, int replica, String path, String payload) throws Exception {
        String url = at(replica, path.startsWith("https:") ? URI.create(path).getPath() : path);
        return post(url, client.request(url, payload, nonce(replica), client.account == null));
    }

    static JsonNode json(HttpResponse<byte[]> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        http.close();
        hosts.close();
        sites.forEach(site -> site.stop(0));
    }
}
