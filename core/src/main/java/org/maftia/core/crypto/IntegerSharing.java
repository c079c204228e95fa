package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Shares the exponent of RSA, whose group order nobody but the dealer may know. The root gate works modulo that order;
 * every gate below works over the integers and never reduces, because numbers that the holders of one child could
 * combine to a multiple of the order would factor the modulus. In exchange the values grow with the depth, hidden by
 * coefficients 128 bits longer than what they hide.
 *
 * <p>Combination is exact too. Lagrange coefficients have denominators that divide N!, so a gate gives its value times a
 * known integer factor, and factors multiply on the way up.
 *
 * <p>Source: Shoup, "Practical threshold signatures" (Eurocrypt 2000), for one gate.
 */
final class IntegerSharing {
    /** What a sum of at most 2^64 secrets is off from uniform by at most 2^-128 of: the statistical hiding in bits. */
    private static final int HIDING_BITS = 128;

    private IntegerSharing() {}

    /** The factor in the exponent of every share of a signature: it makes up for the denominators of the root. */
    static BigInteger shareFactor(ShareTree tree) {
        return tree instanceof ShareTree.Gate root ? root.delta() : BigInteger.ONE;
    }

    /**
     * Publishes and keeps what a dealing produces, in the order of the walk: gates from the root down and from left to
     * right.
     */
    interface Sink {
        /** The share of a leaf; may be negative below a sum. */
        void share(int leaf, BigInteger value);

        /** A hidden number of a gate, to which the dealer commits: a coefficient, or a child of a sum. */
        void hidden(BigInteger value);
    }

    /** Shares a secret below {@code order}. */
    static void deal(ShareTree tree, BigInteger secret, BigInteger order, int modulusBits, Entropy entropy, Sink sink) {
        BigInteger bound = BigInteger.ONE.shiftLeft(modulusBits);
        switch (tree) {
            case ShareTree.Leaf leaf -> sink.share(leaf.index(), secret);
            case ShareTree.Gate gate -> {
                List<BigInteger> values = rootChildren(gate, secret, order, entropy, sink);
                for (int i = 0; i < values.size(); i++) {
                    dealBelow(gate.children().get(i), values.get(i), bound, entropy, sink);
                }
            }
        }
    }

    private static List<BigInteger> rootChildren(
            ShareTree.Gate gate, BigInteger secret, BigInteger order, Entropy entropy, Sink sink) {
        int children = gate.children().size();
        List<BigInteger> values = new ArrayList<>(children);
        switch (gate.rule()) {
            case COPY -> gate.children().forEach(child -> values.add(secret));
            case SUM -> {
                BigInteger rest = secret;
                for (int i = 1; i < children; i++) {
                    BigInteger value = Uniform.below(order, entropy);
                    rest = rest.subtract(value).mod(order);
                    values.add(value);
                }
                values.add(rest);
                values.forEach(sink::hidden);
            }
            case POLYNOMIAL -> {
                List<BigInteger> coefficients = new ArrayList<>(List.of(secret));
                for (int j = 1; j < gate.threshold(); j++) {
                    BigInteger coefficient = Uniform.below(order, entropy);
                    coefficients.add(coefficient);
                    sink.hidden(coefficient);
                }
                for (int i = 1; i <= children; i++) {
                    values.add(evaluate(coefficients, i).mod(order));
                }
            }
        }
        return values;
    }

    /** Shares a value of absolute value at most {@code bound}. */
    private static void dealBelow(ShareTree node, BigInteger value, BigInteger bound, Entropy entropy, Sink sink) {
        switch (node) {
            case ShareTree.Leaf leaf -> sink.share(leaf.index(), value);
            case ShareTree.Gate gate -> {
                List<BigInteger> values = childrenOverIntegers(gate, value, bound, entropy, sink);
                BigInteger below = boundOfChildren(gate, bound);
                for (int i = 0; i < values.size(); i++) {
                    dealBelow(gate.children().get(i), values.get(i), below, entropy, sink);
                }
            }
        }
    }

    private static List<BigInteger> childrenOverIntegers(
            ShareTree.Gate gate, BigInteger value, BigInteger bound, Entropy entropy, Sink sink) {
        int children = gate.children().size();
        List<BigInteger> values = new ArrayList<>(children);
        switch (gate.rule()) {
            case COPY -> gate.children().forEach(child -> values.add(value));
            case SUM -> {
                BigInteger rest = value;
                for (int i = 1; i < children; i++) {
                    BigInteger hidden = Uniform.below(bound.shiftLeft(HIDING_BITS), entropy);
                    rest = rest.subtract(hidden);
                    values.add(hidden);
                }
                values.add(rest);
                values.forEach(sink::hidden);
            }
            case POLYNOMIAL -> {
                List<BigInteger> coefficients =
                        new ArrayList<>(List.of(gate.delta().multiply(value)));
                for (int j = 1; j < gate.threshold(); j++) {
                    BigInteger coefficient = Uniform.below(coefficientBound(gate, bound), entropy);
                    coefficients.add(coefficient);
                    sink.hidden(coefficient);
                }
                for (int i = 1; i <= children; i++) {
                    values.add(evaluate(coefficients, i));
                }
            }
        }
        return values;
    }

