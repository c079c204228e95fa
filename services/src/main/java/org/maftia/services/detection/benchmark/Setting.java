package org.maftia.services.detection.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Tuple;

/**
 * One way to mine and to hold filters back, to be chosen by {@link Tuning}. Types that occur in attacks elsewhere are
 * suspects, and are treated with more care than the others.
 *
 * @param hour whether the hour of the day is an attribute of the others: a cause is often at work at any hour, and a filter
 *     for office hours lets half of it through
 * @param suspectHour the same for suspects
 * @param suspectPercent for each member of a suspect's filter, as in {@link Policy}; 0 for no filter on suspects at all
 * @param suspectHourMin as in {@link Policy}
 */
public record Setting(boolean hour, boolean suspectHour, int suspectPercent, long suspectHourMin) {
    /** A filter takes at most twice what its cause made in the busiest hour of training. */
    private static final int GUARD_PERCENT = 200;

    /** A member's limit that none reaches before its filter's. */
    private static final int UNLIMITED_PERCENT = 1_000_000;

    /** All that are tried. */
    static List<Setting> candidates() {
        List<Setting> all = new ArrayList<>();
        for (boolean hour : new boolean[] {true, false}) {
            all.add(new Setting(hour, true, 0, 0));
            for (boolean suspectHour : new boolean[] {true, false}) {
                for (int percent : new int[] {100, 200, UNLIMITED_PERCENT}) {
                    for (long hourMin : new long[] {1, 5}) {
                        all.add(new Setting(hour, suspectHour, percent, hourMin));
                    }
                }
            }
        }
        return all;
    }

    /** A network, with its clusters mined with and without the hour of the day. */
    record Mined(LabelledNetwork network, Replay replay, List<Evidence> hourly, List<Evidence> hourless) {
        static Mined of(LabelledNetwork network) {
            Replay replay = new Replay(network);
            Hierarchies given = network.hierarchies();
            LabelledNetwork other = network.with(new Hierarchies(
                    given.attributes().stream()
                            .filter(attribute -> attribute != Attribute.HOUR)
                            .toList(),
                    given.internal(),
                    given.roles(),
                    given.roleSuffixes(),
                    given.offsetMinutes()));
            List<Cluster> hourless = other.mine().stream()
                    .map(each ->
                            new Cluster(withHour(each.where(), given), each.sizeMin(), each.tuples(), each.tally()))
                    .toList();
            return new Mined(network, replay, replay.evidence(network.mine()), replay.evidence(hourless));
        }

        private static Tuple withHour(Tuple tuple, Hierarchies hierarchies) {
            List<Node> nodes = new ArrayList<>(tuple.nodes());
            int place = hierarchies.attributes().indexOf(Attribute.HOUR);
            if (place >= 0) {
                nodes.add(place, new Node(hierarchies.height(Attribute.HOUR), ""));
            }
            return new Tuple(nodes);
        }
    }

    /** What this setting does on a network; of the days after training the filters know nothing. */
    NetworkBenchmark on(Mined mined, SortedSet<String> suspects) {
        List<Evidence> evidence = new ArrayList<>();
        mined.hourly().stream()
                .filter(each -> isSuspect(each, suspects) ? suspectHour : hour)
                .forEach(evidence::add);
        mined.hourless().stream()
                .filter(each -> isSuspect(each, suspects) ? !suspectHour : !hour)
                .forEach(evidence::add);
        Policy policy = suspectPercent == 0
                ? Policy.withCanary(GUARD_PERCENT)
                : Policy.suspects(GUARD_PERCENT, suspectPercent, suspectHourMin);
        Outcome outcome = mined.replay().run(policy, evidence, suspects);
        LabelledNetwork network = mined.network();
        return new NetworkBenchmark(
                network.name(),
                network.alarms().size(),
                network.training().size(),
                mined.replay().tuples(),
                evidence.size(),
                List.of(outcome));
    }

    private static boolean isSuspect(Evidence evidence, SortedSet<String> suspects) {
        return suspects.contains(evidence.cluster().where().type().value());
    }

    @Override
    public String toString() {
        String others = "hour of the day " + (hour ? "kept" : "dropped");
        if (suspectPercent == 0) {
            return others + "; no filter on types known from attacks elsewhere";
        }
        return others + "; types known from attacks elsewhere: hour " + (suspectHour ? "kept" : "dropped") + ", "
                + (suspectPercent == UNLIMITED_PERCENT
                        ? "known members without limit"
                        : "known members " + suspectPercent + " % of their busiest hour, at least "
                                + suspectPercent * suspectHourMin / 100);
    }
}
