package org.maftia.services.log;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;

/**
 * Which witnesses must have signed a head, in a form that a policy file can say: each stands at one place only. Any two sets that
 * suffice meet in a kernel, so that one correct replica stands behind both.
 *
 * @param formula over the indices of the replicas, without weights
 */
public record WitnessRule(Formula formula) {
    /** Triples of more fault sets are not looked through. */
    private static final int FAULT_SETS_MAX = 64;

    /**
     * The quorums themselves where a policy file can say what they are and any two meet in a kernel; else so many replicas,
     * whichever they are, that they do: then fewer may be away than the group survives.
     */
    public static WitnessRule of(FaultStructure trust) {
        return new WitnessRule(isPlain(trust.quorums(), trust) && quorumsMeet(trust) ? trust.quorums() : count(trust));
    }

    private static Formula count(FaultStructure trust) {
        return Formula.select(trust.countThatMeets(), trust.all());
    }

    private static boolean isPlain(Formula formula, FaultStructure trust) {
        List<Integer> leaves = new ArrayList<>();
        // As many leaves as replicas that they name: each stands there once.
        return addLeaves(formula, leaves)
                && leaves.size() == new TreeSet<>(leaves).size()
                && formula.replicas().equals(trust.all());
    }

    /** False where a child has another weight than 1. */
    private static boolean addLeaves(Formula formula, List<Integer> leaves) {
        return switch (formula) {
            case Formula.Leaf leaf -> leaves.add(leaf.replica());
            case Formula.Gate gate ->
                gate.children().stream().allMatch(child -> child.weight() == 1 && addLeaves(child.formula(), leaves));
        };
    }

    /** Two quorums meet outside every fault set when no three fault sets cover all. */
    private static boolean quorumsMeet(FaultStructure trust) {
        if (!trust.isListable()) {
            return false;
        }
        List<ReplicaSet> faults = trust.maximalFaultSets();
        if (faults.size() > FAULT_SETS_MAX) {
            return false;
        }
        for (ReplicaSet first : faults) {
            for (ReplicaSet second : faults) {
                if (!trust.isKernel(trust.all().minus(first.union(second)))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether these suffice. */
    public boolean holds(ReplicaSet witnesses) {
        return formula.holds(witnesses);
    }
}
