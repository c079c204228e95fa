package org.maftia.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.wire.Digest;

/** The connections of one client to all replicas of the present configuration. On the thread of the loop. */
final class Connections {
    private static final int UNSENT_BYTES_MAX = 8 << 20;
    private static final long HANDSHAKE_MICROS_MAX = 10_000_000;

    private final EventLoop loop;
    private final Executor blocking;
    private final ReplicaConnection.Sink sink;
    private final List<ReplicaConnection> all = new ArrayList<>();

    /** Who gets requests that go to one replica alone. */
    private int home;

    Connections(EventLoop loop, Executor blocking, ReplicaConnection.Sink sink) {
        this.loop = loop;
        this.blocking = blocking;
        this.sink = sink;
    }

    /** Connections as the setup has them, in the place of those before; none is dialled yet. */
    void make(GroupClientSetup setup) {
        List<Digest> pins = setup.replicas().stream()
                .map(endpoint -> TlsIdentity.pin(endpoint.certificate()))
                .toList();
        FrameChannel.Settings channels = new FrameChannel.Settings(
                loop,
                setup.identity().ends(pins::contains),
                blocking,
                ClientMessage.answerLengthMax(setup.limits()),
                UNSENT_BYTES_MAX,
                HANDSHAKE_MICROS_MAX);
        close();
        all.clear();
        for (int i = 0; i < setup.replicas().size(); i++) {
            all.add(new ReplicaConnection(i, loop, setup, channels, blocking, sink));
        }
        home = setup.signature().map(key -> key.client() % all.size()).orElse(0);
    }

    /** By index; the same list, whatever {@link #make} puts there. */
    List<ReplicaConnection> all() {
        return all;
    }

    ReplicaConnection get(int replica) {
        return all.get(replica);
    }

    int size() {
        return all.size();
    }

    int home() {
        return home;
    }

    /** To one replica; where that is not there, to the next. */
    boolean putHome(byte[] message) {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(home).put(message)) {
                return true;
            }
            home = (home + 1) % all.size();
        }
        return false;
    }

    /** The replica did not do what it was asked alone: the next requests go to another one. */
    void leaveHome(int replica) {
        if (home == replica) {
            home = (home + 1) % all.size();
        }
    }

    void dial() {
        all.forEach(ReplicaConnection::dial);
    }

    void flush() {
        all.forEach(ReplicaConnection::flush);
    }

    void close() {
        all.forEach(ReplicaConnection::close);
    }

    /** How each does, in a sentence. */
    List<String> sentences() {
        return all.stream()
                .map(connection -> connection.isReady() ? "ready" : connection.lastTrouble())
                .toList();
    }
}
