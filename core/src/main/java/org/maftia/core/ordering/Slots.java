package org.maftia.core.ordering;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;

/** The slots that are kept, in a ring indexed by number. Callers bound how far above the lowest one they go. */
final class Slots {
    private @Nullable Slot[] ring;

    /** All slots below are forgotten. */
    private long bottom = 1;

    /** No slot above was made. */
    private long top;

    /** Bytes of the operations that were delivered and are kept. */
    private long deliveredBytes;

    Slots(int expected) {
        ring = new Slot[Math.max(16, Integer.highestOneBit(Math.max(1, expected - 1)) * 2)];
    }

    long bottom() {
        return bottom;
    }

    long top() {
        return top;
    }

    @Nullable
    Slot find(long number) {
        return number < bottom || number > top ? null : ring[index(number)];
    }

    /** The slot, made if it is new. It must not be forgotten. */
    Slot open(long number) {
        Invariant.check(number >= bottom, "a forgotten slot is opened");
        while (number - bottom >= ring.length) {
            grow();
        }
        top = Math.max(top, number);
        Slot slot = ring[index(number)];
        if (slot == null) {
            slot = new Slot(number);
            ring[index(number)] = slot;
        }
        return slot;
    }

    /** The slot keeps this from now on, for peers that lack it; null keeps nothing. */
    void deliver(Slot slot, @Nullable Proposal proposal) {
        slot.delivered = proposal;
        slot.clearProgress();
        slot.deliveredBytes = proposal == null ? 0 : proposal.operationBytes();
        deliveredBytes += slot.deliveredBytes;
    }

    /** Bytes of the operations of all delivered slots that are kept. */
    long deliveredBytes() {
        return deliveredBytes;
    }

    /** Forgets all slots below the number. */
    void forgetBelow(long number) {
        if (number - bottom > ring.length) {
            Arrays.fill(ring, null);
            deliveredBytes = 0;
        } else {
            for (long slot = bottom; slot < number; slot++) {
                Slot old = ring[index(slot)];
                deliveredBytes -= old == null ? 0 : old.deliveredBytes;
                ring[index(slot)] = null;
            }
        }
        bottom = Math.max(bottom, number);
        top = Math.max(top, bottom - 1);
    }

    private void grow() {
        @Nullable Slot[] old = ring;
        @Nullable Slot[] larger = new Slot[Math.multiplyExact(old.length, 2)];
        for (Slot slot : old) {
            if (slot != null) {
                larger[(int) (slot.number & (larger.length - 1))] = slot;
            }
        }
        ring = larger;
    }

    private int index(long number) {
        return (int) (number & (ring.length - 1));
    }
}
