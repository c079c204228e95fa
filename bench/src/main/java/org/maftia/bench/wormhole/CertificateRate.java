package org.maftia.bench.wormhole;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.certificate.Ui;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Certificates a second of one component, asked by one caller over its socket; {@code -bm sample -tu us} for latency. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED"})
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init")
public class CertificateRate {
    @Param({"HMAC", "P256"})
    private TagProfile profile;

    @Param({"true", "false"})
    private boolean realTime;

    private TestedComponent component;
    private Ui last;

    @Setup
    public void start() throws IOException {
        component = new TestedComponent(profile, "real-time=" + realTime, "enforce=false");
        last = component.ttcb().createUi(TestedComponent.STREAM, 0, Digest.ZERO);
    }

    @Benchmark
    public Ui create() {
        return component.ttcb().createUi(TestedComponent.STREAM, 0, Digest.ZERO);
    }

    @Benchmark
    public boolean verify() {
        return component.ttcb().verify(last, Digest.ZERO);
    }

    @TearDown
    public void stop() throws IOException {
        component.close();
    }
}
