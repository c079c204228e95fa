package org.maftia.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs many seeds of a scenario, and makes what fails small enough to be read. */
public final class Simulations {
    /** Every so many runs one is repeated, and must give the same trace. */
    private static final int REPEAT_EVERY = 100;

    private static final int SHRINKING_RUNS_MAX = 400;

    /** Long runs are shrunk less. */
    private static final long SHRINKING_STEPS_MAX = 4_000_000;

    private static final int FAILURES_MAX = 3;
    private static final long MICROS_PER_HOUR = 3_600_000_000L;

    private Simulations() {}

    /**
     * The sum of many runs.
     *
     * @param scenario what ran
     * @param runs how many seeds
     * @param steps events of all runs
     * @param simulatedMicros time that passed for the replicas
     * @param crashes replicas that lost their memory
     * @param storageFaults writes torn or lost, disks lost or full
     * @param partitions times that links stood still
     * @param reconnects sessions that lost what was under way
     * @param tosses runs by the tosses of the coin that they took; empty where none are counted
     * @param groups runs by the kind of their group
     * @param failures broken promises, shrunk, a text each; the first few
     * @param digest binds all traces
     */
    public record Result(
            String scenario,
            long runs,
            long steps,
            long simulatedMicros,
            long crashes,
            long storageFaults,
            long partitions,
            long reconnects,
            SortedMap<Integer, Long> tosses,
            SortedMap<String, Long> groups,
            List<String> failures,
            long digest) {
        public Result {
            tosses = Collections.unmodifiableSortedMap(new TreeMap<>(tosses));
            groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
            failures = List.copyOf(failures);
        }

        public boolean failed() {
            return !failures.isEmpty();
        }

        /** The mean number of tosses in a run, times 1000; 0 where none are counted. */
        public long meanMilliTosses() {
            long counted = tosses.values().stream().mapToLong(Long::longValue).sum();
            long sum = tosses.entrySet().stream()
                    .mapToLong(entry -> entry.getKey() * entry.getValue())
                    .sum();
            return counted == 0 ? 0 : sum * 1000 / counted;
        }

        /** Whole hours that passed for the replicas. */
        public long simulatedHours() {
            return simulatedMicros / MICROS_PER_HOUR;
        }
    }

    /** Hears how far it has come. A long run may take minutes, and so does every one that looks for a simpler one. */
    @FunctionalInterface
    public interface Watcher {
        /** A seed has run; where it failed it is shrunk next. */
        void ran(Outcome outcome);

        /**
         * A run begins that may turn out to be a simpler failure.
         *
         * @param run counts from 1
         * @param runsMax how many there are at most
         */
        default void shrinking(Outcome failure, int run, int runsMax) {}
    }

    /** Runs the seeds {@code first} to {@code first + count - 1}, or stops after a few failures, each of which it shrinks. */
    public static Result run(Scenario<?, ?> scenario, long first, long count, Watcher watcher) {
        return run(scenario, first, count, true, watcher);
    }

    /**
     * The same.
     *
     * @param shrinks whether it looks for simpler runs that fail, too
     */
    public static Result run(Scenario<?, ?> scenario, long first, long count, boolean shrinks, Watcher watcher) {
        Sum sum = new Sum(scenario);
        for (long seed = first; seed < first + count && sum.failures.size() < FAILURES_MAX; seed++) {
            Outcome outcome = scenario.run(seed);
            sum.add(outcome);
            watcher.ran(outcome);
            if (outcome.failed()) {
                sum.failures.add(shrinks ? shrunk(scenario, outcome, watcher) : told(scenario, outcome, outcome, ""));
            } else if (sum.runs % REPEAT_EVERY == 0) {
                Outcome again = scenario.run(seed);
                if (again.digest() != outcome.digest()) {
                    sum.failures.add("not deterministic: the same seed gives another trace\n" + line(scenario, seed));
                }
            }
        }
        return sum.result();
    }

    /** Says what broke, how to see it again, and the simplest run that breaks it. */
    private static String shrunk(Scenario<?, ?> scenario, Outcome failure, Watcher watcher) {
        int candidates = (int) Math.clamp(SHRINKING_STEPS_MAX / (failure.steps() + 1), 1, SHRINKING_RUNS_MAX);
        Shrinker.Shrunk shrunk =
                Shrinker.shrink(scenario, failure, candidates, run -> watcher.shrinking(failure, run, candidates + 1));
        StringBuilder text = new StringBuilder("\nshrunk from ");
        text.append(failure.steps())
                .append(" steps to ")
                .append(shrunk.outcome().steps());
        text.append(": ").append(message(shrunk.outcome()));
        shrunk.kept().stream()
                .filter(choice -> choice.purpose() == Choices.Purpose.FAULT)
                .forEach(choice -> text.append("\n  fault at step ").append(choice.index()));
        return told(scenario, failure, shrunk.outcome(), text.toString());
    }

    private static String told(Scenario<?, ?> scenario, Outcome failure, Outcome simplest, String how) {
        StringBuilder text = new StringBuilder(message(failure));
        text.append('\n').append(line(scenario, failure.seed()));
        text.append("\ngroup: ").append(failure.world()).append(how);
        simplest.last().forEach(event -> text.append("\n  ").append(event));
        return text.toString();
    }

    private static String message(Outcome outcome) {
        @Nullable Violation violation = outcome.violation();
        return violation == null ? "no violation" : String.valueOf(violation.getMessage());
    }

    /** The command that repeats a run. */
    static String line(Scenario<?, ?> scenario, long seed) {
        return "maftia simulate --seed " + seed + " --scenario " + scenario.name();
    }

    private static final class Sum {
        private final Scenario<?, ?> scenario;
        private final List<String> failures = new ArrayList<>();
        private final SortedMap<String, Long> groups = new TreeMap<>();
        private final SortedMap<Integer, Long> tosses = new TreeMap<>();
        private long runs;
        private long steps;
        private long micros;
        private long crashes;
        private long storageFaults;
        private long partitions;
        private long reconnects;
        private long digest;

        Sum(Scenario<?, ?> scenario) {
            this.scenario = scenario;
        }

        void add(Outcome outcome) {
            runs++;
            groups.merge(outcome.kind(), 1L, Long::sum);
            outcome.tosses().ifPresent(count -> tosses.merge(count, 1L, Long::sum));
            steps += outcome.steps();
            micros += outcome.simulatedMicros();
            crashes += outcome.crashes();
            storageFaults += outcome.storageFaults();
            partitions += outcome.partitions();
            reconnects += outcome.reconnects();
            digest = Draw.mix(digest ^ outcome.digest());
        }

        Result result() {
            return new Result(
                    scenario.name(),
                    runs,
                    steps,
                    micros,
                    crashes,
                    storageFaults,
                    partitions,
                    reconnects,
                    tosses,
                    groups,
                    failures,
                    digest);
        }
    }
}
