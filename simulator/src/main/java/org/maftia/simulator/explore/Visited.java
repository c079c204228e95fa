package org.maftia.simulator.explore;

/** Global states by a hash of 64 bits, with what is known of each. Open addressing: millions of them in little memory. */
final class Visited {
    private static final int INITIAL = 1 << 16;

    /** On the path that leads to the current state. */
    static final long OPEN = Long.MIN_VALUE;

    private long[] keys = new long[INITIAL];
    private long[] facts = new long[INITIAL];
    private float[] schedules = new float[INITIAL];
    private int size;

    int size() {
        return size;
    }

    /** The place of the state, or -1 - place where it could be put. Places change when the table grows. */
    int find(long hash) {
        long key = hash == 0 ? 1 : hash;
        int place = place(key);
        return keys[place] == key ? place : -1 - place;
    }

    void put(long hash, long value, float ways) {
        long key = hash == 0 ? 1 : hash;
        int place = place(key);
        if (keys[place] == 0) {
            size++;
        }
        keys[place] = key;
        facts[place] = value;
        schedules[place] = ways;
        if (size > keys.length / 4 * 3) {
            grow();
        }
    }

    long facts(int place) {
        return facts[place];
    }

    float schedules(int place) {
        return schedules[place];
    }

    /** Spreads the bits of a word, one word for each. */
    static long mix(long word) {
        long hash = (word ^ word >>> 32) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 32) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 29;
    }

    private int place(long key) {
        int mask = keys.length - 1;
        int place = (int) (key ^ key >>> 32) & mask;
        while (keys[place] != 0 && keys[place] != key) {
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        long[] oldKeys = keys;
        long[] oldFacts = facts;
        float[] oldSchedules = schedules;
        keys = new long[oldKeys.length * 2];
        facts = new long[keys.length];
        schedules = new float[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int place = place(oldKeys[i]);
                keys[place] = oldKeys[i];
                facts[place] = oldFacts[i];
                schedules[place] = oldSchedules[i];
            }
        }
    }
}
