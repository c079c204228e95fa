package org.maftia.server.http;

import io.helidon.common.socket.PeerInfo;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the connections of one port whose client does not come to the end of what it began: of the handshake of TLS, of the
 * head of a request, or of taking the answer. A time-out for single reads would let a client keep a connection for ever that
 * sends a byte now and then; who keeps all connections that a port has keeps out everybody else. Connections on which nothing
 * is under way are left to the library's search for idle ones. Counts connections, too.
 */
final class Deadlines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final long PERIOD_MILLIS = 500;

    private static final long SAID_MILLIS = 60_000;

    /** Said before any request is there: clients read it as the answer to their first one. */
    private static final byte[] REFUSAL =
            ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\n"
                            + "Content-Type: text/plain\r\nContent-Length: 48\r\n\r\n"
                            + "this address has too many connections open here\n")
                    .getBytes(StandardCharsets.US_ASCII);

    /** While nothing is under way. */
    private static final long NONE = 0;

    private final Patience patience;
    private final long beganNanos = System.nanoTime();

    /** By the client's address and port, which no two connections of one port share while they are open. */
    private final Map<SocketAddress, Visit> visits = new ConcurrentHashMap<>();

    /**
     * One for each visit. The library counts connections, too, and in version 4.3 never gives back the place of one whose handshake
     * failed: as many failures as there are places would close its port for good.
     */
    private final Semaphore room;

    private final AddressShares shares;
    private final Thread watch;

    /** When somebody was refused last who had his share, and it was said. */
    private long saidMillis = -SAID_MILLIS;

    /**
     * How long each may take.
     *
     * @param opening from the acceptance to the end of the handshake
     * @param head from its first byte to its last one
     * @param answer from the end of the head, so with the body, the work of the group, and all that is written
     */
    record Patience(Duration opening, Duration head, Duration answer) {
        /**
         * Networks need seconds at most. A request may be told to wait ten minutes for the group, and the largest answers are some
         * megabytes, which slow links take in minutes.
         */
        static final Patience USUAL =
                new Patience(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofMinutes(11));
    }

    /**
     * @param connectionsMax at the same time
     * @param shares of addresses in them
     */
    Deadlines(Patience patience, int connectionsMax, AddressShares shares) {
        this.patience = patience;
        this.room = new Semaphore(connectionsMax);
        this.shares = shares;
        this.watch = Thread.ofVirtual().start(this::watch);
    }

    /** One connection. But for its end, told of by its own thread alone. */
    final class Visit {
        private final Socket socket;
        private volatile long dueMillis;
        private volatile boolean opening = true;

        private Visit(Socket socket) throws SocketException {
            this.socket = socket;
            socket.setSoTimeout(Math.toIntExact(patience.opening.toMillis()));
            begin(patience.opening);
        }

        private void begin(Duration limit) {
            dueMillis = nowMillis() + limit.toMillis();
        }

        /** The handshake is over. */
        void opened() throws SocketException {
            socket.setSoTimeout(0);
            opening = false;
            rests();
        }

        /** The head is there: the request is answered now. */
        void answers() {
            begin(patience.answer);
        }

        /** Nothing is under way until the client says something. */
        void rests() {
            dueMillis = NONE;
        }

        /** Bytes came. Where nothing was under way they are of a head, or of a body that nobody wanted. */
        void came() {
            if (dueMillis == NONE) {
                begin(patience.head);
            }
        }

        private boolean isOver(long millis) {
            long due = dueMillis;
            return due != NONE && due <= millis;
        }
    }

    private long nowMillis() {
        return 1 + (System.nanoTime() - beganNanos) / 1_000_000;
    }

    /**
     * A connection begins, as soon as there is room for it: until then it waits, and those behind it in the system's queue.
     *
     * @throws SocketException when it is closed already
     * @throws ShareException when its client holds so many that it gets no more; it is told so where that can be said
     */
    void accepted(Socket socket) throws SocketException, InterruptedException {
        if (!shares.take(socket.getInetAddress())) {
            refuse(socket);
            throw new ShareException(socket.getInetAddress() + " holds its share of the connections");
        }
        while (!room.tryAcquire(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
            sweep();
        }
        Visit visit;
        try {
            visit = new Visit(socket);
        } catch (SocketException e) {
            room.release();
            shares.giveBack(socket.getInetAddress());
            throw e;
        }
        if (visits.put(socket.getRemoteSocketAddress(), visit) != null) {
            room.release(); // of one that has ended, as its address is in use again
            shares.giveBack(socket.getInetAddress());
        }
    }

    /** Somebody has as many connections as one address may have. */
    static final class ShareException extends RuntimeException {
        private static final long serialVersionUID = 1;

        ShareException(String message) {
            super(message);
        }
    }

    /** Answers before any question, and without waiting for one: behind TLS the end itself has to do. */
    private void refuse(Socket socket) {
        if (nowMillis() - saidMillis >= SAID_MILLIS) { // once a minute: the log is not theirs to fill
            saidMillis = nowMillis();
            LOG.warn(
                    "{} holds its share of the connections; more are refused (gateways.connectionsOfAddressMax)",
                    socket.getInetAddress().getHostAddress());
        }
        if (!(socket instanceof SSLSocket)) {
            try {
                socket.getOutputStream().write(REFUSAL);
                socket.shutdownOutput();
            } catch (IOException e) {
                LOG.debug("who is refused is gone already", e);
            }
        }
    }

    /** The connection with this client; null where it was ended. */
    @Nullable
    Visit of(PeerInfo client) {
        return visits.get(client.address());
    }

    void left(PeerInfo client, Visit visit) {
        remove(client.address(), visit);
    }

    private void remove(SocketAddress client, Visit visit) {
        if (visits.remove(client, visit)) {
            room.release();
            shares.giveBack(client);
        }
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(PERIOD_MILLIS);
                sweep();
            }
        } catch (InterruptedException e) {
            return; // the port is closed, and its connections with it
        }
    }

    private void sweep() {
        long now = nowMillis();
        visits.forEach((client, visit) -> {
            if (visit.socket.isClosed()) {
                remove(client, visit);
            } else if (visit.isOver(now)) {
                remove(client, visit);
                Thread.ofVirtual().start(() -> end(visit));
            }
        });
    }

    /**
     * In a handshake first by having its next read fail, as who closes the socket would wait for the one that reads. Later without
     * a farewell, for which TLS would wait for its turn to write, behind an answer that the client does not take.
     */
    private static void end(Visit visit) {
        try {
            if (visit.opening) {
                visit.socket.setSoTimeout(1);
                Thread.sleep(2 * PERIOD_MILLIS);
            }
            visit.socket.setSoLinger(true, 0);
            visit.socket.close();
        } catch (IOException e) {
            LOG.debug("a connection that took too long ended by itself", e);
        } catch (InterruptedException e) {
            return; // nobody does that
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
