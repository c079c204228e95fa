package org.maftia.simulator.corrupt;

import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/**
 * Sends nothing: from the start, or after it has sent so many frames, which is a crash; to everybody, or to some.
 */
public final class Silence implements Misconduct {
    private long left;
    private final long mutedPeers;

    /**
     * @param after frames that it still sends
     * @param mutedPeers bit i: replica i hears nothing afterwards
     */
    public Silence(long after, long mutedPeers) {
        this.left = after;
        this.mutedPeers = mutedPeers;
    }

    /** To everybody, from the start. */
    public Silence() {
        this(0, -1);
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        return sends.stream()
                .filter(outgoing -> left-- > 0 || (mutedPeers >>> outgoing.to() & 1) == 0)
                .toList();
    }
}
