package org.maftia.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.BodyHandler;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.SelfSigned;

/** One address opens as many connections as it can, at a port that has eight. */
class AddressSharesTest {
    private static final int CONNECTIONS_MAX = 8;
    private static final String FLOOD = "127.0.0.9";
    private static final String OTHER = "127.0.0.1";
    private static final int ENDS_MILLIS = 15_000;

    private final List<Socket> open = new ArrayList<>();
    private int http;
    private int https;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HttpBase base;

    @BeforeEach
    void start() throws Exception {
        SelfSigned identity = SelfSigned.make();
        http = FreePorts.one();
        https = FreePorts.one();
        base = HttpBase.start(
                new HttpBase.Ports(InetAddress.getLoopbackAddress(), http, https, CONNECTIONS_MAX),
                new HttpBase.Identity(identity.pair().getPrivate(), List.of(identity.certificate())),
                () -> {
                    throw new TimeoutException();
                },
                List.of(new Hello()));
    }

    @AfterEach
    void end() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        base.close();
    }

    private static final class Hello implements Gateway {
        @Override
        public String service() {
            return "hello";
        }

        @Override
        public String path() {
            return "/hello";
        }

        @Override
        public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
            plain.post(path(), BodyHandler.of("text/plain", 100, body -> Answer.text(200, "hello")));
        }
    }

    private Socket from(String address, int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
        socket.setSoTimeout(ENDS_MILLIS);
        open.add(socket);
        return socket;
    }

    private String ask(String address) throws IOException {
        try (Socket socket = from(address, http)) {
            try {
                socket.getOutputStream()
                        .write(("POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                                        + "Content-Length: 2\r\n\r\nhi")
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                return "ended";
            }
            StringBuilder text = new StringBuilder();
            InputStream in = socket.getInputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                text.append((char) next);
                if (text.toString().endsWith("\r\n\r\nhello\n")) {
                    break; // the connection stays open for another request
                }
            }
            return text.toString();
        }
    }

    private void flood(int port) throws IOException {
        for (int i = 0; i < 4 * CONNECTIONS_MAX; i++) {
            from(FLOOD, port);
        }
    }

    @Attack("client flood")
    @Test
    void oneAddressLeavesRoomForAnother() throws Exception {
        flood(http);
        assertThat(ask(OTHER)).startsWith("HTTP/1.1 200").endsWith("hello\n");
        String refused = new String(from(FLOOD, http).getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(refused)
                .startsWith("HTTP/1.1 503 ")
                .contains("Retry-After: ")
                .endsWith("too many connections open here\n");
        assertThat(ask(OTHER)).startsWith("HTTP/1.1 200");
        for (Socket socket : open) {
            socket.close();
        }
        Eventually.until("places are given back", () -> {
            try {
                return ask(FLOOD).startsWith("HTTP/1.1 200");
            } catch (IOException e) {
                return false; // ended while it was asked
            }
        });
    }

    @Attack("client flood")
    @Test
    void behindTlsWhoIsRefusedIsToldByTheEnd() throws Exception {
        flood(https);
        int ended = 0;
        for (Socket socket : List.copyOf(open).subList(CONNECTIONS_MAX, open.size())) {
            try {
                socket.getInputStream().readAllBytes();
                ended++;
            } catch (SocketTimeoutException e) {
                throw new AssertionError("left waiting", e);
            } catch (IOException e) {
                ended++; // reset: it is over as well
            }
        }
        assertThat(ended).isEqualTo(3 * CONNECTIONS_MAX);
        Socket other = from(OTHER, https);
        other.setSoTimeout(1_000);
        assertThatThrownBy(() -> other.getInputStream().read())
                .as("its handshake is waited for")
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void theShareIsAPartUnlessItIsSaid() throws Exception {
        InetAddress far = InetAddress.getByName("192.0.2.1");
        AddressShares usual = AddressShares.of(8, 0);
        assertThat(List.of(usual.take(far), usual.take(far), usual.take(far))).containsExactly(true, true, false);
        usual.giveBack(far);
        assertThat(usual.take(far)).isTrue();
        assertThat(usual.take(InetAddress.getByName("192.0.2.2"))).isTrue();
        AddressShares said = AddressShares.of(8, 1);
        assertThat(said.take(InetAddress.getByName("2001:db8::1"))).isTrue();
        assertThat(said.take(InetAddress.getByName("2001:db8::2")))
                .as("the same network")
                .isFalse();
        assertThat(said.take(InetAddress.getByName("2001:db8:0:1::1"))).isTrue();
        assertThat(said.take(InetAddress.getLoopbackAddress())).isTrue();
        assertThat(said.take(InetAddress.getLoopbackAddress())).isFalse();
    }
}
