package org.maftia.server.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.common.tls.TlsConfig;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.maftia.core.protocol.Invariant;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.Gateway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two HTTP ports of one replica, open from {@link #start} to {@link #close}. */
public final class HttpBase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpBase.class);
    private static final String TLS = "https";

    /** A request line and headers of honest clients are far shorter. */
    private static final int HEADERS_LENGTH_MAX = 16 << 10;

    private static final int REQUEST_LINE_LENGTH_MAX = 4 << 10;

    /** Gateways bound their own bodies; this is the last barrier. */
    private static final long BODY_LENGTH_MAX = 64L << 20;

    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    /** How often connections are looked through for idle ones. Whoever is in the middle of something has its {@link Deadlines}. */
    private static final Duration IDLE_PERIOD = Duration.ofSeconds(5);

    private static final Duration STOP_GRACE = Duration.ofMillis(500);

    private final WebServer server;
    private final List<Deadlines> deadlines;

    private HttpBase(WebServer server, List<Deadlines> deadlines) {
        this.server = server;
        this.deadlines = deadlines;
    }

    /**
     * Where to listen.
     *
     * @param address the interface
     * @param http the port in the clear
     * @param https the port behind TLS
     * @param connectionsMax connections of one port at the same time; more wait in the system's queue
     * @param connectionsOfAddressMax how many of them one client address may hold; 0: a part, as {@link AddressShares} has it
     */
    public record Ports(InetAddress address, int http, int https, int connectionsMax, int connectionsOfAddressMax) {
        /** With the usual part for each address. */
        public Ports(InetAddress address, int http, int https, int connectionsMax) {
            this(address, http, https, connectionsMax, 0);
        }

        Deadlines deadlines(Deadlines.Patience patience) {
            return new Deadlines(patience, connectionsMax, AddressShares.of(connectionsMax, connectionsOfAddressMax));
        }
    }

    /**
     * What the TLS port shows.
     *
     * @param chain the gateway's certificate first, the root last
     * @param asks whether clients are asked for a certificate of their own. None is required and none is refused: whoever
     *     wants to know the certificate judges it; TLS has proved that the client has its key
     */
    public record Identity(PrivateKey key, List<X509Certificate> chain, boolean asks) {
        public Identity {
            chain = List.copyOf(chain);
        }

        /** Asks for no certificates: browsers would have people choose one. */
        public Identity(PrivateKey key, List<X509Certificate> chain) {
            this(key, chain, false);
        }
    }

    /** Opens both ports. */
    public static HttpBase start(Ports ports, Identity identity, StatusSource source, List<Gateway> gateways) {
        return start(ports, identity, source, gateways, Deadlines.Patience.USUAL);
    }

    /** The same, with another patience than usual. */
    static HttpBase start(
            Ports ports, Identity identity, StatusSource source, List<Gateway> gateways, Deadlines.Patience patience) {
        HttpRouting.Builder plain = HttpRouting.builder();
        HttpRouting.Builder tls = HttpRouting.builder();
        console(tls, source);
        for (Gateway gateway : gateways) {
            gateway.register(plain, tls);
        }
        List.of(plain, tls).forEach(routing -> routing.error(Exception.class, HttpBase::failed));
        List<Deadlines> deadlines = List.of(ports.deadlines(patience), ports.deadlines(patience));
        var builder = WebServer.builder().shutdownHook(false);
        listener(builder, ports, ports.http(), deadlines.getFirst()).routing(plain);
        builder.putSocket(
                TLS,
                listener(ListenerConfig.builder(), ports, ports.https(), deadlines.getLast())
                        .routing(tls)
                        .tls(TlsConfig.builder()
                                .sslContext(ServerTls.context(identity))
                                .clientAuth(identity.asks() ? TlsClientAuth.OPTIONAL : TlsClientAuth.NONE)
                                .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
                                .build())
                        .build());
        try {
            return new HttpBase(builder.build().start(), deadlines);
        } catch (RuntimeException e) {
            deadlines.forEach(Deadlines::close);
            throw e;
        }
    }

    private static void failed(ServerRequest request, ServerResponse response, Exception failure) {
        if (failure instanceof InterruptedException) {
            respond(response, Answer.text(503, "this replica stops"));
            return;
        }
        if (failure.getCause() instanceof SocketException) {
            return; // the client is gone: there is nobody to answer, and nothing is wrong here
        }
        LOG.error("request for {} failed", request.path().path(), failure);
        respond(response, Answer.text(500, "this replica could not answer; its log says why"));
    }

    private static <B extends ListenerConfig.BuilderBase<B, ?>> B listener(
            B builder, Ports ports, int port, Deadlines deadlines) {
        return builder.address(ports.address())
                .port(port)
                .maxPayloadSize(BODY_LENGTH_MAX)
                .idleConnectionTimeout(IDLE_TIMEOUT)
                .idleConnectionPeriod(IDLE_PERIOD)
                .shutdownGracePeriod(STOP_GRACE)
                .connectionOptions(new WatchedSockets(
                        SocketOptions.builder().tcpNoDelay(true).build(), deadlines))
                .protocolsDiscoverServices(false)
                .addConnectionSelector(new VersionSelector(
                        Http1Config.builder()
                                .maxHeadersSize(HEADERS_LENGTH_MAX)
                                .maxPrologueLength(REQUEST_LINE_LENGTH_MAX)
                                .build(),
                        deadlines));
    }

    @Override
    public void close() {
        server.stop();
        deadlines.forEach(Deadlines::close);
    }

    private static void console(HttpRouting.Builder routing, StatusSource source) {
        byte[] page = resource("status.html");
        routing.get("/", (request, response) -> {
            response.header(
                    "Content-Security-Policy",
                    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'");
            respond(response, new Answer(200, "text/html; charset=utf-8", page));
        });
        routing.get("/status", asking(source, status -> json(status.json())));
        routing.get("/metrics", asking(source, status -> new Answer(200, Metrics.CONTENT_TYPE, Metrics.text(status))));
        routing.get("/health", asking(source, status -> Answer.text(200, "alive")));
        routing.get(
                "/ready",
                asking(
                        source,
                        status -> status.ready()
                                ? Answer.text(200, "ready")
                                : Answer.text(503, "this replica does not take part yet")));
    }

    private static Answer json(String text) {
        return new Answer(200, "application/json", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** An answer made of the status. */
    @FunctionalInterface
    private interface View {
        Answer of(ReplicaStatus status) throws IOException;
    }

    private static Handler asking(StatusSource source, View view) {
        return (request, response) -> {
            Answer answer;
            try {
                answer = view.of(source.status());
            } catch (TimeoutException e) {
                answer = Answer.text(503, "this replica does not answer");
            }
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            respond(response, answer);
        };
    }

    private static void respond(ServerResponse response, Answer answer) {
        response.status(Status.create(answer.status()));
        response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
        response.send(answer.body());
    }

    private static byte[] resource(String name) {
        try (InputStream in = Invariant.present(HttpBase.class.getResourceAsStream(name), "a page of the archive")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the archive of this program is broken", e);
        }
    }
}
