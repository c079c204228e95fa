package org.maftia.server.link;

import org.jspecify.annotations.Nullable;

/**
 * The frames for one peer that it has not acknowledged, numbered from 1 without gaps. Bounded in bytes and number: the
 * oldest go first. The arrays are shared with the buffers of other peers.
 */
final class Resend {
    /** What a frame costs besides its bytes, so that tiny ones cannot fill the memory either. */
    private static final int OVERHEAD_BYTES = 64;

    private static final byte[] GONE = {};

    private final long bytesMax;

    /** A ring: frame number s lies at s modulo the length, which is a power of two. */
    private byte[][] ring = new byte[256][];

    private long first = 1;
    private long end = 1;
    private long unsent = 1;
    private long bytes;
    private long lost;

    Resend(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Adds a frame; false when older ones had to go for it. */
    boolean add(byte[] frame) {
        if (end - first == ring.length) {
            grow();
        }
        ring[slot(end)] = frame;
        end++;
        bytes += cost(frame);
        boolean whole = true;
        // The newest stays even if it is larger than the bound: the bound of a frame holds for it.
        while (bytes > bytesMax && end - first > 1) {
            dropFirst();
            lost++;
            whole = false;
        }
        return whole;
    }

    private void grow() {
        byte[][] larger = new byte[ring.length * 2][];
        for (long s = first; s < end; s++) {
            larger[(int) (s & (larger.length - 1))] = ring[slot(s)];
        }
        ring = larger;
    }

    private void dropFirst() {
        bytes -= cost(ring[slot(first)]);
        ring[slot(first)] = GONE;
        first++;
        unsent = Math.max(unsent, first);
    }

    /** The peer has everything up to this number; false when it claims frames that were never sent. */
    boolean acknowledged(long upTo) {
        if (upTo >= unsent) {
            return false;
        }
        while (first <= upTo) {
            dropFirst();
        }
        return true;
    }

    /** A new connection: everything that is kept goes out again. */
    void rewind() {
        unsent = first;
    }

    /** Forgets what the peer already has, before {@link #rewind}; it may name any number that was given out. */
    boolean received(long upTo) {
        if (upTo >= end) {
            return false;
        }
        while (first <= upTo) {
            dropFirst();
        }
        return true;
    }

    /** The next frame to send, or null; its number is {@link #unsentNumber}. */
    byte @Nullable [] peek() {
        return unsent == end ? null : ring[slot(unsent)];
    }

    long unsentNumber() {
        return unsent;
    }

    void sent() {
        unsent++;
    }

    long bytes() {
        return bytes;
    }

    int frames() {
        return (int) (end - first);
    }

    /** Frames that went unacknowledged for want of room, ever. */
    long lost() {
        return lost;
    }

    private int slot(long number) {
        return (int) (number & (ring.length - 1));
    }

    private static long cost(byte[] frame) {
        return frame.length + (long) OVERHEAD_BYTES;
    }
}
