package org.maftia.core.replica;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What services want evaluated by an {@link ObliviousFunction}, and what each replica says of it: part of the replicated
 * state. Parts carry no proof, they are compared; so each replica puts its own into the log, where nobody else can speak
 * for it.
 */
final class PendingEvaluations {
    /** A part takes a tenth of a millisecond for each summand: a second of work at most waits here. */
    static final int COUNT_MAX = 256;

    /** What is done stays until all have spoken, so that who lies late is found out too; but no more than so many. */
    static final int DONE_MAX = 64;

    private final SortedMap<Long, Entry> byNumber = new TreeMap<>();
    private long next;

    /**
     * One evaluation that is wanted.
     *
     * @param service whose request it is
     * @param reference the service's own
     */
    record Wanted(String service, String keyId, byte[] user, byte[] blinded, long reference) {
        private static Wanted read(Reader reader) {
            return new Wanted(
                    reader.string(ServiceCall.NAME_LENGTH_MAX),
                    reader.string(255),
                    reader.opaque8(ObliviousFunction.USER_LENGTH_MAX),
                    reader.fixed(ObliviousFunction.ELEMENT_LENGTH),
                    reader.u64());
        }

        private void write(Writer writer) {
            writer.string(service).string(keyId).opaque8(user).fixed(blinded).u64(reference);
        }
    }

    private static final class Entry {
        private final Wanted wanted;
        private final SortedMap<Integer, byte[]> parts = new TreeMap<>();
        private boolean done;
        private ReplicaSet liars = ReplicaSet.EMPTY;

        Entry(Wanted wanted) {
            this.wanted = wanted;
        }
    }

    /**
     * What a part brought about.
     *
     * @param wanted what it is a part of
     * @param element the value, when this part completes it
     * @param liars whose parts turn out to be false now
     */
    record Progress(Wanted wanted, byte @Nullable [] element, ReplicaSet liars) {}

    boolean hasRoom() {
        return byNumber.values().stream().filter(entry -> !entry.done).count() < COUNT_MAX;
    }

    /** Registers a request and gives its number. */
    long add(Wanted wanted) {
        long number = next++;
        byNumber.put(number, new Entry(wanted));
        return number;
    }

    /** What waits for the part of a replica, by number. */
    SortedMap<Long, Wanted> without(int replica) {
        SortedMap<Long, Wanted> without = new TreeMap<>();
        byNumber.forEach((number, entry) -> {
            if (!entry.done && !entry.parts.containsKey(replica)) {
                without.put(number, entry.wanted);
            }
        });
        return Collections.unmodifiableSortedMap(without);
    }

    /** The key of a request; null where it is over, or never was. */
    @Nullable
    String keyId(long number) {
        Entry entry = byNumber.get(number);
        return entry == null ? null : entry.wanted.keyId;
    }

    /**
     * A replica says its part; its first word counts.
     *
     * @param replica whose part it is, for sure
     */
    Optional<Progress> part(long number, int replica, byte[] part, ObliviousFunction function) {
        Entry entry = byNumber.get(number);
        if (entry == null || entry.parts.putIfAbsent(replica, part) != null) {
            return Optional.empty();
        }
        ReplicaSet said = ReplicaSet.EMPTY;
        for (int who : entry.parts.keySet()) {
            said = said.with(who);
        }
        boolean all = function.keepers().minus(said).isEmpty();
        if (!all && (entry.done || !function.mayCombine(said))) {
            return Optional.empty();
        }
        Optional<ObliviousFunction.Evaluation> evaluation = function.combine(entry.parts);
        if (evaluation.isEmpty()) {
            return Optional.empty();
        }
        ReplicaSet fresh = evaluation.get().liars().minus(entry.liars);
        entry.liars = entry.liars.union(fresh);
        byte[] element = entry.done ? null : evaluation.get().element();
        entry.done = true;
        if (all) {
            byNumber.remove(number);
        }
        forgetOldest();
        return Optional.of(new Progress(entry.wanted, element, fresh));
    }

    private void forgetOldest() {
        long done = byNumber.values().stream().filter(entry -> entry.done).count();
        if (done > DONE_MAX) {
            byNumber.entrySet().stream()
                    .filter(entry -> entry.getValue().done)
                    .map(java.util.Map.Entry::getKey)
                    .findFirst()
                    .ifPresent(byNumber::remove);
        }
    }

    /** Other members hold other keys now: what those of before said counts no more, and what no key evaluates is dropped. */
    void restart(Genesis genesis) {
        byNumber.values().removeIf(entry -> {
            boolean granted = genesis.services().containsKey(entry.wanted.service)
                    && genesis.grants().mayEvaluate(entry.wanted.service, entry.wanted.keyId);
            return entry.done || !granted || !genesis.evaluators().containsKey(entry.wanted.keyId);
        });
        byNumber.values().forEach(entry -> {
            entry.parts.clear();
            entry.liars = ReplicaSet.EMPTY;
        });
    }

    void write(Writer writer) {
        writer.u64(next).u32(byNumber.size());
        byNumber.forEach((number, entry) -> {
            entry.wanted.write(writer.u64(number));
            writer.bool(entry.done).u64(entry.liars.bits()).u8(entry.parts.size());
            entry.parts.forEach((replica, part) -> writer.u8(replica).opaque16(part));
        });
    }

    static PendingEvaluations read(Reader reader) {
        PendingEvaluations pending = new PendingEvaluations();
        pending.next = reader.count();
        for (long count = reader.u32(); count > 0; count--) {
            long number = reader.count();
            Entry entry = new Entry(Wanted.read(reader));
            entry.done = reader.bool();
            entry.liars = new ReplicaSet(reader.u64());
            for (int parts = reader.u8(); parts > 0; parts--) {
                int replica = reader.u8();
                entry.parts.put(replica, reader.opaque16(ObliviousFunction.PART_LENGTH_MAX));
            }
            pending.byNumber.put(number, entry);
        }
        return pending;
    }
}
