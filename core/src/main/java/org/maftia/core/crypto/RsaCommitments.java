package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Checks a dealing in the exponent: from the commitment to the value of a gate and to its hidden numbers follow those to
 * its children, down to the verification keys. Says that the shares fit the key, not that the modulus is well made.
 */
final class RsaCommitments {
    private final RsaKey key;
    private final Iterator<BigInteger> hidden;

    private RsaCommitments(RsaKey key) {
        this.key = key;
        this.hidden = key.commitments().iterator();
    }

    /** How many hidden numbers the gates of a formula have. */
    static int count(ShareTree node) {
        return switch (node) {
            case ShareTree.Leaf leaf -> 0;
            case ShareTree.Gate gate -> {
                int count = countAt(gate);
                for (ShareTree child : gate.children()) {
                    count += count(child);
                }
                yield count;
            }
        };
    }

    private static int countAt(ShareTree.Gate gate) {
        return switch (gate.rule()) {
            case COPY -> 0;
            case SUM -> gate.children().size();
            case POLYNOMIAL -> gate.threshold() - 1;
        };
    }

    static boolean areConsistent(RsaKey key) {
        BigInteger n = key.modulus();
        if (!key.base().subtract(BigInteger.ONE).gcd(n).equals(BigInteger.ONE)
                || !key.root().modPow(RsaKey.EXPONENT, n).equals(key.base())) {
            return false;
        }
        ShareTree tree = ShareTree.of(key.formula().formula());
        return new RsaCommitments(key).holds(tree, key.root(), true);
    }

    /** Whether the commitments below a node fit the commitment to its value. */
    private boolean holds(ShareTree node, BigInteger value, boolean root) {
        return switch (node) {
            case ShareTree.Leaf leaf -> key.verificationKeys().get(leaf.index()).equals(value);
            case ShareTree.Gate gate -> {
                List<BigInteger> children = children(gate, value, root);
                boolean holds =
                        gate.rule() != ShareTree.Rule.SUM || product(children).equals(value);
                for (int i = 0; i < children.size(); i++) {
                    holds &= holds(gate.children().get(i), children.get(i), false);
                }
                yield holds;
            }
        };
    }

    private List<BigInteger> children(ShareTree.Gate gate, BigInteger value, boolean root) {
        List<BigInteger> taken = new ArrayList<>();
        for (int i = countAt(gate); i > 0; i--) {
            taken.add(hidden.next());
        }
        List<BigInteger> children = new ArrayList<>();
        for (int i = 1; i <= gate.children().size(); i++) {
            children.add(
                    switch (gate.rule()) {
                        case COPY -> value;
                        case SUM -> taken.get(i - 1);
                        case POLYNOMIAL -> evaluate(constant(gate, value, root), taken, i);
                    });
        }
        return children;
    }

    /** Below the root the constant term is N! times the value. */
    private BigInteger constant(ShareTree.Gate gate, BigInteger value, boolean root) {
        return root ? value : value.modPow(gate.delta(), key.modulus());
    }

    /** Horner's rule in the exponent. */
    private BigInteger evaluate(BigInteger constant, List<BigInteger> coefficients, int point) {
        BigInteger at = BigInteger.valueOf(point);
        BigInteger value = BigInteger.ONE;
        for (BigInteger coefficient : coefficients.reversed()) {
            value = value.multiply(coefficient).mod(key.modulus()).modPow(at, key.modulus());
        }
        return value.multiply(constant).mod(key.modulus());
    }

    private BigInteger product(List<BigInteger> numbers) {
        BigInteger product = BigInteger.ONE;
        for (BigInteger number : numbers) {
            product = product.multiply(number).mod(key.modulus());
        }
        return product;
    }
}
