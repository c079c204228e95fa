package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.maftia.core.protocol.Ready;
import org.maftia.simulator.Draw;

/** Damages frames: bits flipped, numbers moved by one, tails cut off or added. Most of it dies at the decoder. */
public final class Mutation implements Misconduct {
    private static final int ONE_IN = 3;
    private static final int TAIL_MAX = 8;

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        List<Ready.Outgoing> out = new ArrayList<>();
        for (Ready.Outgoing outgoing : sends) {
            boolean damage = draw.below(ONE_IN) == 0 && outgoing.frame().length > 1;
            out.add(damage ? new Ready.Outgoing(outgoing.to(), damaged(outgoing.frame(), draw)) : outgoing);
        }
        return out;
    }

    static byte[] damaged(byte[] frame, Draw draw) {
        byte[] copy = frame.clone();
        // The address stands first; a damaged one mostly leads nowhere.
        int address = Math.min(frame.length - 1, 1 + (frame[0] & 0xff));
        int position = draw.below(8) == 0 ? draw.below(frame.length) : address + draw.below(frame.length - address);
        switch (draw.below(5)) {
            case 0 -> copy[position] ^= (byte) (1 << draw.below(8));
            case 1 -> copy[position]++;
            case 2 -> copy[position]--;
            case 3 -> copy = Arrays.copyOf(copy, position);
            default -> copy = Arrays.copyOf(copy, copy.length + 1 + draw.below(TAIL_MAX));
        }
        return copy;
    }
}
