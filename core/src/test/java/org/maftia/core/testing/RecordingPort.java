package org.maftia.core.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.FaultStructure;

/**
 * A port that writes down what a protocol under test does, one line an effect, for comparison with a transcript.
 * Nothing comes back by itself: the test delivers messages, runs timers ({@link #alarms}) and computations.
 *
 * @param <M> messages of the protocol
 * @param <O> its outputs
 */
public final class RecordingPort<M, O> implements Port<M, O> {
    private final int self;
    private final FaultStructure trust;
    public final List<String> lines = new ArrayList<>();
    public final List<O> outputs = new ArrayList<>();
    public final List<M> persisted = new ArrayList<>();
    public final List<Alarm> alarms = new ArrayList<>();
    public final ArrayDeque<Consumer<Optional<Attestation>>> certifications = new ArrayDeque<>();
    public long nowMicros;

    /** Computations that have not ended, where {@link #holdComputations} asked for it. */
    private @Nullable ArrayDeque<Runnable> held;

    public RecordingPort(int self, FaultStructure trust) {
        this.self = self;
        this.trust = trust;
    }

    /** A timer that the protocol set. */
    public static final class Alarm implements Timer {
        public final long dueMicros;
        public final Runnable action;
        public boolean cancelled;

        Alarm(long dueMicros, Runnable action) {
            this.dueMicros = dueMicros;
            this.action = action;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    /** From now on computations end when the test says so. */
    public void holdComputations() {
        held = new ArrayDeque<>();
    }

    /** Lets the oldest computation end; false if there is none. */
    public boolean finishComputation() {
        Runnable oldest = held == null ? null : held.poll();
        if (oldest != null) {
            oldest.run();
        }
        return oldest != null;
    }

    /** The lines since the last call, joined. */
    public String take() {
        String text = String.join("\n", lines);
        lines.clear();
        return text;
    }

    @Override
    public int self() {
        return self;
    }

    @Override
    public Path path() {
        return Path.ROOT.child("test");
    }

    @Override
    public FaultStructure trust() {
        return trust;
    }

    @Override
    public Limits limits() {
        return Limits.DEFAULT;
    }

    @Override
    public long nowMicros() {
        return nowMicros;
    }

    @Override
    public void send(int to, M message) {
        lines.add("send " + to + " " + message);
    }

    @Override
    public void sendAll(M message) {
        lines.add("all " + message);
    }

    @Override
    public void persist(M record) {
        persisted.add(record);
        lines.add("persist " + record);
    }

    @Override
    public void compact() {
        lines.add("compact");
    }

    @Override
    public void output(O value) {
        outputs.add(value);
        lines.add("output " + value);
    }

    @Override
    public void blame(int replica, String rule) {
        lines.add("blame " + replica + " " + rule);
    }

    @Override
    public Timer wake(long afterMicros, Runnable action) {
        Alarm alarm = new Alarm(nowMicros + afterMicros, action);
        alarms.add(alarm);
        return alarm;
    }

    @Override
    public <T> void compute(Supplier<T> task, Consumer<T> then) {
        lines.add("compute");
        if (held == null) {
            then.accept(task.get());
        } else {
            held.add(() -> then.accept(task.get()));
        }
    }

    @Override
    public void certify(TrustedCall call, Consumer<Optional<Attestation>> then) {
        lines.add("certify " + call);
        certifications.add(then);
    }

    @Override
    public <N, P, C extends Protocol<N>> C nest(
            String tag, long index, Function<Port<N, P>, C> factory, Consumer<P> sink) {
        lines.add("nest " + tag + (index == Path.NO_INDEX ? "" : index));
        return factory.apply(new RecordingPort<>(self, trust));
    }

    @Override
    public void drop(String tag, long index) {
        lines.add("drop " + tag + (index == Path.NO_INDEX ? "" : index));
    }
}
