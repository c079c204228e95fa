package org.maftia.simulator.explore;

import java.util.List;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param states global states visited
 * @param steps from state to state, each a process that takes in some events and then says something
 * @param schedules ways from the beginning to an end, about; -1 where a search was not complete
 * @param localStates states of single processes, the sum over all of them
 * @param replayed events that the code under test was run with
 * @param complete whether everything within the scope was visited
 * @param finding a broken promise, and how it comes to be
 */
public record Exploration(
        long states,
        long steps,
        float schedules,
        long localStates,
        long replayed,
        boolean complete,
        Optional<Finding> finding) {
    /**
     * A broken promise.
     *
     * @param schedule what happens, line by line
     */
    public record Finding(String promise, List<String> schedule) {
        public Finding {
            schedule = List.copyOf(schedule);
        }

        @Override
        public String toString() {
            return promise + "\n  " + String.join("\n  ", schedule);
        }
    }

    /** The figures, for people. */
    public String figures() {
        return "%,d states, %,d steps, %.2g schedules, %,d local states, %,d events run, %s"
                .formatted(states, steps, schedules, localStates, replayed, complete ? "complete" : "not complete");
    }
}
