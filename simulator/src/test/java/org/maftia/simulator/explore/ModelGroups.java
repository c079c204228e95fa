package org.maftia.simulator.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;

/** Small groups for models, all with Q3. */
public final class ModelGroups {
    private static final int ATTEMPTS_MAX = 1000;

    private ModelGroups() {}

    /** Any one of four. */
    public static FaultStructure four() {
        return FaultStructure.threshold(4, 1);
    }

    /** A column of the grid with one site of two: 0 and 1 may fall together, or any one of the others. */
    public static FaultStructure sitesOfTwoAndOne() {
        return of(5, List.of(List.of("r0", "r1"), List.of("r2"), List.of("r3"), List.of("r4")));
    }

    /** A random structure of five or six replicas. */
    public static FaultStructure random(long seed, int size) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            List<List<String>> sets = new ArrayList<>();
            for (int i = 2 + random.nextInt(4); i > 0; i--) {
                List<String> set = new ArrayList<>();
                for (int replica = 0; replica < size; replica++) {
                    if (random.nextInt(3) == 0) {
                        set.add("r" + replica);
                    }
                }
                sets.add(set);
            }
            try {
                return of(size, sets);
            } catch (TrustException refused) {
                // Three of the sets cover the group: draw again.
                continue;
            }
        }
        throw new IllegalStateException("no structure found");
    }

    private static FaultStructure of(int size, List<List<String>> sets) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            TreeMap<String, String> attributes = new TreeMap<>();
            attributes.put("host", "h" + i);
            members.add(new Member("r" + i, attributes));
        }
        return FaultStructure.compile(
                TrustPolicy.of(TrustPolicy.Model.ASYNCHRONOUS, List.of("host"), List.of(new Clause.Sets(sets))),
                members);
    }
}
