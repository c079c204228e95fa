package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;

/**
 * The kind of a group.
 *
 * @param words for people
 * @param trust who may be corrupted together
 */
record Topology(String words, FaultStructure trust) {
    /** How the words of structures begin that are drawn at random. */
    static final String GENERAL = "general";

    private static final Topology FOUR = new Topology("any 1 of 4", FaultStructure.threshold(4, 1));
    private static final Topology SEVEN = new Topology("any 2 of 7", FaultStructure.threshold(7, 2));
    private static final Topology TEN = new Topology("any 3 of 10", FaultStructure.threshold(10, 3));
    private static final int GRID_SIDE = 4;
    private static final int GENERAL_SETS_MAX = 6;
    private static final int ATTEMPTS = 64;
    private static final Topology GRID = grid(TrustPolicy.Model.ASYNCHRONOUS, GRID_SIDE);
    private static final Topology HYBRID_GRID = grid(TrustPolicy.Model.HYBRID, GRID_SIDE - 1);

    /** A group of these kinds. */
    static Topology draw(Scenario.Groups groups, Draw draw) {
        return switch (groups) {
            case NEEDED -> draw(draw);
            case ROOMY -> drawRoomy(draw);
            case HYBRID -> drawHybrid(draw);
        };
    }

    /** No two fault sets cover it. */
    private static Topology drawHybrid(Draw draw) {
        return switch (draw.below(16)) {
            case 0 -> HYBRID_GRID;
            case 1, 2 -> threshold(5, 2);
            case 3, 4, 5, 6 -> general(draw, TrustPolicy.Model.HYBRID, 3);
            default -> threshold(3, 1);
        };
    }

    /** Small groups most of the time: a run costs the square of its group, and most bugs need four replicas only. */
    static Topology draw(Draw draw) {
        return switch (draw.below(32)) {
            case 0 -> GRID;
            case 1 -> TEN;
            case 2, 3, 4 -> SEVEN;
            case 5, 6, 7, 8 -> general(draw, TrustPolicy.Model.ASYNCHRONOUS, 5);
            default -> FOUR;
        };
    }

    /** As many or more than a group needs, so that some may be outside while the fault sets stay what they are. */
    static Topology drawRoomy(Draw draw) {
        return switch (draw.below(16)) {
            case 0 -> GRID;
            case 1, 2 -> threshold(8, 2);
            case 3, 4, 5, 6 -> general(draw, TrustPolicy.Model.ASYNCHRONOUS, 5);
            case 7, 8 -> threshold(6, 1);
            default -> threshold(5, 1);
        };
    }

    private static Topology threshold(int size, int faults) {
        return new Topology("any " + faults + " of " + size, FaultStructure.threshold(size, faults));
    }

    /** A fault set: mostly a maximal one, sometimes a part of one, sometimes nobody. */
    ReplicaSet corrupted(Draw draw) {
        List<ReplicaSet> all = trust.maximalFaultSets();
        // The first leader is the most rewarding victim.
        List<ReplicaSet> first = all.stream().filter(set -> set.contains(0)).toList();
        ReplicaSet set = draw.of(first.isEmpty() || draw.below(2) == 0 ? all : first);
        return switch (draw.below(8)) {
            case 0 -> ReplicaSet.EMPTY;
            case 1 -> new ReplicaSet(set.bits() & draw.bits());
            default -> set;
        };
    }

    /** So many sites and systems: a whole site and a whole system may fall together. */
    private static Topology grid(TrustPolicy.Model model, int side) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < side * side; i++) {
            SortedMap<String, String> attributes = new TreeMap<>();
            attributes.put("site", "s" + i / side);
            attributes.put("os", "o" + i % side);
            members.add(new Member("r" + i, attributes));
        }
        SortedMap<String, Integer> classes = new TreeMap<>();
        classes.put("site", 1);
        classes.put("os", 1);
        TrustPolicy policy = TrustPolicy.of(model, List.of("site", "os"), List.of(new Clause.Joint(classes, 0)));
        return new Topology("a site and a system of " + side + " x " + side, FaultStructure.compile(policy, members));
    }

    /** A random structure of a few replicas that meets the condition of the model. */
    private static Topology general(Draw draw, TrustPolicy.Model model, int sizeMin) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Topology> made = attempt(sizeMin + draw.below(3), draw, model);
            if (made.isPresent()) {
                return made.get();
            }
        }
        return model == TrustPolicy.Model.HYBRID ? threshold(3, 1) : FOUR;
    }

    /** A set with a quarter of all members, or an eighth. */
    private static long sparse(Draw draw) {
        long half = draw.bits();
        long quarter = half & draw.bits();
        return draw.below(2) == 0 ? quarter : quarter & draw.bits();
    }

    /** Q2: no two fault sets cover the group. */
    private boolean isHybrid() {
        return trust.maximalFaultSets().stream()
                .allMatch(set -> trust.isKernel(trust.all().minus(set)));
    }

    /** Q3: no three fault sets cover the group. */
    private boolean isAsynchronous() {
        List<ReplicaSet> sets = trust.maximalFaultSets();
        return sets.stream()
                .allMatch(a -> sets.stream()
                        .allMatch(b -> trust.isKernel(trust.all().minus(a).minus(b))));
    }

    /**
     * Whoever is a quorum alone executes before its own vote is on its disk, and only what it says waits for that. A witness
     * inside, which sees the execution, would take a crash in between for a change of mind.
     */
    private boolean hasLoneQuorum() {
        return trust.all().toList().stream().anyMatch(member -> trust.isQuorum(ReplicaSet.of(member)));
    }

    private static Optional<Topology> attempt(int size, Draw draw, TrustPolicy.Model model) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            SortedMap<String, String> attributes = new TreeMap<>();
            attributes.put("host", "h" + i);
            members.add(new Member("r" + i, attributes));
        }
        List<List<String>> sets = new ArrayList<>();
        for (int i = 2 + draw.below(GENERAL_SETS_MAX - 1); i > 0; i--) {
            long bits = sparse(draw);
            List<String> set = new ReplicaSet(bits)
                    .intersection(ReplicaSet.firstOf(size)).toList().stream()
                            .map(replica -> "r" + replica)
                            .toList();
            if (!set.isEmpty()) {
                sets.add(set);
            }
        }
        if (sets.isEmpty()) {
            return Optional.empty();
        }
        try {
            TrustPolicy policy = TrustPolicy.of(model, List.of("host"), List.of(new Clause.Sets(sets)));
            FaultStructure trust = FaultStructure.compile(policy, members);
            Topology made = new Topology(GENERAL + " of " + size + " " + trust.maximalFaultSets(), trust);
            boolean fits = model == TrustPolicy.Model.HYBRID ? made.isHybrid() : made.isAsynchronous();
            return fits && !made.hasLoneQuorum() ? Optional.of(made) : Optional.empty();
        } catch (TrustException e) {
            // Three of the drawn sets cover the group: no structure to run on.
            return Optional.empty();
        }
    }
}
