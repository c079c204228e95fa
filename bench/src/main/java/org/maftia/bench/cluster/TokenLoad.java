package org.maftia.bench.cluster;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.maftia.client.load.LatencyRecorder;
import org.maftia.client.load.ProcessCost;
import org.maftia.server.cluster.Endpoints;

/** Asks all gateways for time-stamp tokens over HTTP, each client the next one when the last has come. */
final class TokenLoad {
    private static final int DIGEST_LENGTH = 32;
    private static final int NONCE_BITS = 64;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final SecureRandom random = new SecureRandom();
    private final List<URI> gateways;
    private final List<Long> replicas;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final List<Throwable> failures = new ArrayList<>();
    private volatile boolean measuring;
    private volatile boolean stopping;

    TokenLoad(Endpoints endpoints) {
        String path = endpoints.services().get("tsa");
        replicas = endpoints.replicas().stream().map(Endpoints.Replica::pid).toList();
        gateways = endpoints.replicas().stream()
                .map(replica -> URI.create(replica.http() + path))
                .toList();
    }

    /**
     * What the load gave.
     *
     * @param tokens that came while measuring, each granted and with the nonce that was asked for
     * @param cpuMicros of processor time of all replicas for one token
     */
    record Tokens(int clients, long tokens, double perSecond, long p50Micros, long p99Micros, double cpuMicros) {}

    Tokens run(int clients, Side.Times times) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            URI gateway = gateways.get(i % gateways.size());
            threads.add(Thread.ofVirtual().start(() -> ask(gateway)));
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
                throw new IOException("a gateway gave no token", failures.getFirst());
            }
            return new Tokens(
                    clients,
                    latencies.count(),
                    latencies.count() * 1e9 / nanos,
                    latencies.percentileMicros(0.5),
                    latencies.percentileMicros(0.99),
                    (double) cost.cpuMicros() / latencies.count());
        }
    }

    private void ask(URI gateway) {
        try {
            while (!stopping) {
                long asked = System.nanoTime();
                token(gateway);
                if (measuring) {
                    synchronized (latencies) {
                        latencies.add((System.nanoTime() - asked) / 1000);
                    }
                }
            }
        } catch (IOException | TSPException e) {
            synchronized (latencies) {
                failures.add(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void token(URI gateway) throws IOException, TSPException, InterruptedException {
        byte[] digest = new byte[DIGEST_LENGTH];
        random.nextBytes(digest);
        TimeStampRequest request = new TimeStampRequestGenerator()
                .generate(TSPAlgorithms.SHA256, digest, new BigInteger(NONCE_BITS, random));
        HttpResponse<byte[]> response = http.send(
                HttpRequest.newBuilder(gateway)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/timestamp-query")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request.getEncoded()))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException("HTTP " + response.statusCode() + " from " + gateway);
        }
        TimeStampResponse answer = new TimeStampResponse(response.body());
        answer.validate(request);
        if (answer.getStatus() != PKIStatus.GRANTED) {
            throw new IOException("no token from " + gateway + ": " + answer.getStatusString());
        }
    }
}
