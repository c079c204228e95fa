package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The secret of a dealer that must show a {@link SharingCommitment}: a number and uniform polynomials that share it over a
 * formula. Lives as long as a dealing is made.
 */
final class SharingPolynomials {
    private final ShareTree tree;
    private final BigInteger number;

    /** As in the commitment. */
    private final List<BigInteger> coefficients = new ArrayList<>();

    SharingPolynomials(ShareTree tree, BigInteger number, Entropy entropy) {
        this.tree = tree;
        this.number = number;
        for (int i = SharingCommitment.length(tree); i > 0; i--) {
            coefficients.add(drawn(entropy));
        }
    }

    /** Uniform but for 0, whose powers are all the identity, which nobody takes for a point. */
    static BigInteger drawn(Entropy entropy) {
        return Uniform.below(CurvePoint.ORDER.subtract(BigInteger.ONE), entropy).add(BigInteger.ONE);
    }

    SharingCommitment commitment() {
        return new SharingCommitment(
                coefficients.stream().map(CurvePoint.GENERATOR::times).toList());
    }

    SortedMap<Integer, BigInteger> shares() {
        SortedMap<Integer, BigInteger> shares = new TreeMap<>();
        deal(tree, number, coefficients.iterator(), shares);
        return shares;
    }

    private static void deal(
            ShareTree node, BigInteger value, Iterator<BigInteger> rest, SortedMap<Integer, BigInteger> shares) {
        switch (node) {
            case ShareTree.Leaf leaf -> shares.put(leaf.index(), value);
            case ShareTree.Gate gate -> {
                List<BigInteger> polynomial = new ArrayList<>();
                polynomial.add(value);
                for (int i = 1; i < gate.threshold(); i++) {
                    polynomial.add(rest.next());
                }
                for (int i = 0; i < gate.children().size(); i++) {
                    deal(gate.children().get(i), at(polynomial, i + 1), rest, shares);
                }
            }
        }
    }

    /** Horner's rule. */
    private static BigInteger at(List<BigInteger> polynomial, int place) {
        BigInteger value = BigInteger.ZERO;
        for (BigInteger coefficient : polynomial.reversed()) {
            value = value.multiply(BigInteger.valueOf(place)).add(coefficient).mod(CurvePoint.ORDER);
        }
        return value;
    }
}
