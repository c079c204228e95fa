package org.maftia.bench.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.maftia.server.cluster.SecureHttp;

/**
 * HTTP over connections that are kept, as many as clients ask at the same time: otherwise a load of short questions is one of
 * TLS handshakes. Trusts one root only.
 */
final class KeptConnections {
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private KeptConnections() {}

    static HttpClient trusting(X509Certificate root) throws IOException {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .sslContext(SecureHttp.context(root))
                .build();
    }

    static HttpResponse<byte[]> get(HttpClient http, String address) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(address)).timeout(TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    static HttpResponse<byte[]> post(HttpClient http, String address, String contentType, byte[] body)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(address))
                        .timeout(TIMEOUT)
                        .header("Content-Type", contentType)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** Gives up on an answer with another status. */
    static HttpResponse<byte[]> require(HttpResponse<byte[]> answer, int status) throws IOException {
        if (answer.statusCode() != status) {
            throw new IOException("HTTP " + answer.statusCode() + " from " + answer.uri() + ": "
                    + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return answer;
    }
}
