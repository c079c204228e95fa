package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Groups of replicas that some formulas cannot tell apart: of each group only the number of members in a set matters.
 * A set whose members in every group are the lowest ones is <em>canonical</em>: it stands for all sets with the same
 * numbers, and the union of two canonical sets has of each group the larger number. So searches over sets become
 * searches over canonical sets; a plain threshold has one of each size.
 */
final class Symmetry {
    private final List<Long> groups;
    private final long[] groupOf;

    private Symmetry(int size, List<Long> groups) {
        this.groups = List.copyOf(groups);
        this.groupOf = new long[size];
        for (long group : groups) {
            new ReplicaSet(group).forEach(replica -> groupOf[replica] = group);
        }
    }

    /** Replicas with the same weights under the same gates are interchangeable. */
    static Symmetry of(int size, List<Formula> formulas) {
        List<List<Long>> signatures = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            signatures.add(new ArrayList<>());
        }
        long[] gates = {0};
        for (Formula formula : formulas) {
            sign(Formula.select(1, List.of(formula)), signatures, gates);
        }
        Map<List<Long>, Long> bySignature = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            bySignature.merge(List.copyOf(signatures.get(i)), 1L << i, (a, b) -> a | b);
        }
        return new Symmetry(size, List.copyOf(bySignature.values()));
    }

    private static void sign(Formula.Gate gate, List<List<Long>> signatures, long[] gates) {
        long number = gates[0]++;
        List<List<Long>> weights = new ArrayList<>();
        signatures.forEach(signature -> weights.add(new ArrayList<>()));
        for (Formula.Child child : gate.children()) {
            switch (child.formula()) {
                case Formula.Leaf leaf -> weights.get(leaf.replica()).add((long) child.weight());
                case Formula.Gate below -> sign(below, signatures, gates);
            }
        }
        for (int i = 0; i < weights.size(); i++) {
            for (long weight : weights.get(i).stream().sorted().toList()) {
                signatures.get(i).add(number << 16 | weight);
            }
        }
    }

    /** The groups, in order of their lowest members. */
    List<Long> groups() {
        return groups;
    }

    long groupOf(int replica) {
        return groupOf[replica];
    }

    /** The lowest {@code count} members of the set. */
    static long lowest(long set, int count) {
        long rest = set;
        for (int i = 0; i < count; i++) {
            rest &= rest - 1;
        }
        return set & ~rest;
    }

    /** The canonical set with as many members of each group. */
    long canonical(long set) {
        long result = 0;
        for (long group : groups) {
            result |= lowest(group, Long.bitCount(set & group));
        }
        return result;
    }

    /** How many sets the canonical one stands for; {@link Long#MAX_VALUE} if more than that. */
    long orbit(long canonical) {
        long product = 1;
        for (long group : groups) {
            long choices = binomial(Long.bitCount(group), Long.bitCount(canonical & group));
            if (choices != 0 && product > Long.MAX_VALUE / choices) {
                return Long.MAX_VALUE;
            }
            product *= choices;
        }
        return product;
    }

    /** Saturating. */
    static long binomial(int n, int k) {
        long value = 1;
        for (int i = 1; i <= Math.min(k, n - k); i++) {
            if (value > Long.MAX_VALUE / (n - i + 1)) {
                return Long.MAX_VALUE;
            }
            value = value * (n - i + 1) / i;
        }
        return value;
    }

    /** All sets that the canonical one stands for, in the order of their members. */
    List<Long> expand(long canonical) {
        List<Long> sets = List.of(0L);
        for (long group : groups) {
            List<Long> next = new ArrayList<>();
            for (long set : sets) {
                choose(group, Long.bitCount(canonical & group), set, next);
            }
            sets = next;
        }
        return sets;
    }

    /** Adds {@code chosen} joined with each subset of {@code count} members of {@code from}. */
    static void choose(long from, int count, long chosen, List<Long> result) {
        if (count == 0) {
            result.add(chosen);
            return;
        }
        for (long rest = from; Long.bitCount(rest) >= count; rest &= rest - 1) {
            long lowest = Long.lowestOneBit(rest);
            choose(rest & ~lowest, count - 1, chosen | lowest, result);
        }
    }
}
