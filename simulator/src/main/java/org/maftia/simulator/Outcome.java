package org.maftia.simulator;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run.
 *
 * @param seed repeats it
 * @param kind of the group, in words
 * @param world the group and its adversary, in words
 * @param steps events
 * @param simulatedMicros time that passed for the replicas
 * @param crashes replicas that lost their memory
 * @param storageFaults writes torn or lost, disks lost or full
 * @param partitions times that links stood still
 * @param reconnects sessions that lost what was under way
 * @param tosses of the coin until the slowest of the healed core had decided; empty where none are counted
 * @param digest binds the whole trace
 * @param violation the promise that was broken, or null
 * @param last the events before it
 */
public record Outcome(
        long seed,
        String kind,
        String world,
        long steps,
        long simulatedMicros,
        long crashes,
        long storageFaults,
        long partitions,
        long reconnects,
        OptionalInt tosses,
        long digest,
        @Nullable Violation violation,
        List<String> last) {
    public Outcome {
        last = List.copyOf(last);
    }

    public boolean failed() {
        return violation != null;
    }
}
