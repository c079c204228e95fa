package org.maftia.bench.cluster;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
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
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LINE_LENGTH_MAX = 4_096;
    private static final int BODY_LENGTH_MAX = 16 << 20;
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
        try (Connection connection = new Connection(endpoints.replicas().getFirst())) {
            while (true) {
                Reply reply = connection.get(path);
                if (reply.status == 200) {
                    return reply.body;
                }
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    throw new IOException("HTTP " + reply.status + " for " + path);
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
                    ConcurrentHashMap<Integer, Connection> connections = new ConcurrentHashMap<>();
                    ClosedLoop.Outcome row = new ClosedLoop(
                                    processes, client -> read(connections, client, path.getValue()))
                            .run(count, times);
                    for (Connection connection : connections.values()) {
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

    private void read(Map<Integer, Connection> connections, int client, String path) throws IOException {
        Connection connection = connections.get(client);
        if (connection == null) {
            connection = new Connection(
                    endpoints.replicas().get(client % endpoints.replicas().size()));
            connections.put(client, connection);
        }
        Reply reply = connection.get(path);
        if (reply.status != 200 || reply.body.length == 0) {
            throw new IOException("HTTP " + reply.status + " for " + path);
        }
    }

    private record Reply(int status, byte[] body) {}

    /** HTTP/1.1 and no more than these answers need: a larger client would be measured in the place of the server. */
    private static final class Connection implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final String host;

        Connection(Endpoints.Replica replica) throws IOException {
            URI place = URI.create(replica.http());
            socket = new Socket(place.getHost(), place.getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
            host = place.getHost() + ":" + place.getPort();
        }

        Reply get(String path) throws IOException {
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String first = line();
            int length = -1;
            for (String line = line(); !line.isEmpty(); line = line()) {
                if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            if (length < 0 || length > BODY_LENGTH_MAX || first.length() < 12) {
                throw new IOException("an answer of another form: " + first);
            }
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("an answer broke off");
            }
            return new Reply(Integer.parseInt(first.substring(9, 12)), body);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0 || line.length() > LINE_LENGTH_MAX) {
                    throw new EOFException("an answer broke off");
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
