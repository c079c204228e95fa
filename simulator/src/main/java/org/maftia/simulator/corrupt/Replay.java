package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/**
 * Sends old frames again, to anybody: its own, and what others sent to it. A replica that counts messages instead of
 * senders, or trusts a name inside a frame, falls for it.
 */
public final class Replay implements Misconduct {
    private static final int REMEMBERED_MAX = 512;
    private static final int REPLAYED_MAX = 3;

    private final int peers;
    private final List<byte[]> remembered = new ArrayList<>();
    private long seen;

    /**
     * @param peers the size of the group
     */
    public Replay(int peers) {
        this.peers = peers;
    }

    @Override
    public void saw(int from, byte[] frame) {
        seen++;
        if (remembered.size() < REMEMBERED_MAX) {
            remembered.add(frame);
        } else {
            // Later frames take the places of earlier ones, in turn and with gaps: some old ones stay.
            remembered.set((int) (seen * 7 % REMEMBERED_MAX), frame);
        }
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        List<Ready.Outgoing> out = new ArrayList<>(sends);
        sends.forEach(outgoing -> saw(outgoing.to(), outgoing.frame()));
        if (!remembered.isEmpty()) {
            int count = draw.below(REPLAYED_MAX + 1);
            for (int i = 0; i < count; i++) {
                out.add(new Ready.Outgoing(draw.below(peers), draw.of(remembered)));
            }
        }
        return out;
    }
}
