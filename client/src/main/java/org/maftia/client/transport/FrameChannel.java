package org.maftia.client.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection that carries frames: a length of four bytes, then that many bytes. Confined to the thread of its
 * {@link EventLoop}, and never blocks it; the public-key work of the handshake is done by an executor.
 *
 * <p>{@link #put} only gathers; {@link #flush} seals all that was gathered and hands it to the socket. Once
 * {@link #accepts} says no the owner keeps its frames until {@link Listener#writable}.
 */
public final class FrameChannel {
    /** Takes what happens on a channel. Any of these may close it. */
    public interface Listener {
        /** The peer proved to own this certificate. Nothing was received before. */
        void opened(X509Certificate peer);

        /** One frame, the receiver's to keep. */
        void received(byte[] frame);

        /** There is room again, after {@link FrameChannel#accepts} said no. */
        default void writable() {}

        /** The peer announced a frame longer than the bound, which no correct one does; {@link #closed} follows. */
        default void overlong() {}

        /** The channel is dead; said once, and nothing after it. */
        void closed(String reason);
    }

    /**
     * What connections of one kind have in common.
     *
     * @param loop runs them
     * @param ends makes their ends of TLS
     * @param handshakes does the public-key work; should have few threads, so that strangers cannot take all cores
     * @param frameLengthMax longest frame taken from a peer, in bytes; a longer one ends the connection unread
     * @param unsentBytesMax how much is gathered for a peer that does not read before {@link #accepts} says no
     * @param handshakeMicrosMax time from the start of the connection to its opening
     */
    public record Settings(
            EventLoop loop,
            TlsIdentity.Ends ends,
            Executor handshakes,
            int frameLengthMax,
            int unsentBytesMax,
            long handshakeMicrosMax) {}

    /** What one channel may take in one turn, so that others come to their turn; the rest waits in the socket. */
    static final int TURN_BYTES_MAX = 256 << 10;

    /** One record of TLS, below which nothing can be taken. */
    private static final int TURN_BYTES_MIN = 16 << 10;

    private enum State {
        CONNECTING,
        HANDSHAKE,
        OPEN,
        CLOSED
    }

    private final Settings settings;
    private final SocketChannel socket;
    private final Listener listener;
    private final TlsCodec tls;
    private final FrameReader frames;
    private final EventLoop.Alarm deadline;
    private @Nullable SelectionKey key;
    private State state;

    /** Whether the executor works on the handshake, during which the engine must be left alone. */
    private boolean computing;

    private int turnBytes = TURN_BYTES_MAX;

    /** It has had its turn and comes again in the next one: a socket with more to read gives it no second one. */
    private boolean hasMore;

    private boolean refused;
    private long sentBytes;
    private long receivedBytes;

    private FrameChannel(Settings settings, SocketChannel socket, State state, Listener listener) throws IOException {
        this.settings = settings;
        this.socket = socket;
        this.state = state;
        this.listener = listener;
        this.tls = new TlsCodec(settings.ends.engine(state == State.CONNECTING), settings.loop.buffers());
        this.frames = new FrameReader(settings.frameLengthMax);
        this.deadline =
                settings.loop.after(settings.handshakeMicrosMax, () -> close("no handshake within the time allowed"));
    }

    /** Takes over a connection that a peer made. */
    public static FrameChannel accept(Settings settings, SocketChannel socket, Listener listener) throws IOException {
        FrameChannel channel = new FrameChannel(settings, socket, State.HANDSHAKE, listener);
        channel.start(SelectionKey.OP_READ, null);
        return channel;
    }

    /**
     * Makes a connection. Whatever goes wrong comes to {@link Listener#closed}, after this call.
     *
     * @param address resolved, since resolving may block
     */
    public static FrameChannel dial(Settings settings, InetSocketAddress address, Listener listener)
            throws IOException {
        FrameChannel channel = new FrameChannel(settings, SocketChannel.open(), State.CONNECTING, listener);
        channel.start(SelectionKey.OP_CONNECT, address);
        return channel;
    }

    private void start(int operations, @Nullable InetSocketAddress address) {
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = settings.loop.register(socket, operations, this::ready);
            if (address != null && socket.connect(address)) {
                connected();
            }
        } catch (IOException | IllegalArgumentException e) {
            settings.loop.post(() -> close("no connection: " + e.getMessage()));
        }
    }

    private void ready(SelectionKey ready) {
        try {
            if (ready.isConnectable() && socket.finishConnect()) {
                connected();
                return;
            }
            if (ready.isValid() && ready.isWritable()) {
                drained();
            }
            if (state != State.CLOSED && ready.isValid() && ready.isReadable()) {
                read();
            }
        } catch (IOException e) {
            close("connection lost: " + e.getMessage());
        }
    }

    private void connected() throws IOException {
        state = State.HANDSHAKE;
        interest(SelectionKey.OP_READ);
        handshake();
    }

    private void drained() throws IOException {
        write();
        if (state == State.OPEN && refused && accepts()) {
            refused = false;
            listener.writable();
        }
    }

    /** This channel is one of so many of one peer, which share what a peer may bring in one turn. */
    public void shareTurn(int channels) {
        turnBytes = Math.max(TURN_BYTES_MIN, TURN_BYTES_MAX / channels);
    }

    /** Whether the peer proved who it is, and the channel still lives. */
    public boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether another frame may be {@link #put}. After a no comes {@link Listener#writable}. */
    public boolean accepts() {
        boolean room = tls.unsentBytes() < settings.unsentBytesMax;
        refused |= !room;
        return room;
    }

    /** Gathers a frame whose content is {@code head} followed by {@code body}. */
    public void put(byte[] head, byte[] body) {
        if (state == State.OPEN) {
            tls.put(head, body);
        }
    }

    /** Sends what was gathered, as far as the socket takes it; the rest follows by itself. */
    public void flush() {
        if (state == State.OPEN && !tls.waitsForSocket() && tls.unsentBytes() > 0) {
            try {
                write();
            } catch (IOException e) {
                close("connection lost: " + e.getMessage());
            }
        }
    }

    private void write() throws IOException {
        sentBytes += tls.writeTo(socket);
        if (state != State.CONNECTING) {
            interest(tls.waitsForSocket() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    private void read() throws IOException {
        if (computing) {
            // The engine is busy; the bytes wait in the socket. Level-triggered readiness must not spin meanwhile.
            interest(0);
            return;
        }
        if (hasMore) {
            return;
        }
        int count = tls.readFrom(socket);
        if (count < 0) {
            close("the peer closed the connection");
            return;
        }
        receivedBytes += count;
        resume();
    }

    /** Takes what lies in the buffer, up to a turn's share. */
    void resume() {
        try {
            if (state == State.HANDSHAKE) {
                handshake();
            }
            if (state == State.OPEN) {
                take();
            }
        } catch (IOException e) {
            close("TLS failed: " + e.getMessage());
        }
    }

    private void take() throws IOException {
        int budget = turnBytes;
        while (budget > 0) {
            int count = tls.unwrap();
            if (count <= 0) {
                if (count == TlsCodec.STARVED && socketMayHoldMore(budget)) {
                    continue;
                }
                ended(count);
                return;
            }
            budget -= count;
            if (!frames.feed(tls.plain(), this::deliver)) {
                listener.overlong();
                close("a frame longer than " + settings.frameLengthMax + " bytes");
                return;
            }
            if (state != State.OPEN) {
                return;
            }
        }
        hasMore = true;
        settings.loop.unread(this);
    }

    /** The next turn: what did not fit in the last one. */
    void nextTurn() {
        hasMore = false;
        resume();
    }

    /** After a full buffer more is likely; a short read proves that the socket was empty. */
    private boolean socketMayHoldMore(int budget) throws IOException {
        if (budget == turnBytes || !tls.lastReadWasFull()) {
            return false;
        }
        int count = tls.readFrom(socket);
        receivedBytes += Math.max(0, count);
        return count > 0;
    }

    private void ended(int count) throws IOException {
        if (count == TlsCodec.ENDED) {
            close("the peer closed the connection");
        } else if (count == TlsCodec.WRITE_FIRST) {
            write();
        }
    }

    private void deliver(byte[] frame) {
        if (state == State.OPEN) {
            listener.received(frame);
        }
    }

    private void handshake() throws IOException {
        while (state == State.HANDSHAKE && !computing) {
            switch (tls.step()) {
                case READ -> {
                    interest(SelectionKey.OP_READ);
                    return;
                }
                case WRITE -> write();
                case COMPUTE -> compute();
                case ENDED -> close("the peer closed the connection during the handshake");
                case DONE -> {
                    write();
                    open();
                }
            }
        }
    }

    private void compute() {
        Runnable task = tls.task();
        computing = true;
        settings.handshakes.execute(() -> {
            task.run();
            settings.loop.post(() -> {
                computing = false;
                if (state == State.HANDSHAKE) {
                    resume();
                }
            });
        });
    }

    private void open() throws IOException {
        state = State.OPEN;
        deadline.cancel();
        listener.opened(tls.peer());
    }

    private void interest(int operations) {
        SelectionKey registered = key;
        if (registered != null && registered.isValid() && registered.interestOps() != operations) {
            registered.interestOps(operations);
        }
    }

    /** Bytes that left for the peer, and that came from it, as they crossed the network. */
    public long sentBytes() {
        return sentBytes;
    }

    public long receivedBytes() {
        return receivedBytes;
    }

    /** Ends the connection, telling the peer if its socket takes the word. */
    public void close(String reason) {
        if (state == State.CLOSED) {
            return;
        }
        boolean sayGoodbye = state != State.CONNECTING && !computing;
        state = State.CLOSED;
        deadline.cancel();
        try (socket) {
            if (sayGoodbye) {
                tls.end();
                tls.writeTo(socket);
            }
        } catch (IOException alreadyLost) {
            // The connection goes away in any case; the reason for closing is the one that matters.
        }
        listener.closed(reason);
    }
}
