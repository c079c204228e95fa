package org.maftia.simulator.corrupt;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/**
 * A correct replica whose frames pass through a {@link Misconduct}. Its journal, outputs and computations stay what
 * they were, so it keeps up with the group and always knows what would be plausible.
 *
 * @param <I> inputs of the replica
 * @param <O> outputs of the replica
 */
public final class Corrupted<I, O> implements Automaton<I, O> {
    private final Automaton<I, O> correct;
    private final Misconduct misconduct;
    private final Draw draw;
    private final BooleanSupplier willing;
    private long nowMicros;

    /** Misbehaves whenever it can. */
    public Corrupted(Automaton<I, O> correct, Misconduct misconduct, Draw draw) {
        this(correct, misconduct, draw, () -> true);
    }

    /**
     * @param willing asked at each drain whether to misbehave in it
     */
    public Corrupted(Automaton<I, O> correct, Misconduct misconduct, Draw draw, BooleanSupplier willing) {
        this.correct = correct;
        this.misconduct = misconduct;
        this.draw = draw;
        this.willing = willing;
    }

    @Override
    public void start(List<byte[]> journal) {
        correct.start(journal);
    }

    @Override
    public void received(int from, byte[] frame, long now) {
        nowMicros = now;
        misconduct.saw(from, frame);
        correct.received(from, frame, now);
    }

    @Override
    public void input(I input, long now) {
        nowMicros = now;
        correct.input(input, now);
    }

    @Override
    public void tick(long now) {
        nowMicros = now;
        correct.tick(now);
    }

    @Override
    public void computed(long id, Object result, long now) {
        nowMicros = now;
        correct.computed(id, result, now);
    }

    @Override
    public long nextWakeMicros() {
        return Math.min(correct.nextWakeMicros(), misconduct.nextWakeMicros());
    }

    @Override
    public Ready<O> drain() {
        Ready<O> ready = correct.drain();
        for (Ready.Storage change : ready.storage()) {
            if (change instanceof Ready.Storage.Append append) {
                misconduct.wrote(append.record());
            }
        }
        if (!willing.getAsBoolean()) {
            return ready;
        }
        List<Ready.Outgoing> sends = misconduct.instead(ready.sends(), nowMicros, draw);
        return ready.with(sends);
    }
}
