package org.maftia.bench.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.maftia.server.cluster.Endpoints;

/**
 * What anybody may read of the authority and of its transparency log, in the clear and over connections that are kept: a revocation
 * list, an answer of OCSP by GET, a tile of the log.
 */
final class StaticLoad {
    private static final long PATIENCE_SECONDS = 30;
    private static final int TILE_WIDTH = 256;

    private final Endpoints endpoints;
    private final Map<String, String> paths = new TreeMap<>();

    /** @param chain one that the group issued, in PEM */
    StaticLoad(Endpoints endpoints, byte[] chain) throws IOException, InterruptedException {
        this.endpoints = endpoints;
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (var one :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(chain))) {
                certificates.add((X509Certificate) one);
            }
            X509Certificate leaf = certificates.get(0);
            paths.put("CRL", "/ca/crl/" + leaf.getSerialNumber().toByteArray()[0] + ".crl");
            paths.put("OCSP", "/ca/ocsp/" + question(certificates.get(1), leaf));
        } catch (GeneralSecurityException | OCSPException | OperatorCreationException e) {
            throw new IOException("what was issued is no chain of certificates", e);
        }
        for (String path : paths.values()) {
            awaited(path);
        }
        long size = Long.parseLong(new String(awaited("/log/checkpoint"), StandardCharsets.US_ASCII).split("\n", 3)[1]);
        paths.put("log tile", "/log/tile/0/000" + (size < TILE_WIDTH ? ".p/" + size : ""));
    }

    private static String question(X509Certificate issuer, X509Certificate leaf)
            throws GeneralSecurityException, IOException, OCSPException, OperatorCreationException {
        CertificateID id = new CertificateID(
                new JcaDigestCalculatorProviderBuilder()
                        .build()
                        .get(new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1)),
                new JcaX509CertificateHolder(issuer),
                leaf.getSerialNumber());
        byte[] question = new OCSPReqBuilder().addRequest(id).build().getEncoded();
        return URLEncoder.encode(Base64.getEncoder().encodeToString(question), StandardCharsets.US_ASCII);
    }

    /** Until the group has signed it. */
    private byte[] awaited(String path) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (LeanConnection connection =
                LeanConnection.plain(endpoints.replicas().getFirst().http())) {
            while (true) {
                LeanConnection.Reply reply = connection.get(path);
                if (reply.status() == 200) {
                    return reply.body();
                }
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    throw new IOException("HTTP " + reply.status() + " for " + path);
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    String measure(List<Integer> clients, int rounds, Side.Times times, PrintStream progress)
            throws IOException, InterruptedException {
        List<Long> processes =
                endpoints.replicas().stream().map(Endpoints.Replica::pid).toList();
        StringBuilder out = new StringBuilder();
        for (int round = 1; round <= rounds; round++) {
            for (int count : clients) {
                for (Map.Entry<String, String> path : paths.entrySet()) {
                    ConcurrentHashMap<Integer, LeanConnection> connections = new ConcurrentHashMap<>();
                    ClosedLoop.Outcome row = new ClosedLoop(
                                    processes, client -> read(connections, client, path.getValue()))
                            .run(count, times);
                    for (LeanConnection connection : connections.values()) {
                        connection.close();
                    }
                    progress.println("round " + round + " " + path + " " + row);
                    out.append(String.format(
                            Locale.ROOT,
                            "%-8s %4d clients %8.0f requests/s  p50 %6.2f ms  p99 %6.2f ms  replicas' cpu %5.0f us%n",
                            path.getKey(),
                            row.clients(),
                            row.perSecond(),
                            row.p50Micros() / 1e3,
                            row.p99Micros() / 1e3,
                            row.cpuMicros()));
                }
            }
        }
        return out.toString();
    }

    private void read(Map<Integer, LeanConnection> connections, int client, String path) throws IOException {
        LeanConnection connection = connections.get(client);
        if (connection == null) {
            connection = LeanConnection.plain(endpoints
                    .replicas()
                    .get(client % endpoints.replicas().size())
                    .http());
            connections.put(client, connection);
        }
        LeanConnection.Reply reply = connection.get(path);
        if (reply.status() != 200 || reply.body().length == 0) {
            throw new IOException("HTTP " + reply.status() + " for " + path);
        }
    }
}
