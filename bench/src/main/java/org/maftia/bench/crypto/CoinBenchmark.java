package org.maftia.bench.crypto;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.ThresholdCoin;
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

/** The steps of one toss, each on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class CoinBenchmark {
    private static final Coin.Name NAME = new Coin.Name("bench", 1);

    /** Any one of 4 replicas, or a site and a system of 4x4. */
    @Param({"4", "grid-4x4"})
    String layout;

    private Coin coin;
    private byte[] share;
    private final SortedMap<Integer, byte[]> shares = new TreeMap<>();

    @Setup
    public void deal() {
        SharingFormula formula = BenchKeys.formula(layout);
        DiscreteLogDealer.Dealing dealing = DiscreteLogDealer.deal("bench", "coin", formula, BenchKeys.entropy());
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (var own : dealing.shares().entrySet()) {
            coin = new ThresholdCoin(dealing.key(), own.getValue());
            if (!formula.isQualified(senders)) {
                senders = senders.with(own.getKey());
                share = coin.share(NAME);
                shares.put(own.getKey(), share);
            }
        }
    }

    @Benchmark
    public byte[] shareWithProof() {
        return coin.share(NAME);
    }

    @Benchmark
    public boolean verifyShare() {
        return coin.verify(NAME, shares.lastKey(), share);
    }

    @Benchmark
    public Coin.Value combine() {
        return coin.combine(NAME, shares);
    }
}
