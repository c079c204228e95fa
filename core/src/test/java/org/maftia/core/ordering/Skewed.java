package org.maftia.core.ordering;

import java.util.List;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;

/** A correct replica whose clock is wrong, until it is set right. */
final class Skewed implements Automaton<LogReplica.In, Object> {
    private final Automaton<LogReplica.In, Object> inner;
    private final LogGroup.Clock clock;

    Skewed(Automaton<LogReplica.In, Object> inner, LogGroup.Clock clock) {
        this.inner = inner;
        this.clock = clock;
    }

    @Override
    public void start(List<byte[]> journal) {
        inner.start(journal);
    }

    @Override
    public void received(int from, byte[] frame, long nowMicros) {
        inner.received(from, frame, nowMicros + clock.skewMicros);
    }

    @Override
    public void input(LogReplica.In input, long nowMicros) {
        inner.input(input, nowMicros + clock.skewMicros);
    }

    @Override
    public void tick(long nowMicros) {
        inner.tick(nowMicros + clock.skewMicros);
    }

    @Override
    public void computed(long id, Object result, long nowMicros) {
        inner.computed(id, result, nowMicros + clock.skewMicros);
    }

    @Override
    public long nextWakeMicros() {
        long wake = inner.nextWakeMicros();
        return wake == Long.MAX_VALUE ? wake : wake - clock.skewMicros;
    }

    @Override
    public Ready<Object> drain() {
        return inner.drain();
    }
}
