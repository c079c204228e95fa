package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Finds safe primes: p = 2p'+1 with p' prime. About one in 200,000 candidates of 1024 bits is one, so candidates are
 * first sieved for small divisors of p' and of 2p'+1 at once, which leaves one in 500 or so to test.
 *
 * <p>The result is prime but for an error below 2^-64 that Miller-Rabin leaves for p' (and far below for random
 * candidates); p is then proved prime by Pocklington's criterion.
 */
public final class SafePrimes {
    /** Dividing by larger primes costs more than the tests it saves. */
    private static final int SIEVE_PRIME_MAX = 1 << 21;

    /** Each round lets a composite pass with probability at most 1/4. */
    private static final int MILLER_RABIN_ROUNDS = 32;

    private SafePrimes() {}

    /** Hears how a search goes; for display only. */
    @FunctionalInterface
    public interface Progress {
        /** Nobody listens. */
        Progress NONE = (tested, expected) -> {};

        /**
         * Called for every candidate tested.
         *
         * @param tested candidates tested so far
         * @param expected how many it takes on average; a search may take several times as many
         */
        void tested(int tested, int expected);
    }

    /**
     * A random safe prime of exactly {@code bits} bits whose two highest bits are set, so that the product of two has
     * twice the bits. Searches are independent: run two at once where there are two cores.
     *
     * @param bits at least 64
     * @param power computes the tests; their exponents are as secret as the prime
     */
    public static BigInteger generate(int bits, Entropy entropy, ModularPower power, Progress progress) {
        if (bits < 64) {
            throw new IllegalArgumentException("a safe prime of " + bits + " bits is no use");
        }
        int[] smallPrimes = smallPrimes(Math.min(SIEVE_PRIME_MAX, bits * bits));
        // The mean search looks at about bits^2/6 odd numbers.
        int window = bits * bits / 2;
        int expected = expectedTests(bits);
        int tested = 0;
        while (true) {
            // p' has one bit less than p, its two highest set, and is odd.
            BigInteger start = BigInteger.valueOf(3)
                    .shiftLeft(bits - 3)
                    .add(Uniform.bits(bits - 3, entropy))
                    .setBit(0);
            BitSet composite = sieve(start, window, smallPrimes);
            for (int i = composite.nextClearBit(0); i < window; i = composite.nextClearBit(i + 1)) {
                BigInteger half = start.add(BigInteger.valueOf(2L * i));
                progress.tested(++tested, expected);
                if (half.bitLength() == bits - 1 && isSafe(half, entropy, power)) {
                    return half.shiftLeft(1).setBit(0);
                }
            }
        }
    }

    /** Whether p' and 2p'+1 are prime. */
    private static boolean isSafe(BigInteger half, Entropy entropy, ModularPower power) {
        BigInteger prime = half.shiftLeft(1).setBit(0);
        // Fermat's test to base 2 refuses nearly all, first for p', then for p.
        if (!power.power(BigInteger.TWO, half.subtract(BigInteger.ONE), half).equals(BigInteger.ONE)) {
            return false;
        }
        // Pocklington: p' divides p-1, exceeds the root of p, and gcd(2^2 - 1, p) = 1 as 3 was sieved; so this proves
        // p.
        if (!power.power(BigInteger.TWO, half.shiftLeft(1), prime).equals(BigInteger.ONE)) {
            return false;
        }
        return passesMillerRabin(half, entropy, power);
    }

    private static boolean passesMillerRabin(BigInteger candidate, Entropy entropy, ModularPower power) {
        BigInteger minusOne = candidate.subtract(BigInteger.ONE);
        int twos = minusOne.getLowestSetBit();
        BigInteger odd = minusOne.shiftRight(twos);
        for (int round = 0; round < MILLER_RABIN_ROUNDS; round++) {
            BigInteger base = Uniform.below(candidate.subtract(BigInteger.valueOf(3)), entropy)
                    .add(BigInteger.TWO);
            BigInteger value = power.power(base, odd, candidate);
            boolean passes = value.equals(BigInteger.ONE) || value.equals(minusOne);
            for (int i = 1; i < twos && !passes; i++) {
                value = value.multiply(value).mod(candidate);
                passes = value.equals(minusOne);
            }
            if (!passes) {
                return false;
            }
        }
        return true;
    }

    /** Bit i is set iff start+2i or twice that plus 1 has a small divisor. */
    private static BitSet sieve(BigInteger start, int window, int[] smallPrimes) {
        int[] words = words(start);
        BitSet composite = new BitSet(window);
        for (int prime : smallPrimes) {
            long rest = 0;
            for (int word : words) {
                rest = (rest << 32 | (word & 0xffff_ffffL)) % prime;
            }
            // start + 2i = 0, and 2(start + 2i) + 1 = 0, modulo the prime; (prime+1)/2 is the inverse of 2.
            long inverseOfTwo = (prime + 1L) / 2;
            long first = (prime - rest) * inverseOfTwo % prime;
            long second = (2L * prime - rest - inverseOfTwo) * inverseOfTwo % prime;
            for (long i = first; i < window; i += prime) {
                composite.set((int) i);
            }
            for (long i = second; i < window; i += prime) {
                composite.set((int) i);
            }
        }
        return composite;
    }

    private static int[] words(BigInteger value) {
        int[] words = new int[(value.bitLength() + 31) / 32];
        for (int i = 0; i < words.length; i++) {
            words[words.length - 1 - i] = value.shiftRight(32 * i).intValue();
        }
        return words;
    }

    /** The odd primes below the limit, by Eratosthenes. */
    private static int[] smallPrimes(int limit) {
        BitSet composite = new BitSet(limit);
        List<Integer> primes = new ArrayList<>();
        for (int i = 3; i < limit; i += 2) {
            if (!composite.get(i)) {
                primes.add(i);
                for (long j = (long) i * i; j < limit; j += 2L * i) {
                    composite.set((int) j);
                }
            }
        }
        return primes.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * The mean number of candidates that reach the tests: (ln p' / (e^g ln B))^2 for a sieve up to B, by Mertens. In
     * integers: ln p' is bits * 0.693; e^-g is 0.5615; both together 0.389, over ln B = 0.693 * log2 B.
     */
    private static int expectedTests(int bits) {
        int sieveBits = 32 - Integer.numberOfLeadingZeros(Math.min(SIEVE_PRIME_MAX, bits * bits) - 1);
        long ratioPerMille = 562L * bits / sieveBits;
        return (int) Math.max(1, ratioPerMille * ratioPerMille / 1_000_000);
    }
}
