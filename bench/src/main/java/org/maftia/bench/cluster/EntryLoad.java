package org.maftia.bench.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import org.maftia.client.transport.ClientSignatureKeys;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.log.LogSetup;
import org.maftia.server.succession.Known;
import org.maftia.services.log.LogOperation;
import org.maftia.services.log.LogPolicy;

/**
 * Adds entries to the transparency log through all gateways: each client signs one, posts it over a connection that it keeps, and
 * signs the next when it has the index. In the end some are proved under a published head, each by a gateway that did not take it.
 */
final class EntryLoad {
    /** As long as a digest with a name for it. */
    private static final int ENTRY_LENGTH = 64;

    private static final int PROVED = 8;
    private static final long BUSY_MILLIS = 50;
    private static final long LOOK_MILLIS = 200;

    /** A head comes once a second in a group that is well, a little later behind a load. */
    private static final long PATIENCE_SECONDS = 60;

    private static final Pattern RECORDED = Pattern.compile("\\{\"index\":(0|[1-9][0-9]{0,8})}\n");

    private final Endpoints endpoints;
    private final String path;
    private final SSLSocketFactory sockets;
    private final int number;
    private final Function<Digest, byte[]> signer;
    private final String origin;
    private final LogPolicy policy;
    private final Map<Integer, LeanConnection> connections = new ConcurrentHashMap<>();
    private final EntryClaims claims = new EntryClaims();
    private final AtomicLong busy = new AtomicLong();

    EntryLoad(ClusterDirectory cluster, Endpoints endpoints) throws IOException {
        ClientKeys keys = ClientKeys.load(cluster.client());
        this.endpoints = endpoints;
        path = Objects.requireNonNull(endpoints.services().get("log"), "every cluster has a log");
        sockets = SecureHttp.context(keys.group().root()).getSocketFactory();
        number = keys.number();
        signer = ClientSignatureKeys.signer(keys.key())
                .orElseThrow(() -> new IOException("the client of this cluster cannot sign entries"));
        origin = LogSetup.origin(keys.group());
        policy = LogPolicy.parsed(LogSetup.policy(Known.of(keys.group())));
    }

    /**
     * What the load gave.
     *
     * @param recorded entries, as the clients see it
     * @param busy how often a gateway was busy, in the whole run
     * @param proved entries whose place was proved in the end
     */
    record Entries(ClosedLoop.Outcome recorded, long busy, int proved) {
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%4d clients %8.1f entries/s  p50 %7.1f ms  p99 %7.1f ms  busy %d  proved %d"
                            + "  replicas' cpu %6.0f us",
                    recorded.clients(),
                    recorded.perSecond(),
                    recorded.p50Micros() / 1e3,
                    recorded.p99Micros() / 1e3,
                    busy,
                    proved,
                    recorded.cpuMicros());
        }
    }

    Entries run(int clients, Side.Times times) throws IOException, InterruptedException {
        List<Long> replicas =
                endpoints.replicas().stream().map(Endpoints.Replica::pid).toList();
        try {
            ClosedLoop.Outcome recorded = new ClosedLoop(replicas, this::add).run(clients, times);
            List<EntryClaims.Claim> some = claims.some(PROVED);
            for (EntryClaims.Claim claim : some) {
                prove(claim);
            }
            return new Entries(recorded, busy.get(), some.size());
        } finally {
            for (LeanConnection connection : connections.values()) {
                connection.close();
            }
        }
    }

    private LeanConnection open(int gateway) throws IOException {
        List<Endpoints.Replica> replicas = endpoints.replicas();
        return LeanConnection.secure(replicas.get(gateway % replicas.size()).https(), sockets);
    }

    private void add(int client) throws IOException, InterruptedException {
        LeanConnection connection = connections.get(client);
        if (connection == null) {
            connection = open(client);
            connections.put(client, connection);
        }
        byte[] body = SystemEntropy.INSTANCE.bytes(ENTRY_LENGTH);
        byte[] request = request(number, body, signer.apply(LogOperation.entryDigest(origin, body)));
        LeanConnection.Reply reply = connection.post(path + "/entries", "application/json", request);
        while (reply.status() == 503) {
            busy.incrementAndGet();
            TimeUnit.MILLISECONDS.sleep(BUSY_MILLIS);
            reply = connection.post(path + "/entries", "application/json", request);
        }
        claims.add(new EntryClaims.Claim(client, index(reply), body));
    }

    static byte[] request(int client, byte[] body, byte[] signature) {
        Base64.Encoder base64 = Base64.getEncoder();
        String json = "{\"client\":" + client + ",\"entry\":\"" + base64.encodeToString(body) + "\",\"signature\":\""
                + base64.encodeToString(signature) + "\"}";
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    /** @throws IOException when nothing was recorded */
    static long index(LeanConnection.Reply reply) throws IOException {
        Matcher recorded = RECORDED.matcher(reply.text());
        if (reply.status() != 202 || !recorded.matches()) {
            throw new IOException("HTTP " + reply.status() + ": " + reply.text());
        }
        return Long.parseLong(recorded.group(1));
    }

    /** By the gateway after the one that took it. */
    private void prove(EntryClaims.Claim claim) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        try (LeanConnection connection = open(claim.client() + 1)) {
            LeanConnection.Reply reply = connection.get(path + "/proof?index=" + claim.index());
            while (reply.status() != 200) {
                if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                    throw new IOException("entry " + claim.index() + " is under no published head after "
                            + PATIENCE_SECONDS + " s: " + reply.text());
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                reply = connection.get(path + "/proof?index=" + claim.index());
            }
            EntryClaims.require(claim, reply.text(), policy);
        }
    }
}
