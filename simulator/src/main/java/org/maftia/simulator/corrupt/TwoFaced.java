package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;

/**
 * Two correct replicas with one key, each shown to one part of the group: whatever either says is plausible in itself.
 * Each hears its own part only, and the second one may get other inputs. Now and then the parts change: who crashed
 * meanwhile may hear the contrary of what it heard before.
 *
 * @param <I> inputs of the replica
 * @param <O> outputs of the replica
 */
public final class TwoFaced<I, O> implements Automaton<I, O> {
    private final List<Automaton<I, O>> faces;
    private final Function<I, Optional<I>> otherwise;
    private final LongSupplier parts;
    private final int changeAfter;
    private long secondPart;
    private int heard;
    private final long bothParts;

    /**
     * @param factory makes a correct replica, twice
     * @param otherwise what the second face hears in the place of an input, if anything
     * @param parts bit i: replica i sees the second face; asked at first and at each change
     * @param changeAfter the parts change after so many frames; never if 0
     * @param bothParts bit i: replica i hears and is heard by both, as an accomplice
     */
    public TwoFaced(
            Supplier<Automaton<I, O>> factory,
            Function<I, Optional<I>> otherwise,
            LongSupplier parts,
            int changeAfter,
            long bothParts) {
        this.otherwise = otherwise;
        this.faces = List.of(factory.get(), factory.get());
        this.parts = parts;
        this.changeAfter = changeAfter;
        this.secondPart = parts.getAsLong();
        this.bothParts = bothParts;
    }

    private boolean sees(int peer, int face) {
        return (bothParts >>> peer & 1) == 1 || (secondPart >>> peer & 1) == face;
    }

    @Override
    public void start(List<byte[]> journal) {
        // A liar keeps no common memory: each face starts anew.
        faces.forEach(face -> face.start(List.of()));
    }

    @Override
    public void received(int from, byte[] frame, long nowMicros) {
        heard++;
        if (changeAfter > 0 && heard % changeAfter == 0) {
            secondPart = parts.getAsLong();
        }
        for (int face = 0; face < faces.size(); face++) {
            if (sees(from, face)) {
                faces.get(face).received(from, frame, nowMicros);
            }
        }
    }

    @Override
    public void input(I input, long nowMicros) {
        faces.getFirst().input(input, nowMicros);
        otherwise.apply(input).ifPresent(other -> faces.getLast().input(other, nowMicros));
    }

    @Override
    public void tick(long nowMicros) {
        faces.forEach(face -> face.tick(nowMicros));
    }

    /** Ids of both faces share one number space: even ones are the first face's. */
    @Override
    public void computed(long id, Object result, long nowMicros) {
        faces.get((int) (id & 1)).computed(id >> 1, result, nowMicros);
    }

    @Override
    public long nextWakeMicros() {
        return Math.min(faces.getFirst().nextWakeMicros(), faces.getLast().nextWakeMicros());
    }

    @Override
    public Ready<O> drain() {
        List<Ready.Outgoing> sends = new ArrayList<>();
        List<Ready.Computation> computations = new ArrayList<>();
        List<Ready.Certification> certifications = new ArrayList<>();
        List<O> outputs = new ArrayList<>();
        for (int face = 0; face < faces.size(); face++) {
            Ready<O> ready = faces.get(face).drain();
            for (Ready.Outgoing outgoing : ready.sends()) {
                if (sees(outgoing.to(), face)) {
                    sends.add(outgoing);
                }
            }
            for (Ready.Computation task : ready.computations()) {
                computations.add(new Ready.Computation(task.id() << 1 | face, task.path(), task.task()));
            }
            for (Ready.Certification asked : ready.certifications()) {
                // Two heads, but one component, which counts what both ask for.
                certifications.add(new Ready.Certification(asked.id() << 1 | face, asked.path(), asked.call()));
            }
            outputs.addAll(ready.outputs());
        }
        return new Ready<>(List.of(), sends, outputs, computations, certifications, List.of());
    }
}
