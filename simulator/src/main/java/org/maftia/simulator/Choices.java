package org.maftia.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All decisions of one run, each a function of (seed, purpose, index) and of no other decision. So a decision can be
 * dropped, and the others stay what they were: that is what lets a failing run shrink.
 */
public final class Choices {
    /** What is decided. */
    public enum Purpose {
        /** Topology, fault set, scheduler, rates: one decision each, never dropped. */
        WORLD,
        /** A fault at a step. Dropped: none. */
        FAULT,
        /** Which of the enabled actions comes next. Dropped: the oldest. */
        SCHEDULE,
        /** What the clients ask for. */
        CLIENT,
        /** Whether a replica is corrupted at all. Dropped: it is correct. */
        CORRUPTION,
        /** What a corrupted replica sends instead. Dropped: what a correct one sends. */
        MISCONDUCT
    }

    /** One decision that did something. */
    public record Choice(Purpose purpose, long index) {}

    /** Enough for any run that anybody would want to read; a longer list is not worth shrinking. */
    private static final int TAKEN_MAX = 1 << 20;

    private final long seed;

    /** Looked up only. */
    private final Set<Choice> dropped;

    private final List<Choice> taken = new ArrayList<>();

    public Choices(long seed) {
        this(seed, List.of());
    }

    Choices(long seed, List<Choice> dropped) {
        this.seed = seed;
        this.dropped = new HashSet<>(dropped);
    }

    public long seed() {
        return seed;
    }

    /** The decision, as a stream for all its details. */
    public Draw at(Purpose purpose, long index) {
        return new Draw(Draw.mix(Draw.mix(seed ^ ((purpose.ordinal() + 1L) << 56)) + index));
    }

    /** Whether the decision, which would do something, still stands. */
    boolean stands(Purpose purpose, long index) {
        Choice choice = new Choice(purpose, index);
        if (!dropped.isEmpty() && dropped.contains(choice)) {
            return false;
        }
        if (taken.size() < TAKEN_MAX) {
            taken.add(choice);
        }
        return true;
    }

    /** The decisions that did something, in order. */
    List<Choice> taken() {
        return List.copyOf(taken);
    }
}
