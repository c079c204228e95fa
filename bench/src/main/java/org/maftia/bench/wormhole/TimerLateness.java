package org.maftia.bench.wormhole;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.maftia.wormhole.Lateness;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.TagProfile;

/**
 * How late the component is woken, as it measures itself, with and without real-time scheduling, while so many threads
 * of other processes' priority want the processors: {@code bin/benchmark wormhole [threads] [seconds]}.
 */
public final class TimerLateness {
    private TimerLateness() {}

    /** Prints a table. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 18;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> load = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            load.add(Thread.ofPlatform().daemon().start(() -> {
                long spin = 1;
                while (!over.get()) {
                    spin = spin * 6_364_136_223_846_793_005L + 1;
                }
                if (spin == 0) {
                    System.out.print(""); // so that the loop is not for nothing
                }
            }));
        }
        System.out.println("busy threads " + threads + ", wake-ups every ms, " + seconds + " s each");
        System.out.println("scheduling  timely  wake-ups     p50 us    p99 us  p99.9 us    max us   beyond 5 ms");
        for (boolean realTime : new boolean[] {false, true}) {
            measure(realTime, seconds);
        }
        over.set(true);
        for (Thread thread : load) {
            thread.join();
        }
    }

    private static void measure(boolean realTime, int seconds) throws IOException, InterruptedException {
        // Measured, not enforced: a component that stops at the first miss would tell nothing about the rest.
        try (TestedComponent component =
                new TestedComponent(TagProfile.HMAC, "real-time=" + realTime, "enforce=false")) {
            for (int i = 0; i < seconds * 10; i++) {
                component.ttcb().createUi(TestedComponent.STREAM, 0, Digest.ZERO);
                Thread.sleep(100);
            }
            Lateness lateness = component.ttcb().lateness();
            System.out.printf(
                    "%-10s  %-6s  %8d  below %6d  %8d  %8d  %8d  %12d%n",
                    realTime ? "FIFO" : "normal",
                    component.ttcb().capabilities().timely(),
                    lateness.count(),
                    lateness.boundMicros(500),
                    lateness.boundMicros(990),
                    lateness.boundMicros(999),
                    lateness.boundMicros(1_000),
                    lateness.missed());
            component.ttcb().capabilities().caveats().forEach(caveat -> System.out.println("  " + caveat));
        }
    }
}
