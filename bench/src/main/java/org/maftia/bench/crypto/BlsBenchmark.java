package org.maftia.bench.crypto;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsSigner;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogDealer;
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

/** The steps of one round of the beacon, each on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class BlsBenchmark {
    private static final byte[] NO_PROOF = {};

    /** Any one of 4 replicas, or a site and a system of 4x4. */
    @Param({"4", "grid-4x4"})
    String layout;

    private final SortedMap<Integer, byte[]> shares = new TreeMap<>();
    private BlsThreshold key;
    private BlsSigner signer;
    private byte[] signature;

    @Setup
    public void deal() {
        DiscreteLogDealer.Dealing dealing =
                DiscreteLogDealer.deal("bench", "beacon", BenchKeys.formula(layout), BenchKeys.entropy());
        key = new BlsThreshold(BlsKey.of(dealing));
        for (int leaf : key.designated(0)) {
            signer = key.signer(dealing.sharesOf(key.formula().owners().get(leaf)));
            shares.put(leaf, signer.share(BenchKeys.MESSAGE, leaf));
        }
        signature = key.combine(BenchKeys.MESSAGE, shares).orElseThrow();
    }

    @Benchmark
    public byte[] shareWithProof() {
        return signer.share(BenchKeys.MESSAGE, signer.leaves().iterator().next());
    }

    @Benchmark
    public boolean verifyShare() {
        return key.verifyShare(
                BenchKeys.MESSAGE, shares.firstKey(), shares.firstEntry().getValue(), NO_PROOF);
    }

    @Benchmark
    public Optional<byte[]> combineAndCheck() {
        return key.combine(BenchKeys.MESSAGE, shares);
    }

    @Benchmark
    public boolean verify() {
        return key.verify(BenchKeys.MESSAGE, signature);
    }
}
