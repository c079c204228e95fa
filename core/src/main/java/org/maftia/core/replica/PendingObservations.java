package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What services want looked up in the world outside, and what each replica says of it: part of the replicated state. Each
 * replica puts its own answer into the log, where nobody else can speak for it, and its first one counts.
 */
final class PendingObservations {
    /** A replica looks up some at a time, each within seconds; in a checkpoint these and their answers take 20 MB at most. */
    static final int COUNT_MAX = 256;

    /** Longest question, in bytes. */
    static final int QUESTION_LENGTH_MAX = 4096;

    /** Longest answer of a replica, in bytes: evidence that is longer goes by its hash. */
    static final int ANSWER_LENGTH_MAX = 1024;

    /** Nothing is looked up for longer. */
    static final long DURATION_MICROS_MAX = 3_600_000_000L;

    private final SortedMap<Long, Entry> byNumber = new TreeMap<>();
    private long next;

    /**
     * One thing that is to be looked up.
     *
     * @param service whose request it is
     * @param deadlineMicros agreed time from which on no answer counts
     * @param reference the service's own
     */
    record Wanted(String service, byte[] question, long deadlineMicros, long reference) {
        private static Wanted read(Reader reader) {
            return new Wanted(
                    reader.string(ServiceCall.NAME_LENGTH_MAX),
                    reader.opaque16(QUESTION_LENGTH_MAX),
                    reader.count(),
                    reader.u64());
        }

        private void write(Writer writer) {
            writer.string(service).opaque16(question).u64(deadlineMicros).u64(reference);
        }
    }

    private record Entry(Wanted wanted, SortedMap<Integer, byte[]> answers) {}

    boolean hasRoom() {
        return byNumber.size() < COUNT_MAX;
    }

    /** Registers a request and gives its number. */
    long add(Wanted wanted) {
        long number = next++;
        byNumber.put(number, new Entry(wanted, new TreeMap<>()));
        return number;
    }

    void remove(long number) {
        byNumber.remove(number);
    }

    /** Whether it waits for the answer of a replica. */
    boolean isWanted(long number, int replica) {
        Entry entry = byNumber.get(number);
        return entry != null && !entry.answers.containsKey(replica);
    }

    /** What waits for the answer of a replica, by number. */
    SortedMap<Long, Wanted> without(int replica) {
        SortedMap<Long, Wanted> without = new TreeMap<>();
        byNumber.forEach((number, entry) -> {
            if (!entry.answers.containsKey(replica)) {
                without.put(number, entry.wanted);
            }
        });
        return Collections.unmodifiableSortedMap(without);
    }

    /**
     * A replica answers.
     *
     * @param replica whose answer it is, for sure
     * @return what it answers; null where nobody waits for it: unknown, over, too late or answered before
     */
    @Nullable
    Wanted answer(long number, int replica, byte[] answer, long timeMicros) {
        Entry entry = byNumber.get(number);
        if (entry == null || timeMicros >= entry.wanted.deadlineMicros) {
            return null;
        }
        return entry.answers.putIfAbsent(replica, answer) == null ? entry.wanted : null;
    }

    /** What is said of something that is still looked up. */
    Observations observations(long number, FaultStructure trust, boolean over) {
        Entry entry = byNumber.get(number);
        if (entry == null) {
            throw new IllegalStateException("nobody waits for observation " + number);
        }
        return new Observations(trust, entry.wanted.question, entry.answers, over);
    }

    /** Numbers of what is over by now, the oldest first. */
    List<Long> due(long timeMicros) {
        List<Long> due = new ArrayList<>();
        byNumber.forEach((number, entry) -> {
            if (timeMicros >= entry.wanted.deadlineMicros) {
                due.add(number);
            }
        });
        return due;
    }

    @Nullable
    Wanted get(long number) {
        Entry entry = byNumber.get(number);
        return entry == null ? null : entry.wanted;
    }

    /** The next deadline; the greatest number where there is none. */
    long dueMicros() {
        return byNumber.values().stream()
                .mapToLong(entry -> entry.wanted.deadlineMicros)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Others are members now: what those of before said counts no more, and all look again. */
    void restart(Genesis genesis) {
        byNumber.values().removeIf(entry -> !genesis.services().containsKey(entry.wanted.service));
        byNumber.values().forEach(entry -> entry.answers.clear());
    }

    void write(Writer writer) {
        writer.u64(next).u32(byNumber.size());
        byNumber.forEach((number, entry) -> {
            entry.wanted.write(writer.u64(number));
            writer.u8(entry.answers.size());
            entry.answers.forEach((replica, answer) -> writer.u8(replica).opaque16(answer));
        });
    }

    static PendingObservations read(Reader reader) {
        PendingObservations pending = new PendingObservations();
        pending.next = reader.count();
        for (long count = reader.u32(); count > 0; count--) {
            long number = reader.count();
            Entry entry = new Entry(Wanted.read(reader), new TreeMap<>());
            for (int answers = reader.u8(); answers > 0; answers--) {
                int replica = reader.u8();
                entry.answers.put(replica, reader.opaque16(ANSWER_LENGTH_MAX));
            }
            pending.byNumber.put(number, entry);
        }
        return pending;
    }
}
