package org.maftia.bench.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ObliviousDealer;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.ReplicatedOprf;
import org.maftia.core.trust.FaultStructure;
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

/** The steps of one evaluation, each on one thread. A replica's part has a power for each summand that it keeps. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@SuppressWarnings("NullAway.Init")
public class OprfBenchmark {
    private static final byte[] USER = "alice".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PASSWORD = "correct horse".getBytes(StandardCharsets.UTF_8);

    /** Any one of 4 replicas: 3 summands each. Any two of 7: 15 each. */
    @Param({"4", "7"})
    int replicas;

    private final Entropy entropy = BenchKeys.entropy();
    private final SortedMap<Integer, byte[]> parts = new TreeMap<>();
    private ReplicatedOprf function;
    private ObliviousFunction.Holder holder;
    private BlindedInput input;
    private byte[] blinded;
    private byte[] evaluated;

    @Setup
    public void deal() {
        FaultStructure trust = FaultStructure.threshold(replicas, (replicas - 1) / 3);
        ObliviousDealer.Dealing dealing =
                ObliviousDealer.deal("bench", "passwords", trust.copiedSharing().orElseThrow(), entropy);
        function = new ReplicatedOprf(dealing.key(), trust);
        input = BlindedInput.of(PASSWORD, entropy);
        blinded = input.toBytes();
        dealing.shares().forEach((replica, own) -> {
            holder = function.holder(own);
            parts.put(replica, holder.part(USER, blinded));
        });
        evaluated = function.combine(parts).orElseThrow().element();
    }

    @Benchmark
    public byte[] blind() {
        return BlindedInput.of(PASSWORD, entropy).toBytes();
    }

    @Benchmark
    public boolean check() {
        return function.accepts(blinded);
    }

    @Benchmark
    public byte[] part() {
        return holder.part(USER, blinded);
    }

    @Benchmark
    public Optional<ObliviousFunction.Evaluation> combine() {
        return function.combine(parts);
    }

    @Benchmark
    public Optional<byte[]> finish() {
        return input.finish(evaluated);
    }
}
