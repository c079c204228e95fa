package org.maftia.server.host;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.testing.Eventually;
import org.maftia.services.signing.CallerKey;

/** Real replicas, of which the first lies, with two short keys for others: {@code release} and {@code door}. */
final class SigningGroup implements AutoCloseable {
    static final String TOKEN = "0GkuyAJe4rZqVoIfcE5HXxTkA0fq9kp6-eVJ9hVZW0E";

    private final List<ReplicaHost> hosts = new ArrayList<>();
    private final Path directory;
    private final Configuration configuration;
    private final GroupTranscript transcript;
    private final SSLContext tls;
    private final HttpClient http;

    SigningGroup(Path directory) throws Exception {
        this.directory = directory;
        String caller = HexFormat.of()
                .formatHex(CallerKey.ofToken(TOKEN.getBytes(StandardCharsets.UTF_8))
                        .publicKey());
        Overrides overrides = Overrides.parse(List.of(
                "signing.keys=[\"release\",\"door\"]",
                "signing.release.padding=pkcs1v15",
                "signing.release.callers=[\"" + caller + "\"]",
                "signing.release.signaturesPerMinute=60",
                "signing.door.padding=pss",
                "signing.door.hashes=[\"sha2-256\"]",
                "signing.door.callers=[\"" + caller + "\"]",
                "signing.door.hosts=[\"localhost\"]"));
        this.configuration = FreePorts.fill(Layout.of("4", overrides));
        this.transcript = SmallGroup.make(
                directory,
                configuration.faultStructure(),
                "",
                configuration.settings().signing().dealt());
        this.tls = trusting(directory.resolve("ceremony").resolve(Ceremony.ROOT_FILE));
        this.http = HttpClient.newBuilder().sslContext(tls).build();
        ClusterDirectory place = new ClusterDirectory(directory);
        for (ReplicaEntry entry : configuration.replicas()) {
            Path orders = place.corruptionFile(entry.id());
            Files.createDirectories(place.data(entry.id()));
            if (hosts.isEmpty()) {
                Files.writeString(orders, Corruption.FALSE_SHARES.word() + "\n");
            }
            hosts.add(ReplicaHost.start(new HostSetup(
                    configuration,
                    entry.id(),
                    place.keys(entry.id()),
                    place.data(entry.id()),
                    new Unlock.KeyFile(),
                    Intruder.of(orders))));
        }
        Eventually.until(
                "the gateways are ready",
                () -> configuration.replicas().stream().allMatch(this::isReady));
    }

    private static SSLContext trusting(Path root) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "root",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(root))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private boolean isReady(ReplicaEntry entry) {
        try {
            return send(HttpRequest.newBuilder(URI.create(entry.httpsAddress() + "/ready")))
                            .statusCode()
                    == 200;
        } catch (IOException | InterruptedException e) {
            return false; // not yet
        }
    }

    Path directory() {
        return directory;
    }

    GroupTranscript transcript() {
        return transcript;
    }

    /** Trusts the group's root and nobody else. */
    SSLContext tls() {
        return tls;
    }

    URI at(int replica, String path) {
        return URI.create(configuration.replicas().get(replica).httpsAddress() + path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** What the JCA provider is configured with: the lying gateway first. */
    Path properties() throws IOException {
        return Files.writeString(
                directory.resolve("maftia.properties"),
                "gateways = "
                        + configuration.replicas().stream()
                                .map(ReplicaEntry::httpsAddress)
                                .collect(Collectors.joining(", "))
                        + "\nca = "
                        + directory.resolve("ceremony").resolve(Ceremony.ROOT_FILE) + "\n");
    }

    @Override
    public void close() {
        http.close();
        hosts.forEach(ReplicaHost::close);
    }
}
