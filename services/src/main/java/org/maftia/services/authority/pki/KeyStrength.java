package org.maftia.services.authority.pki;

import java.math.BigInteger;
import java.util.Optional;
import org.maftia.services.x509.SubjectKey;

/**
 * Finds RSA keys that can be factored at once: with small factors, with two primes close together, or made by the flawed
 * generator of 2017 (CVE-2017-15361), whose primes are powers of 65537 modulo every small prime.
 */
public final class KeyStrength {
    private static final int SMALL_MAX = 752;

    /** The steps that the rules of public authorities ask for. */
    private static final int CLOSE_STEPS = 100;

    /** The primes by which the flawed generator is recognised. */
    private static final int[] MARKS = {11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157};

    private static final BigInteger SMALL = primorial();

    private KeyStrength() {}

    private static BigInteger primorial() {
        BigInteger product = BigInteger.ONE;
        for (int candidate = 3; candidate < SMALL_MAX; candidate += 2) {
            if (isPrime(candidate)) {
                product = product.multiply(BigInteger.valueOf(candidate));
            }
        }
        return product;
    }

    private static boolean isPrime(int odd) {
        for (int divisor = 3; divisor * divisor <= odd; divisor += 2) {
            if (odd % divisor == 0) {
                return false;
            }
        }
        return true;
    }

    /** Why the key is weak; empty where nothing speaks against it. */
    public static Optional<String> weakness(SubjectKey key) {
        if (!(key.value() instanceof SubjectKey.Value.Rsa rsa)) {
            return Optional.empty();
        }
        BigInteger modulus = rsa.modulus();
        if (modulus.bitLength() % 8 != 0) {
            return Optional.of("the modulus has no whole number of bytes");
        }
        if (!modulus.gcd(SMALL).equals(BigInteger.ONE)) {
            return Optional.of("the modulus has a small factor");
        }
        if (isOfFlawedGenerator(modulus)) {
            return Optional.of("the key is of a generator whose keys can be factored (CVE-2017-15361)");
        }
        return hasCloseFactors(modulus) ? Optional.of("the primes are close together") : Optional.empty();
    }

    private static boolean isOfFlawedGenerator(BigInteger modulus) {
        for (int prime : MARKS) {
            int wanted = modulus.mod(BigInteger.valueOf(prime)).intValueExact();
            boolean power = false;
            int value = 1;
            for (int i = 0; i < prime && !power; i++) {
                power = value == wanted;
                value = value * (65_537 % prime) % prime;
            }
            if (!power) {
                return false;
            }
        }
        return true;
    }

    /** Fermat's method. */
    private static boolean hasCloseFactors(BigInteger modulus) {
        BigInteger a = modulus.sqrt();
        for (int i = 0; i < CLOSE_STEPS; i++) {
            BigInteger[] root =
                    a.multiply(a).subtract(modulus).max(BigInteger.ZERO).sqrtAndRemainder();
            if (root[1].signum() == 0 && a.multiply(a).compareTo(modulus) >= 0) {
                return true;
            }
            a = a.add(BigInteger.ONE);
        }
        return false;
    }
}
