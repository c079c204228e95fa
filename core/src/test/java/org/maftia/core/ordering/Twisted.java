package org.maftia.core.ordering;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A corrupt replica: it runs the protocol, but other ordering messages leave than it says. */
final class Twisted implements Automaton<LogReplica.In, Object> {
    private static final MessageCodec CODEC = new MessageCodec(LogReplica.CONFIGURATION, LogGroup.LIMITS, 64);

    private final Automaton<LogReplica.In, Object> inner;
    private final Twist twist;

    /** What leaves instead. */
    interface Twist {
        /** The message for this peer, or null to send none. */
        @Nullable
        Message apply(int to, Message message);
    }

    Twisted(Automaton<LogReplica.In, Object> inner, Twist twist) {
        this.inner = inner;
        this.twist = twist;
    }

    /** A frame of the ordering. */
    static byte[] frame(Message message) {
        Writer writer = new Writer();
        writer.opaque8("order".getBytes(StandardCharsets.US_ASCII));
        CODEC.write(writer, message);
        return writer.toBytes();
    }

    /** The message of the ordering in a frame, or null if it is of something else. */
    static @Nullable Message message(byte[] frame) {
        Reader reader = new Reader(frame);
        String path = new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
        return path.equals("order") ? CODEC.read(reader) : null;
    }

    @Override
    public Ready<Object> drain() {
        Ready<Object> ready = inner.drain();
        List<Ready.Outgoing> sends = new ArrayList<>();
        for (Ready.Outgoing outgoing : ready.sends()) {
            Message message = message(outgoing.frame());
            if (message == null) {
                sends.add(outgoing);
                continue;
            }
            Message other = twist.apply(outgoing.to(), message);
            if (other != null) {
                sends.add(new Ready.Outgoing(outgoing.to(), frame(other)));
            }
        }
        return ready.with(sends);
    }

    @Override
    public void start(List<byte[]> journal) {
        inner.start(journal);
    }

    @Override
    public void received(int from, byte[] frame, long nowMicros) {
        inner.received(from, frame, nowMicros);
    }

    @Override
    public void input(LogReplica.In input, long nowMicros) {
        inner.input(input, nowMicros);
    }

    @Override
    public void tick(long nowMicros) {
        inner.tick(nowMicros);
    }

    @Override
    public void computed(long id, Object result, long nowMicros) {
        inner.computed(id, result, nowMicros);
    }

    @Override
    public long nextWakeMicros() {
        return inner.nextWakeMicros();
    }
}
