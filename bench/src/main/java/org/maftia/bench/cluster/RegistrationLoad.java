package org.maftia.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.maftia.client.load.LatencyRecorder;
import org.maftia.client.load.ProcessCost;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.gateway.ExchangeInfo;
import org.maftia.server.gateway.RegistrationInfo;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.registration.Document;
import org.maftia.services.registration.SealedDocument;

/**
 * Registers digests through all gateways: each client seals one, has it ordered, and asks until it is registered before it seals
 * the next. Receipts are not asked for: a registration costs no RSA signature until somebody does.
 */
final class RegistrationLoad {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final long LOOK_MILLIS = 20;
    private static final long BUSY_MILLIS = 100;

    private final SecureHttp http;
    private final RegistrationInfo info;
    private final List<String> gateways;
    private final List<Long> replicas;
    private final LatencyRecorder places = new LatencyRecorder();
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final List<Throwable> failures = new ArrayList<>();
    private long refused;
    private volatile boolean measuring;
    private volatile boolean stopping;

    RegistrationLoad(ClusterDirectory cluster, Endpoints endpoints) throws IOException {
        GroupTranscript group = GroupTranscript.read(cluster.ceremony().resolve(GroupTranscript.FILE));
        ServiceKey key = group.key(ServiceKey.EXCHANGE);
        ExchangeInfo receipts =
                new ExchangeInfo(new JsonWebKey.Rsa(key.scheme().key().modulus()), key.certificate());
        info = RegistrationInfo.of(group, receipts);
        http = SecureHttp.trusting(group.root());
        String path = endpoints.services().get("notary");
        replicas = endpoints.replicas().stream().map(Endpoints.Replica::pid).toList();
        gateways = endpoints.replicas().stream()
                .map(replica -> replica.https() + path + "/registrations")
                .toList();
    }

    /**
     * What the load gave.
     *
     * @param registered documents that came so far while measuring
     * @param p50PlaceMicros until a document has its place
     * @param p50Micros until it is registered, as the client sees it
     * @param refused how often a gateway was busy, in the whole run
     * @param cpuMicros of processor time of all replicas for one document
     */
    record Registrations(
            int clients,
            long registered,
            double perSecond,
            long p50PlaceMicros,
            long p50Micros,
            long p99Micros,
            long refused,
            double cpuMicros) {
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%4d clients %8.1f registrations/s  place p50 %7.1f ms  registered p50 %7.1f ms  p99 %7.1f ms"
                            + "  busy %d  replicas' cpu %5.1f ms",
                    clients,
                    perSecond,
                    p50PlaceMicros / 1e3,
                    p50Micros / 1e3,
                    p99Micros / 1e3,
                    refused,
                    cpuMicros / 1e3);
        }
    }

    Registrations run(int clients, Side.Times times) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            String gateway = gateways.get(i % gateways.size());
            threads.add(Thread.ofVirtual().start(() -> load(gateway)));
        }
        TimeUnit.SECONDS.sleep(times.warmSeconds());
        ProcessCost before = ProcessCost.of(replicas);
        long start = System.nanoTime();
        measuring = true;
        TimeUnit.SECONDS.sleep(times.seconds());
        measuring = false;
        long nanos = System.nanoTime() - start;
        ProcessCost cost = ProcessCost.of(replicas).minus(before);
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
        synchronized (latencies) {
            if (!failures.isEmpty()) {
                throw new IOException("a gateway registered nothing", failures.getFirst());
            }
            return new Registrations(
                    clients,
                    latencies.count(),
                    latencies.count() * 1e9 / nanos,
                    places.percentileMicros(0.5),
                    latencies.percentileMicros(0.5),
                    latencies.percentileMicros(0.99),
                    refused,
                    (double) cost.cpuMicros() / latencies.count());
        }
    }

    private void load(String gateway) {
        try {
            while (!stopping) {
                register(gateway);
            }
        } catch (IOException e) {
            synchronized (latencies) {
                failures.add(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void register(String gateway) throws IOException, InterruptedException {
        Digest content = Digest.of(SystemEntropy.INSTANCE.bytes(Digest.LENGTH));
        byte[] sealed = SealedDocument.seal(
                Document.ofDigest("load", "", content), info.addressee(), info.cipher(), SystemEntropy.INSTANCE);
        byte[] body = StrictJson.bytes(StrictJson.create().put("ciphertext", StrictJson.base64(sealed)));
        long asked = System.nanoTime();
        while (!isPlaced(gateway, body)) {
            TimeUnit.MILLISECONDS.sleep(BUSY_MILLIS);
        }
        long placed = System.nanoTime();
        while (!isRegistered(gateway, content)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        if (measuring) {
            synchronized (latencies) {
                places.add((placed - asked) / 1000);
                latencies.add((System.nanoTime() - asked) / 1000);
            }
        }
    }

    private boolean isPlaced(String gateway, byte[] body) throws IOException {
        SecureHttp.Reply reply = http.post(gateway, TIMEOUT_MILLIS, "application/json", body);
        if (reply.status() == 429 || reply.status() == 503) {
            synchronized (latencies) {
                refused++;
            }
            return false;
        }
        if (reply.status() != 202) {
            throw new IOException("HTTP " + reply.status() + " from " + gateway + ": " + reply.text());
        }
        return true;
    }

    private boolean isRegistered(String gateway, Digest content) throws IOException {
        SecureHttp.Reply reply = http.get(gateway + "?sha256=" + content, TIMEOUT_MILLIS);
        if (reply.status() != 200) {
            throw new IOException("HTTP " + reply.status() + " from " + gateway + ": " + reply.text());
        }
        return StrictJson.object(reply.body(), "the answer").number("count") > 0;
    }
}
