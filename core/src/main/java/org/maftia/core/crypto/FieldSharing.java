package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Shares a number modulo a prime over a formula: a qualified set of leaves determines it by known coefficients, and any
 * other set is distributed as if it had been another number. A gate k of N with value v takes a uniform polynomial of
 * degree k-1 with f(0) = v; child i, counted from 1, gets f(i).
 *
 * <p>Source: Shamir (CACM 1979), gate by gate as Benaloh and Leichter (CRYPTO 1988).
 */
final class FieldSharing {
    private final BigInteger order;

    /** @param order a prime above every fan-in */
    FieldSharing(BigInteger order) {
        this.order = order;
    }

    /** Shares of a secret, by leaf. */
    SortedMap<Integer, BigInteger> deal(ShareTree tree, BigInteger secret, Entropy entropy) {
        SortedMap<Integer, BigInteger> shares = new TreeMap<>();
        deal(tree, secret, entropy, shares);
        return shares;
    }

    private void deal(ShareTree node, BigInteger value, Entropy entropy, SortedMap<Integer, BigInteger> shares) {
        switch (node) {
            case ShareTree.Leaf leaf -> shares.put(leaf.index(), value);
            case ShareTree.Gate gate -> {
                List<BigInteger> coefficients = new ArrayList<>();
                coefficients.add(value);
                for (int i = 1; i < gate.threshold(); i++) {
                    coefficients.add(Uniform.below(order, entropy));
                }
                for (int i = 0; i < gate.children().size(); i++) {
                    deal(gate.children().get(i), at(coefficients, i + 1), entropy, shares);
                }
            }
        }
    }

    /** Horner's rule. */
    private BigInteger at(List<BigInteger> coefficients, int point) {
        BigInteger value = BigInteger.ZERO;
        for (BigInteger coefficient : coefficients.reversed()) {
            value = value.multiply(BigInteger.valueOf(point)).add(coefficient).mod(order);
        }
        return value;
    }

    /**
     * What to multiply the shares with, so that they sum to the secret: at each gate the lowest satisfied children count.
     * Empty when the leaves do not suffice.
     */
    Optional<SortedMap<Integer, BigInteger>> coefficients(ShareTree node, SortedSet<Integer> leaves) {
        SortedMap<Integer, BigInteger> coefficients = new TreeMap<>();
        switch (node) {
            case ShareTree.Leaf leaf -> {
                if (leaves.contains(leaf.index())) {
                    coefficients.put(leaf.index(), BigInteger.ONE);
                }
            }
            case ShareTree.Gate gate -> {
                SortedMap<Integer, SortedMap<Integer, BigInteger>> satisfied = new TreeMap<>();
                for (int i = 0; i < gate.children().size() && satisfied.size() < gate.threshold(); i++) {
                    int point = i + 1;
                    coefficients(gate.children().get(i), leaves).ifPresent(below -> satisfied.put(point, below));
                }
                if (satisfied.size() == gate.threshold()) {
                    List<Integer> points = List.copyOf(satisfied.keySet());
                    satisfied.forEach((point, below) -> {
                        BigInteger factor = lagrange(points, point, 0);
                        below.forEach((leaf, inner) ->
                                coefficients.put(leaf, inner.multiply(factor).mod(order)));
                    });
                }
            }
        }
        return coefficients.isEmpty() ? Optional.empty() : Optional.of(coefficients);
    }

    /** The weight of the value at one of the points in the value of the polynomial at another place. */
    BigInteger lagrange(List<Integer> points, int point, int place) {
        BigInteger above = BigInteger.ONE;
        BigInteger below = BigInteger.ONE;
        for (int other : points) {
            if (other != point) {
                above = above.multiply(BigInteger.valueOf((long) place - other)).mod(order);
                below = below.multiply(BigInteger.valueOf((long) point - other)).mod(order);
            }
        }
        return above.multiply(below.modInverse(order)).mod(order);
    }
}
