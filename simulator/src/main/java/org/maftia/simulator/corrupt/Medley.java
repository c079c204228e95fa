package org.maftia.simulator.corrupt;

import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/**
 * Behaves now in this way, now in that, and correctly in between: an attack often needs two kinds of lies, and a victim
 * that still trusts.
 */
public final class Medley implements Misconduct {
    private static final int CHANGE_ONE_IN = 8;

    private final List<Misconduct> ways;
    private int mood;

    /**
     * @param ways at least one
     */
    public Medley(List<Misconduct> ways) {
        this.ways = List.copyOf(ways);
    }

    @Override
    public void saw(int from, byte[] frame) {
        ways.forEach(way -> way.saw(from, frame));
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        if (draw.below(CHANGE_ONE_IN) == 0) {
            mood = draw.below(ways.size() + 1);
        }
        return mood < ways.size() ? ways.get(mood).instead(sends, nowMicros, draw) : sends;
    }
}
