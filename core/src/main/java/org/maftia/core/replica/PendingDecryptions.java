package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What services wait to see opened: part of the replicated state, so that every replica knows what it may show a share of. */
final class PendingDecryptions {
    /** A share takes a millisecond with its proof and check: half a second of work at most waits here. */
    static final int COUNT_MAX = 256;

    /** Ciphertexts and labels, in bytes: they lie in every checkpoint until they are opened. */
    static final int BYTES_MAX = 4 << 20;

    private final SortedMap<Long, Wanted> byNumber = new TreeMap<>();
    private long bytes;
    private long next;

    /** What an opening came to: a message, or null where nothing can come out. */
    record Opening(byte @Nullable [] message) {}

    /**
     * One message that is to be opened.
     *
     * @param service whose request it is
     * @param label as the ciphertext must have it
     * @param reference the service's own
     */
    record Wanted(String service, byte[] ciphertext, byte[] label, long reference) {
        private static Wanted read(Reader reader) {
            return new Wanted(
                    reader.string(ServiceCall.NAME_LENGTH_MAX),
                    reader.opaque32(BYTES_MAX),
                    reader.opaque32(BYTES_MAX),
                    reader.u64());
        }

        private void write(Writer writer) {
            writer.string(service).opaque32(ciphertext).opaque32(label).u64(reference);
        }

        private long cost() {
            return (long) ciphertext.length + label.length;
        }

        /**
         * Opens it with the shares, or finds that it cannot be opened; the same at all replicas. Null: the shares do not
         * show the one or the other.
         *
         * <p>First all together, and only where that shows nothing each by itself. Always in this order: shares that open it
         * together need not be true one by one, so whoever began with the single ones could come to another end.
         *
         * @param found what the same checks of the same bytes gave here before
         */
        @Nullable
        Opening open(ThresholdCipher cipher, SortedMap<Integer, byte[]> shares, Found found) {
            if (!found.isValid() && !cipher.isValid(ciphertext, label)) {
                return shares.isEmpty() ? new Opening(null) : null;
            }
            ReplicaSet senders = ReplicaSet.EMPTY;
            for (int replica : shares.keySet()) {
                senders = senders.with(replica);
            }
            if (!cipher.isQualified(senders)) {
                return null;
            }
            byte[] known = found.message(shares);
            byte[] message =
                    known == null ? cipher.open(ciphertext, label, shares).orElse(null) : known;
            return message == null ? openVerified(cipher, shares, found) : new Opening(message);
        }

        private @Nullable Opening openVerified(ThresholdCipher cipher, SortedMap<Integer, byte[]> shares, Found found) {
            for (var entry : shares.entrySet()) {
                boolean known = found.isTrue(entry.getKey(), entry.getValue());
                if (!known && !cipher.verify(ciphertext, label, entry.getKey(), entry.getValue())) {
                    return null;
                }
            }
            return new Opening(cipher.combine(ciphertext, label, shares).orElse(null));
        }
    }

    /** What this replica has found out already; where it says no, it is found out now. */
    interface Found {
        Found NOTHING = new Found() {
            @Override
            public boolean isValid() {
                return false;
            }

            @Override
            public boolean isTrue(int replica, byte[] share) {
                return false;
            }

            @Override
            public byte @Nullable [] message(SortedMap<Integer, byte[]> by) {
                return null;
            }
        };

        boolean isValid();

        boolean isTrue(int replica, byte[] share);

        /** What exactly these shares open together. */
        byte @Nullable [] message(SortedMap<Integer, byte[]> by);
    }

    boolean hasRoom(byte[] ciphertext, byte[] label) {
        return byNumber.size() < COUNT_MAX && bytes + ciphertext.length + label.length <= BYTES_MAX;
    }

    /** Registers a request and gives its number. */
    long add(String service, byte[] ciphertext, byte[] label, long reference) {
        long number = next++;
        put(number, new Wanted(service, ciphertext.clone(), ServiceSecret.label(service, label), reference));
        return number;
    }

    private void put(long number, Wanted wanted) {
        byNumber.put(number, wanted);
        bytes += wanted.cost();
    }

    void remove(long number) {
        Wanted wanted = byNumber.remove(number);
        bytes -= wanted == null ? 0 : wanted.cost();
    }

    @Nullable
    Wanted get(long number) {
        return byNumber.get(number);
    }

    SortedMap<Long, Wanted> all() {
        return Collections.unmodifiableSortedMap(byNumber);
    }

    /** Services that this configuration does not have wait for nothing. */
    void restart(Genesis genesis) {
        List<Long> over = new ArrayList<>();
        byNumber.forEach((number, wanted) -> {
            if (!genesis.services().containsKey(wanted.service())) {
                over.add(number);
            }
        });
        over.forEach(this::remove);
    }

    void write(Writer writer) {
        writer.u64(next).u32(byNumber.size());
        byNumber.forEach((number, wanted) -> {
            writer.u64(number);
            wanted.write(writer);
        });
    }

    static PendingDecryptions read(Reader reader) {
        PendingDecryptions pending = new PendingDecryptions();
        pending.next = reader.count();
        for (long count = reader.u32(); count > 0; count--) {
            pending.put(reader.count(), Wanted.read(reader));
        }
        return pending;
    }
}
