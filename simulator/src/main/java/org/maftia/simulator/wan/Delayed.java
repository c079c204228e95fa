package org.maftia.simulator.wan;

import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Output;
import org.maftia.simulator.Draw;
import org.maftia.simulator.ServiceTrial;

/**
 * What is left of the throughput where a network is against leaders: all that the leader of the moment says takes six of the
 * longest time-outs longer, for as long as the group runs.
 */
public final class Delayed {
    /** As in the scenario {@code delayed-leaders}: a leader that is not heard is suspected after fewer. */
    private static final int DELAY_TIMEOUTS = 6;

    private static final long INTERVAL_MICROS = 500_000;

    private static final long RUN_MICROS = 1_800_000_000;

    private Delayed() {}

    /**
     * The sum of the runs.
     *
     * @param delayMicros how much longer the leader's words take
     * @param windowMicros the windows that the runs are cut into
     * @param answers in each window of each run: counts, not durations
     * @param waits of the clients that were answered
     * @param epochs that ended
     * @param framesMost frames under way on one link at most
     */
    public record Result(
            Profile profile,
            long runs,
            long delayMicros,
            long windowMicros,
            Sample answers,
            Sample waits,
            long epochs,
            int framesMost) {
        /** Whether something is answered in every window. */
        public boolean isMet() {
            return answers.least() > 0;
        }
    }

    /**
     * The window in which something must be answered. An adversary who may delay a link by so much may hold up two leaders
     * that follow each other, and with them a quorum, for one delay, whatever the protocol; when that has passed, there is
     * one epoch to lose patience with, and its recovery.
     */
    static long windowMicros(Profile profile, Limits limits) {
        long delay = DELAY_TIMEOUTS * limits.slotTimeoutMicrosMax();
        long longest = 0;
        for (int from = 0; from < profile.size(); from++) {
            for (int to = 0; to < profile.size(); to++) {
                longest = Math.max(longest, profile.oneWayMicros(from, to));
            }
        }
        return delay + 4 * limits.slotTimeoutMicrosMax() + 20 * longest;
    }

    /** Runs the seeds {@code first} to {@code first + count - 1}. */
    public static Result run(Profile profile, ServiceTrial trial, long first, long count) {
        long windowMicros = windowMicros(profile, Limits.DEFAULT);
        Sample answers = new Sample();
        Sample waits = new Sample();
        long epochs = 0;
        int framesMost = 0;
        for (long seed = first; seed < first + count; seed++) {
            Run run = new Run(profile, trial, seed);
            run.carryOut();
            run.count(windowMicros, answers, waits);
            epochs += run.world.status(0).epoch();
            framesMost = Math.max(framesMost, run.world.inFlightMost());
        }
        return new Result(profile, count, Run.DELAY_MICROS, windowMicros, answers, waits, epochs, framesMost);
    }

    /** One seed. */
    private static final class Run implements WideArea.Listener {
        private static final long DELAY_MICROS = DELAY_TIMEOUTS * Limits.DEFAULT.slotTimeoutMicrosMax();

        private final WideArea world;
        private final Gateways gateways;

        Run(Profile profile, ServiceTrial trial, long seed) {
            this.world = new WideArea(profile, Limits.DEFAULT, trial, seed, this);
            this.gateways = new Gateways(world, trial, INTERVAL_MICROS, new Draw(~seed));
        }

        void carryOut() {
            world.start();
            world.tap((from, to, frame) -> world.status(from).leader() == from ? DELAY_MICROS : 0);
            gateways.start();
            world.runUntil(RUN_MICROS);
        }

        void count(long windowMicros, Sample answers, Sample waits) {
            int[] counts = new int[(int) (RUN_MICROS / windowMicros)];
            for (Gateways.Answer answer : gateways.answers()) {
                int window = (int) (answer.atMicros() / windowMicros);
                if (window < counts.length) {
                    counts[window]++;
                }
                waits.add(answer.tookMicros());
            }
            for (int count : counts) {
                answers.add(count);
            }
        }

        @Override
        public void proposed(int leader, long slot) {}

        @Override
        public void decided(int replica, long slot) {}

        @Override
        public void output(int replica, Output output) {
            if (output instanceof Output.Reply reply) {
                gateways.replied(replica, reply.id());
            }
        }
    }
}
