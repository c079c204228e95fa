package org.maftia.client.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
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

    /** Frames gathered and not sealed: bytes from {@code plainStart} to {@code plainEnd}. */
    private byte[] plainOut = new byte[4096];

    private int plainStart;
    private int plainEnd;
    private boolean waits;
    private boolean fullRead;

    TlsCodec(SSLEngine engine) throws IOException {
        this.engine = engine;
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
        reserve(4 + length);
        plainOut[plainEnd++] = (byte) (length >>> 24);
        plainOut[plainEnd++] = (byte) (length >>> 16);
        plainOut[plainEnd++] = (byte) (length >>> 8);
        plainOut[plainEnd++] = (byte) length;
        System.arraycopy(head, 0, plainOut, plainEnd, head.length);
        plainEnd += head.length;
        System.arraycopy(body, 0, plainOut, plainEnd, body.length);
        plainEnd += body.length;
    }

    private void reserve(int more) {
        if (plainOut.length - plainEnd >= more) {
            return;
        }
        int used = plainEnd - plainStart;
        byte[] target = plainOut.length - used >= more && plainStart >= plainOut.length / 2
                ? plainOut
                : new byte[Math.max(plainOut.length * 2, used + more)];
        System.arraycopy(plainOut, plainStart, target, 0, used);
        plainOut = target;
        plainStart = 0;
        plainEnd = used;
    }

    int unsentBytes() {
        return plainEnd - plainStart + sealedOut.position();
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
        } while (!waits && plainStart < plainEnd);
        shrink();
        return written;
    }

    private void seal() throws IOException {
        int record = sealedOut.capacity() / RECORDS;
        boolean owed = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        while ((plainStart < plainEnd || owed) && sealedOut.remaining() >= record) {
            ByteBuffer source = ByteBuffer.wrap(plainOut, plainStart, plainEnd - plainStart);
            SSLEngineResult result = engine.wrap(source, sealedOut);
            plainStart += result.bytesConsumed();
            owed = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            if (result.getStatus() == SSLEngineResult.Status.CLOSED || result.bytesProduced() == 0) {
                plainStart = plainEnd;
                return;
            }
        }
        if (plainStart == plainEnd) {
            plainStart = 0;
            plainEnd = 0;
        }
    }

    /** A burst must not keep its memory for ever. */
    private void shrink() {
        if (plainEnd == 0 && plainOut.length > 256 << 10) {
            plainOut = new byte[4096];
        }
    }

    void end() {
        plainStart = 0;
        plainEnd = 0;
        engine.closeOutbound();
    }
}
