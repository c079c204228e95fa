package org.maftia.server.notarize;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.maftia.server.cluster.SecureHttp;

/**
 * Has a file time-stamped by a group, through the first gateway that gives a token that verifies: a gateway may be down,
 * slow or lying, and none of them is trusted.
 */
public final class NotaryClient {
    /** A stamp takes well under a second; a group in recovery some seconds. */
    private static final int TIMEOUT_MILLIS = 15_000;

    private static final int NONCE_BITS = 64;

    private final List<String> addresses;
    private final SecureHttp http;
    private final TokenVerifier verifier;

    /**
     * @param addresses the HTTPS addresses of the notary at all gateways, tried in this order
     * @param http trusts the group's root
     */
    public NotaryClient(List<String> addresses, SecureHttp http, TokenVerifier verifier) {
        this.addresses = List.copyOf(addresses);
        this.http = http;
        this.verifier = verifier;
    }

    /** A reply that was checked, and the gateway that gave it. */
    public record Stamped(byte[] reply, VerifiedToken token, String address) {}

    /**
     * Stamps the file.
     *
     * @throws IOException when the file cannot be read, or no gateway gave a token that verifies; says what each did
     */
    public Stamped stamp(Path file) throws IOException {
        byte[] digest = TokenVerifier.digestOf(file, "SHA-256");
        StringBuilder failures = new StringBuilder();
        for (String address : addresses) {
            TimeStampRequest request = request(digest);
            try {
                SecureHttp.Reply reply =
                        http.post(address, TIMEOUT_MILLIS, "application/timestamp-query", request.getEncoded());
                if (reply.status() != 200) {
                    throw new IOException(
                            "HTTP " + reply.status() + " " + new String(reply.body(), StandardCharsets.UTF_8).strip());
                }
                VerifiedToken token = verifier.verify(file, reply.body());
                new TimeStampResponse(reply.body()).validate(request);
                return new Stamped(reply.body(), token, address);
            } catch (IOException | RefusedTokenException | TSPException e) {
                failures.append("; ").append(address).append(": ").append(e.getMessage());
            }
        }
        throw new IOException("no gateway gave a time-stamp that verifies" + failures);
    }

    private static TimeStampRequest request(byte[] digest) throws IOException {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        return generator.generate(TSPAlgorithms.SHA256, digest, new BigInteger(NONCE_BITS, new SecureRandom()));
    }
}
