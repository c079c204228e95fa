package org.maftia.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.BodyHandler;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.testing.SelfSigned;
import org.slf4j.LoggerFactory;

/** Clients that send a byte now and then, or take one, so that each keeps one of the connections that a port has. */
class DeadlinesTest {
    private static final int CONNECTIONS_MAX = 8;
    private static final Deadlines.Patience PATIENCE =
            new Deadlines.Patience(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(3));

    /** Far longer than the patience, and far shorter than the search for idle connections takes. */
    private static final int ENDS_MILLIS = 15_000;

    private static final int BETWEEN_MILLIS = 200;
    private static final String POST = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n";
    private static final String WHOLE = POST + "Content-Length: 2\r\n\r\nhi";

    private int http;
    private int https;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HttpBase base;

    private final List<Socket> open = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        SelfSigned identity = SelfSigned.make();
        http = FreePorts.one();
        https = FreePorts.one();
        base = HttpBase.start(
                new HttpBase.Ports(InetAddress.getLoopbackAddress(), http, https, CONNECTIONS_MAX, 4 * CONNECTIONS_MAX),
                new HttpBase.Identity(identity.pair().getPrivate(), List.of(identity.certificate())),
                () -> {
                    throw new TimeoutException();
                },
                List.of(new Echo()),
                PATIENCE);
    }

    @AfterEach
    void end() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        base.close();
    }

    /** Gives back what it gets, or very much. */
    private static final class Echo implements Gateway {
        @Override
        public String service() {
            return "echo";
        }

        @Override
        public String path() {
            return "/echo";
        }

        @Override
        public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
            for (HttpRouting.Builder routing : List.of(plain, tls)) {
                routing.post(path(), BodyHandler.of("text/plain", 1_000, body -> new Answer(200, "text/plain", body)));
                routing.get("/much", (request, response) -> response.send(new byte[64 << 20]));
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(bytes(text));
        socket.getOutputStream().flush();
    }

    private Socket plain() throws IOException {
        return kept(new Socket(InetAddress.getLoopbackAddress(), http));
    }

    /** To the TLS port, without a handshake yet. */
    private Socket bare() throws IOException {
        return kept(new Socket(InetAddress.getLoopbackAddress(), https));
    }

    private Socket tls() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), https);
        kept(socket);
        socket.startHandshake();
        return socket;
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // No client is asked for one here.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            // What is tried here are connections, not identities.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private Socket kept(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ENDS_MILLIS);
        open.add(socket);
        return socket;
    }

    /** Says one byte after the other, again and again from the front, until the other side has enough. */
    private static void trickle(Socket socket, byte[] bytes) {
        Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; ; i++) {
                    socket.getOutputStream().write(bytes[i % bytes.length]);
                    socket.getOutputStream().flush();
                    Thread.sleep(BETWEEN_MILLIS);
                }
            } catch (IOException | InterruptedException e) {
                return; // as it should be
            }
        });
    }

    private static void requireEnd(Socket socket, String what) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection is still there: " + what, e);
        } catch (IOException e) {
            return; // reset: it is over as well
        }
    }

    /** A whole request on a new connection, as one of many clients. */
    private String ask() throws IOException {
        try (Socket socket = plain()) {
            return ask(socket);
        }
    }

    private static String ask(Socket socket) throws IOException {
        say(socket, WHOLE);
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith("\r\n\r\nhi")) {
            int next = in.read();
            assertThat(next).as("after " + text).isNotNegative();
            text.append((char) next);
        }
        return text.substring(0, text.indexOf("\r"));
    }

    /** All that a port has are taken; they end, and another client is served. */
    @Attack("client flood")
    @Test
    void headsThatTrickleKeepNobodyOut() throws Exception {
        String head = "X-Filler: 0123456789\r\n";
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            Socket socket = plain();
            switch (i % 4) {
                case 0 -> trickle(socket, bytes("POST /" + "x".repeat(1_000)));
                case 1 -> {
                    say(socket, "POST /echo HTTP/1.1\r\n");
                    trickle(socket, bytes(head));
                }
                case 2 -> {
                    say(socket, "POST /echo HTTP/1.0\r\n");
                    trickle(socket, bytes(head));
                }
                default -> {
                    assertThat(ask(socket)).contains("200");
                    say(socket, POST);
                    trickle(socket, bytes(head));
                }
            }
        }
        assertThat(ask()).contains("200");
        for (Socket socket : List.copyOf(open)) {
            if (!socket.isClosed()) {
                requireEnd(socket, "head");
            }
        }
    }

    @Attack("client flood")
    @Test
    void handshakesThatComeToNoEndKeepNobodyOut() throws Exception {
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            Socket socket = bare();
            if (i % 2 == 0) {
                byte[] hello = new byte[512]; // a record of a handshake, of which so much comes in time
                hello[0] = 22;
                hello[1] = 3;
                hello[2] = 1;
                hello[3] = 64;
                trickle(socket, hello);
            }
        }
        Socket last = tls();
        assertThat(ask(last)).contains("200");
        trickle(last, bytes(POST));
        requireEnd(last, "head behind TLS");
        for (Socket socket : open) {
            requireEnd(socket, "handshake");
        }
    }

    /** Each of them has its place again, and not only after a while. */
    @Attack("client flood")
    @Test
    void handshakesThatFailKeepNobodyOut() throws Exception {
        for (int i = 0; i < 4 * CONNECTIONS_MAX; i++) {
            try (Socket socket = bare()) {
                say(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                requireEnd(socket, "no handshake");
            }
        }
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            assertThat(ask(tls())).contains("200");
        }
    }

    @Attack("client flood")
    @Test
    void whoDoesNotTakeTheAnswerIsLeft() throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        root.addAppender(said);
        for (Socket socket : List.of(plain(), plain(), tls(), tls())) {
            say(socket, "GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Thread.ofVirtual().start(() -> {
                try {
                    while (socket.getInputStream().read() >= 0) {
                        Thread.sleep(BETWEEN_MILLIS);
                    }
                } catch (IOException | InterruptedException e) {
                    return; // as it should be
                }
            });
        }
        Thread.sleep(PATIENCE.answer().plusSeconds(2).toMillis());
        for (Socket socket : open) {
            long rest = 0;
            try {
                InputStream in = socket.getInputStream();
                for (int count = in.read(new byte[1 << 16]); count >= 0; count = in.read(new byte[1 << 16])) {
                    rest += count;
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError("the connection is still there", e);
            } catch (IOException reset) {
                assertThat(reset).isNotInstanceOf(SocketTimeoutException.class);
            }
            assertThat(rest).as("what was on its way").isLessThan(32 << 20);
        }
        root.detachAppender(said);
        assertThat(said.list).as("the log is not theirs to fill").isEmpty();
    }

    @Test
    void whoSaysNothingBetweenTwoRequestsIsWaitedFor() throws Exception {
        Socket plain = plain();
        Socket tls = tls();
        Socket silent = plain();
        assertThat(ask(plain)).contains("200");
        assertThat(ask(tls)).contains("200");
        Thread.sleep(PATIENCE.answer().plusSeconds(3).toMillis());
        assertThat(ask(plain)).contains("200");
        assertThat(ask(tls)).contains("200");
        assertThat(ask(silent)).contains("200");
    }
}
