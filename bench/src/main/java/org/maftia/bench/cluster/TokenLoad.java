package org.maftia.bench.cluster;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
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

    TokenLoad(Endpoints endpoints) {
        String path = endpoints.services().get("tsa");
        replicas = endpoints.replicas().stream().map(Endpoints.Replica::pid).toList();
        gateways = endpoints.replicas().stream()
                .map(replica -> URI.create(replica.http() + path))
                .toList();
    }

    /** Each piece of work is a token that was granted, with the nonce that was asked for. */
    ClosedLoop.Outcome run(int clients, Side.Times times) throws IOException, InterruptedException {
        return new ClosedLoop(replicas, client -> token(gateways.get(client % gateways.size()))).run(clients, times);
    }

    private void token(URI gateway) throws IOException, InterruptedException {
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
        try {
            TimeStampResponse answer = new TimeStampResponse(response.body());
            answer.validate(request);
            if (answer.getStatus() != PKIStatus.GRANTED) {
                throw new IOException("no token from " + gateway + ": " + answer.getStatusString());
            }
        } catch (TSPException e) {
            throw new IOException("no token from " + gateway + " for this request", e);
        }
    }
}
