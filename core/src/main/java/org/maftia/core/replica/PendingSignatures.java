package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The threshold signatures that services wait for: part of the replicated state, so that every replica knows what to
 * sign and what a finished signature belongs to.
 */
final class PendingSignatures {
    /** How many signatures a replica is spared after it failed to contribute: one wait in so many. */
    private static final int SPARED = 64;

    /** Requests whose results go to gateways, at a time. */
    static final int PRIVATE_MAX = 1_024;

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
     * @param purpose what becomes of it
     * @param recipient who alone is to see it; null: it goes through the log
     */
    record Wanted(
            ReplicaSet spared,
            String service,
            String keyId,
            byte[] message,
            long reference,
            Purpose purpose,
            @Nullable Recipient recipient) {
        Wanted(ReplicaSet spared, String service, String keyId, byte[] message, long reference, Purpose purpose) {
            this(spared, service, keyId, message, reference, purpose, null);
        }

        static Wanted read(Reader reader) {
            return new Wanted(
                    new ReplicaSet(reader.u64()),
                    reader.string(ServiceCall.NAME_LENGTH_MAX),
                    reader.string(255),
                    reader.opaque32(Integer.MAX_VALUE),
                    reader.u64(),
                    Purpose.read(reader),
                    reader.bool() ? Recipient.read(reader) : null);
        }

        void write(Writer writer) {
            writer.u64(spared.bits())
                    .string(service)
                    .string(keyId)
                    .opaque32(message)
                    .u64(reference);
            purpose.write(writer);
            Recipient only = recipient;
            writer.bool(only != null);
            if (only != null) {
                only.write(writer);
            }
        }
    }

    /**
     * The gateway to which a signature goes, past the log.
     *
     * @param id of its command, whose client is the index of its replica in this configuration
     * @param untilMicros agreed time after which nobody cares any more
     */
    record Recipient(RequestId id, long untilMicros) {
        private static Recipient read(Reader reader) {
            return new Recipient(RequestId.CODEC.read(reader), reader.count());
        }

        private void write(Writer writer) {
            RequestId.CODEC.write(writer, id);
            writer.u64(untilMicros);
        }
    }

    /** What becomes of a signature. */
    enum Purpose {
        /** The service has it. */
        SIGNATURE,
        /** Services that wait for chance have its hashes. */
        DRAW;

        private static Purpose read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> SIGNATURE;
                case 2 -> DRAW;
                default -> throw new MalformedException("no purpose of a signature");
            };
        }

        private void write(Writer writer) {
            writer.u8(
                    switch (this) {
                        case SIGNATURE -> 1;
                        case DRAW -> 2;
                    });
        }
    }

    /** The number that the next request will have. */
    long next() {
        return next;
    }

    /** Registers a request and gives its number. */
    long add(String service, String keyId, byte[] message, long reference, Purpose purpose) {
        long number = next++;
        byNumber.put(number, new Wanted(spared(number), service, keyId, message, reference, purpose));
        return number;
    }

    /** Registers a request whose result one gateway alone is to see; null: so many are under way that there is no room. */
    @Nullable
    Long add(String service, String keyId, byte[] message, Recipient recipient) {
        long privately = byNumber.values().stream()
                .filter(wanted -> wanted.recipient != null)
                .count();
        if (privately >= PRIVATE_MAX) {
            return null;
        }
        long number = next++;
        byNumber.put(number, new Wanted(spared(number), service, keyId, message, 0, Purpose.SIGNATURE, recipient));
        return number;
    }

    /** Forgets a request whose result the log does not see. */
    void drop(long number) {
        byNumber.remove(number);
    }

    /** Requests for gateways that nobody cares for any more. */
    List<Long> overdue(long timeMicros) {
        List<Long> overdue = new ArrayList<>();
        byNumber.forEach((number, wanted) -> {
            Recipient only = wanted.recipient;
            if (only != null && timeMicros >= only.untilMicros) {
                overdue.add(number);
            }
        });
        return overdue;
    }

    /** When the next of them is; the greatest number where there is none. */
    long dueMicros() {
        long due = Long.MAX_VALUE;
        for (Wanted wanted : byNumber.values()) {
            Recipient only = wanted.recipient;
            due = only == null ? due : Math.min(due, only.untilMicros);
        }
        return due;
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
    void restart(Genesis genesis, OrderedSigners signers) {
        sparedUntil.clear();
        // Clients of private ones ask again, and a draw is begun anew by those who wait for it.
        byNumber.values().removeIf(wanted -> wanted.recipient != null || wanted.purpose == Purpose.DRAW);
        byNumber.replaceAll(
                (number, wanted) -> restated(wanted, genesis.services().get(wanted.service)));
        byNumber.values().removeIf(wanted -> {
            ThresholdSignature key = signers.verifying(wanted.keyId);
            boolean allowed = genesis.services().containsKey(wanted.service)
                    && genesis.grants().maySign(wanted.service, wanted.keyId);
            return key == null || !allowed || !key.accepts(wanted.message);
        });
    }

    private static Wanted restated(Wanted wanted, @Nullable StateMachine service) {
        byte[] message = service == null ? wanted.message : service.restated(wanted.reference, wanted.message);
        return new Wanted(ReplicaSet.EMPTY, wanted.service, wanted.keyId, message, wanted.reference, wanted.purpose);
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
