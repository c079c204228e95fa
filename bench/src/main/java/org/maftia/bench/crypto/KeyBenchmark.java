package org.maftia.bench.crypto;

import java.math.BigInteger;
import java.util.concurrent.TimeUnit;
import org.maftia.core.crypto.SafePrimes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One safe prime, of which a key needs two. The time of a search is exponentially distributed: only means say much. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2)
@Measurement(iterations = 20)
@SuppressWarnings("NullAway.Init")
public class KeyBenchmark {
    @Param({"2048", "3072"})
    int modulusBits;

    @Param({"openssl", "gmp", "java"})
    String backEnd;

    @Benchmark
    public BigInteger safePrime() {
        return SafePrimes.generate(
                modulusBits / 2, BenchKeys.entropy(), BenchKeys.power(backEnd), SafePrimes.Progress.NONE);
    }
}
