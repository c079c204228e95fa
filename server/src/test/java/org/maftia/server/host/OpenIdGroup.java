package org.maftia.server.host;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.testing.Eventually;

/** Real replicas that are a provider where anybody may register, with one client that keeps no secret; the first replica lies. */
final class OpenIdGroup implements AutoCloseable {
    private final List<ReplicaHost> hosts = new ArrayList<>();
    private final HttpClient http;

    /** The certificate that all others come from. */
    final Path root;

    /** Addresses of the honest ones. */
    final List<String> gateways;

    /** @param corruption of the first replica */
    OpenIdGroup(Path directory, String redirect, Corruption corruption) throws Exception {
        Configuration plain = FreePorts.fill(Layout.of("4", Overrides.none()));
        String text = GroupFile.text(plain) + "\n[oidc]\nopen = true\n[[oidc.client]]\nid = \"shop\"\nredirects = [\""
                + redirect + "\"]\n";
        Configuration configuration = Configuration.parse("group.toml", text, Overrides.none());
        SmallGroup.make(directory, configuration);
        ClusterDirectory place = new ClusterDirectory(directory);
        for (ReplicaEntry entry : configuration.replicas()) {
            Path orders = place.corruptionFile(entry.id());
            Files.createDirectories(place.data(entry.id()));
            if (hosts.isEmpty()) {
                Files.writeString(orders, corruption.word() + "\n");
            }
            hosts.add(ReplicaHost.start(new HostSetup(
                    configuration,
                    entry.id(),
                    place.keys(entry.id()),
                    place.data(entry.id()),
                    new Unlock.KeyFile(),
                    Intruder.of(orders))));
        }
        root = directory.resolve("ceremony").resolve(Ceremony.ROOT_FILE);
        http = HttpClient.newBuilder()
                .sslContext(trusting(root))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        gateways = configuration.replicas().subList(1, configuration.replicas().size()).stream()
                .map(ReplicaEntry::httpsAddress)
                .toList();
        Eventually.until("the gateways are ready", () -> gateways.stream().allMatch(this::isReady));
    }

    private static SSLContext trusting(Path root) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(root)) {
            store.setCertificateEntry(
                    "root", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private boolean isReady(String gateway) {
        return get(gateway + "/ready").statusCode() == 200;
    }

    HttpResponse<String> get(String place) {
        return send(HttpRequest.newBuilder(URI.create(place)).GET());
    }

    HttpResponse<String> post(String place, String type, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(place))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
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

    /** Hashes of the keys of the gateways' certificates, for a browser that has no other way to trust them. */
    List<String> certifiedKeys() throws Exception {
        List<String> hashes = new ArrayList<>();
        for (String gateway : gateways) {
            Certificate certificate =
                    get(gateway + "/ready").sslSession().orElseThrow().getPeerCertificates()[0];
            byte[] key = certificate.getPublicKey().getEncoded();
            hashes.add(Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(key)));
        }
        return hashes;
    }

    @Override
    public void close() {
        http.close();
        hosts.forEach(ReplicaHost::close);
    }
}
