package org.maftia.wormhole.os;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A Unix-domain socket that one thread serves: waits for the next frame or instant, takes whole frames, and admits only
 * the user that it was told (SO_PEERCRED, unix(7)). A peer that sends half a frame waits; one that does not read its
 * reply is cut off. Neither holds up the thread.
 */
public final class PeerSocket {
    /** Connections at a time: a replica needs one; what comes beyond is closed at once. */
    public static final int CONNECTIONS_MAX = 16;

    private static final int LIFELINE = CONNECTIONS_MAX + 1;
    private static final int UNIX = 1;
    private static final int STREAM_NONBLOCKING_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int NONBLOCKING_CLOEXEC = 0x800 | 0x80000;
    private static final int SOCKET_LEVEL = 1;
    private static final int PEER_CREDENTIALS = 17;
    private static final int NO_SIGNAL = 0x4000;
    private static final short READABLE = 1;
    private static final int POLL_LENGTH = 8;
    private static final int ADDRESS_LENGTH = 110;

    /** What is done with frames and with the loss of a connection. */
    public interface Handler {
        /** Answers a frame of a connection, 0 to {@link #CONNECTIONS_MAX} - 1; false if there is no answer any more. */
        boolean frame(int connection, byte[] request, byte[] reply);

        /** The connection is gone; its number may come again. */
        void gone(int connection);
    }

    private final Arena arena = Arena.global(); // as long as the process, and readable without a check of scope
    private final MemorySegment poll = arena.allocate((long) POLL_LENGTH * (LIFELINE + 1), 8);
    private final MemorySegment timeout = arena.allocate(16, 8);
    private final MemorySegment credentials = arena.allocate(12, 8);
    private final MemorySegment credentialsLength = arena.allocate(4, 8);
    private final MemorySegment[] buffers = new MemorySegment[CONNECTIONS_MAX];
    private final MemorySegment output;
    private final int[] filled = new int[CONNECTIONS_MAX];
    private final byte[] request;
    private final byte[] reply;
    private final int frameLength;
    private final int allowedUser;
    private boolean abandoned;

    /**
     * Binds and listens.
     *
     * @param path at most 107 bytes
     * @param allowedUser whose connections are admitted
     * @param frameLength bytes of each request and each reply
     */
    public PeerSocket(String path, int allowedUser, int frameLength) throws IOException {
        this.allowedUser = allowedUser;
        this.frameLength = frameLength;
        this.request = new byte[frameLength];
        this.reply = new byte[frameLength];
        this.output = arena.allocate(frameLength, 8);
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            buffers[i] = arena.allocate(frameLength, 8);
            file(i + 1, -1);
        }
        file(LIFELINE, -1);
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= ADDRESS_LENGTH - 2) {
            throw new IOException("the path of a socket has at most 107 bytes: " + path);
        }
        MemorySegment address = arena.allocate(ADDRESS_LENGTH, 8); // struct sockaddr_un
        address.set(JAVA_SHORT, 0, (short) UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
        int socket = Linux.socket(UNIX, STREAM_NONBLOCKING_CLOEXEC);
        if (socket < 0 || Linux.bind(socket, address) != 0 || Linux.listen(socket, CONNECTIONS_MAX) != 0) {
            throw new IOException("cannot listen at " + path);
        }
        file(0, socket);
    }

    private void file(int index, int file) {
        poll.set(JAVA_INT, (long) POLL_LENGTH * index, file); // a negative one is passed over by poll
        poll.set(JAVA_SHORT, (long) POLL_LENGTH * index + 4, READABLE);
    }

    private int file(int index) {
        return poll.get(JAVA_INT, (long) POLL_LENGTH * index);
    }

    private short ready(int index) {
        return poll.get(JAVA_SHORT, (long) POLL_LENGTH * index + 6);
    }

    /** From now on the end of standard input, which the one who started this process holds, means to stop. */
    public void watchStandardInput() {
        poll.set(JAVA_INT, (long) POLL_LENGTH * LIFELINE, 0);
        poll.set(JAVA_SHORT, (long) POLL_LENGTH * LIFELINE + 4, (short) 0); // its end is reported unasked
    }

    /** Whether standard input, being watched, has ended. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** Waits at most so long for something to happen, and does it. */
    public void serve(long timeoutNanos, Handler handler) {
        timeout.set(JAVA_LONG, 0, timeoutNanos / 1_000_000_000L);
        timeout.set(JAVA_LONG, 8, timeoutNanos % 1_000_000_000L);
        if (Linux.poll(poll, LIFELINE + 1, timeout) <= 0) {
            return; // time is up, or a signal came
        }
        if (file(LIFELINE) >= 0 && ready(LIFELINE) != 0) {
            abandoned = true;
        }
        if (ready(0) != 0) {
            admit();
        }
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            if (file(i + 1) >= 0 && ready(i + 1) != 0) {
                receive(i, handler);
            }
        }
    }

    private void admit() {
        int connection = Linux.accept(file(0), NONBLOCKING_CLOEXEC);
        if (connection < 0) {
            return; // it is gone again
        }
        int free = 0;
        while (free < CONNECTIONS_MAX && file(free + 1) >= 0) {
            free++;
        }
        credentialsLength.set(JAVA_INT, 0, 12); // struct ucred: process, user, group
        if (free == CONNECTIONS_MAX
                || Linux.socketOption(connection, SOCKET_LEVEL, PEER_CREDENTIALS, credentials, credentialsLength) != 0
                || credentials.get(JAVA_INT, 4) != allowedUser) {
            Linux.close(connection);
            return;
        }
        filled[free] = 0;
        file(free + 1, connection);
        poll.set(JAVA_SHORT, (long) POLL_LENGTH * (free + 1) + 6, (short) 0); // nothing is known of it yet
    }

    private void receive(int connection, Handler handler) {
        MemorySegment rest = buffers[connection].asSlice(filled[connection]);
        long count = Linux.read(file(connection + 1), rest);
        if (count <= 0) {
            drop(connection, handler);
            return;
        }
        filled[connection] += (int) count;
        if (filled[connection] == frameLength) {
            filled[connection] = 0;
            MemorySegment.copy(buffers[connection], JAVA_BYTE, 0, request, 0, frameLength);
            if (!handler.frame(connection, request, reply)) {
                drop(connection, handler);
                return;
            }
            MemorySegment.copy(reply, 0, output, JAVA_BYTE, 0, frameLength);
            if (Linux.send(file(connection + 1), output, NO_SIGNAL) != frameLength) {
                drop(connection, handler);
            }
        }
    }

    private void drop(int connection, Handler handler) {
        Linux.close(file(connection + 1));
        file(connection + 1, -1);
        handler.gone(connection);
    }
}
