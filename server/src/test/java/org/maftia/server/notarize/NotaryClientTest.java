package org.maftia.server.notarize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.BodyHandler;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.TimeStampGateway;
import org.maftia.server.http.HttpBase;
import org.maftia.server.testing.LocalNotary;

/** The client goes from gateway to gateway until a token verifies; what it was told on the way it believes nowhere. */
final class NotaryClientTest {
    @TempDir
    static Path directory;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static LocalNotary notary;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static HttpBase base;

    private static final ReplayingGateway LIAR = new ReplayingGateway();
    private static String honest = "";
    private static String lying = "";
    private static String dead = "";

    /** Answers everyone with a token that it once got. */
    private static final class ReplayingGateway implements Gateway {
        private byte[] reply = new byte[0];

        @Override
        public String service() {
            return "replay";
        }

        @Override
        public String path() {
            return "/replay";
        }

        @Override
        public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
            tls.post(
                    path(),
                    BodyHandler.of(
                            "application/timestamp-query",
                            4096,
                            body -> new Answer(200, "application/timestamp-reply", reply)));
        }
    }

    @BeforeAll
    static void start() throws Exception {
        notary = LocalNotary.in(directory);
        int port = freePort();
        base = HttpBase.start(
                new HttpBase.Ports(InetAddress.getLoopbackAddress(), freePort(), port, 100),
                new HttpBase.Identity(notary.keys().httpsKey(), notary.keys().httpsChain()),
                () -> {
                    throw new TimeoutException("no status here");
                },
                List.of(new TimeStampGateway(notary), LIAR));
        honest = "https://localhost:" + port + "/tsa";
        lying = "https://localhost:" + port + "/replay";
        dead = "https://localhost:" + freePort() + "/tsa";
    }

    @AfterAll
    static void stop() {
        base.close();
    }

    private static int freePort() throws IOException {
        return FreePorts.one();
    }

    @BeforeEach
    void work() {
        notary.failWith(null);
    }

    private static NotaryClient client(String... addresses) throws IOException {
        Path root = directory.resolve("ceremony/ca.pem");
        return new NotaryClient(List.of(addresses), SecureHttp.trusting(root), TokenVerifier.trusting(root));
    }

    private static Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("document"), content);
    }

    @Attack("reply forgery by one replica")
    @Test
    void aDeadAndALyingGatewayGoUnnoticed() throws IOException {
        LIAR.reply = client(honest).stamp(file("another document")).reply();
        NotaryClient.Stamped stamped = client(dead, lying, honest).stamp(file("the document"));
        assertThat(stamped.address()).isEqualTo(honest);
    }

    /** The same file again: the token is good, but it answers an older request, so its time may be too early. */
    @Test
    void anOldTokenOfTheSameFileIsNoAnswer() throws IOException {
        Path file = file("the document");
        LIAR.reply = client(honest).stamp(file).reply();
        assertThatThrownBy(() -> client(lying).stamp(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no gateway gave a time-stamp that verifies");
    }

    @Test
    void whenNoGatewayHelpsTheMessageSaysWhatEachDid() throws IOException {
        notary.failWith(new TimeoutException());
        assertThatThrownBy(() -> client(dead, honest).stamp(file("the document")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(dead)
                .hasMessageContaining("HTTP 503");
    }
}
