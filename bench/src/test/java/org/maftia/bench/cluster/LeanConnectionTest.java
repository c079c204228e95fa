package org.maftia.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class LeanConnectionTest {
    private static final String OK = "HTTP/1.1 202 Accepted\r\ncontent-LENGTH: 4\r\n\r\nfour";

    private final ServerSocket server = server();

    private static ServerSocket server() {
        try {
            return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private LeanConnection connection() throws IOException {
        return LeanConnection.plain("http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort());
    }

    /** Answers so many requests of so many bytes each, and tells what it read. */
    private CompletableFuture<String> answering(String answer, int... lengths) {
        return CompletableFuture.supplyAsync(() -> {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            try (Socket socket = server.accept()) {
                for (int length : lengths) {
                    read.writeBytes(socket.getInputStream().readNBytes(length));
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                throw new CompletionException(e);
            }
            return read.toString(StandardCharsets.US_ASCII);
        });
    }

    @Test
    void oneConnectionCarriesOneRequestAfterTheOther() throws IOException {
        String host = server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
        String get = "GET /a HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        String post =
                "POST /b HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi";
        CompletableFuture<String> read = answering(OK, get.length(), post.length());
        try (LeanConnection connection = connection()) {
            assertThat(connection.get("/a").text()).isEqualTo("four");
            LeanConnection.Reply reply = connection.post("/b", "text/plain", "hi".getBytes(StandardCharsets.US_ASCII));
            assertThat(reply.status()).isEqualTo(202);
            assertThat(reply.text()).isEqualTo("four");
        }
        assertThat(read.join()).isEqualTo(get + post);
    }

    @Test
    void whatIsNoWholeAnswerCountsForNone() throws IOException {
        for (String answer : List.of(
                "HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nfour",
                "HTTP/1.1 202 Accepted\r\n\r\nfour",
                "HTTP/1.1 202 Accepted\r\nContent-Length: -4\r\n\r\nfour",
                "HTTP/1.1 yes\r\nContent-Length: 4\r\n\r\nfour",
                "")) {
            CompletableFuture<String> read = answering(answer, 1);
            try (LeanConnection connection = connection()) {
                assertThatThrownBy(() -> connection.get("/")).as(answer).isInstanceOf(IOException.class);
            }
            read.join();
        }
    }
}
