package org.maftia.services.registration;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.registration.Registration.Standing;

/**
 * The registrations that the group remembers: those that are being opened, and of the others the latest, in so many bytes.
 * What is forgotten stands in the transparency log.
 */
final class Registrations {
    /** A checkpoint of the group should stay near ten megabytes: this holds some fifty thousand. */
    static final long BYTES_MAX = 8L << 20;

    /** What an entry takes beside its encoding, roughly: its places in the indices. */
    private static final long OVERHEAD = 64;

    private final long bytesMax;
    private final SortedMap<Long, Registration> bySequence = new TreeMap<>();
    private final SortedMap<Digest, Long> byId = new TreeMap<>();
    private final SortedMap<Digest, SortedSet<Long>> byContent = new TreeMap<>();
    private long bytes;

    /** Changes with every change, by all of them: cheaper than to hash everything at each checkpoint. */
    private Digest root = Digest.ZERO;

    Registrations(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    Optional<Registration> find(Digest id) {
        Long sequence = byId.get(id);
        return sequence == null ? Optional.empty() : Optional.ofNullable(bySequence.get(sequence));
    }

    Registration at(long sequence) {
        Registration registration = bySequence.get(sequence);
        if (registration == null) {
            throw new IllegalStateException("what is being opened is remembered");
        }
        return registration;
    }

    /** Sequences under which a content is registered, lowest first. */
    List<Long> of(Digest sha256) {
        SortedSet<Long> all = byContent.get(sha256);
        return all == null ? List.of() : List.copyOf(all);
    }

    /** The lowest sequence that is remembered. */
    long since() {
        return bySequence.firstKey();
    }

    /** Takes one in, or what is known of it now. */
    void put(Registration registration) {
        place(registration);
        root = Transcript.of("registration/change")
                .field(root)
                .field(Registration.CODEC.encode(registration))
                .digest();
        forget();
    }

    private void place(Registration registration) {
        Registration before = bySequence.put(registration.sequence(), registration);
        bytes += cost(registration) - (before == null ? 0 : cost(before));
        byId.put(registration.id(), registration.sequence());
        if (registration.standing() instanceof Standing.Registered registered) {
            byContent
                    .computeIfAbsent(registered.description().sha256(), content -> new TreeSet<>())
                    .add(registration.sequence());
        }
    }

    private static long cost(Registration registration) {
        return OVERHEAD + Registration.CODEC.encode(registration).length;
    }

    /** The oldest, as far as it is decided: a function of what was put, so the root need not tell it. */
    private void forget() {
        while (bytes > bytesMax && !(bySequence.firstEntry().getValue().standing() instanceof Standing.Ordered)) {
            Registration oldest = bySequence.pollFirstEntry().getValue();
            bytes -= cost(oldest);
            byId.remove(oldest.id());
            if (oldest.standing() instanceof Standing.Registered registered) {
                forget(registered.description().sha256(), oldest.sequence());
            }
        }
    }

    private void forget(Digest sha256, long sequence) {
        SortedSet<Long> all = byContent.getOrDefault(sha256, new TreeSet<>());
        all.remove(sequence);
        if (all.isEmpty()) {
            byContent.remove(sha256);
        }
    }

    Digest root() {
        return root;
    }

    void write(Writer writer) {
        writer.digest(root).u32(bySequence.size());
        bySequence.values().forEach(registration -> Registration.CODEC.write(writer, registration));
    }

    void read(Reader reader) {
        bySequence.clear();
        byId.clear();
        byContent.clear();
        bytes = 0;
        root = reader.digest();
        for (long count = reader.u32(); count > 0; count--) {
            if (bytes > bytesMax + Registrar.WAITING_MAX * (OVERHEAD + 1024)) {
                throw new MalformedException("more registrations than are remembered");
            }
            place(Registration.CODEC.read(reader));
        }
    }
}
