package org.maftia.bench.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.maftia.client.load.ProcessCost;
import org.maftia.core.crypto.Entropy;
import org.maftia.server.crypto.ModularPowers;

/**
 * How many threshold signatures a second this machine could make if it did nothing but compute the shares of one
 * minimal qualified set each, on all cores: the ceiling for a whole cluster on one machine.
 */
public final class ShareCeiling {
    private final BenchKeys keys;

    private ShareCeiling(BenchKeys keys) {
        this.keys = keys;
    }

    /**
     * Deals a key among four replicas of which one may fall, which takes some seconds.
     *
     * @param modulusBits of the RSA key
     */
    public static ShareCeiling deal(int modulusBits) {
        Entropy entropy = BenchKeys.entropy();
        return new ShareCeiling(
                new BenchKeys(modulusBits, "4", ModularPowers.fastest(entropy).name()));
    }

    /**
     * What was measured.
     *
     * @param perSecond signatures that the shares allow
     * @param cpuMicros of processor time for one
     */
    public record Rate(double perSecond, double cpuMicros) {}

    /** Measures for so long. */
    public Rate measure(int seconds) throws InterruptedException {
        ProcessCost before = ProcessCost.of(List.of(ProcessHandle.current().pid()));
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        AtomicLong signatures = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (System.nanoTime() - end < 0) {
                    var _ = keys.shares(BenchKeys.MESSAGE, signatures.getAndIncrement());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        // The last ones end a little after the time.
        double nanos = System.nanoTime() - start;
        ProcessCost cost =
                ProcessCost.of(List.of(ProcessHandle.current().pid())).minus(before);
        return new Rate(signatures.get() * 1e9 / nanos, (double) cost.cpuMicros() / signatures.get());
    }
}
