package org.maftia.core.trust;

import java.util.List;

/**
 * A monotone formula over replicas: nested weighted threshold gates without negation. Whoever satisfies it keeps
 * satisfying it when more replicas join. A replica may stand at several leaves. Every value of this type is well
 * formed: no gate is empty, asks for nothing, or asks for more than its children weigh.
 *
 * <p>Source: Alpos, Cachin, "Consensus beyond thresholds" (SRDS 2020).
 */
public sealed interface Formula {
    /** Gates on one path from the root: what a human can still review, and what the evaluator's stack holds. */
    int DEPTH_MAX = 16;

    /** Gates and leaves of a formula that comes from outside. */
    int NODES_MAX = 4096;

    /** Total weight of one gate: its sum stands in 16 bits of the evaluator's stack. */
    int WEIGHT_MAX = 65_535;

    /** Whether the members of {@code set} satisfy the formula. Naive; {@link FaultStructure} compiles. */
    boolean holds(ReplicaSet set);

    /**
     * The formula that holds for a set iff this one does not hold for the set's complement. Of quorums it gives the
     * kernels. The dual of the dual is the formula.
     */
    Formula dual();

    /** Gates on the longest path from here; a leaf has none. */
    int depth();

    /** All gates and leaves. */
    long nodes();

    /** The replicas at the leaves. */
    ReplicaSet replicas();

    /** True iff the replica is a member. */
    record Leaf(int replica) implements Formula {
        public Leaf {
            if (replica < 0 || replica >= ReplicaSet.SIZE_MAX) {
                throw new IllegalArgumentException("no replica has index " + replica);
            }
        }

        @Override
        public boolean holds(ReplicaSet set) {
            return set.contains(replica);
        }

        @Override
        public Formula dual() {
            return this;
        }

        @Override
        public int depth() {
            return 0;
        }

        @Override
        public long nodes() {
            return 1;
        }

        @Override
        public ReplicaSet replicas() {
            return ReplicaSet.of(replica);
        }
    }

    /** True iff the weights of the true children sum to at least {@code threshold}. */
    record Gate(int threshold, List<Child> children) implements Formula {
        public Gate {
            children = List.copyOf(children);
            long total = children.stream().mapToLong(Child::weight).sum();
            if (threshold < 1 || threshold > total || total > WEIGHT_MAX) {
                throw new IllegalArgumentException("a gate cannot ask for " + threshold + " of weight " + total);
            }
        }

        /** The weights of all children together. */
        public int totalWeight() {
            return children.stream().mapToInt(Child::weight).sum();
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

        /** At least k of w are true, dually: fewer than w-k+1 are false. */
        @Override
        public Formula dual() {
            return new Gate(
                    totalWeight() - threshold + 1,
                    children.stream()
                            .map(child ->
                                    new Child(child.weight(), child.formula().dual()))
                            .toList());
        }

        @Override
        public int depth() {
            return 1
                    + children.stream()
                            .mapToInt(child -> child.formula().depth())
                            .max()
                            .orElse(0);
        }

        @Override
        public long nodes() {
            return 1
                    + children.stream()
                            .mapToLong(child -> child.formula().nodes())
                            .sum();
        }

        @Override
        public ReplicaSet replicas() {
            ReplicaSet all = ReplicaSet.EMPTY;
            for (Child child : children) {
                all = all.union(child.formula().replicas());
            }
            return all;
        }
    }

    /** An input of a gate; {@code weight} is at least 1. */
    record Child(int weight, Formula formula) {
        public Child {
            if (weight < 1 || weight > WEIGHT_MAX) {
                throw new IllegalArgumentException("no child weighs " + weight);
            }
        }
    }

    /** A gate whose children all weigh 1. */
    static Gate select(int threshold, List<? extends Formula> children) {
        return new Gate(
                threshold, children.stream().map(child -> new Child(1, child)).toList());
    }

    /** Any {@code threshold} of the replicas of the set. */
    static Gate select(int threshold, ReplicaSet replicas) {
        return select(threshold, replicas.toList().stream().map(Leaf::new).toList());
    }

    /** All replicas of the set, which is not empty. */
    static Gate allOf(ReplicaSet replicas) {
        return select(replicas.size(), replicas);
    }

    /** At least one of the formulas; the only one itself if there is but one. */
    static Formula anyOf(List<? extends Formula> formulas) {
        return formulas.size() == 1 ? formulas.getFirst() : select(1, formulas);
    }

    /**
     * Reads the JSON form: {@code "id" | index | {"select": k, "out-of": [child, ...]}}, where a child is such a node
     * or {@code {"weight": w, "of": node}}.
     *
     * @param json hostile text does no harm: depth, nodes and numbers are bounded
     * @param ids the replicas' ids in index order
     * @throws TrustException saying what is wrong and at which character
     */
    static Formula parse(String json, List<String> ids) {
        return new FormulaParser(json, ids).parse();
    }

    /** The canonical JSON form: ids, no blanks, children in the given order, weights of 1 left out. */
    default String toJson(List<String> ids) {
        return FormulaText.json(this, ids);
    }

    /** SHA-256 of {@link #toJson} in UTF-8: what a configuration is bound to. */
    default byte[] sha256(List<String> ids) {
        return FormulaText.sha256(toJson(ids));
    }
}
