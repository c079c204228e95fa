package org.maftia.services.detection.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Tuple;

/**
 * The alarms of a network once more, with filters in their way. The first filter that covers an alarm, in the order in which
 * they were mined, takes it.
 */
final class Replay {
    private static final long HOUR_MICROS = 3_600_000_000L;

    private final LabelledNetwork network;
    private final Hierarchies hierarchies;
    private final List<Tuple> tuples = new ArrayList<>();

    /** By place in the network's alarms: the number of the alarm's tuple. */
    private final int[] tupleOf;

    /** What of an alarm its tuple depends on. */
    private record Key(
            String type,
            @Nullable Address src,
            @Nullable Address dst,
            int port,
            @Nullable String host,
            int hour) {}

    Replay(LabelledNetwork network) {
        this.network = network;
        this.hierarchies = network.hierarchies();
        this.tupleOf = new int[network.alarms().size()];
        Map<Key, Integer> numbers = new HashMap<>();
        int at = 0;
        for (Alarm alarm : network.alarms()) {
            int hour = hierarchies.siteHour(alarm.timeMicros()) % 24;
            Key key = new Key(alarm.type(), alarm.src(), alarm.dst(), alarm.dstPort(), alarm.host(), hour);
            Integer number = numbers.get(key);
            if (number == null) {
                number = tuples.size();
                numbers.put(key, number);
                tuples.add(hierarchies.leaf(alarm));
            }
            tupleOf[at++] = number;
        }
    }

    /** How many different tuples the whole network has. */
    int tuples() {
        return (int) tuples.stream().distinct().count();
    }

    /** What training says of each cluster. */
    List<Evidence> evidence(List<Cluster> clusters) {
        int training = network.training().size();
        long[] attacks = new long[tuples.size()];
        long[] days = new long[tuples.size()];
        long allDays = 0;
        for (int i = 0; i < training; i++) {
            Alarm alarm = network.alarms().get(i);
            attacks[tupleOf[i]] += alarm.isAttack() ? 1 : 0;
            days[tupleOf[i]] |= network.dayBit(alarm);
            allDays |= network.dayBit(alarm);
        }
        List<Evidence> evidence = new ArrayList<>();
        for (Cluster cluster : clusters) {
            long covered = 0;
            long seen = 0;
            for (int i = 0; i < tuples.size(); i++) {
                if (hierarchies.covers(cluster.where(), tuples.get(i))) {
                    covered += attacks[i];
                    seen |= days[i];
                }
            }
            evidence.add(new Evidence(cluster, covered, seen == allDays, isNarrow(cluster.where())));
        }
        return evidence;
    }

    private boolean isNarrow(Tuple where) {
        for (int i = 0; i < where.nodes().size(); i++) {
            Attribute attribute = hierarchies.attributes().get(i);
            Node node = where.nodes().get(i);
            if (attribute.isEntity() && !node.isAbsent() && node.level() <= Hierarchies.SUBNET_LEVEL) {
                return true;
            }
        }
        return false;
    }

    /**
     * What these filters would have done in the days after training.
     *
     * @param canaries types that no filter may have if the policy asks for it
     */
    Outcome run(Policy policy, List<Evidence> evidence, SortedSet<String> canaries) {
        List<Cluster> filters = evidence.stream()
                .filter(each -> !policy.harmless() || each.attacks() == 0)
                .filter(each -> !policy.everyDay() || each.everyDay())
                .filter(each -> !policy.narrow() || each.narrow())
                .filter(each -> !policy.typed() || each.cluster().where().type().level() == 0)
                .map(Evidence::cluster)
                .filter(each -> !policy.canary()
                        || !canaries.contains(each.where().type().value()))
                .toList();
        int[] filterOf =
                tuples.stream().mapToInt(tuple -> first(filters, tuple)).toArray();
        long[] guards = filters.stream()
                .mapToLong(each -> policy.guard(each.tally().peakPerHour()))
                .toArray();
        Count count = new Count(filters.size());
        for (int i = network.training().size(); i < tupleOf.length; i++) {
            count.pass(network.alarms().get(i), filterOf[tupleOf[i]], guards);
        }
        return count.outcome(policy.name(), filters.size());
    }

    private int first(List<Cluster> filters, Tuple tuple) {
        for (int i = 0; i < filters.size(); i++) {
            if (hierarchies.covers(filters.get(i).where(), tuple)) {
                return i;
            }
        }
        return -1;
    }

    /** Sums on the way. */
    private final class Count {
        private final long[] hour;
        private final long[] inHour;
        private final SortedMap<String, Long> left = new TreeMap<>();
        private long removed;
        private long others;
        private long lost;
        private long attack;

        private Count(int filters) {
            hour = new long[filters];
            inHour = new long[filters];
        }

        private void pass(Alarm alarm, int filter, long[] guards) {
            boolean taken = filter >= 0 && isTaken(alarm, filter, guards[filter]);
            if (alarm.isAttack()) {
                attack++;
                lost += taken ? 1 : 0;
                left.merge(network.name() + "/" + alarm.label(), taken ? 0L : 1L, Long::sum);
            } else {
                others++;
                removed += taken ? 1 : 0;
            }
        }

        private boolean isTaken(Alarm alarm, int filter, long guard) {
            long now = alarm.timeMicros() / HOUR_MICROS;
            if (hour[filter] != now) {
                hour[filter] = now;
                inHour[filter] = 0;
            }
            return ++inHour[filter] <= guard;
        }

        private Outcome outcome(String policy, int filters) {
            SortedSet<String> silenced = new TreeSet<>();
            left.forEach((label, alarms) -> {
                if (alarms == 0) {
                    silenced.add(label);
                }
            });
            return new Outcome(policy, filters, removed, others, lost, attack, left.size(), silenced);
        }
    }
}
