package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One account at an ACME server (RFC 8555), with as few requests as a certificate takes: order, authorization, challenge, one
 * look at a time until the order is ready, finalization, looks until it is valid unless the answer says so, certificate. For one
 * thread.
 */
final class AcmeClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 250;
    private static final long PATIENCE_SECONDS = 60;

    /** A server may refuse good nonces now and then. */
    private static final int NONCES_MAX = 5;

    /** A server that is busy says so, and clients come back. */
    private static final int BUSY_MAX = 30;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final AcmeKey key;
    private final JsonNode directory;
    private final String account;
    private @Nullable String nonce;

    /** @param directory where the server says what it has */
    AcmeClient(HttpClient http, URI directory, AcmeKey key) throws IOException, InterruptedException {
        this.http = http;
        this.key = key;
        HttpResponse<byte[]> found = http.send(
                HttpRequest.newBuilder(directory).timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray());
        this.directory = JSON.readTree(KeptConnections.require(found, 200).body());
        HttpResponse<byte[]> made = post(url("newAccount"), "{\"termsOfServiceAgreed\":true}", null);
        this.account = location(KeptConnections.require(made, 201));
    }

    private String url(String name) {
        return directory.required(name).asText();
    }

    /**
     * Has a certificate issued.
     *
     * @param address for which it is to be; whoever is asked there over HTTP answers what {@code answers} was told
     * @param request for the certificate, in DER
     * @param answers hears of what the server will ask
     * @return the chain, in PEM
     */
    byte[] certificate(String address, byte[] request, ChallengeServer answers)
            throws IOException, InterruptedException, GeneralSecurityException {
        ObjectNode wish = JSON.createObjectNode();
        wish.putArray("identifiers").addObject().put("type", "ip").put("value", address);
        HttpResponse<byte[]> made = KeptConnections.require(post(url("newOrder"), wish.toString(), account), 201);
        String place = location(made);
        JsonNode order = JSON.readTree(made.body());
        if (!order.required("status").asText().equals("ready")) {
            prove(order.required("authorizations").get(0).asText(), answers);
            order = until(place, "ready");
        }
        String finalize = order.required("finalize").asText();
        String csr = JSON.createObjectNode().put("csr", AcmeKey.text(request)).toString();
        HttpResponse<byte[]> finalized = post(finalize, csr, account);
        if (isRefusedAs(finalized, "orderNotReady")) { // a try that was not answered in time has come through
            order = until(place, "valid");
        } else {
            order = JSON.readTree(KeptConnections.require(finalized, 200).body());
            order = order.required("status").asText().equals("valid") ? order : until(place, "valid");
        }
        return KeptConnections.require(post(order.required("certificate").asText(), "", account), 200)
                .body();
    }

    private void prove(String authorization, ChallengeServer answers)
            throws IOException, InterruptedException, GeneralSecurityException {
        JsonNode found = JSON.readTree(
                KeptConnections.require(post(authorization, "", account), 200).body());
        for (JsonNode challenge : found.required("challenges")) {
            if (challenge.required("type").asText().equals("http-01")) {
                String token = challenge.required("token").asText();
                answers.expect(token, token + "." + key.thumbprint());
                KeptConnections.require(post(challenge.required("url").asText(), "{}", account), 200);
                return;
            }
        }
        throw new IOException("the server offers no challenge over HTTP: " + found);
    }

    /** Waits before it looks, as clients do: who looks at once looks in vain. */
    private JsonNode until(String order, String status) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            JsonNode found = JSON.readTree(
                    KeptConnections.require(post(order, "", account), 200).body());
            String now = found.required("status").asText();
            if (now.equals(status)) {
                return found;
            }
            if (now.equals("invalid")) {
                throw new IOException("the order failed: " + found);
            }
        }
        throw new IOException("the order did not become " + status + " within " + PATIENCE_SECONDS + " s: " + order);
    }

    /** @param payload empty for a look; as text, JSON */
    private HttpResponse<byte[]> post(String url, String payload, @Nullable String by)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = send(url, payload, by);
        for (int i = 1; i < NONCES_MAX && isRefusedAs(answer, "badNonce"); i++) {
            answer = send(url, payload, by);
        }
        for (int i = 0; i < BUSY_MAX && answer.statusCode() == 503; i++) {
            TimeUnit.SECONDS.sleep(1); // a group whose compilers work is slow to answer a hundred clients
            answer = send(url, payload, by);
        }
        return answer;
    }

    private static boolean isRefusedAs(HttpResponse<byte[]> answer, String error) {
        return answer.statusCode() >= 400
                && new String(answer.body(), StandardCharsets.UTF_8).contains("urn:ietf:params:acme:error:" + error);
    }

    /** @param payload empty for a look; as text, JSON */
    private HttpResponse<byte[]> send(String url, String payload, @Nullable String by)
            throws IOException, InterruptedException {
        ObjectNode header = JSON.createObjectNode()
                .put("alg", key.algorithm())
                .put("nonce", nonce())
                .put("url", url);
        if (by == null) {
            header.set("jwk", key.publicKey());
        } else {
            header.put("kid", by);
        }
        String head = AcmeKey.text(header.toString().getBytes(StandardCharsets.UTF_8));
        String body = AcmeKey.text(payload.getBytes(StandardCharsets.UTF_8));
        String signature;
        try {
            signature = AcmeKey.text(key.sign((head + "." + body).getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IOException("an account's key does not sign", e);
        }
        ObjectNode signed = JSON.createObjectNode()
                .put("protected", head)
                .put("payload", body)
                .put("signature", signature);
        HttpResponse<byte[]> answer = http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/jose+json")
                        .POST(HttpRequest.BodyPublishers.ofString(signed.toString()))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        nonce = answer.headers().firstValue("Replay-Nonce").orElse(null);
        return answer;
    }

    private String nonce() throws IOException, InterruptedException {
        String last = nonce;
        if (last != null) {
            return last;
        }
        HttpResponse<Void> fresh = http.send(
                HttpRequest.newBuilder(URI.create(url("newNonce")))
                        .timeout(TIMEOUT)
                        .HEAD()
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        return fresh.headers()
                .firstValue("Replay-Nonce")
                .orElseThrow(() -> new IOException("no nonce from " + fresh.uri()));
    }

    private static String location(HttpResponse<byte[]> answer) throws IOException {
        return answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new IOException("an answer without its place, from " + answer.uri()));
    }
}
