package org.maftia.client.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.maftia.client.GroupClient;

/**
 * Puts a closed loop of clients on a group: each sends its next request when the last is answered. They share one process,
 * its connections, and a session for every hundred of them, or for all where signatures stand under what a session asks.
 */
public final class LoadRun {
    /** A slow request closes the window of its session, so many clients do not hang on one. */
    private static final int CLIENTS_PER_SESSION = 128;

    private static final Executor AFTER_FAILURE = CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS);

    private final LoadPlan plan;
    private final List<GroupClient.Session> sessions = new ArrayList<>();
    private final CountDownLatch ended;

    /** Touched by the group client's thread alone, as all futures complete there, until the run has ended. */
    private final LatencyRecorder latencies = new LatencyRecorder();

    private long failures;
    private volatile boolean measuring;
    private volatile boolean stopping;

    private LoadRun(GroupClient client, LoadPlan plan) {
        this.plan = plan;
        this.ended = new CountDownLatch(plan.clients());
        int perSession = client.isSigning() ? plan.clients() : CLIENTS_PER_SESSION;
        for (int i = 0; i < plan.clients(); i += perSession) {
            sessions.add(client.session());
        }
    }

    /** Runs the load to its end. */
    public static LoadResult run(GroupClient client, LoadPlan plan) throws InterruptedException {
        return new LoadRun(client, plan).run();
    }

    private LoadResult run() throws InterruptedException {
        for (int i = 0; i < plan.clients(); i++) {
            next(sessions.get(i % sessions.size()));
        }
        TimeUnit.MILLISECONDS.sleep(plan.warmMillis());
        ProcessCost before = ProcessCost.of(plan.pids());
        long start = System.nanoTime();
        measuring = true;
        TimeUnit.MILLISECONDS.sleep(plan.measureMillis());
        measuring = false;
        long nanos = System.nanoTime() - start;
        ProcessCost cost = ProcessCost.of(plan.pids()).minus(before);
        stopping = true;
        ended.await();
        return result(nanos, cost);
    }

    private void next(GroupClient.Session session) {
        if (stopping) {
            ended.countDown();
            return;
        }
        long start = System.nanoTime();
        CompletableFuture<byte[]> answer = plan.confidential()
                ? session.submitConfidential(plan.service(), plan.operation())
                : session.submit(plan.service(), plan.operation());
        answer.whenComplete((result, failure) -> {
            if (measuring && failure == null) {
                latencies.add((System.nanoTime() - start) / 1000);
            } else if (measuring) {
                failures++;
            }
            if (failure == null) {
                next(session);
            } else {
                // At once would be a loop without end while the group takes nothing.
                AFTER_FAILURE.execute(() -> next(session));
            }
        });
    }

    private LoadResult result(long nanos, ProcessCost cost) {
        long count = latencies.count();
        boolean known = cost.cpuMicros() > 0 && count > 0;
        return new LoadResult(
                plan.clients(),
                plan.operation().length,
                count,
                failures,
                count * 1e9 / nanos,
                latencies.percentileMicros(0.5),
                latencies.percentileMicros(0.9),
                latencies.percentileMicros(0.99),
                latencies.percentileMicros(0.999),
                latencies.maxMicros(),
                known ? (double) cost.cpuMicros() / count : -1,
                known ? (double) cost.writtenBytes() / count : -1);
    }
}
