package org.maftia.simulator.corrupt;

import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/** What a corrupted replica does with what its correct half wants to send. */
public interface Misconduct {
    /** A frame came in. */
    default void saw(int from, byte[] frame) {}

    /** What its correct half wrote into its journal: it tells how things stand with the group. */
    default void wrote(byte[] record) {}

    /** What leaves instead. */
    List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw);

    /** When it has something to do although nothing comes in, or {@link Long#MAX_VALUE}. */
    default long nextWakeMicros() {
        return Long.MAX_VALUE;
    }
}
