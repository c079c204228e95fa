package org.maftia.bench.endurance;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Whether something grows without end. Of each minute only the lowest value counts, as garbage and old segments come and
 * go above it; the slope is the median of the slopes between all pairs of minutes (Theil, Sen), which a few odd minutes do
 * not bend.
 *
 * @param minutes judged
 * @param first the floor of the first of them
 * @param last the floor of the last
 * @param perHour by how much it grows in an hour, at this slope
 */
record Trend(int minutes, long first, long last, double perHour) {
    private static final long MINUTE_MICROS = 60_000_000;

    /** Fewer minutes show how a process warms up, not what it needs. */
    static final int MINUTES_MIN = 10;

    /**
     * @param samples of one process
     * @param warmMicros what came before is not looked at
     */
    static Trend of(List<Footprint> samples, long warmMicros, ToLongFunction<Footprint> what) {
        TreeMap<Long, Long> floors = new TreeMap<>();
        for (Footprint sample : samples) {
            long value = what.applyAsLong(sample);
            if (sample.atMicros() >= warmMicros && value > 0) {
                floors.merge((sample.atMicros() - warmMicros) / MINUTE_MICROS, value, Math::min);
            }
        }
        if (floors.isEmpty()) {
            return new Trend(0, 0, 0, 0);
        }
        return new Trend(
                floors.size(),
                floors.firstEntry().getValue(),
                floors.lastEntry().getValue(),
                60 * slope(floors));
    }

    private static double slope(SortedMap<Long, Long> floors) {
        List<Double> slopes = new ArrayList<>();
        floors.forEach((minute, value) -> floors.tailMap(minute + 1)
                .forEach((later, other) -> slopes.add((double) (other - value) / (later - minute))));
        slopes.sort(null);
        return slopes.isEmpty() ? 0 : slopes.get(slopes.size() / 2);
    }

    boolean isJudged() {
        return minutes >= MINUTES_MIN;
    }

    /**
     * Whether it is flat enough.
     *
     * @param allowance growth in an hour that is allowed in any case, for caches and compilers that still fill up
     */
    boolean isFlat(long allowance) {
        return perHour <= Math.max(allowance, first / 10.0);
    }
}
