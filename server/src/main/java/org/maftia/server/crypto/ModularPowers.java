package org.maftia.server.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.Transcript;

/** The back ends of this host, each checked by a known answer before it may touch a key. */
public final class ModularPowers {
    /** As long as the powers of a share at the shorter of the usual lengths; the ratio hardly changes with it. */
    private static final int SAMPLE_BITS = 2048;

    /** The first run loads code and tables; the best of the others counts. */
    private static final int RUNS = 4;

    /**
     * SHA-256 of the power that {@link #answer} asks for, by the platform's arithmetic. To compute it at every start would
     * take a tenth of a replica's processor time until it is ready, as nothing is compiled then.
     */
    static final String ANSWER = "534699a9d7cbc44bdf09f36efd540b72e30049ee3cc795f63ca87e835bce838c";

    private ModularPowers() {}

    /** All back ends of this host; the fallback is always there, and last. */
    public static List<ModularPower> available(Entropy entropy) {
        List<ModularPower> found = new ArrayList<>();
        OpenSslPower.open().filter(ModularPowers::isRight).ifPresent(found::add);
        GmpPower.open().filter(ModularPowers::isRight).ifPresent(found::add);
        found.add(new BlindedPower(entropy));
        return List.copyOf(found);
    }

    /** The back end that an operator asked for by name, if this host has it. */
    public static Optional<ModularPower> named(String name, Entropy entropy) {
        return available(entropy).stream()
                .filter(power -> power.name().equals(name))
                .findFirst();
    }

    /**
     * A back end with the reason for it.
     *
     * @param micros what a power of {@value #SAMPLE_BITS} bits took each that was measured; empty where there was no choice
     */
    public record Choice(ModularPower power, SortedMap<String, Long> micros) {
        public Choice {
            micros = Collections.unmodifiableSortedMap(new TreeMap<>(micros));
        }

        /** For operators: which one runs, whether its time tells of the exponent, and what others took. */
        public String report() {
            String kind = isConstantTime(power) ? ", in constant time" : ", blinded: no native library is here";
            return power.name()
                    + kind
                    + (micros.isEmpty()
                            ? ""
                            : " (microseconds for a power of " + SAMPLE_BITS + " bits: " + micros + ")");
        }
    }

    /** Only the native ones are. */
    private static boolean isConstantTime(ModularPower power) {
        return !(power instanceof BlindedPower);
    }

    /** The fastest back end of this host, by a measurement of some 50 ms. A native one is preferred to the fallback. */
    public static ModularPower fastest(Entropy entropy) {
        return choose(entropy).power();
    }

    /** The same with what was measured. */
    public static Choice choose(Entropy entropy) {
        List<ModularPower> candidates = available(entropy);
        if (candidates.size() > 1) {
            candidates =
                    candidates.stream().filter(ModularPowers::isConstantTime).toList();
        }
        ModularPower best = candidates.getFirst();
        SortedMap<String, Long> micros = new TreeMap<>();
        long bestNanos = Long.MAX_VALUE;
        for (ModularPower candidate : candidates.size() == 1 ? List.<ModularPower>of() : candidates) {
            long nanos = measure(candidate);
            micros.put(candidate.name(), TimeUnit.NANOSECONDS.toMicros(nanos));
            if (nanos < bestNanos) {
                best = candidate;
                bestNanos = nanos;
            }
        }
        return new Choice(best, micros);
    }

    private static long measure(ModularPower power) {
        BigInteger modulus = sample(3);
        long best = Long.MAX_VALUE;
        try (ModularPower.Power prepared = power.prepare(sample(5), modulus)) {
            for (int run = 0; run < RUNS; run++) {
                long begin = System.nanoTime();
                BigInteger result = prepared.of(sample(7).mod(modulus));
                long nanos = System.nanoTime() - begin;
                best = run > 0 && result.signum() >= 0 ? Math.min(best, nanos) : best;
            }
        }
        return best;
    }

    /** A library that computes wrong would give away the key: a wrong power of a share is enough to factor. */
    private static boolean isRight(ModularPower power) {
        return answer(power).equals(ANSWER);
    }

    static String answer(ModularPower power) {
        BigInteger modulus = sample(11);
        BigInteger result = power.power(sample(13).mod(modulus), sample(17), modulus);
        return Transcript.sha256(result.toByteArray()).toString();
    }

    /** An odd number of {@link #SAMPLE_BITS} bits without pattern: digits of a fraction in binary. */
    private static BigInteger sample(int divisor) {
        return BigInteger.ONE
                .shiftLeft(2 * SAMPLE_BITS)
                .divide(BigInteger.valueOf(divisor).pow(SAMPLE_BITS / 8))
                .mod(BigInteger.ONE.shiftLeft(SAMPLE_BITS))
                .setBit(SAMPLE_BITS - 1)
                .setBit(0);
    }
}
