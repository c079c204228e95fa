package org.maftia.core.crypto;

import java.math.BigInteger;

/** {@link BigInteger#modPow} as a back end: always there, faster than its reputation, not of constant time. */
final class JavaPower implements ModularPower {
    @Override
    public String name() {
        return "java";
    }

    @Override
    public Power prepare(BigInteger exponent, BigInteger modulus) {
        if (exponent.signum() < 0 || !modulus.testBit(0)) {
            throw new IllegalArgumentException("the exponent is at least 0 and the modulus odd");
        }
        return new Power() {
            @Override
            public BigInteger of(BigInteger base) {
                return base.modPow(exponent, modulus);
            }

            /** Nothing to erase: the words of a BigInteger cannot be reached. */
            @Override
            public void close() {}
        };
    }
}
