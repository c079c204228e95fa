package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.maftia.core.ordering.hybrid.HybridModel.Failure;
import org.maftia.core.ordering.hybrid.HybridModel.Scope;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.simulator.explore.Model;

/** The models of the order with trusted components, by name: as those of the other order. */
public final class HybridModels {
    private static final int SIDE = 3;

    private HybridModels() {}

    public static SortedMap<String, Supplier<Model<?, ?>>> all() {
        ReplicaSet leader = ReplicaSet.of(0);
        SortedMap<String, Supplier<Model<?, ?>>> all = new TreeMap<>();
        all.put("hybrid, false accounts", () -> three(leader, new Scope(1, 1, 2, 1)));
        all.put("hybrid, two proposals", () -> three(leader, new Scope(0, 1, 2, 2)));
        all.put("large hybrid, both", () -> three(leader, new Scope(1, 1, 3, 2)));
        all.put(
                "hybrid, a lost answer",
                () -> three(leader, new Scope(1, 1, 1, 1).failing(2, Failure.SWALLOWED_ANSWER)));
        all.put("large hybrid, a crash", () -> three(leader, new Scope(1, 1, 2, 1).failing(2, Failure.CRASH)));
        all.put("hybrid, a lost memory", () -> three(leader, new Scope(0, 1, 2, 1).failing(2, Failure.AMNESIA)));
        all.put("large hybrid, a lost memory", () -> three(leader, new Scope(1, 1, 1, 1).failing(2, Failure.AMNESIA)));
        all.put("large hybrid, a stale fence", () -> three(leader, new Scope(1, 1, 3, 1).withFences()));
        all.put("large hybrid, an era ends", () -> three(leader, new Scope(0, 3, 3, 1).withTwoEras()));
        all.put(
                "large hybrid, an old epoch lives on",
                () -> three(leader, new Scope(1, 3, 5, 1).skipping(1).withTwoEras()));
        all.put("hybrid, an exclusion", () -> three(ReplicaSet.of(1), new Scope(0, 3, 1, 0).excluding()));
        all.put(
                "large hybrid, an exclusion and a change of views",
                () -> three(ReplicaSet.of(1), new Scope(1, 3, 1, 0).excluding()));
        all.put("large hybrid, an exclusion of the leader", () -> three(leader, new Scope(0, 3, 3, 1).excluding()));
        all.put("large hybrid, the next leader lies", () -> three(ReplicaSet.of(1), new Scope(2, 1, 4, 1)));
        all.put(
                "large hybrid, a site and a system",
                () -> new HybridModel(
                        grid(),
                        ReplicaSet.of(0, 1, 2, 3, 6),
                        new Scope(1, 1, 4, 1).skipping(SIDE).without(ReplicaSet.of(5, 7))));
        return all;
    }

    private static HybridModel three(ReplicaSet corrupt, Scope scope) {
        return new HybridModel(FaultStructure.threshold(SIDE, 1), corrupt, scope);
    }

    /** Nine that survive a site and a system. */
    private static FaultStructure grid() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < SIDE * SIDE; i++) {
            TreeMap<String, String> attributes = new TreeMap<>();
            attributes.put("site", "site" + i / SIDE);
            attributes.put("os", "os" + i % SIDE);
            members.add(new Member("r" + i, attributes));
        }
        TreeMap<String, Integer> each = new TreeMap<>();
        each.put("site", 1);
        each.put("os", 1);
        return FaultStructure.compile(
                TrustPolicy.of(
                        TrustPolicy.Model.HYBRID,
                        List.of("site", "os"),
                        List.of(new TrustPolicy.Clause.Joint(each, 0))),
                members);
    }
}
