package org.maftia.simulator.wan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;

/**
 * A group and where its replicas stand.
 *
 * @param name as on the command line
 * @param source where its delays come from, in words
 * @param trust who may be corrupted together
 * @param regions of the replicas, by index
 * @param delays one-way delays from one replica to another, in microseconds
 */
public record Profile(String name, String source, FaultStructure trust, List<String> regions, List<List<Long>> delays) {
    private static final String UNIFORM = "uniform-";

    /** A minute of delay is beyond every time-out; more would only make runs long. */
    private static final int UNIFORM_MILLIS_MAX = 120_000;

    /** Americas, Europe, Asia: the first leader in the middle, as operators would have it. */
    private static final List<String> FOUR = List.of("East US", "West US 2", "West Europe", "Japan East");

    private static final List<String> SEVEN = List.of(
            "East US", "Canada Central", "West US 2", "West Europe", "UK South", "Japan East", "Southeast Asia");

    private static final int SYSTEMS = 4;

    public Profile {
        regions = List.copyOf(regions);
        delays = delays.stream().map(List::copyOf).toList();
    }

    /** Those that have a name; {@code uniform-N} stands for any number of milliseconds. */
    public static List<String> names() {
        return List.of("continents-4", "continents-7", "continents-grid", "uniform-200");
    }

    /** The profile of this name. */
    public static Optional<Profile> named(String name) {
        return switch (name) {
            case "continents-4" -> Optional.of(continents(name, FOUR, FaultStructure.threshold(FOUR.size(), 1)));
            case "continents-7" -> Optional.of(continents(name, SEVEN, FaultStructure.threshold(SEVEN.size(), 2)));
            case "continents-grid" -> Optional.of(grid(name));
            default -> name.startsWith(UNIFORM) ? uniform(name) : Optional.empty();
        };
    }

    private static Profile continents(String name, List<String> regions, FaultStructure trust) {
        Latencies latencies = Latencies.published();
        List<List<Long>> delays = new ArrayList<>();
        for (int from = 0; from < regions.size(); from++) {
            List<Long> row = new ArrayList<>();
            for (int to = 0; to < regions.size(); to++) {
                row.add(from == to ? 0 : latencies.oneWayMicros(regions.get(from), regions.get(to)));
            }
            delays.add(row);
        }
        return new Profile(name, Latencies.SOURCE, trust, regions, delays);
    }

    /** The four regions with four operating systems each: one of each kind may fall together. */
    private static Profile grid(String name) {
        List<String> regions = new ArrayList<>();
        List<Member> members = new ArrayList<>();
        for (String region : FOUR) {
            for (int system = 0; system < SYSTEMS; system++) {
                SortedMap<String, String> attributes = new TreeMap<>();
                attributes.put("site", region);
                attributes.put("os", "o" + system);
                members.add(new Member("r" + members.size(), attributes));
                regions.add(region);
            }
        }
        SortedMap<String, Integer> classes = new TreeMap<>();
        classes.put("site", 1);
        classes.put("os", 1);
        TrustPolicy policy = TrustPolicy.of(
                TrustPolicy.Model.ASYNCHRONOUS, List.of("site", "os"), List.of(new Clause.Joint(classes, 0)));
        return continents(name, regions, FaultStructure.compile(policy, members));
    }

    /** Four replicas, with one round trip between any two. */
    private static Optional<Profile> uniform(String name) {
        int millis;
        try {
            millis = Integer.parseInt(name.substring(UNIFORM.length()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        if (millis < 1 || millis > UNIFORM_MILLIS_MAX) {
            return Optional.empty();
        }
        List<List<Long>> delays = new ArrayList<>();
        for (int from = 0; from < SYSTEMS; from++) {
            List<Long> row = new ArrayList<>(Collections.nCopies(SYSTEMS, millis * 500L));
            row.set(from, 0L);
            delays.add(row);
        }
        List<String> regions = Arrays.asList("A", "B", "C", "D");
        String source = millis + " ms of round trip between any two";
        return Optional.of(new Profile(name, source, FaultStructure.threshold(SYSTEMS, 1), regions, delays));
    }

    int size() {
        return regions.size();
    }

    /** What a frame takes from one replica to another, before jitter. */
    public long oneWayMicros(int from, int to) {
        return delays.get(from).get(to);
    }

    /** The replica that is nearest to this one. */
    public int neighbour(int replica) {
        int nearest = replica == 0 ? 1 : 0;
        for (int other = 0; other < size(); other++) {
            boolean nearer = oneWayMicros(replica, other) < oneWayMicros(replica, nearest);
            nearest = other != replica && nearer ? other : nearest;
        }
        return nearest;
    }
}
