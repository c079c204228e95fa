package org.maftia.simulator.wan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Durations in microseconds, of which the ranks are asked. */
public final class Sample {
    private final List<Long> micros = new ArrayList<>();
    private boolean sorted = true;

    void add(long one) {
        micros.add(one);
        sorted = false;
    }

    void addAll(Sample other) {
        micros.addAll(other.micros);
        sorted = false;
    }

    public int count() {
        return micros.size();
    }

    /** The smallest value that so many of a thousand do not exceed; -1 where there is none. */
    public long rank(int perMille) {
        if (micros.isEmpty()) {
            return -1;
        }
        if (!sorted) {
            Collections.sort(micros);
            sorted = true;
        }
        long place = (micros.size() * (long) perMille + 999) / 1000 - 1;
        return micros.get((int) Math.max(0, place));
    }

    public long median() {
        return rank(500);
    }

    public long p99() {
        return rank(990);
    }

    public long most() {
        return rank(1000);
    }

    public long least() {
        return rank(0);
    }
}
