package org.maftia.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose first request line says how it goes on: in HTTP/1.1 as Helidon has it; in HTTP/1.0 with one request,
 * which is said again in HTTP/1.1, its answer, and the end.
 */
final class VersionedConnection implements ServerConnection, InterruptableTask<Void> {
    private static final byte[] UNFRAMED = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    /** Whose bytes are watched as they come. */
    private final ConnectionContext context;

    private final Deadlines deadlines;
    private final Deadlines.@Nullable Visit visit;
    private final Http1ConnectionSelector http;
    private final int lineLengthMax;
    private final int headersLengthMax;
    private final long beganNanos = System.nanoTime();

    private volatile @Nullable Thread thread;
    private volatile @Nullable ServerConnection versioned;

    VersionedConnection(
            ConnectionContext context,
            Http1ConnectionSelector http,
            Deadlines deadlines,
            int lineLengthMax,
            int headersLengthMax) {
        this.deadlines = deadlines;
        this.visit = deadlines.of(context.remotePeer());
        this.context = visit == null ? context : watched(context, visit);
        this.http = http;
        this.lineLengthMax = lineLengthMax;
        this.headersLengthMax = headersLengthMax;
    }

    private static ConnectionContext watched(ConnectionContext context, Deadlines.Visit visit) {
        DataReader reader = context.dataReader();
        DataReader counted = new DataReader(() -> {
            reader.ensureAvailable();
            byte[] bytes = reader.readBytes(reader.available());
            visit.came();
            return bytes;
        });
        return new ReplacedReader(context, counted, new WatchedRouter(context.router(), visit));
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        if (visit == null) {
            handleVersion(limit);
            return;
        }
        try {
            visit.opened();
            handleVersion(limit);
        } catch (SocketException e) {
            throw new CloseConnectionException("the connection is closed already", e);
        } finally {
            deadlines.left(context.remotePeer(), visit);
        }
    }

    private void handleVersion(Limit limit) throws InterruptedException {
        thread = Thread.currentThread();
        ConnectionContext said = context;
        try {
            if (isOld()) {
                OldRequest request = OldRequest.of(headLines());
                said = new ReplacedReader(context, new DataReader(new Rest(request)), context.router());
            }
        } catch (DataReader.InsufficientDataAvailableException e) {
            throw new CloseConnectionException("the request line, or a header, did not come", e);
        } catch (OldRequest.UnframedException e) {
            context.dataWriter().writeNow(BufferData.create(UNFRAMED));
            throw new CloseConnectionException(e.getMessage(), e);
        }
        ServerConnection connection = http.connection(said);
        versioned = connection;
        connection.handle(limit);
    }

    /** Reads nothing away. What is no request line at all Helidon refuses in its own words. */
    private boolean isOld() {
        DataReader reader = context.dataReader();
        try {
            int length = reader.findNewLine(lineLengthMax);
            return length < lineLengthMax
                    && OldRequest.isOld(reader.getBuffer(length).readString(length));
        } catch (DataReader.IncorrectNewLineException e) {
            return false;
        }
    }

    /** Request line and headers, read away with the empty line. */
    private List<String> headLines() throws OldRequest.UnframedException {
        DataReader reader = context.dataReader();
        List<String> lines = new ArrayList<>();
        int left = lineLengthMax + headersLengthMax;
        try {
            while (true) {
                int length = reader.findNewLine(left);
                if (length >= left) {
                    throw new OldRequest.UnframedException("more headers than are read");
                }
                byte[] line = reader.readBytes(length);
                reader.skip(2);
                left -= length + 2;
                if (length == 0) {
                    return lines;
                }
                lines.add(new String(line, StandardCharsets.ISO_8859_1));
                if (left <= 0) {
                    throw new OldRequest.UnframedException("more headers than are read");
                }
            }
        } catch (DataReader.IncorrectNewLineException e) {
            throw new OldRequest.UnframedException("a line of the head does not end as lines do");
        }
    }

    /** The head in its new words, the body as it comes, and nothing after it. */
    private final class Rest implements Supplier<byte @Nullable []> {
        private final byte[] head;
        private boolean headRead;
        private long left;

        Rest(OldRequest request) {
            this.head = request.head();
            this.left = request.bodyLength();
        }

        @Override
        public byte @Nullable [] get() {
            if (!headRead) {
                headRead = true;
                return head;
            }
            if (left == 0) {
                return null;
            }
            DataReader reader = context.dataReader();
            reader.ensureAvailable();
            byte[] part = reader.readBytes((int) Math.min(left, reader.available()));
            left -= part.length;
            return part;
        }
    }

    @Override
    public boolean canInterrupt() {
        ServerConnection connection = versioned;
        return connection == null || (connection instanceof InterruptableTask<?> task && task.canInterrupt());
    }

    @Override
    public Duration idleTime() {
        ServerConnection connection = versioned;
        return connection == null ? Duration.ofNanos(System.nanoTime() - beganNanos) : connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        ServerConnection connection = versioned;
        if (connection != null) {
            connection.close(interrupt);
            return;
        }
        Thread reading = thread;
        if (reading != null) {
            reading.interrupt();
        }
    }
}
