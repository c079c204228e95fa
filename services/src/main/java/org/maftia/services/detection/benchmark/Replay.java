package org.maftia.services.detection.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
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

    /** By number of a tuple: the number of its addresses and host. */
    private final int[] memberOf;

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
        Map<List<Node>, Integer> members = new HashMap<>();
        this.memberOf = tuples.stream()
                .mapToInt(tuple -> members.computeIfAbsent(entities(tuple), nodes -> members.size()))
                .toArray();
    }

    private List<Node> entities(Tuple tuple) {
        return IntStream.range(0, tuple.nodes().size())
                .filter(i -> hierarchies.attributes().get(i).isEntity())
                .mapToObj(tuple.nodes()::get)
                .toList();
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
     * @param canaries types that occur in attacks elsewhere
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
        Count count = new Count(policy, filters, canaries);
        for (int i = 0; i < tupleOf.length; i++) {
            if (i < network.training().size()) {
                count.learn(network.alarms().get(i), tupleOf[i]);
            } else {
                count.pass(network.alarms().get(i), tupleOf[i]);
            }
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

    /** Alarms of one hour, and of the busiest so far. */
    private static final class Meter {
        private long hour = -1;
        private long inHour;
        private long peak;

        /** One more; how many of this hour it makes. */
        private long count(Alarm alarm) {
            long now = alarm.timeMicros() / HOUR_MICROS;
            inHour = hour == now ? inHour + 1 : 1;
            hour = now;
            return inHour;
        }

        private void learn(Alarm alarm) {
            peak = Math.max(peak, count(alarm));
        }
    }

    /** Sums on the way. */
    private final class Count {
        private final Policy policy;
        private final int[] filterOf;
        private final long[] guards;
        private final List<Boolean> limited;
        private final List<Meter> meters;

        /** By filter, then by member. */
        private final Map<Long, Meter> members = new HashMap<>();

        private final SortedMap<String, Long> left = new TreeMap<>();
        private long removed;
        private long others;
        private long lost;
        private long attack;

        private Count(Policy policy, List<Cluster> filters, SortedSet<String> suspects) {
            this.policy = policy;
            this.filterOf =
                    tuples.stream().mapToInt(tuple -> first(filters, tuple)).toArray();
            this.guards = filters.stream()
                    .mapToLong(each -> policy.guard(each.tally().peakPerHour()))
                    .toArray();
            this.limited = filters.stream()
                    .map(each -> policy.memberPercent() > 0
                            && suspects.contains(each.where().type().value()))
                    .toList();
            this.meters = filters.stream().map(each -> new Meter()).toList();
        }

        private Meter member(int filter, int tuple) {
            return members.computeIfAbsent((long) filter << 32 | memberOf[tuple], key -> new Meter());
        }

        private void learn(Alarm alarm, int tuple) {
            if (filterOf[tuple] >= 0) {
                member(filterOf[tuple], tuple).learn(alarm);
            }
        }

        private void pass(Alarm alarm, int tuple) {
            boolean taken = filterOf[tuple] >= 0 && isTaken(alarm, filterOf[tuple], tuple);
            if (alarm.isAttack()) {
                attack++;
                lost += taken ? 1 : 0;
                left.merge(network.name() + "/" + alarm.label(), taken ? 0L : 1L, Long::sum);
            } else {
                others++;
                removed += taken ? 1 : 0;
            }
        }

        private boolean isTaken(Alarm alarm, int filter, int tuple) {
            if (limited.get(filter)) {
                Meter member = member(filter, tuple);
                if (member.count(alarm) > policy.memberGuard(member.peak)) {
                    return false;
                }
            }
            return meters.get(filter).count(alarm) <= guards[filter];
        }

        private Outcome outcome(String name, int filters) {
            SortedSet<String> silenced = new TreeSet<>();
            left.forEach((label, alarms) -> {
                if (alarms == 0) {
                    silenced.add(label);
                }
            });
            return new Outcome(name, filters, removed, others, lost, attack, left.size(), silenced);
        }
    }
}
