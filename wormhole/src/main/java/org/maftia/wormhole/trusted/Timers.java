package org.maftia.wormhole.trusted;

import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.frame.Frame;

/**
 * The services of time: stamps, durations, timely execution, timing failure detection. What was not done in time is
 * said to be late, never silently done later.
 */
final class Timers {
    /** At work at one time, for all sessions together. */
    static final int SLOTS = 64;

    static final int NOTIFY_HOST = 1;
    static final int CONTROL_SEND = 2;
    static final int ERASE_KEYS = 3;
    static final int RELAY_OUT = 4;

    /** States of an execution or a watch. */
    static final int FREE = 0;

    static final int PENDING = 1;
    static final int ON_TIME = 2;
    static final int LATE = 3;

    /** Longest time ahead of an execution or a watch: a day, so that sums stay far from overflow. */
    private static final long AHEAD_MAX_MICROS = 86_400_000_000L;

    private final Setup setup;
    private final Clocks clocks;
    private final Usig sealing;
    private final Runnable erase;

    private final long[] started = new long[SLOTS];
    private final long[] startedHandle = new long[SLOTS];
    private final int[] action = new int[SLOTS];
    private final int[] actionState = new int[SLOTS];
    private final long[] actionDue = new long[SLOTS];
    private final long[] actionDeadline = new long[SLOTS];
    private final long[] actionHandle = new long[SLOTS];
    private final int[] watchState = new int[SLOTS];
    private final long[] watchDeadline = new long[SLOTS];
    private final long[] watchBound = new long[SLOTS];
    private final long[] watchEvent = new long[SLOTS];
    private final long[] watchHandle = new long[SLOTS];
    private final Eid[] watched = new Eid[SLOTS];
    private long handles;

    Timers(Setup setup, Clocks clocks, Usig sealing, Runnable erase) {
        this.setup = setup;
        this.clocks = clocks;
        this.sealing = sealing;
        this.erase = erase;
    }

    /** Payload: digest 32; writes a STAMP. */
    int stamp(byte[] in, int at, int length, byte[] out) {
        if (length != Digest.LENGTH) {
            return -Refusal.MALFORMED.code();
        }
        int body = Statement.header(out, Frame.PAYLOAD, Kind.STAMP, setup.group(), setup.ttcb(), setup.epoch());
        System.arraycopy(in, at, out, body, Digest.LENGTH);
        long now = clocks.realMicros();
        BigEndian.u64(out, body + Digest.LENGTH, Math.max(0, now - clocks.realErrorMicros()));
        BigEndian.u64(out, body + Digest.LENGTH + 8, now + clocks.realErrorMicros() + 1); // what was cut off counts
        return sealing.seal(out, Frame.PAYLOAD, Kind.STAMP.statementLength(), out, Frame.PAYLOAD);
    }

    /** Writes a handle u64; the oldest measurement gives way to it. */
    int startDuration(byte[] out) {
        long handle = ++handles;
        int slot = (int) (handle % SLOTS);
        startedHandle[slot] = handle;
        started[slot] = clocks.monotonicNanos();
        BigEndian.u64(out, Frame.PAYLOAD, handle);
        return 8;
    }

    /** Payload: handle u64; writes nanoseconds u64 and their error u64. */
    int stopDuration(byte[] in, int at, int length, byte[] out) {
        long now = clocks.monotonicNanos();
        long handle = length == 8 ? BigEndian.u64(in, at) : 0;
        int slot = (int) Math.floorMod(handle, (long) SLOTS);
        if (handle <= 0 || startedHandle[slot] != handle) {
            return -Refusal.MALFORMED.code();
        }
        startedHandle[slot] = 0;
        long nanos = now - started[slot];
        BigEndian.u64(out, Frame.PAYLOAD, nanos);
        BigEndian.u64(out, Frame.PAYLOAD + 8, 1 + nanos / 1_000_000 * Guard.SLEW_PER_MILLION + 1_000);
        return 16;
    }

    /** Payload: action u8, not before u64, deadline u64 (microseconds since 1970); writes a handle u64. */
    int executeAt(byte[] in, int at, int length, byte[] out) {
        if (length != 17) {
            return -Refusal.MALFORMED.code();
        }
        int wanted = BigEndian.u8(in, at);
        if (wanted != NOTIFY_HOST && wanted != ERASE_KEYS) {
            return -(wanted == CONTROL_SEND || wanted == RELAY_OUT ? Refusal.UNSUPPORTED : Refusal.MALFORMED).code();
        }
        long real = clocks.realMicros();
        long notBefore = BigEndian.u64(in, at + 1);
        long deadline = BigEndian.u64(in, at + 9);
        if (deadline < notBefore || deadline < real || deadline - real > AHEAD_MAX_MICROS || notBefore < 0) {
            return -Refusal.NOT_IN_TIME.code();
        }
        int slot = free(actionState);
        if (slot < 0) {
            return -Refusal.BUSY.code();
        }
        long now = clocks.monotonicNanos();
        action[slot] = wanted;
        actionDue[slot] = now + Math.max(0, notBefore - real) * 1_000;
        actionDeadline[slot] = now + (deadline - real) * 1_000;
        actionState[slot] = PENDING;
        actionHandle[slot] = ++handles;
        BigEndian.u64(out, Frame.PAYLOAD, handles);
        return 8;
    }

