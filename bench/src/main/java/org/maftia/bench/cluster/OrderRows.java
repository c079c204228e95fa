package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.maftia.server.cluster.Endpoints;

/** Certificates a second from a group whose replicas all look at every challenge, and beside it from Pebble. */
final class OrderRows {
    /** Not one that {@link org.maftia.server.cluster.FreePorts} gives away. */
    private static final int CHALLENGE_PORT = 19_502;

    /** Loopback addresses count as anybody's, and no account is held back. */
    static final List<String> SETTINGS = List.of(
            "authority.validation.httpPort=" + CHALLENGE_PORT,
            "authority.validation.resolver=system",
            "authority.ordersPerHour=1000000");

    private final MaftiaSide own;
    private final Path place;
    private final boolean beside;
    private final PrintStream progress;

    /**
     * @param place for what Pebble needs
     * @param beside whether Pebble runs, too
     */
    OrderRows(MaftiaSide own, Path place, boolean beside, PrintStream progress) {
        this.own = own;
        this.place = place;
        this.beside = beside;
        this.progress = progress;
    }

    String measure(List<Integer> clients, int rounds, Side.Times times, boolean json)
            throws IOException, InterruptedException {
        try (ChallengeServer challenges = new ChallengeServer(CHALLENGE_PORT);
                Processes processes = new Processes()) {
            Map<String, AcmeLoad> sides = new TreeMap<>();
            sides.put("maftia", new AcmeLoad(target(), challenges));
            if (beside) {
                sides.put(
                        "pebble", new AcmeLoad(new PebbleServer(place, CHALLENGE_PORT, processes).start(), challenges));
            }
            ArrayNode rows = new ObjectMapper().createArrayNode();
            StringBuilder out = new StringBuilder();
            for (int round = 1; round <= rounds; round++) {
                for (int count : clients) {
                    for (Map.Entry<String, AcmeLoad> side : sides.entrySet()) {
                        ClosedLoop.Outcome row = side.getValue().run(count, times);
                        progress.println("round " + round + " " + side.getKey() + " " + row);
                        out.append(text(side.getKey(), row));
                        rows.addObject()
                                .put("side", side.getKey())
                                .put("clients", row.clients())
                                .put("certificatesPerSecond", row.perSecond())
                                .put("p50Micros", row.p50Micros())
                                .put("p99Micros", row.p99Micros())
                                .put("cpuMicrosPerCertificate", row.cpuMicros());
                    }
                }
            }
            return json ? rows.toString() : out.toString();
        }
    }

    /** What anybody may read of the authority that has issued a certificate. */
    String measureStatic(List<Integer> clients, int rounds, Side.Times times) throws IOException, InterruptedException {
        byte[] chain;
        try (ChallengeServer challenges = new ChallengeServer(CHALLENGE_PORT)) {
            chain = new AcmeLoad(target(), challenges).issue();
        }
        Endpoints endpoints = own.endpoints().orElseThrow(() -> new IOException("the cluster is down"));
        return new StaticLoad(endpoints, chain).measure(clients, rounds, times, progress);
    }

    private static String text(String side, ClosedLoop.Outcome row) {
        return String.format(
                Locale.ROOT,
                "%-7s %4d clients %8.1f certificates/s  p50 %7.1f ms  p99 %7.1f ms  servers' cpu %5.1f ms%n",
                side,
                row.clients(),
                row.perSecond(),
                row.p50Micros() / 1e3,
                row.p99Micros() / 1e3,
                row.cpuMicros() / 1e3);
    }

    private AcmeLoad.Target target() throws IOException {
        Endpoints endpoints = own.endpoints().orElseThrow(() -> new IOException("the cluster is down"));
        String path = endpoints.services().get("acme");
        try (InputStream in = new FileInputStream(own.caCertificate(endpoints).toFile())) {
            X509Certificate root =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            return new AcmeLoad.Target(
                    endpoints.replicas().stream()
                            .map(replica -> URI.create(replica.https() + path))
                            .toList(),
                    root,
                    endpoints.replicas().stream().map(Endpoints.Replica::pid).toList(),
                    AcmeKey::ed25519);
        } catch (GeneralSecurityException e) {
            throw new IOException("the group's root is no certificate", e);
        }
    }
}
