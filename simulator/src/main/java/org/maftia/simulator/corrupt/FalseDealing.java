package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Ready;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.Draw;

/**
 * Deals falsely when a group makes or renews a key: alters its dealing on the way out, for all alike or for each differently, or
 * keeps it to itself. What a dealing ends with is sealed for the last recipients, so that nobody else sees what is wrong. Or it
 * gives another point of the group in the place of one: of a key that signs, another power in the second group than in the first.
 */
public final class FalseDealing implements Misconduct {
    /** Sealed shares are some tens of bytes each: such an end holds those of one recipient or two. */
    private static final int END = 90;

    /** A dealing begins with a compressed point of the first group and a proof of two numbers. */
    private static final int POINT = 48;

    private static final int PROOF = 64;

    /** In the first byte of a compressed point: which of two opposite points it is. */
    private static final int SIGN = 0x20;

    private enum Manner {
        WITHHELD,
        SAME_FOR_ALL,
        DIFFERENT,
        OPPOSITE_ROOT,
        OPPOSITE_TWIST
    }

    private static final List<Manner> OF_SHARES = List.of(Manner.WITHHELD, Manner.SAME_FOR_ALL, Manner.DIFFERENT);
    private static final List<Manner> OF_POWERS = List.of(Manner.OPPOSITE_ROOT, Manner.OPPOSITE_TWIST);

    /** How a DEAL for the key begins, as far as the number of the attempt. */
    private final byte[] pattern;

    private final Manner manner;
    private final int offset;

    public FalseDealing(String keyId, Draw draw) {
        this(keyId, draw, OF_SHARES);
    }

    private FalseDealing(String keyId, Draw draw, List<Manner> manners) {
        this.pattern = new Writer().u8(3).string(keyId).toBytes();
        this.manner = draw.of(manners);
        this.offset = draw.below(END);
    }

    /** Gives the power of a number in one group, and that of its opposite in the other; of a key that signs and is being made. */
    public static FalseDealing ofPowers(String keyId, Draw draw) {
        return new FalseDealing(keyId, draw, OF_POWERS);
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        List<Ready.Outgoing> instead = new ArrayList<>();
        for (Ready.Outgoing outgoing : sends) {
            Span dealing = dealing(outgoing.frame());
            if (dealing == null) {
                instead.add(outgoing);
            } else if (manner != Manner.WITHHELD) {
                byte[] frame = outgoing.frame().clone();
                spoil(frame, dealing, draw);
                instead.add(new Ready.Outgoing(outgoing.to(), frame));
            }
        }
        return instead;
    }

    private void spoil(byte[] frame, Span dealing, Draw draw) {
        switch (manner) {
            case WITHHELD -> throw new IllegalStateException("what is kept back is not altered");
            case SAME_FOR_ALL -> frame[dealing.end - 1 - offset] ^= 1;
            case DIFFERENT -> frame[dealing.end - 1 - draw.below(END)] ^= 1;
            // Where neither is in the dealing, as in a renewal, a commitment or a sealed share is altered.
            case OPPOSITE_ROOT -> frame[Math.min(dealing.start + POINT + PROOF, dealing.end - 1)] ^= SIGN;
            case OPPOSITE_TWIST -> frame[Math.min(dealing.start + POINT + PROOF + POINT, dealing.end - 1)] ^= SIGN;
        }
    }

    /** Where a dealing is in a frame. */
    private record Span(int start, int end) {}

    /** Where the dealing in the frame is; null if there is none in it. */
    private @Nullable Span dealing(byte[] frame) {
        for (int start = 0; start + pattern.length + Long.BYTES + Integer.BYTES < frame.length; start++) {
            if (Arrays.equals(frame, start, start + pattern.length, pattern, 0, pattern.length)) {
                int at = start + pattern.length + Long.BYTES;
                int length = (frame[at] & 0xff) << 24
                        | (frame[at + 1] & 0xff) << 16
                        | (frame[at + 2] & 0xff) << 8
                        | frame[at + 3] & 0xff;
                int end = at + Integer.BYTES + length;
                if (length > END && end > 0 && end <= frame.length) {
                    return new Span(at + Integer.BYTES, end);
                }
            }
        }
        return null;
    }
}
