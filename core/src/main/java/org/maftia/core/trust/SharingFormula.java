package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * The formula over which secrets are shared: no fault set satisfies it, the complement of every fault set does. Its
 * leaves are the shares, numbered from 0 as they stand from left to right; a replica may own several.
 *
 * @param formula weights are all 1 here: a weighted gate is expanded into repeated children
 * @param strong whether even the complement of any two fault sets together satisfies it
 */
public record SharingFormula(Formula formula, boolean strong) {
    /** The owner of each leaf, by leaf number. */
    public List<Integer> owners() {
        List<Integer> owners = new ArrayList<>();
        collect(formula, owners);
        return List.copyOf(owners);
    }

    private static void collect(Formula formula, List<Integer> owners) {
        switch (formula) {
            case Formula.Leaf leaf -> owners.add(leaf.replica());
            case Formula.Gate gate -> gate.children().forEach(child -> collect(child.formula(), owners));
        }
    }

    /**
     * The same sharing where replicas go by other indices: what stands at a leaf, and where, stays.
     *
     * @param index of an owner here, by its index now
     */
    public SharingFormula renamed(IntUnaryOperator index) {
        return new SharingFormula(renamed(formula, index), strong);
    }

    private static Formula renamed(Formula formula, IntUnaryOperator index) {
        return switch (formula) {
            case Formula.Leaf leaf -> new Formula.Leaf(index.applyAsInt(leaf.replica()));
            case Formula.Gate gate ->
                new Formula.Gate(
                        gate.threshold(),
                        gate.children().stream()
                                .map(child -> new Formula.Child(child.weight(), renamed(child.formula(), index)))
                                .toList());
        };
    }

    /** Whether the replicas of the set together hold enough shares to use the secret. */
    public boolean isQualified(ReplicaSet replicas) {
        return formula.holds(replicas);
    }
}
