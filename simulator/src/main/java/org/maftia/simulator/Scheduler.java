package org.maftia.simulator;

import java.util.List;
import org.maftia.core.trust.ReplicaSet;

/**
 * The adversary that decides what happens next. Bugs hide under one order and not under another, so every run draws
 * its scheduler. All but {@link Patient} are unfair on purpose; they rule only while faults rage.
 */
sealed interface Scheduler {
    /** Chooses one of several actions, of which there is at least one. */
    Action choose(List<Action> enabled, Draw draw);

    /** Draws one of those for the first phase. */
    static Scheduler draw(Draw draw, int replicas, ReplicaSet corrupted) {
        return switch (draw.below(8)) {
            case 0, 1 -> new Uniform();
            case 2 -> new NewestFirst();
            case 3 -> new OldestFirst();
            case 4 -> new Starving(ReplicaSet.of(draw.below(replicas)));
            case 5 -> corrupted.isEmpty() ? new NewestFirst() : new Rushing(corrupted);
            case 6 -> new ChangingPriorities(5_000);
            default -> new ChangingPriorities(500);
        };
    }

    /** Every action alike. */
    record Uniform() implements Scheduler {
        @Override
        public Action choose(List<Action> enabled, Draw draw) {
            return draw.of(enabled);
        }
    }

    /**
     * What became possible last. Protocols that pass under every uniform order have failed under this one, as it lets
     * the messages of one replica run ahead of all others.
     */
    record NewestFirst() implements Scheduler {
        /** Without a little chance the oldest would wait for ever, and the run would see one pattern only. */
        private static final int DIGRESSION_PPM = 50_000;

        @Override
        public Action choose(List<Action> enabled, Draw draw) {
            if (draw.chance(DIGRESSION_PPM)) {
                return draw.of(enabled);
            }
            Action best = enabled.getFirst();
            for (Action action : enabled) {
                best = action.birth() > best.birth() ? action : best;
            }
            return best;
        }
    }

    /** What has waited longest: a network without jitter. */
    record OldestFirst() implements Scheduler {
        private static final int DIGRESSION_PPM = 20_000;

        @Override
        public Action choose(List<Action> enabled, Draw draw) {
            return draw.chance(DIGRESSION_PPM) ? draw.of(enabled) : oldest(enabled);
        }
    }

    /** Some replicas get through once in a while only. */
    record Starving(ReplicaSet victims) implements Scheduler {
        private static final int MERCY_PPM = 5_000;

        @Override
        public Action choose(List<Action> enabled, Draw draw) {
            return among(enabled, draw, action -> !action.concerns(victims), MERCY_PPM);
        }
    }

    /** The corrupted hear everything first, and are heard first. */
    record Rushing(ReplicaSet corrupted) implements Scheduler {
        private static final int MERCY_PPM = 100_000;

        @Override
        public Action choose(List<Action> enabled, Draw draw) {
            return among(enabled, draw, action -> action.concerns(corrupted), MERCY_PPM);
        }
    }

    /**
     * Every place has a priority; at random points the one that rules falls to the bottom. Finds a bug of depth d with
     * a probability that does not shrink with the number of places to the power d (Burckhardt, Kothari, Musuvathi,
     * Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010).
     */
    record ChangingPriorities(int changePpm) implements Scheduler {
        @Override
        public Action choose(List<Action> enabled, Draw draw) {
            Action best = enabled.getFirst();
            for (Action action : enabled) {
                best = action.priority > best.priority ? action : best;
            }
            if (draw.chance(changePpm)) {
                best.priority = -draw.below(1 << 30);
            }
            return best;
        }
    }

    /** Fair: any order among what has waited long, and nothing waits for ever. Rules after healing. */
    record Patient() implements Scheduler {
        @Override
        public Action choose(List<Action> enabled, Draw draw) {
            return draw.below(4) == 0 ? oldest(enabled) : draw.of(enabled);
        }
    }

    /** What has waited longest; the first of equals. */
    static Action oldest(List<Action> enabled) {
        Action best = enabled.getFirst();
        for (Action action : enabled) {
            best = action.birth() < best.birth() ? action : best;
        }
        return best;
    }

    private static Action among(
            List<Action> enabled, Draw draw, java.util.function.Predicate<Action> preferred, int mercyPpm) {
        if (!draw.chance(mercyPpm)) {
            List<Action> chosen = enabled.stream().filter(preferred).toList();
            if (!chosen.isEmpty()) {
                return draw.of(chosen);
            }
        }
        return draw.of(enabled);
    }
}
