package org.maftia.server.host;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;

/** Real replicas that are a provider where anybody may register, with one client that keeps no secret; the first replica lies. */
final class OpenIdGroup implements AutoCloseable {
    private final LyingHosts hosts;
    private final HttpClient http;

    /** The certificate that all others come from. */
    final Path root;

    /** Addresses of the honest ones. */
    final List<String> gateways;

    OpenIdGroup(Path directory, String redirect) throws Exception {
        Configuration plain = FreePorts.fill(Layout.of("4", Overrides.none()));
        String text = GroupFile.text(plain) + "\n[oidc]\nopen = true\n[[oidc.client]]\nid = \"shop\"\nredirects = [\""
                + redirect + "\"]\n";
        Configuration configuration = Configuration.parse("group.toml", text, Overrides.none());
        SmallGroup.make(directory, configuration);
        hosts = new LyingHosts(directory, configuration, configuration);
        root = hosts.root();
        http = HttpClient.newBuilder()
                .sslContext(hosts.tls())
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        gateways = configuration.replicas().subList(1, configuration.replicas().size()).stream()
                .map(ReplicaEntry::httpsAddress)
                .toList();
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
        hosts.close();
    }
}
