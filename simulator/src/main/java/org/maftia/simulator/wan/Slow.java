package org.maftia.simulator.wan;

import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Output;
import org.maftia.simulator.Draw;
import org.maftia.simulator.ServiceTrial;

/**
 * How long a group under load bears a leader that stays below every time-out: it holds back each of its proposals for seven
 * tenths of the time-out in force, which it knows. Before it another one led as well as it could.
 */
public final class Slow {
    private static final int HELD_PER_MILLE = 700;

    /** Clients beside each gateway that ask again as soon as they are answered. */
    private static final int CLIENTS = 16;

    private static final long GOOD_MICROS = 10_000_000;

    /** A leader may take so long for a few windows of slots, each as slow as it dares. */
    private static final long BORNE_MICROS_MAX = 60_000_000;

    private static final long RUN_MICROS = 120_000_000;

    /** The last part of a run, in which somebody leads who is not slow. */
    private static final long LATE_MICROS = 20_000_000;

    private Slow() {}

    /**
     * The sum of the runs.
     *
     * @param borne how long the slow one led, one for each run
     * @param good answers a second under the first leader, one for each run
     * @param slow the same under the slow one
     * @param late the same at the end
     */
    public record Result(Profile profile, long runs, Sample borne, Sample good, Sample slow, Sample late) {
        /** Whether it lost its turn, and what came after it is at least half as good as what was before. */
        public boolean isMet() {
            return borne.most() <= BORNE_MICROS_MAX && late.least() >= good.least() / 2;
        }
    }

    /** Runs the seeds {@code first} to {@code first + count - 1}. */
    public static Result run(Profile profile, ServiceTrial trial, long first, long count) {
        Sample borne = new Sample();
        Sample good = new Sample();
        Sample slow = new Sample();
        Sample late = new Sample();
        for (long seed = first; seed < first + count; seed++) {
            Run run = new Run(profile, trial, seed);
            run.carryOut();
            borne.add(run.untilMicros - run.sinceMicros);
            good.add(run.perSecond(GOOD_MICROS / 2, GOOD_MICROS));
            slow.add(run.perSecond(run.sinceMicros, run.untilMicros));
            late.add(run.perSecond(RUN_MICROS - LATE_MICROS, RUN_MICROS));
        }
        return new Result(profile, count, borne, good, slow, late);
    }

    /** One seed. */
    private static final class Run implements WideArea.Listener {
        private static final int FIRST = 0;
        private static final int SLOW = 1;

        private final WideArea world;
        private final Gateways gateways;
        private long sinceMicros = RUN_MICROS;
        private long untilMicros = RUN_MICROS;

        /** The next frame that leaves is the first copy of a proposal. */
        private boolean proposing;

        private byte @Nullable [] proposal;

        Run(Profile profile, ServiceTrial trial, long seed) {
            this.world = new WideArea(profile, Limits.DEFAULT, trial, seed, this);
            this.gateways = Gateways.busy(world, trial, CLIENTS, new Draw(~seed));
        }

        void carryOut() {
            world.tap(this::extraMicros);
            world.start();
            gateways.start();
            world.runUntil(RUN_MICROS);
            gateways.stop();
        }

        private long extraMicros(int from, int to, byte[] frame) {
            if (proposing) {
                proposing = false;
                proposal = frame;
            }
            if (frame != proposal) {
                return 0;
            }
            // The first leader makes room for the slow one: it misses a time-out, once it has shown what is possible.
            boolean misses = from == FIRST && world.nowMicros() > GOOD_MICROS && sinceMicros == RUN_MICROS;
            long timeout = world.timeoutMicros();
            return misses ? 2 * timeout : from == SLOW ? timeout * HELD_PER_MILLE / 1000 : 0;
        }

        /** Answers a second in this time. */
        long perSecond(long from, long to) {
            long count = gateways.answers().stream()
                    .filter(answer -> answer.atMicros() > from && answer.atMicros() <= to)
                    .count();
            return count * 1_000_000 / Math.max(1, to - from);
        }

        @Override
        public void proposed(int leader, long slot) {
            proposing = true;
            if (leader == SLOW && sinceMicros == RUN_MICROS) {
                sinceMicros = world.nowMicros();
            } else if (leader != SLOW && sinceMicros < RUN_MICROS && untilMicros == RUN_MICROS) {
                untilMicros = world.nowMicros();
            }
        }

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
