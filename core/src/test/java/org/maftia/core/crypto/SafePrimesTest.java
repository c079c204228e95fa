package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;

class SafePrimesTest {
    @Seeds(20)
    void primesAreSafeAndOfExactLength(long seed) {
        int bits = 64 + 13 * (int) seed;
        BigInteger prime = generate(bits, seed, SafePrimes.Progress.NONE);
        assertThat(prime.bitLength()).isEqualTo(bits);
        assertThat(prime.testBit(bits - 2))
                .as("a product of two has twice the bits")
                .isTrue();
        assertThat(prime.isProbablePrime(64)).isTrue();
        assertThat(prime.shiftRight(1).isProbablePrime(64)).isTrue();
        assertThat(generate(bits, seed, SafePrimes.Progress.NONE)).isEqualTo(prime);
    }

    @Test
    void progressCountsUp() {
        List<Integer> heard = new ArrayList<>();
        generate(256, 5, (tested, expected) -> {
            heard.add(tested);
            assertThat(expected).isBetween(50, 100);
        });
        for (int i = 0; i < heard.size(); i++) {
            assertThat(heard.get(i)).isEqualTo(i + 1);
        }
        assertThat(heard).isNotEmpty();
    }

    @Test
    void tooShortAPrimeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> generate(63, 1, SafePrimes.Progress.NONE));
    }

    private static BigInteger generate(int bits, long seed, SafePrimes.Progress progress) {
        return SafePrimes.generate(bits, new SeededEntropy(seed), ModularPower.JAVA, progress);
    }
}
