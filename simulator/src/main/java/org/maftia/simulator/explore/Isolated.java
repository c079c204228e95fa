package org.maftia.simulator.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.protocol.TrustedCall;

/**
 * A replica apart from any network: an event is carried out at once and to its end, heavy computations and the end of the
 * turn with it, and its effects are handed over. Its clock stands still, so that nothing but events makes it act; whether
 * patience has come to an end is an event of a model.
 *
 * @param <I> inputs of the replica
 * @param <O> its outputs
 */
public final class Isolated<I, O> {
    /** A round number of the present. */
    public static final long NOW_MICROS = 1_800_000_000_000_000L;

    /** The shortest timer: what waits for the end of a turn. */
    private static final long TURN_MICROS = 1;

    private final Automaton<I, O> automaton;
    private final Function<TrustedCall, Optional<Attestation>> component;
    private final long nowMicros;
    private Effects<O> effects = new Effects<>(List.of(), List.of(), List.of(), List.of());

    /** What came out since it was asked last. */
    public record Effects<O>(
            List<Ready.Storage> storage, List<Ready.Outgoing> sends, List<O> outputs, List<Ready.Blame> blames) {
        private Effects<O> and(Ready<O> ready) {
            return new Effects<>(
                    joined(storage, ready.storage()),
                    joined(sends, ready.sends()),
                    joined(outputs, ready.outputs()),
                    joined(blames, ready.blames()));
        }

        private static <T> List<T> joined(List<T> first, List<T> second) {
            List<T> all = new ArrayList<>(first);
            all.addAll(second);
            return all;
        }
    }

    /** Starts the automaton with an empty journal. */
    public Isolated(Automaton<I, O> automaton) {
        this(automaton, List.of());
    }

    /** Starts the automaton with this journal. */
    public Isolated(Automaton<I, O> automaton, List<byte[]> journal) {
        this(automaton, call -> Optional.empty(), NOW_MICROS);
        start(journal);
    }

    /**
     * An automaton that is still to be started, with a trusted component beside it, which is asked when all effects before its
     * turn can be taken: where it throws, that is all that came out before the replica was gone.
     *
     * @param component what the component answers
     * @param nowMicros where its clock stands
     */
    public Isolated(Automaton<I, O> automaton, Function<TrustedCall, Optional<Attestation>> component, long nowMicros) {
        this.automaton = automaton;
        this.component = component;
        this.nowMicros = nowMicros;
    }

    /** Once, and first of all. */
    public void start(List<byte[]> journal) {
        automaton.start(journal);
        settle();
    }

    /** A frame from a peer. */
    public void received(int from, byte[] frame) {
        automaton.received(from, frame, nowMicros);
        settle();
    }

    public void input(I input) {
        automaton.input(input, nowMicros);
        settle();
    }

    /** So much time passes for once: what is due by then fires. */
    public void elapse(long micros) {
        automaton.tick(nowMicros + micros);
        settle();
    }

    /** What came out since the last call. */
    public Effects<O> effects() {
        Effects<O> taken = effects;
        effects = new Effects<>(List.of(), List.of(), List.of(), List.of());
        return taken;
    }

    private void settle() {
        boolean ready = true;
        while (ready) {
            automaton.tick(nowMicros + TURN_MICROS);
            Ready<O> drained = automaton.drain();
            effects = effects.and(drained);
            for (Ready.Computation computation : drained.computations()) {
                automaton.computed(computation.id(), computation.task().get(), nowMicros);
            }
            for (Ready.Certification certification : drained.certifications()) {
                automaton.computed(certification.id(), component.apply(certification.call()), nowMicros);
            }
            ready = !drained.computations().isEmpty()
                    || !drained.certifications().isEmpty();
        }
    }
}
