package org.maftia.core.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;

/** Fault structures for tests, all with Q3. */
public final class Structures {
    public static final FaultStructure FOUR = FaultStructure.threshold(4, 1);

    /** About every second draw has Q3. */
    private static final int ATTEMPTS_MAX = 1000;

    private Structures() {}

    /** Four sites by four systems; a whole site and a whole system may fall. Row by row. */
    public static FaultStructure grid() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            TreeMap<String, String> attributes = new TreeMap<>();
            attributes.put("site", "s" + i / 4);
            attributes.put("os", "o" + i % 4);
            members.add(new Member("r" + i, attributes));
        }
        TreeMap<String, Integer> classes = new TreeMap<>();
        classes.put("site", 1);
        classes.put("os", 1);
        return FaultStructure.compile(
                TrustPolicy.of(
                        TrustPolicy.Model.ASYNCHRONOUS, List.of("site", "os"), List.of(new Clause.Joint(classes, 0))),
                members);
    }

    /** A general structure of 5 to 7 replicas drawn from the seed, with up to three maximal fault sets. */
    public static FaultStructure general(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int size = 5 + random.nextInt(3);
            List<Member> members = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                TreeMap<String, String> attributes = new TreeMap<>();
                attributes.put("host", "h" + i);
                members.add(new Member("r" + i, attributes));
            }
            List<List<String>> sets = new ArrayList<>();
            for (int i = 2 + random.nextInt(4); i > 0; i--) {
                long half = random.nextLong(1L << size);
                ReplicaSet set = new ReplicaSet(half & random.nextLong(1L << size));
                sets.add(set.toList().stream().map(replica -> "r" + replica).toList());
            }
            try {
                return FaultStructure.compile(
                        TrustPolicy.of(TrustPolicy.Model.ASYNCHRONOUS, List.of("host"), List.of(new Clause.Sets(sets))),
                        members);
            } catch (TrustException refused) {
                // Three of the sets cover the group: draw again.
                continue;
            }
        }
        throw new IllegalStateException("no structure found");
    }

    /**
     * The same, where every replica is in some fault set, so that none may have a secret alone, and a few fault sets together
     * would have it: where there is something to share.
     */
    public static FaultStructure guarded(long seed) {
        for (long attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            FaultStructure drawn = general(seed + 1000 * attempt);
            ReplicaSet faulty = ReplicaSet.EMPTY;
            for (ReplicaSet faults : drawn.maximalFaultSets()) {
                faulty = faulty.union(faults);
            }
            if (faulty.containsAll(drawn.all())) {
                return drawn;
            }
        }
        throw new IllegalStateException("no structure found");
    }
}
