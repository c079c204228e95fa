package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;

/**
 * Which replicas may be corrupted at the same time, and what follows for those who wait: {@link #isQuorum} is the most
 * that one may wait for, {@link #isKernel} the least that holds a correct replica. No other class compares counts of
 * replicas.
 *
 * <p>Source: Hirt, Maurer (J. Cryptology 2000); Cachin (DSN 2001).
 */
public final class FaultStructure {
    private final int size;
    private final long all;
    private final long[] maximal;
    private final SharingFormula sharing;

    FaultStructure(int size, List<ReplicaSet> maximalFaultSets, SharingFormula sharing) {
        this.size = size;
        this.all = ReplicaSet.firstOf(size).bits();
        this.maximal = maximalFaultSets.stream().mapToLong(ReplicaSet::bits).toArray();
        this.sharing = sharing;
    }

    /** Any {@code faults} of {@code size} replicas; secrets are shared {@code faults + 1} of {@code size}. */
    public static FaultStructure threshold(int size, int faults) {
        List<ReplicaSet> sets = new ArrayList<>();
        long all = ReplicaSet.firstOf(size).bits();
        for (long bits = 0; bits <= all; bits++) {
            if (Long.bitCount(bits) == faults) {
                sets.add(new ReplicaSet(bits));
            }
        }
        List<Formula> leaves = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            leaves.add(new Formula.Leaf(i));
        }
        boolean strong = size - 2 * faults > faults;
        return new FaultStructure(size, sets, new SharingFormula(Formula.select(faults + 1, leaves), strong));
    }

    /**
     * Compiles the policy over the members, who get the indices of the list.
     *
     * @throws TrustException when the policy is inconsistent or its model's condition fails; the message names the
     *     fault sets that cover the group
     */
    public static FaultStructure compile(TrustPolicy policy, List<Member> members) {
        return PolicyCompiler.compile(policy, members);
    }

    /** The number of replicas; for indexing, never for counting votes. */
    public int size() {
        return size;
    }

    public ReplicaSet all() {
        return new ReplicaSet(all);
    }

    /** Whether the set contains every replica outside some fault set. */
    public boolean isQuorum(ReplicaSet set) {
        for (long fault : maximal) {
            if ((all & ~set.bits() & ~fault) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether the set lies in no fault set, so that at least one member is correct. */
    public boolean isKernel(ReplicaSet set) {
        return !isFaultSet(set);
    }

    /** Whether all members of the set may be corrupted at the same time. */
    public boolean isFaultSet(ReplicaSet set) {
        for (long fault : maximal) {
            if ((set.bits() & ~fault) == 0) {
                return true;
            }
        }
        return false;
    }

    public List<ReplicaSet> maximalFaultSets() {
        List<ReplicaSet> sets = new ArrayList<>(maximal.length);
        for (long bits : maximal) {
            sets.add(new ReplicaSet(bits));
        }
        return List.copyOf(sets);
    }

    /** The formula over which this group shares its secrets. */
    public SharingFormula sharing() {
        return sharing;
    }
}