    /** Payload: handle u64; writes the state u8, and forgets what is over. */
    int executed(byte[] in, int at, int length, byte[] out) {
        int slot = find(actionHandle, actionState, length == 8 ? BigEndian.u64(in, at) : 0);
        if (slot < 0) {
            return -Refusal.MALFORMED.code();
        }
        BigEndian.u8(out, Frame.PAYLOAD, actionState[slot]);
        if (actionState[slot] != PENDING) {
            actionState[slot] = FREE;
        }
        return 1;
    }

    /** Payload: who 12, event u64, bound u64 (microseconds); writes a handle u64. */
    int watch(byte[] in, int at, int length, byte[] out) {
        if (length != Eid.LENGTH + 16) {
            return -Refusal.MALFORMED.code();
        }
        if (BigEndian.u16(in, at) != setup.ttcb() || BigEndian.u64(in, at + 4) != setup.epoch()) {
            return -Refusal.UNSUPPORTED.code(); // parties of other components come over the control channel
        }
        long bound = BigEndian.u64(in, at + Eid.LENGTH + 8);
        if (bound < 0 || bound > AHEAD_MAX_MICROS) {
            return -Refusal.NOT_IN_TIME.code();
        }
        int slot = free(watchState);
        if (slot < 0) {
            return -Refusal.BUSY.code();
        }
        watched[slot] = Eid.at(in, at);
        watchEvent[slot] = BigEndian.u64(in, at + Eid.LENGTH);
        watchBound[slot] = bound;
        watchDeadline[slot] = clocks.monotonicNanos() + bound * 1_000;
        watchState[slot] = PENDING;
        watchHandle[slot] = ++handles;
        BigEndian.u64(out, Frame.PAYLOAD, handles);
        return 8;
    }

    /** Payload: event u64, by the party that the session is. */
    int done(Eid who, byte[] in, int at, int length) {
        if (length != 8) {
            return -Refusal.MALFORMED.code();
        }
        long now = clocks.monotonicNanos();
        long event = BigEndian.u64(in, at);
        for (int slot = 0; slot < SLOTS; slot++) {
            if (watchState[slot] == PENDING && watchEvent[slot] == event && watched[slot].equals(who)) {
                watchState[slot] = now <= watchDeadline[slot] ? ON_TIME : LATE;
            }
        }
        return 0;
    }

    /** Payload: handle u64; writes a VERDICT, or nothing while it is open. */
    int verdict(byte[] in, int at, int length, byte[] out) {
        int slot = find(watchHandle, watchState, length == 8 ? BigEndian.u64(in, at) : 0);
        if (slot < 0) {
            return -Refusal.MALFORMED.code();
        }
        if (watchState[slot] == PENDING && clocks.monotonicNanos() > watchDeadline[slot]) {
            watchState[slot] = LATE;
        }
        if (watchState[slot] == PENDING) {
            return 0;
        }
        int body = Statement.header(out, Frame.PAYLOAD, Kind.VERDICT, setup.group(), setup.ttcb(), setup.epoch());
        watched[slot].copyTo(out, body);
        BigEndian.u64(out, body + Eid.LENGTH, watchEvent[slot]);
        BigEndian.u64(out, body + Eid.LENGTH + 8, watchBound[slot]);
        BigEndian.u8(out, body + Eid.LENGTH + 16, watchState[slot] == LATE ? 1 : 0);
        watchState[slot] = FREE;
        return sealing.seal(out, Frame.PAYLOAD, Kind.VERDICT.statementLength(), out, Frame.PAYLOAD);
    }

    /** Does what is due; an action whose deadline has passed is late, and is not done. */
    void wake() {
        for (int slot = 0; slot < SLOTS; slot++) {
            long now = clocks.monotonicNanos();
            if (actionState[slot] == PENDING && now >= actionDue[slot]) {
                boolean inTime = now <= actionDeadline[slot];
                actionState[slot] = inTime ? ON_TIME : LATE;
                if (action[slot] == ERASE_KEYS) {
                    erase.run(); // late or not: keys that should be gone by now must not be left
                }
            }
        }
    }

    /** When to be woken at the latest, on the monotonic clock. */
    long nextDue(long otherwise) {
        long next = otherwise;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (actionState[slot] == PENDING) {
                next = Math.min(next, actionDue[slot]);
            }
        }
        return next;
    }

    private static int free(int[] states) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (states[slot] == FREE) {
                return slot;
            }
        }
        return -1;
    }

    private static int find(long[] handles, int[] states, long handle) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (states[slot] != FREE && handles[slot] == handle) {
                return slot;
            }
        }
        return -1;
    }
}
