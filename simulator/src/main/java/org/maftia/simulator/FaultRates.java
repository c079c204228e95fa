package org.maftia.simulator;

/**
 * How rough the first phase of one run is. Drawn for each run, and zero as often as not: faults of one kind alone find
 * what a storm of all kinds hides.
 *
 * @param steps events of the first phase
 * @param stepMicrosMean simulated time between two events, on average: short against the timers of the protocols is a
 *     calm network, long is an asynchronous one
 * @param crashPpm replicas that crash, per million events; so are the next ones
 * @param reconnectPpm links that lose what is under way
 * @param partitionPpm partitions: whole, partial, one-way
 * @param clogPpm single links that stand still for a while
 * @param clockPpm clocks that jump
 * @param diskLossPpm disks that are lost with all that was durable
 * @param diskFullPpm disks that refuse to write until somebody makes room
 * @param lingerPpm events after which a replica takes in more before it carries out effects
 */
record FaultRates(
        int steps,
        long stepMicrosMean,
        int crashPpm,
        int reconnectPpm,
        int partitionPpm,
        int clogPpm,
        int clockPpm,
        int diskLossPpm,
        int diskFullPpm,
        int lingerPpm) {
    private static final int OFTEN_PPM = 20_000;
    private static final int SELDOM_PPM = 2_000;
    private static final int LINGER_PPM_MAX = 600_000;
    private static final long STEP_MICROS_MAX = 30_000;

    /**
     * @param stepsMax the most events that a first phase of this system should have
     * @param lossy whether the system expects links that lose and replicas that crash
     */
    static FaultRates draw(Draw draw, int stepsMax, boolean lossy) {
        return new FaultRates(
                (int) draw.magnitude(Math.max(1, stepsMax / 16), stepsMax),
                draw.magnitude(10, STEP_MICROS_MAX),
                rate(draw, OFTEN_PPM, lossy),
                rate(draw, OFTEN_PPM, lossy),
                rate(draw, SELDOM_PPM, true),
                rate(draw, OFTEN_PPM, true),
                rate(draw, SELDOM_PPM, true),
                rate(draw, SELDOM_PPM, lossy),
                rate(draw, SELDOM_PPM, lossy),
                rate(draw, LINGER_PPM_MAX, true));
    }

    private static int rate(Draw draw, int max, boolean possible) {
        int rate = (int) draw.magnitude(Math.max(1, max / 64), max);
        return draw.below(2) == 0 && possible ? rate : 0;
    }

    /** The chance of any fault at an event. */
    int totalPpm() {
        return crashPpm + reconnectPpm + partitionPpm + clogPpm + clockPpm + diskLossPpm + diskFullPpm;
    }
}
