package org.maftia.bench.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
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

/** The steps that one confidential request of 1 KB takes, each on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class CipherBenchmark {
    private static final byte[] LABEL = "a label of the usual kind".getBytes(StandardCharsets.UTF_8);
    private static final byte[] MESSAGE = new byte[1024];

    /** Any one of 4 replicas, or a site and a system of 4x4. */
    @Param({"4", "grid-4x4"})
    String layout;

    private final Entropy entropy = BenchKeys.entropy();
    private final SortedMap<Integer, byte[]> shares = new TreeMap<>();
    private Tdh2Cipher cipher;
    private ThresholdCipher.Holder holder;
    private byte[] ciphertext;
    private byte[] share;

    @Setup
    public void deal() {
        SharingFormula formula = BenchKeys.formula(layout);
        DiscreteLogDealer.Dealing dealing = DiscreteLogDealer.deal("bench", "confidential", formula, entropy);
        cipher = new Tdh2Cipher(dealing.key());
        ciphertext = cipher.encrypt(MESSAGE, LABEL, entropy);
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (var own : dealing.shares().entrySet()) {
            if (!formula.isQualified(senders)) {
                senders = senders.with(own.getKey());
                holder = cipher.holder(own.getValue());
                share = holder.share(ciphertext, LABEL);
                shares.put(own.getKey(), share);
            }
        }
    }

    @Benchmark
    public byte[] encrypt() {
        return cipher.encrypt(MESSAGE, LABEL, entropy);
    }

    @Benchmark
    public boolean check() {
        return cipher.isValid(ciphertext, LABEL);
    }

    @Benchmark
    public byte[] shareWithProof() {
        return holder.share(ciphertext, LABEL);
    }

    @Benchmark
    public boolean verifyShare() {
        return cipher.verify(ciphertext, LABEL, shares.lastKey(), share);
    }

    @Benchmark
    public Optional<byte[]> combine() {
        return cipher.combine(ciphertext, LABEL, shares);
    }
}
