package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;

/** A sharing formula with its leaves numbered from left to right, checked once, so that all who walk it may rely on it. */
sealed interface ShareTree {
    /** As in trust: deeper formulas are refused before anything recurses into them. */
    int DEPTH_MAX = 16;

    /** As in trust; one share a leaf. */
    int NODES_MAX = 4096;

    /** One share and who keeps it. */
    record Leaf(int index, int owner) implements ShareTree {}

    /** Needs {@code threshold} of its children. Child i, counted from 0, stands at the point i+1 of a polynomial. */
    record Gate(int threshold, List<ShareTree> children) implements ShareTree {
        Rule rule() {
            if (threshold == 1) {
                return Rule.COPY;
            }
            return threshold == children.size() ? Rule.SUM : Rule.POLYNOMIAL;
        }

        /** N! where Lagrange coefficients have denominators, which divide it; else 1. */
        BigInteger delta() {
            BigInteger product = BigInteger.ONE;
            if (rule() == Rule.POLYNOMIAL) {
                for (int i = 2; i <= children.size(); i++) {
                    product = product.multiply(BigInteger.valueOf(i));
                }
            }
            return product;
        }
    }

    /** How a gate spreads its value over its children. */
    enum Rule {
        /** One of N: every child gets the value. */
        COPY,
        /** N of N: the children sum to the value. */
        SUM,
        /** The children are points of a polynomial whose constant term carries the value. */
        POLYNOMIAL
    }

    /**
     * Numbers the leaves of a formula.
     *
     * @throws IllegalArgumentException when a gate is empty, weighted or out of range, or the formula too large
     */
    static ShareTree of(Formula formula) {
        return new Builder().build(formula, 0);
    }

    /** Counts while it walks. */
    final class Builder {
        private int leaves;
        private int nodes;

        private ShareTree build(Formula formula, int depth) {
            if (depth > DEPTH_MAX || ++nodes > NODES_MAX) {
                throw new IllegalArgumentException("a sharing formula has at most 16 levels and 4096 nodes");
            }
            return switch (formula) {
                case Formula.Leaf leaf -> leaf(leaf.replica());
                case Formula.Gate gate -> gate(gate, depth);
            };
        }

        private ShareTree leaf(int replica) {
            if (replica < 0 || replica >= ReplicaSet.SIZE_MAX) {
                throw new IllegalArgumentException("no replica has index " + replica);
            }
            return new Leaf(leaves++, replica);
        }

        private ShareTree gate(Formula.Gate gate, int depth) {
            if (gate.threshold() < 1 || gate.threshold() > gate.children().size()) {
                throw new IllegalArgumentException("a gate needs 1 to all of its children, not " + gate.threshold());
            }
            List<ShareTree> children = new ArrayList<>(gate.children().size());
            for (Formula.Child child : gate.children()) {
                if (child.weight() != 1) {
                    throw new IllegalArgumentException("weights of a sharing formula are expanded first");
                }
                children.add(build(child.formula(), depth + 1));
            }
            return new Gate(gate.threshold(), List.copyOf(children));
        }
    }
}
