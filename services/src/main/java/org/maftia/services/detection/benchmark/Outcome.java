package org.maftia.services.detection.benchmark;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a policy would have done in the days after training.
 *
 * @param policy its name
 * @param filters how many there were
 * @param removed alarms of no attack that filters took
 * @param others alarms of no attack in all
 * @param lost alarms of attacks that filters took
 * @param attack alarms of attacks in all
 * @param steps labels of attacks
 * @param silenced those of them of which no alarm was left
 */
public record Outcome(
        String policy,
        int filters,
        long removed,
        long others,
        long lost,
        long attack,
        int steps,
        SortedSet<String> silenced) {
    /** The sum over networks; steps of each network are its own. */
    public Outcome plus(Outcome other) {
        SortedSet<String> all = new TreeSet<>(silenced);
        all.addAll(other.silenced);
        return new Outcome(
                policy,
                filters + other.filters,
                removed + other.removed,
                others + other.others,
                lost + other.lost,
                attack + other.attack,
                steps + other.steps,
                all);
    }

    /** Hundredths of a percent of the harmless alarms that were removed. */
    public long removedBasisPoints() {
        return others == 0 ? 0 : removed * 10_000 / others;
    }
}
