package org.maftia.bench.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.maftia.client.load.LatencyRecorder;
import org.maftia.client.load.ProcessCost;

/** Clients of which each does one piece of work after the other: warmed up first, then measured. */
final class ClosedLoop {
    private final List<Long> replicas;
    private final Work work;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final List<Throwable> failures = new ArrayList<>();
    private volatile boolean measuring;
    private volatile boolean stopping;

    /** What a client does again and again. */
    @FunctionalInterface
    interface Work {
        /** @param client its number, from 0 */
        void once(int client) throws IOException, InterruptedException;
    }

    /**
     * What came of it.
     *
     * @param count of pieces of work that ended while measuring
     * @param cpuMicros of processor time of all replicas for one
     */
    record Outcome(int clients, long count, double perSecond, long p50Micros, long p99Micros, double cpuMicros) {}

    /** @param replicas their processes, whose time is counted */
    ClosedLoop(List<Long> replicas, Work work) {
        this.replicas = List.copyOf(replicas);
        this.work = work;
    }

    /**
     * Runs once; all clients have ended when it returns.
     *
     * @throws IOException when the work of any client failed
     */
    Outcome run(int clients, Side.Times times) throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            int client = i;
            threads.add(Thread.ofVirtual().start(() -> loop(client)));
        }
        TimeUnit.SECONDS.sleep(times.warmSeconds());
        ProcessCost before = ProcessCost.of(replicas);
        long start = System.nanoTime();
        measuring = true;
        TimeUnit.SECONDS.sleep(times.seconds());
        measuring = false;
        long nanos = System.nanoTime() - start;
        ProcessCost cost = ProcessCost.of(replicas).minus(before);
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
        synchronized (latencies) {
            if (!failures.isEmpty()) {
                throw new IOException("a client got no answer that it could use", failures.getFirst());
            }
            return new Outcome(
                    clients,
                    latencies.count(),
                    latencies.count() * 1e9 / nanos,
                    latencies.percentileMicros(0.5),
                    latencies.percentileMicros(0.99),
                    (double) cost.cpuMicros() / latencies.count());
        }
    }

    private void loop(int client) {
        try {
            while (!stopping) {
                long begin = System.nanoTime();
                work.once(client);
                if (measuring) {
                    synchronized (latencies) {
                        latencies.add((System.nanoTime() - begin) / 1000);
                    }
                }
            }
        } catch (IOException e) {
            synchronized (latencies) {
                failures.add(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
