package org.maftia.server.link;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.FrameChannel;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.journal.Position;

/** What this replica knows of its exchange with one peer, over all connections. */
final class Link {
    /** Without news for so long the connection is dead, though TCP may believe in it for hours. */
    static final long SILENCE_NANOS_MAX = 10_000_000_000L;

    private final int peer;
    private final long life;
    private final Digest configuration;
    private final Links.Listener listener;
    private final Resend resend;
    private final long acknowledgeBytes;

    private @Nullable FrameChannel channel;

    /** Whether the peer said hello on the channel. */
    private boolean greeted;

    private long peerLife;
    private long received;
    private long acknowledged;
    private long unacknowledgedBytes;
    private long heardNanos;
    private boolean spoke;

    /** Frames were lost while the link was up: the protocols must hear of it once there is room again. */
    private boolean torn;

    /** How far the own memory has come, and what of that the peer was told on this connection. */
    private Position own;

    private Position told = Position.NONE;

    /** The furthest that the peer's memory had come, in any of its lives: it is told when it comes back. */
    private Position remembered = Position.NONE;

    private long connections;
    private long framesSent;
    private long framesReceived;
    private long bytesSentBefore;
    private long bytesReceivedBefore;

    Link(int peer, long life, Digest configuration, long resendBytesMax, Position own, Links.Listener listener) {
        this.peer = peer;
        this.own = own;
        this.life = life;
        this.configuration = configuration;
        this.listener = listener;
        this.resend = new Resend(resendBytesMax);
        // Late enough to ride on frames that leave anyway, early enough that the peer's buffer does not fill.
        this.acknowledgeBytes = resendBytesMax / 8;
    }

    int peer() {
        return peer;
    }

    boolean isUp() {
        return greeted;
    }

    boolean hasChannel() {
        return channel != null;
    }

    /** The peer proved who it is on this channel; it replaces the one before. */
    void attach(FrameChannel fresh) {
        FrameChannel old = channel;
        channel = fresh;
        greeted = false;
        if (old != null) {
            count(old);
            old.close("the peer connected anew");
        }
        heardNanos = System.nanoTime();
        LinkMessage.Hello hello = new LinkMessage.Hello(configuration, life, peerLife, received, own, remembered);
        fresh.put(hello.encode(), LinkMessage.NOTHING);
        told = own;
        fresh.flush();
    }

    /** The channel died; false when another has replaced it already. */
    boolean detach(FrameChannel dead) {
        if (channel != dead) {
            return false;
        }
        count(dead);
        channel = null;
        greeted = false;
        return true;
    }

    private void count(FrameChannel old) {
        bytesSentBefore += old.sentBytes();
        bytesReceivedBefore += old.receivedBytes();
    }

    /** The own memory has come this far: the peer hears of it before the next frame. */
    void mark(Position position) {
        own = position;
    }

    void send(byte[] frame) {
        if (!resend.add(frame) && greeted) {
            torn = true;
        }
    }

    /** Hands the channel all that it takes, and one acknowledgement with it; then seals and writes once. */
    void flush() {
        FrameChannel open = channel;
        if (open == null || !greeted || (resend.peek() == null && unacknowledgedBytes < acknowledgeBytes)) {
            return;
        }
        if (received > acknowledged) {
            acknowledge(open);
        }
        pump(open);
        open.flush();
        if (torn && resend.peek() == null) {
            torn = false;
            listener.connected(peer);
        }
    }

    private void pump(FrameChannel open) {
        if (!own.equals(told) && resend.peek() != null) {
            open.put(new LinkMessage.Mark(own).encode(), LinkMessage.NOTHING);
            told = own;
        }
        for (byte[] frame = resend.peek(); frame != null && open.accepts(); frame = resend.peek()) {
            open.put(LinkMessage.Data.head(resend.unsentNumber()), frame);
            resend.sent();
            framesSent++;
            spoke = true;
        }
    }

    private void acknowledge(FrameChannel open) {
        open.put(new LinkMessage.Acknowledge(received).encode(), LinkMessage.NOTHING);
        acknowledged = received;
        unacknowledgedBytes = 0;
        spoke = true;
    }

