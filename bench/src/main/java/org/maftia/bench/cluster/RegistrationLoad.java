package org.maftia.bench.cluster;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.maftia.client.load.LatencyRecorder;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
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
    private static final long LOOK_MILLIS = 50;
    private static final long LOOK_MILLIS_MAX = 400;
    private static final long BUSY_MILLIS = 100;

    /** A group that is well registers within a second, also when it is busy at first. */
    private static final long PATIENCE_SECONDS = 60;

    private final HttpClient http;
    private final RegistrationInfo info;
    private final List<String> gateways;
    private final List<Long> replicas;
    private final LatencyRecorder places = new LatencyRecorder();
    private final AtomicLong refused = new AtomicLong();

    RegistrationLoad(ClusterDirectory cluster, Endpoints endpoints) throws IOException {
        GroupTranscript group = GroupTranscript.read(cluster.ceremony().resolve(GroupTranscript.FILE));
        ServiceKey key = group.key(ServiceKey.EXCHANGE);
        ExchangeInfo receipts =
                new ExchangeInfo(new JsonWebKey.Rsa(key.scheme().key().modulus()), key.certificate());
        info = RegistrationInfo.of(group, receipts);
        http = KeptConnections.trusting(group.root());
        String path = endpoints.services().get("notary");
        replicas = endpoints.replicas().stream().map(Endpoints.Replica::pid).toList();
        gateways = endpoints.replicas().stream()
                .map(replica -> replica.https() + path + "/registrations")
                .toList();
    }

    /**
     * What the load gave.
     *
     * @param registered documents, as the clients see it
     * @param p50PlaceMicros until a document has its place, in the whole run
     * @param refused how often a gateway was busy, in the whole run
     */
    record Registrations(ClosedLoop.Outcome registered, long p50PlaceMicros, long refused) {
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%4d clients %8.1f registrations/s  place p50 %7.1f ms  registered p50 %7.1f ms  p99 %7.1f ms"
                            + "  busy %d  replicas' cpu %5.1f ms",
                    registered.clients(),
                    registered.perSecond(),
                    p50PlaceMicros / 1e3,
                    registered.p50Micros() / 1e3,
                    registered.p99Micros() / 1e3,
                    refused,
                    registered.cpuMicros() / 1e3);
        }
    }

    Registrations run(int clients, Side.Times times) throws IOException, InterruptedException {
        ClosedLoop loop = new ClosedLoop(replicas, client -> register(gateways.get(client % gateways.size())));
        ClosedLoop.Outcome registered = loop.run(clients, times);
        synchronized (places) {
            return new Registrations(registered, places.percentileMicros(0.5), refused.get());
        }
    }

    private void register(String gateway) throws IOException, InterruptedException {
        Digest content = Digest.of(SystemEntropy.INSTANCE.bytes(Digest.LENGTH));
        byte[] sealed = SealedDocument.seal(
                Document.ofDigest("load", "", content), info.addressee(), info.cipher(), SystemEntropy.INSTANCE);
        byte[] body = StrictJson.bytes(StrictJson.create().put("ciphertext", StrictJson.base64(sealed)));
        long asked = System.nanoTime();
        until(asked, BUSY_MILLIS, () -> isPlaced(gateway, body));
        synchronized (places) {
            places.add((System.nanoTime() - asked) / 1000);
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS); // it has yet to be opened: who looks at once looks in vain
        until(asked, LOOK_MILLIS, () -> isRegistered(gateway, content));
    }

    @FunctionalInterface
    private interface Look {
        boolean there() throws IOException, InterruptedException;
    }

    /** Waits longer each time: a client that looks without a pause measures its own looks. */
    private static void until(long sinceNanos, long firstMillis, Look look) throws IOException, InterruptedException {
        long pauseMillis = firstMillis;
        while (!look.there()) {
            if (System.nanoTime() - sinceNanos > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new IOException("a document was not registered within " + PATIENCE_SECONDS + " s");
            }
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
            pauseMillis = Math.min(LOOK_MILLIS_MAX, 2 * pauseMillis);
        }
    }

    private boolean isPlaced(String gateway, byte[] body) throws IOException, InterruptedException {
        HttpResponse<byte[]> reply = KeptConnections.post(http, gateway, "application/json", body);
        if (reply.statusCode() == 429 || reply.statusCode() == 503) {
            refused.incrementAndGet();
            return false;
        }
        KeptConnections.require(reply, 202);
        return true;
    }

    private boolean isRegistered(String gateway, Digest content) throws IOException, InterruptedException {
        HttpResponse<byte[]> reply =
                KeptConnections.require(KeptConnections.get(http, gateway + "?sha256=" + content), 200);
        return StrictJson.object(reply.body(), "the answer").number("count") > 0;
    }
}