    private static BigInteger coefficientBound(ShareTree.Gate gate, BigInteger bound) {
        return gate.delta()
                .multiply(bound)
                .shiftLeft(HIDING_BITS + gate.children().size());
    }

    /** The largest absolute value that a child of a gate below the root can have. */
    private static BigInteger boundOfChildren(ShareTree.Gate gate, BigInteger bound) {
        int children = gate.children().size();
        return switch (gate.rule()) {
            case COPY -> bound;
            case SUM -> bound.add(bound.shiftLeft(HIDING_BITS).multiply(BigInteger.valueOf(children - 1L)));
            case POLYNOMIAL -> {
                BigInteger sum = gate.delta().multiply(bound);
                BigInteger power = BigInteger.ONE;
                for (int j = 1; j < gate.threshold(); j++) {
                    power = power.multiply(BigInteger.valueOf(children));
                    sum = sum.add(coefficientBound(gate, bound).multiply(power));
                }
                yield sum;
            }
        };
    }

    /** The largest absolute value of the share of each leaf: public, as it depends on the formula and a length only. */
    static List<BigInteger> leafBounds(ShareTree tree, int modulusBits) {
        List<BigInteger> bounds = new ArrayList<>();
        BigInteger bound = BigInteger.ONE.shiftLeft(modulusBits);
        switch (tree) {
            case ShareTree.Leaf leaf -> bounds.add(bound);
            case ShareTree.Gate gate -> gate.children().forEach(child -> collectBounds(child, bound, bounds));
        }
        return List.copyOf(bounds);
    }

    private static void collectBounds(ShareTree node, BigInteger bound, List<BigInteger> bounds) {
        switch (node) {
            case ShareTree.Leaf leaf -> bounds.add(bound);
            case ShareTree.Gate gate -> {
                BigInteger below = boundOfChildren(gate, bound);
                gate.children().forEach(child -> collectBounds(child, below, bounds));
            }
        }
    }

    /** Horner's rule. */
    private static BigInteger evaluate(List<BigInteger> coefficients, int point) {
        BigInteger value = BigInteger.ZERO;
        for (BigInteger coefficient : coefficients.reversed()) {
            value = value.multiply(BigInteger.valueOf(point)).add(coefficient);
        }
        return value;
    }

    /**
     * How a minimal qualified set gives back the secret: the sum of coefficient times share equals secret times factor,
     * divided by {@link #shareFactor}, modulo the order of the group.
     *
     * @param factor R of the root
     */
    record Combination(BigInteger factor, SortedMap<Integer, BigInteger> coefficients) {}

    /** The combination of a minimal qualified set, from the leaves up. */
    static Combination combination(ShareTree node, SortedSet<Integer> selection) {
        return switch (node) {
            case ShareTree.Leaf leaf -> {
                SortedMap<Integer, BigInteger> one = new TreeMap<>();
                one.put(leaf.index(), BigInteger.ONE);
                yield new Combination(BigInteger.ONE, one);
            }
            case ShareTree.Gate gate -> combinationAt(gate, selection);
        };
    }

    private static Combination combinationAt(ShareTree.Gate gate, SortedSet<Integer> selection) {
        SortedMap<Integer, Combination> byPoint = new TreeMap<>();
        BigInteger common = BigInteger.ONE;
        for (int i = 0; i < gate.children().size(); i++) {
            if (touches(gate.children().get(i), selection)) {
                Combination below = combination(gate.children().get(i), selection);
                byPoint.put(i + 1, below);
                common = common.multiply(below.factor).divide(common.gcd(below.factor));
            }
        }
        SortedMap<Integer, BigInteger> coefficients = new TreeMap<>();
        for (var entry : byPoint.entrySet()) {
            BigInteger scale =
                    lagrange(gate, entry.getKey(), byPoint.keySet()).multiply(common.divide(entry.getValue().factor));
            entry.getValue().coefficients.forEach((leaf, value) -> coefficients.put(leaf, value.multiply(scale)));
        }
        BigInteger delta = gate.delta();
        return new Combination(delta.multiply(delta).multiply(common), coefficients);
    }

    private static boolean touches(ShareTree node, SortedSet<Integer> selection) {
        return switch (node) {
            case ShareTree.Leaf leaf -> selection.contains(leaf.index());
            case ShareTree.Gate gate -> gate.children().stream().anyMatch(child -> touches(child, selection));
        };
    }

    /** N! times the Lagrange coefficient at 0 of a point: an integer; 1 where children are summed or copied. */
    private static BigInteger lagrange(ShareTree.Gate gate, int point, Iterable<Integer> points) {
        if (gate.rule() != ShareTree.Rule.POLYNOMIAL) {
            return BigInteger.ONE;
        }
        BigInteger above = gate.delta();
        BigInteger below = BigInteger.ONE;
        for (int other : points) {
            if (other != point) {
                above = above.multiply(BigInteger.valueOf(-other));
                below = below.multiply(BigInteger.valueOf((long) point - other));
            }
        }
        return above.divide(below);
    }
}
