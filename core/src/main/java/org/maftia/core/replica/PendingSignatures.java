package org.maftia.core.replica;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The threshold signatures that services wait for: part of the replicated state, so that every replica knows what to
 * sign and what a finished signature belongs to.
 */
final class PendingSignatures {
    /** How many signatures a replica is spared after it failed to contribute: one wait in so many. */
    private static final int SPARED = 64;

    private final SortedMap<Long, Wanted> byNumber = new TreeMap<>();

    /** By replica: it is spared for requests below this number. */
    private final SortedMap<Integer, Long> sparedUntil = new TreeMap<>();

    private long next;

    /**
     * One signature that is wanted.
     *
     * @param spared replicas that should not be asked first
     * @param service whose request it is
     * @param keyId under which key
     * @param message the bytes to sign
     * @param reference the service's own
     */
    record Wanted(ReplicaSet spared, String service, String keyId, byte[] message, long reference) {
        static Wanted read(Reader reader) {
            return new Wanted(
                    new ReplicaSet(reader.u64()),
                    reader.string(ServiceCall.NAME_LENGTH_MAX),
                    reader.string(255),
                    reader.opaque32(Integer.MAX_VALUE),
                    reader.u64());
        }

        void write(Writer writer) {
            writer.u64(spared.bits())
                    .string(service)
                    .string(keyId)
                    .opaque32(message)
                    .u64(reference);
        }
    }

    /** Registers a request and gives its number. */
    long add(String service, String keyId, byte[] message, long reference) {
        long number = next++;
        byNumber.put(number, new Wanted(spared(number), service, keyId, message, reference));
        return number;
    }

    private ReplicaSet spared(long number) {
        ReplicaSet spared = ReplicaSet.EMPTY;
        for (var entry : sparedUntil.entrySet()) {
            if (number < entry.getValue()) {
                spared = spared.with(entry.getKey());
            }
        }
        return spared;
    }

    /**
     * Removes a request that is done.
     *
     * @param asked who was asked first
     * @param contributors who made it, as the combiner says
     */
    void remove(long number, ReplicaSet asked, ReplicaSet contributors) {
        byNumber.remove(number);
        asked.minus(contributors).forEach(replica -> sparedUntil.put(replica, next + SPARED));
    }

    @Nullable
    Wanted get(long number) {
        return byNumber.get(number);
    }

    SortedMap<Long, Wanted> all() {
        return Collections.unmodifiableSortedMap(byNumber);
    }

    /**
     * Other members hold other keys now. What they can sign they start anew; what none of their keys signs, or no longer
     * for this service, nobody can wait for any more.
     */
    void restart(Genesis genesis) {
        sparedUntil.clear();
        byNumber.replaceAll(
                (number, wanted) -> restated(wanted, genesis.services().get(wanted.service)));
        byNumber.values().removeIf(wanted -> {
            ThresholdSignature key = genesis.keys().get(wanted.keyId);
            boolean allowed = genesis.grants().maySign(wanted.service, wanted.keyId);
            return key == null || !allowed || !key.accepts(wanted.message);
        });
    }

    private static Wanted restated(Wanted wanted, @Nullable StateMachine service) {
        byte[] message = service == null ? wanted.message : service.restated(wanted.reference, wanted.message);
        return new Wanted(ReplicaSet.EMPTY, wanted.service, wanted.keyId, message, wanted.reference);
    }

    void write(Writer writer) {
        writer.u64(next).u32(byNumber.size());
        byNumber.forEach((number, wanted) -> {
            writer.u64(number);
            wanted.write(writer);
        });
        writer.u32(sparedUntil.size());
        sparedUntil.forEach((replica, until) -> writer.u8(replica).u64(until));
    }

    static PendingSignatures read(Reader reader) {
        PendingSignatures pending = new PendingSignatures();
        pending.next = reader.count();
        for (long count = reader.u32(); count > 0; count--) {
            pending.byNumber.put(reader.count(), Wanted.read(reader));
        }
        for (long count = reader.u32(); count > 0; count--) {
            pending.sparedUntil.put(reader.u8(), reader.count());
        }
        return pending;
    }
}
