package org.maftia.simulator.wan;

import java.util.List;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Output;
import org.maftia.simulator.Draw;
import org.maftia.simulator.ServiceTrial;

/** How long clients wait when the leader stops at a moment that nobody expects. */
public final class Killed {
    /** Round trips that are granted on top of the time-out: SUSPECT, COLLECT, five steps of agreement, and spare. */
    public static final int ROUND_TRIPS = 10;

    /** Twenty requests a second at each gateway: some wait at any moment at which a leader may stop, or soon after it. */
    private static final long INTERVAL_MICROS = 50_000;

    /** The moment is drawn from so long: slots, checkpoints and adapted time-outs have come and gone. */
    private static final long MOMENT_MICROS_MAX = 30_000_000;

    private static final long AFTERMATH_MICROS = 60_000_000;

    private Killed() {}

    /**
     * The sum of the runs. A gap is the longest time in which somebody at the gateway of a survivor waited and nobody got an
     * answer, and which ended after the leader stopped.
     *
     * @param kills leaders that were stopped, one in each run
     * @param gaps of all surviving gateways
     * @param timeouts the longest time-out in force at that moment, one for each run
     * @param excess of each gap, what it is longer than that time-out
     * @param roundTripMicros from the next leader to the farthest of the quorum that is left, and back: the shortest of all
     *     runs
     * @param unanswered requests at survivors without an answer in the end
     */
    public record Result(
            Profile profile,
            long kills,
            Sample gaps,
            Sample timeouts,
            Sample excess,
            long roundTripMicros,
            long unanswered) {
        /** Whether the goal is met: all but one in a hundred gaps are below the time-out and ten round trips. */
        public boolean isMet() {
            return unanswered == 0 && excess.p99() < ROUND_TRIPS * roundTripMicros;
        }
    }

    /** Runs the seeds {@code first} to {@code first + count - 1}. */
    public static Result run(Profile profile, ServiceTrial trial, long first, long count) {
        Sample gaps = new Sample();
        Sample timeouts = new Sample();
        Sample excess = new Sample();
        long roundTripMicros = Long.MAX_VALUE;
        long unanswered = 0;
        for (long seed = first; seed < first + count; seed++) {
            Run run = new Run(profile, trial, seed);
            run.carryOut();
            timeouts.add(run.timeoutMicros);
            for (long gap : run.gaps()) {
                gaps.add(gap);
                excess.add(gap - run.timeoutMicros);
            }
            roundTripMicros = Math.min(roundTripMicros, run.roundTripMicros());
            unanswered += run.gateways.unanswered();
        }
        return new Result(profile, count, gaps, timeouts, excess, roundTripMicros, unanswered);
    }

    /** One seed. */
    private static final class Run implements WideArea.Listener {
        private final WideArea world;
        private final Gateways gateways;
        private final long killMicros;
        private long timeoutMicros;

        Run(Profile profile, ServiceTrial trial, long seed) {
            Draw draw = new Draw(~seed);
            this.killMicros = WideArea.warmUpMicros() + draw.between(0, MOMENT_MICROS_MAX);
            this.world = new WideArea(profile, Limits.DEFAULT, trial, seed, this);
            this.gateways = new Gateways(world, trial, INTERVAL_MICROS, draw);
        }

        void carryOut() {
            world.start();
            gateways.start();
            world.runUntil(killMicros);
            world.kill(world.leader());
            timeoutMicros = world.timeoutMicros();
            world.runUntil(killMicros + AFTERMATH_MICROS);
            gateways.stop();
            world.runUntil(killMicros + 2 * AFTERMATH_MICROS);
        }

        List<Long> gaps() {
            return world.alive().toList().stream().map(this::gap).toList();
        }

        private long gap(int gateway) {
            List<Gateways.Answer> answers = gateways.answers().stream()
                    .filter(answer -> answer.gateway() == gateway)
                    .toList();
            long owedSince = Long.MAX_VALUE;
            long longest = 0;
            for (int i = answers.size() - 1; i >= 0; i--) {
                Gateways.Answer answer = answers.get(i);
                if (answer.atMicros() <= killMicros) {
                    break;
                }
                // Of all that is answered now or later: since when somebody waits.
                owedSince = Math.min(owedSince, answer.atMicros() - answer.tookMicros());
                long before = i == 0 ? 0 : answers.get(i - 1).atMicros();
                longest = Math.max(longest, answer.atMicros() - Math.max(before, owedSince));
            }
            return longest;
        }

        long roundTripMicros() {
            return 2 * Bound.quorumDelayMicros(world.profile(), world.leader(), world.alive());
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
