package org.maftia.server.command;

import java.io.PrintStream;
import java.time.Duration;
import org.maftia.simulator.Outcome;
import org.maftia.simulator.Simulations;
import org.maftia.simulator.Violation;

/**
 * Says on the way what simulations do: a broken promise at once, and every ten seconds how far they have come, as one run of a
 * large group may take minutes.
 */
final class SimulationProgress implements Simulations.Watcher, AutoCloseable {
    private final PrintStream err;
    private final long count;
    private final boolean shrinks;
    private final Thread signs;

    /** Read by the thread that gives signs of life. */
    private volatile String stage;

    private long runs;

    /**
     * @param count how many seeds are to run
     * @param shrinks whether failures are shrunk
     * @param interval between signs of life
     */
    SimulationProgress(PrintStream err, long count, boolean shrinks, Duration interval) {
        this.err = err;
        this.count = count;
        this.shrinks = shrinks;
        this.stage = "no seed of " + count + " has ended yet";
        this.signs = Thread.ofPlatform().daemon().name("signs-of-life").start(() -> live(interval));
    }

    private void live(Duration interval) {
        try {
            while (true) {
                Thread.sleep(interval);
                err.println("  " + stage);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void ran(Outcome outcome) {
        runs++;
        stage = runs + " of " + count + " seeds";
        Violation violation = outcome.violation();
        if (violation != null) {
            String promise =
                    String.valueOf(violation.getMessage()).lines().findFirst().orElse("");
            err.println("  seed " + outcome.seed() + " breaks a promise: " + promise);
            if (shrinks) {
                err.println("  looking for a simpler run that does; --no-shrink leaves that out");
            }
        }
    }

    @Override
    public void shrinking(Outcome failure, int run, int runsMax) {
        stage = runs + " of " + count + " seeds; shrinking seed " + failure.seed() + ": run " + run + " of at most "
                + runsMax + ", of about " + failure.steps() + " events each";
    }

    /** No more signs. */
    @Override
    public void close() {
        signs.interrupt();
    }
}
