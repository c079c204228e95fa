package org.maftia.server.crypto;

import java.math.BigInteger;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ModularPower;

/**
 * The fallback: the platform's arithmetic, applied to a base that nobody else knows. (x u)^s u^-s = x^s for a random u;
 * the pair (u, u^-s) is squared after use, and fresh after 64 uses, so that blinding costs little.
 */
final class BlindedPower implements ModularPower {
    /** After this many squarings the pair is drawn anew: a guess at one tells about few. */
    private static final int USES_MAX = 64;

    private final Entropy entropy;

    BlindedPower(Entropy entropy) {
        this.entropy = entropy;
    }

    @Override
    public String name() {
        return "java";
    }

    /** An exponent that is used once gives one time only, of which no statistics can be made: not blinded. */
    @Override
    public BigInteger power(BigInteger base, BigInteger exponent, BigInteger modulus) {
        return ModularPower.JAVA.power(base, exponent, modulus);
    }

    @Override
    public Power prepare(BigInteger exponent, BigInteger modulus) {
        return new Blinded(exponent, modulus);
    }

    private final class Blinded implements Power {
        private final BigInteger exponent;
        private final BigInteger modulus;
        private BigInteger factor = BigInteger.ONE;
        private BigInteger correction = BigInteger.ONE;
        private int uses = USES_MAX;

        Blinded(BigInteger exponent, BigInteger modulus) {
            this.exponent = exponent;
            this.modulus = modulus;
        }

        @Override
        public BigInteger of(BigInteger base) {
            BigInteger blinding;
            BigInteger unblinding;
            synchronized (this) {
                advance();
                blinding = factor;
                unblinding = correction;
            }
            return base.multiply(blinding)
                    .mod(modulus)
                    .modPow(exponent, modulus)
                    .multiply(unblinding)
                    .mod(modulus);
        }

        private void advance() {
            if (uses < USES_MAX) {
                factor = factor.multiply(factor).mod(modulus);
                correction = correction.multiply(correction).mod(modulus);
                uses++;
                return;
            }
            do {
                // 128 bits more than the modulus has: uniform after the reduction.
                factor = new BigInteger(1, entropy.bytes(modulus.bitLength() / 8 + 17)).mod(modulus);
            } while (!factor.gcd(modulus).equals(BigInteger.ONE));
            correction = factor.modInverse(modulus).modPow(exponent, modulus);
            uses = 1;
        }

        /** Nothing to erase: the words of a BigInteger cannot be reached. */
        @Override
        public void close() {}
    }
}
