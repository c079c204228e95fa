package org.maftia.core.crypto;

import java.math.BigInteger;

/**
 * Raises to powers modulo an odd number: exact for every back end, so that all replicas get equal results whichever
 * they use. Back ends differ in speed and in what their running time tells about the exponent. Any thread may call.
 */
public interface ModularPower {
    /** The plain arithmetic of the platform. Its running time depends on the exponent: no place for secrets of value. */
    ModularPower JAVA = new JavaPower();

    /** Names the back end for status and logs, such as {@code openssl}. */
    String name();

    /**
     * Prepares an exponent for many bases.
     *
     * @param exponent not negative
     * @param modulus odd, above 1
     */
    Power prepare(BigInteger exponent, BigInteger modulus);

    /** One power, for an exponent that is used once. */
    default BigInteger power(BigInteger base, BigInteger exponent, BigInteger modulus) {
        try (Power power = prepare(exponent, modulus)) {
            return power.of(base);
        }
    }

    /** A prepared exponent. Any thread may use it; {@link #close} erases the copies that this back end made. */
    interface Power extends AutoCloseable {
        /**
         * The power of a base.
         *
         * @param base at least 0 and below the modulus
         */
        BigInteger of(BigInteger base);

        @Override
        void close();
    }
}
