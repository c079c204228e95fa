package org.maftia.simulator.wan;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Output;
import org.maftia.simulator.Draw;
import org.maftia.simulator.ServiceTrial;

/** How long a group takes where nothing fails. */
public final class Calm {
    private static final long RUN_MICROS = 60_000_000;

    /** Some requests a second at each gateway: slots overlap, and none waits for the one before. */
    private static final long INTERVAL_MICROS = 200_000;

    private Calm() {}

    /**
     * One replica.
     *
     * @param region where it stands
     * @param decided from the leader's PROPOSE to the decision there
     * @param decidedBound what the matrix allows at best
     * @param answered from the call of a client beside it to the answer
     * @param answeredBound the same
     */
    public record Place(String region, Sample decided, long decidedBound, Sample answered, long answeredBound) {}

    /**
     * The sum of the runs.
     *
     * @param leader who led from beginning to end
     * @param neighbour the replica nearest to it
     * @param quorumDelayMicros one-way, from the leader to its nearest quorum
     * @param epochs epochs that ended although nothing failed
     */
    public record Result(
            Profile profile,
            long seeds,
            int leader,
            int neighbour,
            long quorumDelayMicros,
            long epochs,
            List<Place> places) {
        public Result {
            places = List.copyOf(places);
        }

        /**
         * Whether the goal is met: no epoch ends, and at every replica, the leader's neighbour among them, half of the slots
         * are decided within a tenth of the bound.
         */
        public boolean isMet() {
            return epochs == 0
                    && places.stream().allMatch(place -> place.decided.median() <= place.decidedBound * 11 / 10);
        }
    }

    /** Runs the seeds {@code first} to {@code first + count - 1}. */
    public static Result run(Profile profile, ServiceTrial trial, long first, long count) {
        Bound bound = new Bound(profile, 0);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < profile.size(); i++) {
            places.add(new Place(
                    profile.regions().get(i),
                    new Sample(),
                    bound.decidedMicros(i),
                    new Sample(),
                    bound.answeredMicros(i)));
        }
        long epochs = 0;
        for (long seed = first; seed < first + count; seed++) {
            epochs += new Run(profile, trial, seed, places).carriedOut().epochs();
        }
        return new Result(profile, count, 0, profile.neighbour(0), bound.quorumDelayMicros(), epochs, places);
    }

    /** One seed. */
    private static final class Run implements WideArea.Listener {
        private final List<Place> places;
        private final WideArea world;
        private final Gateways gateways;
        private final SortedMap<Long, Long> proposedMicros = new TreeMap<>();

        Run(Profile profile, ServiceTrial trial, long seed, List<Place> places) {
            this.places = places;
            this.world = new WideArea(profile, Limits.DEFAULT, trial, seed, this);
            this.gateways = new Gateways(world, trial, INTERVAL_MICROS, new Draw(~seed));
        }

        Run carriedOut() {
            world.start();
            gateways.start();
            world.runUntil(WideArea.warmUpMicros() + RUN_MICROS);
            for (Gateways.Answer answer : gateways.answers()) {
                if (answer.atMicros() > WideArea.warmUpMicros()) {
                    places.get(answer.gateway()).answered().add(answer.tookMicros());
                }
            }
            return this;
        }

        long epochs() {
            return world.status(0).epoch();
        }

        @Override
        public void proposed(int leader, long slot) {
            proposedMicros.putIfAbsent(slot, world.nowMicros());
        }

        @Override
        public void decided(int replica, long slot) {
            Long proposed = proposedMicros.get(slot);
            if (proposed != null && world.nowMicros() > WideArea.warmUpMicros()) {
                places.get(replica).decided().add(world.nowMicros() - proposed);
            }
        }

        @Override
        public void output(int replica, Output output) {
            if (output instanceof Output.Reply reply) {
                gateways.replied(replica, reply.id());
            }
        }
    }
}
