package org.maftia.bench.crypto;

import java.math.BigInteger;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The steps of a threshold RSA signature, each on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class RsaBenchmark {
    @Param({"2048", "3072"})
    int modulusBits;

    /** Any one of 4 replicas, or a site and a system of 4x4. */
    @Param({"4", "grid-4x4"})
    String layout;

    @Param({"openssl", "gmp", "java"})
    String backEnd;

    private BenchKeys keys;
    private SortedMap<Integer, byte[]> shares;
    private byte[] signature;
    private byte[] proof;
    private BigInteger base;
    private BigInteger exponent;

    @Setup
    public void deal() {
        keys = new BenchKeys(modulusBits, layout, backEnd);
        shares = keys.shares(BenchKeys.MESSAGE, 0);
        signature = keys.threshold.combine(BenchKeys.MESSAGE, shares).orElseThrow();
        proof = keys.signer(0).prove(BenchKeys.MESSAGE, 0);
        base = new BigInteger(1, BenchKeys.entropy().bytes(modulusBits / Byte.SIZE - 1));
        exponent = new BigInteger(1, BenchKeys.entropy().bytes(modulusBits / Byte.SIZE));
    }

    /** What a share is measured against: one power of this size by the JDK, neither blinded nor of constant time. */
    @Benchmark
    public BigInteger plainPower() {
        return base.modPow(exponent, keys.threshold.key().modulus());
    }

    @Benchmark
    public byte[] share() {
        return keys.signer(0).share(BenchKeys.MESSAGE, 0);
    }

    @Benchmark
    public Optional<byte[]> combineAndCheck() {
        return keys.threshold.combine(BenchKeys.MESSAGE, shares);
    }

    @Benchmark
    public boolean check() {
        return keys.threshold.verify(BenchKeys.MESSAGE, signature);
    }

    @Benchmark
    public byte[] prove() {
        return keys.signer(0).prove(BenchKeys.MESSAGE, 0);
    }

    @Benchmark
    public boolean verifyShare() {
        return keys.threshold.verifyShare(
                BenchKeys.MESSAGE, 0, new TreeMap<>(shares).firstEntry().getValue(), proof);
    }

    /** All of it: what one signature costs the group. */
    @Benchmark
    public Optional<byte[]> wholeSignature() {
        return keys.threshold.combine(BenchKeys.MESSAGE, keys.shares(BenchKeys.MESSAGE, 0));
    }
}
