package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * What an intruder would do with stolen integers: find small relations. The algorithm of Lenstra, Lenstra and Lovász in
 * exact integers.
 *
 * <p>Source: Cohen, "A Course in Computational Algebraic Number Theory", algorithm 2.6.7.
 */
final class LatticeReduction {
    private final BigInteger[][] basis;

    /** Determinants of the Gram matrices, d[0] = 1. */
    private final BigInteger[] d;

    private final BigInteger[][] lambda;

    private LatticeReduction(BigInteger[][] basis) {
        this.basis = basis;
        this.d = new BigInteger[basis.length + 1];
        this.lambda = new BigInteger[basis.length][basis.length];
    }

    /** Reduces the rows, which are independent, in place. */
    static void reduce(BigInteger[][] rows) {
        new LatticeReduction(rows).run();
    }

    private void run() {
        Arrays.fill(d, BigInteger.ONE);
        for (int k = 0; k < basis.length; k++) {
            orthogonalize(k);
        }
        int k = 1;
        while (k < basis.length) {
            reduceBy(k, k - 1);
            BigInteger square = lambda[k][k - 1].pow(2);
            BigInteger left = d[k + 1].multiply(d[k - 1]).add(square).shiftLeft(2);
            if (left.compareTo(d[k].pow(2).multiply(BigInteger.valueOf(3))) < 0) {
                swap(k);
                k = Math.max(1, k - 1);
            } else {
                for (int l = k - 2; l >= 0; l--) {
                    reduceBy(k, l);
                }
                k++;
            }
        }
    }

    private void orthogonalize(int k) {
        for (int j = 0; j <= k; j++) {
            BigInteger u = BigInteger.ZERO;
            for (int i = 0; i < basis[k].length; i++) {
                u = u.add(basis[k][i].multiply(basis[j][i]));
            }
            for (int i = 0; i < j; i++) {
                u = d[i + 1].multiply(u)
                        .subtract(lambda[k][i].multiply(lambda[j][i]))
                        .divide(d[i]);
            }
            if (j < k) {
                lambda[k][j] = u;
            } else {
                d[k + 1] = u;
            }
        }
    }

    private void reduceBy(int k, int l) {
        // The nearest integer to lambda / d.
        BigInteger twice = lambda[k][l].shiftLeft(1).add(d[l + 1]);
        BigInteger[] parts = twice.divideAndRemainder(d[l + 1].shiftLeft(1));
        BigInteger q = parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
        if (q.signum() == 0) {
            return;
        }
        for (int i = 0; i < basis[k].length; i++) {
            basis[k][i] = basis[k][i].subtract(q.multiply(basis[l][i]));
        }
        lambda[k][l] = lambda[k][l].subtract(q.multiply(d[l + 1]));
        for (int i = 0; i < l; i++) {
            lambda[k][i] = lambda[k][i].subtract(q.multiply(lambda[l][i]));
        }
    }

    private void swap(int k) {
        BigInteger[] row = basis[k];
        basis[k] = basis[k - 1];
        basis[k - 1] = row;
        for (int j = 0; j < k - 1; j++) {
            BigInteger t = lambda[k][j];
            lambda[k][j] = lambda[k - 1][j];
            lambda[k - 1][j] = t;
        }
        BigInteger middle = lambda[k][k - 1];
        BigInteger b = d[k - 1].multiply(d[k + 1]).add(middle.pow(2)).divide(d[k]);
        for (int i = k + 1; i < basis.length; i++) {
            BigInteger t = lambda[i][k];
            lambda[i][k] = d[k + 1].multiply(lambda[i][k - 1])
                    .subtract(middle.multiply(t))
                    .divide(d[k]);
            lambda[i][k - 1] = b.multiply(t).add(middle.multiply(lambda[i][k])).divide(d[k + 1]);
        }
        d[k] = b;
    }
}
