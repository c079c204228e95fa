package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/**
 * Which shares of a formula suffice: finds a minimal qualified set among the shares at hand, and takes the minimal sets
 * in turn to spread load. What a share is depends on the scheme; here it is the number of a leaf.
 */
public final class SharingScheme {
    /** Up to here all minimal qualified sets are kept and used in turn; 4 sites of 4 have 216. */
    static final int MINIMAL_SETS_MAX = 1024;

    private final SharingFormula formula;
    private final ShareTree tree;
    private final List<Integer> owners;
    private final int replicas;

    /** All minimal qualified sets in canonical order, or none where there are too many. */
    private final List<List<Integer>> minimalSets;

    /**
     * The scheme of a formula.
     *
     * @throws IllegalArgumentException when a gate is empty, weighted or out of range, or the formula too large
     */
    public SharingScheme(SharingFormula formula) {
        this.formula = formula;
        this.tree = ShareTree.of(formula.formula());
        this.owners = formula.owners();
        this.replicas = Collections.max(owners) + 1;
        this.minimalSets = count(tree) <= MINIMAL_SETS_MAX ? enumerate(tree) : List.of();
    }

    public SharingFormula formula() {
        return formula;
    }

    ShareTree tree() {
        return tree;
    }

    /** The number of shares; they are numbered from 0. */
    public int leafCount() {
        return owners.size();
    }

    /** Who keeps the share. */
    public int owner(int leaf) {
        return owners.get(leaf);
    }

    /** The shares that a replica keeps. */
    public SortedSet<Integer> leavesOf(int replica) {
        SortedSet<Integer> leaves = new TreeSet<>();
        for (int leaf = 0; leaf < owners.size(); leaf++) {
            if (owners.get(leaf) == replica) {
                leaves.add(leaf);
            }
        }
        return leaves;
    }

    /** The shares that the members of a set keep together. */
    public SortedSet<Integer> leavesOf(ReplicaSet set) {
        SortedSet<Integer> leaves = new TreeSet<>();
        set.forEach(replica -> leaves.addAll(leavesOf(replica)));
        return leaves;
    }

    /** Whether the shares suffice. */
    public boolean isQualified(SortedSet<Integer> leaves) {
        return !selection(leaves).isEmpty();
    }

    /**
     * The minimal qualified set that {@code combine} uses of the shares at hand: at each gate the lowest satisfied
     * children. Empty when they do not suffice.
     */
    public List<Integer> selection(SortedSet<Integer> leaves) {
        List<Integer> selected = select(tree, leaves);
        return selected == null ? List.of() : List.copyOf(selected);
    }

    private static @Nullable List<Integer> select(ShareTree node, SortedSet<Integer> leaves) {
        return switch (node) {
            case ShareTree.Leaf leaf -> leaves.contains(leaf.index()) ? List.of(leaf.index()) : null;
            case ShareTree.Gate gate -> {
                List<Integer> selected = new ArrayList<>();
                int satisfied = 0;
                for (ShareTree child : gate.children()) {
                    List<Integer> below = satisfied < gate.threshold() ? select(child, leaves) : null;
                    if (below != null) {
                        selected.addAll(below);
                        satisfied++;
                    }
                }
                yield satisfied == gate.threshold() ? selected : null;
            }
        };
    }

    /** All minimal qualified sets in canonical order; none when there are more than 1024 of them. */
    public List<List<Integer>> minimalSets() {
        return minimalSets;
    }

    /**
     * The shares to use for the index-th signature, so that over many every replica bears the same load. The first
     * stands for the one who combines; this role goes around too.
     *
     * @param index any number that grows, such as a log index
     */
    public List<Integer> designated(long index) {
        List<Integer> set;
        long round;
        if (minimalSets.isEmpty()) {
            set = greedy((int) Math.floorMod(index, (long) replicas));
            round = index;
        } else {
            set = minimalSets.get((int) Math.floorMod(index, (long) minimalSets.size()));
            round = Math.floorDiv(index, (long) minimalSets.size());
        }
        List<Integer> rotated = new ArrayList<>(set);
        Collections.rotate(rotated, -(int) Math.floorMod(round, (long) set.size()));
        return List.copyOf(rotated);
    }

    /** Adds replicas from {@code first} on until they suffice, then drops those that turn out superfluous. */
    private List<Integer> greedy(int first) {
        ReplicaSet set = ReplicaSet.EMPTY;
        for (int i = 0; i < replicas && !formula.isQualified(set); i++) {
            set = set.with((first + i) % replicas);
        }
        for (int i = 0; i < replicas; i++) {
            ReplicaSet smaller = set.without((first + i) % replicas);
            set = formula.isQualified(smaller) ? smaller : set;
        }
        return selection(leavesOf(set));
    }

    /** The number of minimal qualified sets; stops above {@link #MINIMAL_SETS_MAX}. */
    private static long count(ShareTree node) {
        return switch (node) {
            case ShareTree.Leaf leaf -> 1;
            case ShareTree.Gate gate -> {
                // sums[k]: the ways to satisfy exactly k of the children seen so far.
                long[] sums = new long[gate.threshold() + 1];
                sums[0] = 1;
                for (ShareTree child : gate.children()) {
                    long ways = count(child);
                    for (int k = gate.threshold(); k > 0; k--) {
                        sums[k] = Math.min(sums[k] + sums[k - 1] * ways, MINIMAL_SETS_MAX + 1);
                    }
                }
                yield sums[gate.threshold()];
            }
        };
    }

    private static List<List<Integer>> enumerate(ShareTree node) {
        return switch (node) {
            case ShareTree.Leaf leaf -> List.of(List.of(leaf.index()));
            case ShareTree.Gate gate -> {
                List<List<Integer>> sets = new ArrayList<>();
                choose(gate, 0, gate.threshold(), List.of(), sets);
                yield List.copyOf(sets);
            }
        };
    }

    /** Extends {@code chosen} by each way to satisfy {@code missing} of the children from {@code next} on. */
    private static void choose(
            ShareTree.Gate gate, int next, int missing, List<Integer> chosen, List<List<Integer>> sets) {
        if (missing == 0) {
            sets.add(chosen);
            return;
        }
        for (int child = next; child <= gate.children().size() - missing; child++) {
            for (List<Integer> below : enumerate(gate.children().get(child))) {
                List<Integer> longer = new ArrayList<>(chosen);
                longer.addAll(below);
                choose(gate, child + 1, missing - 1, List.copyOf(longer), sets);
            }
        }
    }
}