    /** A frame came in on the channel. */
    void receive(FrameChannel from, byte[] frame) {
        if (from != channel) {
            return;
        }
        heardNanos = System.nanoTime();
        try {
            switch (LinkMessage.decode(frame)) {
                case LinkMessage.Hello hello -> hello(from, hello);
                case LinkMessage.Data data -> data(from, data);
                case LinkMessage.Acknowledge acknowledge -> {
                    if (!greeted || !resend.acknowledged(acknowledge.upTo())) {
                        violation(from, "acknowledges what was not sent");
                    }
                }
                case LinkMessage.Mark mark -> {
                    if (greeted) {
                        remember(mark.position());
                    } else {
                        violation(from, "speaks before it says hello");
                    }
                }
                case LinkMessage.Ping ping -> {
                    if (!greeted) {
                        violation(from, "speaks before it says hello");
                    }
                }
            }
        } catch (MalformedException e) {
            violation(from, "malformed link message: " + e.getMessage());
        }
    }

    private void hello(FrameChannel from, LinkMessage.Hello hello) {
        if (greeted) {
            violation(from, "says hello twice");
            return;
        }
        if (!hello.configuration().equals(configuration)) {
            violation(from, "runs another configuration");
            return;
        }
        if (hello.peerLife() == life && !resend.received(hello.received())) {
            violation(from, "claims frames that were not sent");
            return;
        }
        if (hello.life() != peerLife) {
            peerLife = hello.life();
            received = 0;
        }
        resend.rewind();
        acknowledged = received;
        unacknowledgedBytes = 0;
        torn = false;
        greeted = true;
        connections++;
        listener.remembered(peer, hello.remembered());
        remember(hello.position());
        listener.connected(peer);
        flush();
    }

    /** The furthest that the peer's memory was ever heard to have come. */
    Position remembered() {
        return remembered;
    }

    void remember(Position position) {
        remembered = position.compareTo(remembered) > 0 ? position : remembered;
    }

    private void data(FrameChannel from, LinkMessage.Data data) {
        if (!greeted) {
            violation(from, "speaks before it says hello");
            return;
        }
        // A number may be skipped: the sender lost frames for want of room. A lower one came over two connections.
        if (data.number() > received) {
            received = data.number();
            unacknowledgedBytes += data.content().length + (long) LinkMessage.DATA_HEAD;
            framesReceived++;
            listener.received(peer, data.content());
        }
    }

    private void violation(FrameChannel from, String rule) {
        listener.violated(peer, rule);
        from.close(rule);
    }

    /** Called every second. */
    void beat() {
        FrameChannel open = channel;
        if (open == null) {
            return;
        }
        if (System.nanoTime() - heardNanos > SILENCE_NANOS_MAX) {
            open.close("silent for too long");
            return;
        }
        if (greeted) {
            if (received > acknowledged) {
                acknowledge(open);
            } else if (!spoke) {
                open.put(LinkMessage.Ping.encode(), LinkMessage.NOTHING);
            }
            spoke = false;
            open.flush();
        }
    }

    /** Whether the certificate is the one the link began with is for {@link Links} to say. */
    void opened(FrameChannel fresh, X509Certificate proven, Digest expected) {
        if (org.maftia.client.transport.TlsIdentity.pin(proven).equals(expected)) {
            attach(fresh);
        } else {
            fresh.close("the certificate is another replica's");
        }
    }

    void close(String reason) {
        FrameChannel open = channel;
        if (open != null) {
            open.close(reason);
        }
    }

    LinkStatus status() {
        FrameChannel open = channel;
        return new LinkStatus(
                peer,
                greeted,
                connections,
                framesSent,
                framesReceived,
                bytesSentBefore + (open == null ? 0 : open.sentBytes()),
                bytesReceivedBefore + (open == null ? 0 : open.receivedBytes()),
                resend.frames(),
                resend.bytes(),
                resend.lost());
    }
}
