package org.maftia.simulator;

import java.util.List;

/**
 * A stream of decisions, a function of its seed alone: the only source of chance in a simulation. SplitMix64 (Steele,
 * Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). Not for keys.
 */
public final class Draw {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;

    private long state;

    public Draw(long seed) {
        this.state = seed;
    }

    /** A bijection of 64-bit words that leaves no pattern: the finaliser of SplitMix64. */
    static long mix(long word) {
        long z = (word ^ (word >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }

    public long bits() {
        state += GOLDEN;
        return mix(state);
    }

    /** A number from 0 to {@code bound} - 1; {@code bound} is positive. */
    public int below(int bound) {
        return (int) Long.remainderUnsigned(bits(), bound);
    }

    /** A number from {@code min} to {@code max}, both included. */
    public long between(long min, long max) {
        return min + Long.remainderUnsigned(bits(), max - min + 1);
    }

    /** A number from {@code min} to {@code max} whose order of magnitude is drawn first; {@code min} is positive. */
    public long magnitude(long min, long max) {
        int low = 63 - Long.numberOfLeadingZeros(min);
        int high = 63 - Long.numberOfLeadingZeros(max);
        long scale = 1L << between(low, high);
        return Math.clamp(between(scale, 2 * scale - 1), min, max);
    }

    /** True in so many of a million cases. */
    public boolean chance(int perMillion) {
        return below(1_000_000) < perMillion;
    }

    /** An element of a list that is not empty. */
    public <T> T of(List<T> list) {
        return list.get(below(list.size()));
    }

    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) bits();
        }
        return bytes;
    }

    /** A stream of its own, so that what one consumer draws does not shift what another gets. */
    public Draw split() {
        return new Draw(bits());
    }
}
