package org.maftia.core.trust;

import java.util.List;

/**
 * A monotone formula over replicas: nested weighted threshold gates without negation. Whoever satisfies it keeps
 * satisfying it when more replicas join.
 *
 * <p>Source: Alpos, Cachin, "Consensus beyond thresholds" (SRDS 2020).
 */
public sealed interface Formula {
    /** Whether the members of {@code set} satisfy the formula. Naive; {@link FaultStructure} compiles. */
    boolean holds(ReplicaSet set);

    /** True iff the replica is a member. */
    record Leaf(int replica) implements Formula {
        @Override
        public boolean holds(ReplicaSet set) {
            return set.contains(replica);
        }
    }

    /** True iff the weights of the true children sum to at least {@code threshold}. */
    record Gate(int threshold, List<Child> children) implements Formula {
        public Gate {
            children = List.copyOf(children);
        }

        @Override
        public boolean holds(ReplicaSet set) {
            long weight = 0;
            for (Child child : children) {
                if (child.formula().holds(set)) {
                    weight += child.weight();
                }
            }
            return weight >= threshold;
        }
    }

    /** An input of a gate; {@code weight} is at least 1. */
    record Child(int weight, Formula formula) {}

    /** A gate whose children all weigh 1. */
    static Gate select(int threshold, List<? extends Formula> children) {
        return new Gate(
                threshold, children.stream().map(child -> new Child(1, child)).toList());
    }
}
