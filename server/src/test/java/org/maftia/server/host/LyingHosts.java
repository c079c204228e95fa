package org.maftia.server.host;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.testing.Eventually;

/** Real replicas in this process, of which the first is an intruder's, whose shares are false. Their keys are made before. */
final class LyingHosts implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final List<ReplicaHost> hosts = new ArrayList<>();
    private final Path root;

    /**
     * Starts them, and waits for all their gateways.
     *
     * @param directory of a cluster with its keys
     * @param intruders the configuration that the first replica has
     */
    LyingHosts(Path directory, Configuration configuration, Configuration intruders) throws Exception {
        ClusterDirectory place = new ClusterDirectory(directory);
        this.root = directory.resolve("ceremony").resolve(Ceremony.ROOT_FILE);
        for (ReplicaEntry entry : configuration.replicas()) {
            Path orders = place.corruptionFile(entry.id());
            Files.createDirectories(place.data(entry.id()));
            boolean lies = hosts.isEmpty();
            if (lies) {
                Files.writeString(orders, Corruption.FALSE_SHARES.word() + "\n");
            }
            hosts.add(ReplicaHost.start(new HostSetup(
                    lies ? intruders : configuration,
                    entry.id(),
                    place.keys(entry.id()),
                    place.data(entry.id()),
                    new Unlock.KeyFile(),
                    Intruder.of(orders))));
        }
        SecureHttp http = SecureHttp.trusting(root);
        Eventually.until(
                "the gateways are ready",
                () -> configuration.replicas().stream().allMatch(one -> isReady(http, one)));
    }

    private static boolean isReady(SecureHttp http, ReplicaEntry entry) {
        try {
            return http.get(entry.httpsAddress() + "/ready", PATIENCE_MILLIS).status() == 200
                    && ReplicaStatus.parse(http.get(entry.httpsAddress() + "/status", PATIENCE_MILLIS)
                                    .text())
                            .keys()
                            .stream()
                            .allMatch(key -> key.epoch() >= 0);
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /** The file of the certificate that all others come from. */
    Path root() {
        return root;
    }

    X509Certificate rootCertificate() throws IOException, GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(root)));
    }

    /** Trusts that certificate and nobody else. */
    SSLContext tls() throws IOException, GeneralSecurityException {
        return SecureHttp.context(rootCertificate());
    }

    @Override
    public void close() {
        hosts.forEach(ReplicaHost::close);
    }
}
