package org.maftia.simulator.corrupt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/**
 * Sends everything, correct and in order, but only so many frames at a time: slow enough to hurt, alive enough not to
 * be given up. What does not fit its store is lost.
 */
public final class SlowDrip implements Misconduct {
    private static final int STORED_MAX = 10_000;

    private final long intervalMicros;
    private final int framesAtOnce;
    private final ArrayDeque<Ready.Outgoing> stored = new ArrayDeque<>();
    private long nextMicros = Long.MIN_VALUE;

    public SlowDrip(long intervalMicros, int framesAtOnce) {
        this.intervalMicros = intervalMicros;
        this.framesAtOnce = framesAtOnce;
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        for (Ready.Outgoing outgoing : sends) {
            if (stored.size() < STORED_MAX) {
                stored.add(outgoing);
            }
        }
        List<Ready.Outgoing> out = new ArrayList<>();
        if (nowMicros >= nextMicros) {
            for (int i = 0; i < framesAtOnce && !stored.isEmpty(); i++) {
                out.add(stored.remove());
            }
            nextMicros = nowMicros + intervalMicros;
        }
        return out;
    }

    @Override
    public long nextWakeMicros() {
        return stored.isEmpty() ? Long.MAX_VALUE : nextMicros;
    }
}
