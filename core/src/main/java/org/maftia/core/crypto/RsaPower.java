package org.maftia.core.crypto;

import java.math.BigInteger;

/** Powers with exponents of either sign: a negative one takes the inverse of the base, never of a secret result. */
final class RsaPower {
    private RsaPower() {}

    /**
     * One power.
     *
     * @throws ArithmeticException when the exponent is negative and the base has no inverse
     */
    static BigInteger of(ModularPower power, BigInteger base, BigInteger exponent, BigInteger modulus) {
        return power.power(oriented(base, exponent.signum(), modulus), exponent.abs(), modulus);
    }

    /** The base, or its inverse for a negative exponent. */
    static BigInteger oriented(BigInteger base, int sign, BigInteger modulus) {
        return sign < 0 ? base.modInverse(modulus) : base;
    }
}
