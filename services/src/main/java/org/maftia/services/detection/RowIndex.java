package org.maftia.services.detection;

import java.util.Arrays;

/**
 * Finds the number of a tuple of codes; a new tuple gets the next number. Rows stand in one array of integers: a map of
 * objects would take five times the room.
 */
final class RowIndex {
    private static final int EMPTY = -1;

    private final int width;
    private int[] rows;
    private int size;

    /** Numbers of rows by hash, open addressing, at most half full. */
    private int[] slots;

    RowIndex(int width) {
        this.width = width;
        this.rows = new int[16 * width];
        this.slots = new int[32];
        Arrays.fill(slots, EMPTY);
    }

    int size() {
        return size;
    }

    /** The number of the tuple; equal to the size before the call if it is new. */
    int find(int[] tuple) {
        int slot = hash(tuple, 0) & slots.length - 1;
        while (slots[slot] != EMPTY) {
            int at = slots[slot] * width;
            if (Arrays.equals(rows, at, at + width, tuple, 0, width)) {
                return slots[slot];
            }
            slot = slot + 1 & slots.length - 1;
        }
        if (2 * size >= slots.length) {
            grow();
            return find(tuple);
        }
        if (size * width == rows.length) {
            rows = Arrays.copyOf(rows, 2 * rows.length);
        }
        System.arraycopy(tuple, 0, rows, size * width, width);
        slots[slot] = size;
        return size++;
    }

    /** Copies the tuple with this number. */
    void read(int row, int[] tuple) {
        System.arraycopy(rows, row * width, tuple, 0, width);
    }

    private void grow() {
        slots = new int[2 * slots.length];
        Arrays.fill(slots, EMPTY);
        for (int row = 0; row < size; row++) {
            int slot = hash(rows, row * width) & slots.length - 1;
            while (slots[slot] != EMPTY) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = row;
        }
    }

    private int hash(int[] values, int from) {
        int hash = 1;
        for (int i = 0; i < width; i++) {
            hash = (hash ^ values[from + i]) * 0x9e3779b1;
            hash ^= hash >>> 15;
        }
        return hash;
    }
}
