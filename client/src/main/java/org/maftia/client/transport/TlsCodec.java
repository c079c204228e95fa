package org.maftia.client.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;

/** Seals and opens TLS records between buffers: {@link SSLEngine} with its many states reduced to what can follow. */
final class TlsCodec {
    /** What {@link #unwrap} gives besides a count of bytes. */
    static final int STARVED = 0;

    static final int ENDED = -1;
    static final int WRITE_FIRST = -2;

    /** What the handshake needs next. */
    enum Step {
        READ,
        WRITE,
        COMPUTE,
        DONE,
        ENDED
    }

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Records sealed before the socket is asked: fewer system calls, and still in the cache of the core. */
    private static final int RECORDS = 4;

    private final SSLEngine engine;
    private final ByteBuffer sealedIn;
    private final ByteBuffer sealedOut;
    private final ByteBuffer plainIn;

    private final RecordBuffers buffers;

    /** Frames gathered, a buffer for each record; the last one is filled further. */
    private final ArrayDeque<ByteBuffer> gathered = new ArrayDeque<>();

    /** What is left of the record that was begun last. */
    private @Nullable ByteBuffer sealing;

    private int plainBytes;
    private boolean waits;
    private boolean fullRead;

    TlsCodec(SSLEngine engine, RecordBuffers buffers) throws IOException {
        this.engine = engine;
        this.buffers = buffers;
        engine.beginHandshake();
        int record = engine.getSession().getPacketBufferSize();
        this.sealedIn = ByteBuffer.allocate(record * RECORDS).flip();
        this.sealedOut = ByteBuffer.allocate(record * RECORDS);
        this.plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    /** Reads what the socket has and the buffer takes; negative at its end. */
    int readFrom(SocketChannel socket) throws IOException {
        sealedIn.compact();
        int count = socket.read(sealedIn);
        fullRead = !sealedIn.hasRemaining();
        sealedIn.flip();
        return count;
    }

    boolean lastReadWasFull() {
        return fullRead;
    }

    /** Opens one record into {@link #plain}: the count of its bytes, or one of the constants above. */
    int unwrap() throws IOException {
        while (true) {
            plainIn.clear();
            SSLEngineResult result = engine.unwrap(sealedIn, plainIn);
            plainIn.flip();
            if (result.bytesProduced() > 0) {
                return result.bytesProduced();
            }
            switch (result.getStatus()) {
                case BUFFER_UNDERFLOW -> {
                    return STARVED;
                }
                case CLOSED -> {
                    return ENDED;
                }
                case BUFFER_OVERFLOW -> throw new IOException("a record longer than TLS allows");
                case OK -> {
                    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
                        // After the handshake only tickets and key updates, which are cheap.
                        task().run();
                    } else if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                        return WRITE_FIRST;
                    } else if (result.bytesConsumed() == 0) {
                        return STARVED;
                    }
                }
            }
        }
    }

    ByteBuffer plain() {
        return plainIn;
    }

    /** Goes on with the handshake as far as the bytes at hand allow. */
    Step step() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    return Step.COMPUTE;
                }
                case NEED_WRAP -> {
                    if (sealedOut.remaining() < sealedOut.capacity() / RECORDS) {
                        return Step.WRITE;
                    }
                    SSLEngineResult result = engine.wrap(NOTHING, sealedOut);
                    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                        return Step.ENDED;
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (sealedOut.position() > 0 && !waits) {
                        return Step.WRITE;
                    }
                    SSLEngineResult result = engine.unwrap(sealedIn, plainIn.clear());
                    switch (result.getStatus()) {
                        case BUFFER_UNDERFLOW -> {
                            return Step.READ;
                        }
                        case CLOSED -> {
                            return Step.ENDED;
                        }
                        case BUFFER_OVERFLOW -> throw new IOException("a record longer than TLS allows");
                        case OK -> Invariant.check(result.bytesProduced() == 0, "no data before the handshake ends");
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return Step.DONE;
                }
            }
        }
    }

    Runnable task() {
        Runnable first = engine.getDelegatedTask();
        return () -> {
            for (Runnable task = first; task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        };
    }

    X509Certificate peer() throws IOException {
        return (X509Certificate) engine.getSession().getPeerCertificates()[0];
    }

    void put(byte[] head, byte[] body) {
        int length = head.length + body.length;
        room(Integer.BYTES).putInt(length);
        gather(head);
        gather(body);
        plainBytes += Integer.BYTES + length;
    }

    private void gather(byte[] bytes) {
        for (int at = 0; at < bytes.length; ) {
            ByteBuffer room = room(1);
            int count = Math.min(room.remaining(), bytes.length - at);
            room.put(bytes, at, count);
            at += count;
        }
    }

    /** Where so many bytes fit in. */
    private ByteBuffer room(int length) {
        ByteBuffer last = gathered.peekLast();
        if (last == null || last.remaining() < length) {
            last = buffers.take();
            gathered.addLast(last);
        }
        return last;
    }

    int unsentBytes() {
        return plainBytes + sealedOut.position();
    }

    /** Whether the socket took less than it was given. */
    boolean waitsForSocket() {
        return waits;
    }

    /** Seals and writes until nothing is left or the socket takes no more; the count of bytes written. */
    long writeTo(SocketChannel socket) throws IOException {
        long written = 0;
        do {
            seal();
            sealedOut.flip();
            try {
                written += socket.write(sealedOut);
            } finally {
                sealedOut.compact();
            }
            waits = sealedOut.position() > 0;
        } while (!waits && plainBytes > 0);
        return written;
    }

    private void seal() throws IOException {
        int record = sealedOut.capacity() / RECORDS;
        boolean owed = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        while ((plainBytes > 0 || owed) && sealedOut.remaining() >= record) {
            SSLEngineResult result = engine.wrap(next(), sealedOut);
            plainBytes -= result.bytesConsumed();
            owed = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            if (result.getStatus() == SSLEngineResult.Status.CLOSED || result.bytesProduced() == 0) {
                forget();
                return;
            }
            release();
        }
    }

    /** What the next record is made of; empty where nothing was gathered. */
    private ByteBuffer next() {
        ByteBuffer begun = sealing;
        if (begun == null && !gathered.isEmpty()) {
            begun = gathered.removeFirst().flip();
            sealing = begun;
        }
        return begun == null ? NOTHING : begun;
    }

    private void release() {
        ByteBuffer begun = sealing;
        if (begun != null && !begun.hasRemaining()) {
            buffers.give(begun);
            sealing = null;
        }
    }

    private void forget() {
        ByteBuffer begun = sealing;
        if (begun != null) {
            buffers.give(begun);
        }
        sealing = null;
        gathered.forEach(buffers::give);
        gathered.clear();
        plainBytes = 0;
    }

    void end() {
        forget();
        engine.closeOutbound();
    }
}
