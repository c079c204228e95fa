package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.Draw;

/**
 * Deals falsely when a group makes or renews a key: alters its dealing on the way out, for all alike or for each differently, or
 * keeps it to itself. What a dealing ends with is sealed for the last recipients, so that nobody else sees what is wrong.
 */
public final class FalseDealing implements Misconduct {
    /** Sealed shares are some tens of bytes each: such an end holds those of one recipient or two. */
    private static final int END = 90;

    private enum Manner {
        WITHHELD,
        SAME_FOR_ALL,
        DIFFERENT
    }

    /** How a DEAL for the key begins, as far as the number of the attempt. */
    private final byte[] pattern;

    private final Manner manner;
    private final int offset;

    public FalseDealing(String keyId, Draw draw) {
        this.pattern = new Writer().u8(3).string(keyId).toBytes();
        this.manner = draw.of(List.of(Manner.values()));
        this.offset = draw.below(END);
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        List<Ready.Outgoing> instead = new ArrayList<>();
        for (Ready.Outgoing outgoing : sends) {
            int end = end(outgoing.frame());
            if (end < 0) {
                instead.add(outgoing);
            } else if (manner != Manner.WITHHELD) {
                byte[] frame = outgoing.frame().clone();
                frame[end - 1 - (manner == Manner.DIFFERENT ? draw.below(END) : offset)] ^= 1;
                instead.add(new Ready.Outgoing(outgoing.to(), frame));
            }
        }
        return instead;
    }

    /** Where the dealing in the frame ends; -1 if there is none in it. */
    private int end(byte[] frame) {
        for (int start = 0; start + pattern.length + Long.BYTES + Integer.BYTES < frame.length; start++) {
            if (Arrays.equals(frame, start, start + pattern.length, pattern, 0, pattern.length)) {
                int at = start + pattern.length + Long.BYTES;
                int length = (frame[at] & 0xff) << 24
                        | (frame[at + 1] & 0xff) << 16
                        | (frame[at + 2] & 0xff) << 8
                        | frame[at + 3] & 0xff;
                int end = at + Integer.BYTES + length;
                if (length > END && end > 0 && end <= frame.length) {
                    return end;
                }
            }
        }
        return -1;
    }
}
