package org.maftia.services.allowance;

import java.util.Comparator;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * How often each user may be asked for: ten times an hour, then after waits that double from one to the next. Who keeps below
 * ten for an hour begins anew. All in agreed time, in microseconds.
 */
public final class Allowances {
    /** In each hour without a wait: a person who mistypes, on several devices. */
    public static final int FREE = 10;

    static final long HOUR_MICROS = 3_600_000_000L;

    /** The first wait: with it the hour is over after a few more. */
    public static final long WAIT_MICROS = 360_000_000L;

    /** The longest: a user whom somebody else locks out may try once a day at least. */
    static final long WAIT_MICROS_MAX = 24 * HOUR_MICROS;

    /**
     * Users of the last hour, a megabyte of state. Where there are more, those are forgotten who would be soonest: never one who
     * must wait, as long as others need not.
     */
    static final int USERS_MAX = 16_384;

    /** So that 2 to their power stays small. */
    private static final int DOUBLINGS_MAX = 20;

    private final SortedMap<Digest, Tally> byUser = new TreeMap<>();

    /** The same users in the order in which they can be forgotten. */
    private final SortedSet<Idle> idle =
            new TreeSet<>(Comparator.comparingLong(Idle::from).thenComparing(Idle::user));

    private record Idle(long from, Digest user) {}

    /**
     * @param since when the present hour began
     * @param count of evaluations in it
     * @param exhausted how often in a row, without an hour below the limit
     * @param freeFrom when the next evaluation may be
     */
    private record Tally(long since, int count, int exhausted, long freeFrom) {
        static final Tally NONE = new Tally(Long.MIN_VALUE / 2, 0, 0, 0);

        /** From then on it says nothing that a new one would not. */
        long forgottenFrom() {
            return Math.max(freeFrom, since) + HOUR_MICROS;
        }

        Tally next(long now) {
            boolean another = now - since >= HOUR_MICROS;
            int before = another && count < FREE ? 0 : exhausted;
            int counted = another ? 1 : count + 1;
            long begun = another ? now : since;
            if (counted < FREE) {
                return new Tally(begun, counted, before, 0);
            }
            long wait = Math.min(WAIT_MICROS << Math.min(before, DOUBLINGS_MAX), WAIT_MICROS_MAX);
            return new Tally(begun, counted, before + 1, now + wait);
        }
    }

    private static Digest name(byte[] user) {
        return Transcript.of("evaluation/user").field(user).digest();
    }

    /** How long the user must not be asked for; 0: he may be. */
    public long waitMicros(byte[] user, long now) {
        @Nullable Tally tally = byUser.get(name(user));
        return tally == null ? 0 : Math.max(0, tally.freeFrom - now);
    }

    /** Counts an evaluation, which the user does not have to {@linkplain #waitMicros wait} for. */
    public void count(byte[] user, long now) {
        Digest name = name(user);
        Tally next = byUser.getOrDefault(name, Tally.NONE).next(now);
        if (byUser.size() >= USERS_MAX && !byUser.containsKey(name)) {
            forget(idle.first().user());
        }
        forget(name);
        keep(name, next);
    }

    private void keep(Digest name, Tally tally) {
        byUser.put(name, tally);
        idle.add(new Idle(tally.forgottenFrom(), name));
    }

    private void forget(Digest name) {
        Tally tally = byUser.remove(name);
        if (tally != null) {
            idle.remove(new Idle(tally.forgottenFrom(), name));
        }
    }

    public void write(Writer writer) {
        writer.u32(byUser.size());
        byUser.forEach((name, tally) -> {
            writer.digest(name).u64(tally.since).u32(tally.count);
            writer.u32(tally.exhausted).u64(tally.freeFrom);
        });
    }

    public void read(Reader reader) {
        byUser.clear();
        idle.clear();
        long users = reader.u32();
        if (users > USERS_MAX) {
            throw new MalformedException("more users than are counted");
        }
        for (; users > 0; users--) {
            Digest name = reader.digest();
            keep(
                    name,
                    new Tally(
                            reader.count(),
                            Math.toIntExact(reader.u32()),
                            Math.toIntExact(reader.u32()),
                            reader.count()));
        }
    }
}
