package org.maftia.server.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;

class ModularPowersTest {
    private static final SeededEntropy ENTROPY = new SeededEntropy(1);

    @Seeds(40)
    void openSslEqualsBigInteger(long seed) {
        equalsBigInteger(present(OpenSslPower.open(), "libcrypto 3"), seed);
    }

    @Seeds(40)
    void gmpEqualsBigInteger(long seed) {
        equalsBigInteger(present(GmpPower.open(), "GMP"), seed);
    }

    @Seeds(40)
    void theFallbackEqualsBigInteger(long seed) {
        equalsBigInteger(new BlindedPower(ENTROPY), seed);
    }

    private static ModularPower present(Optional<ModularPower> power, String library) {
        Assumptions.assumeTrue(power.isPresent(), "this host has no " + library);
        return power.orElseThrow();
    }

    private static void equalsBigInteger(ModularPower power, long seed) {
        Random random = new Random(seed);
        BigInteger modulus =
                new BigInteger(8 + random.nextInt(1500), random).setBit(7).setBit(0);
        BigInteger exponent = new BigInteger(random.nextInt(1800), random);
        List<BigInteger> bases = List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                modulus.subtract(BigInteger.ONE),
                new BigInteger(modulus.bitLength() + 8, random).mod(modulus));
        try (ModularPower.Power prepared = power.prepare(exponent, modulus)) {
            for (BigInteger base : bases) {
                assertThat(prepared.of(base)).isEqualTo(base.modPow(exponent, modulus));
                assertThat(power.power(base, exponent, modulus)).isEqualTo(base.modPow(exponent, modulus));
            }
        }
    }

    @Test
    void theKnownAnswerIsThatOfThePlatform() {
        assertThat(ModularPowers.answer(new BlindedPower(ENTROPY))).isEqualTo(ModularPowers.ANSWER);
    }

    @Test
    void exponentZeroAndOneAreExact() {
        BigInteger modulus = BigInteger.valueOf(1_000_003);
        for (ModularPower power : ModularPowers.available(ENTROPY)) {
            assertThat(power.power(BigInteger.TEN, BigInteger.ZERO, modulus)).isOne();
            assertThat(power.power(BigInteger.TEN, BigInteger.ONE, modulus)).isEqualTo(BigInteger.TEN);
        }
    }

    @Test
    void anEvenModulusAndANegativeExponentAreRefused() {
        for (ModularPower power : List.of(OpenSslPower.open(), GmpPower.open()).stream()
                .flatMap(Optional::stream)
                .toList()) {
            assertThatIllegalArgumentException().isThrownBy(() -> power.prepare(BigInteger.TWO, BigInteger.TEN));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> power.prepare(BigInteger.TWO.negate(), BigInteger.valueOf(9)));
        }
    }

    @Test
    void anErasedExponentIsNotUsed() {
        for (ModularPower power : List.of(OpenSslPower.open(), GmpPower.open()).stream()
                .flatMap(Optional::stream)
                .toList()) {
            ModularPower.Power prepared = power.prepare(BigInteger.TWO, BigInteger.valueOf(9));
            prepared.close();
            prepared.close();
            assertThatIllegalStateException().isThrownBy(() -> prepared.of(BigInteger.TWO));
        }
    }

    @Test
    void blindingSurvivesManyUses() {
        BigInteger modulus = BigInteger.valueOf(1_000_003);
        try (ModularPower.Power prepared = new BlindedPower(ENTROPY).prepare(BigInteger.valueOf(77), modulus)) {
            for (int i = 0; i < 200; i++) {
                BigInteger base = BigInteger.valueOf(i);
                assertThat(prepared.of(base)).isEqualTo(base.modPow(BigInteger.valueOf(77), modulus));
            }
        }
    }

    @Test
    void severalThreadsUseOneExponent() throws InterruptedException, ExecutionException {
        Random random = new Random(7);
        BigInteger modulus = new BigInteger(1024, random).setBit(1023).setBit(0);
        BigInteger exponent = new BigInteger(1024, random);
        for (ModularPower power : ModularPowers.available(ENTROPY)) {
            try (ModularPower.Power prepared = power.prepare(exponent, modulus);
                    ExecutorService pool = Executors.newFixedThreadPool(4)) {
                List<Future<BigInteger>> results = IntStream.range(0, 32)
                        .mapToObj(i -> pool.submit(() -> prepared.of(BigInteger.valueOf(i))))
                        .toList();
                for (int i = 0; i < results.size(); i++) {
                    assertThat(results.get(i).get())
                            .isEqualTo(BigInteger.valueOf(i).modPow(exponent, modulus));
                }
            }
        }
    }

    @Test
    void theFastestIsANativeOneWhereThereIsOne() {
        List<ModularPower> available = ModularPowers.available(ENTROPY);
        ModularPowers.Choice choice = ModularPowers.choose(ENTROPY);
        String fastest = choice.power().name();
        assertThat(choice.report()).startsWith(fastest).contains(fastest.equals("java") ? "blinded" : "constant time");
        choice.micros().values().forEach(micros -> assertThat(micros).isPositive());
        if (available.size() > 1) {
            assertThat(fastest).isNotEqualTo("java");
        } else {
            assertThat(fastest).isEqualTo("java");
        }
        assertThat(ModularPowers.named(fastest, ENTROPY)).isPresent();
        assertThat(ModularPowers.named("abacus", ENTROPY)).isEmpty();
    }
}
