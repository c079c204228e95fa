package org.maftia.server.succession;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.ClientSignatureKeys;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.keys.KeyKeeper;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Registry;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.KeptKeys;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ShareKeeper;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ConfigurationException;

/**
 * The keys of one replica for all configurations that it has any for, and what it knows of others. New ones are found by
 * {@link #scan}, by one thread; everything else any may ask.
 */
public final class Keyring implements Registry, AutoCloseable {
    private static final Comparator<Known> BY_AGE = Comparator.comparingLong(Known::number)
            .thenComparing(known -> known.configuration().digest().toString());

    /**
     * Shares of a configuration that is over are overwritten so long after it was forgotten: what had begun to compute with
     * them has ended by then, as that takes milliseconds.
     */
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(60);

    /**
     * What a replica needs to find its keys.
     *
     * @param keys directory
     * @param id of the replica
     * @param unlock opens them, those that come later too
     */
    public record Place(Path keys, String id, Unlock unlock, ModularPower power) {}

    /** What runs with the keys of a configuration. */
    public interface Services {
        /** Makes the services anew. */
        SortedMap<String, StateMachine> services(Known known, ReplicaKeys keys);

        /** The replica's part in an oblivious function; another one only where an intruder runs it. */
        default ObliviousFunction.Holder evaluator(ObliviousFunction.Holder correct) {
            return correct;
        }

        /** What the replica signs with, and verifies what others signed; another one only where an intruder runs it. */
        default Certifier certifier(Certifier correct) {
            return correct;
        }

        /** What the replica verifies with what clients signed; another one only where an intruder runs it. */
        default Verifier clients(Verifier correct) {
            return correct;
        }
    }

    /**
     * @param own whether the folder holds, or held, keys of this replica for it
     * @param keys as the ceremony dealt them
     * @param keeper of those that the group renews
     */
    private record Entry(
            Known known,
            Path folder,
            boolean own,
            @Nullable ReplicaKeys keys,
            @Nullable ShareKeeper keeper) {
        Entry forgotten() {
            return new Entry(known, folder, own, null, null);
        }

        void erase() {
            if (keys != null) {
                keys.close();
            }
            if (keeper != null) {
                // What goes on was taken over when the next configuration began; a replica that left has no use for it.
                for (String keyId : KeptKeys.lasting(known.group())) {
                    keeper.erase(keyId, 0, Long.MAX_VALUE);
                    keeper.erase(keyId + KeyKeeper.RECIPIENTS, 0, Long.MAX_VALUE);
                }
                keeper.close();
            }
        }
    }

    /** Forgotten, and not yet overwritten. */
    private record Closing(Entry entry, long sinceNanos) {}

    private final Place place;
    private final org.maftia.server.configuration.Configuration written;
    private final Services services;
    private final Map<Digest, Entry> entries = new ConcurrentHashMap<>();
    private final Set<String> seen = new TreeSet<>();
    private final Deque<Closing> closing = new ArrayDeque<>();
    private final AtomicLong version = new AtomicLong();
    private int seat;

    private Keyring(Place place, org.maftia.server.configuration.Configuration written, Services services) {
        this.place = place;
        this.written = written;
        this.services = services;
    }

    /**
     * Opens all keys that are there.
     *
     * @param written the configuration file, for a ceremony whose transcript leaves it to that
     * @throws CeremonyException when there are none, or they do not open, or are another replica's
     */
    public static Keyring open(Place place, org.maftia.server.configuration.Configuration written, Services services)
            throws IOException, ConfigurationException {
        Keyring ring = new Keyring(place, written, services);
        KeyFolders.newest(place.keys);
        for (Path folder : KeyFolders.all(place.keys)) {
            ring.seen.add(folder.toString());
            ring.add(folder);
        }
        Known newest = ring.own().getLast();
        ring.seat = newest.description()
                .replicas()
                .get(newest.description().indexOf(place.id).orElseThrow())
                .seat();
        return ring;
    }

    private Known add(Path folder) throws ConfigurationException {
        if (!KeyFolders.holdsSecrets(folder)) {
            // They were destroyed, as nothing needed them any more; what the group was stays known.
            Known past = Known.of(written, GroupTranscript.read(folder.resolve(GroupTranscript.FILE)));
            entries.put(past.configuration().digest(), new Entry(past, folder, true, null, null));
            version.incrementAndGet();
            return past;
        }
        ShareKeeper keeper = ShareKeeper.open(folder, place.unlock);
        ReplicaKeys keys = ReplicaKeys.load(keeper, place.power);
        Known known = Known.of(written, keys.group());
        String owner = keys.group().ids().get(keys.index());
        if (!owner.equals(place.id)) {
            throw new CeremonyException(
                    "the keys are those of " + owner + ", not of " + place.id, "start the replica whose keys they are");
        }
        Path before = folder.resolve(KeyFolders.BEFORE);
        if (Files.exists(before)) {
            Known old = Known.of(GroupTranscript.read(before));
            entries.putIfAbsent(old.configuration().digest(), new Entry(old, folder, false, null, null));
        }
        entries.put(known.configuration().digest(), new Entry(known, folder, true, keys, keeper));
        version.incrementAndGet();
        return known;
    }

    /** What {@link #scan} found. */
    public sealed interface Finding {
        /** Keys for a configuration. */
        record Installed(Known known) implements Finding {}

        /** Keys that are of no use, which is told once. */
        record Unusable(Path folder, String reason) implements Finding {}
    }

    /** Looks for keys that were installed since. */
    public List<Finding> scan() throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (Path folder : KeyFolders.all(place.keys)) {
            if (seen.add(folder.toString())) {
                try {
                    findings.add(new Finding.Installed(add(folder)));
                } catch (CeremonyException | ConfigurationException e) {
                    findings.add(new Finding.Unusable(folder, String.valueOf(e.getMessage())));
                }
            }
        }
        return findings;
    }

    /** Ids of the keys that an operator of this host wants renewed; each is told once. */
    public List<String> refreshWishes() throws IOException {
        return RefreshWish.taken(place.keys);
    }

    /** What a configuration of the group is, heard from others and proved; keys for it may be here or come. */
    public void learn(Known known) {
        Entry heard = new Entry(known, place.keys, false, null, null);
        if (entries.putIfAbsent(known.configuration().digest(), heard) == null) {
            version.incrementAndGet();
        }
    }

    /** Another number whenever something was found. */
    public long version() {
        return version.get();
    }

    /** The oldest configuration known: what this process trusts from the start. */
    public Known first() {
        return entries.values().stream().map(Entry::known).min(BY_AGE).orElseThrow();
    }

    /** All configurations that are known, those of this replica's own keys and those before them, the oldest first. */
    public List<Known> all() {
        return entries.values().stream().map(Entry::known).sorted(BY_AGE).toList();
    }

    /** Those for which this replica has keys, the oldest first. */
    public List<Known> own() {
        return all().stream()
                .filter(known -> keys(known.configuration()) != null)
                .toList();
    }

    /** The configuration of this digest. */
    public Optional<Known> of(Digest configuration) {
        return Optional.ofNullable(entries.get(configuration)).map(Entry::known);
    }

    /** Whether any key for it is here. */
    public boolean holds(Configuration configuration) {
        return keys(configuration) != null;
    }

    /** This replica's keys in the newest configuration for which it has any. */
    public ReplicaKeys newestKeys() {
        ReplicaKeys keys = keys(own().getLast().configuration());
        if (keys == null) {
            throw new IllegalStateException("own configurations have keys");
        }
        return keys;
    }

    public String id() {
        return place.id;
    }

    /** The seat of this replica, the same in all configurations. */
    public int seat() {
        return seat;
    }

    /**
     * Forgets the keys of configurations below the number, and overwrites their shares a while later; by one thread. Their
     * directories stay until an operator destroys them.
     *
     * @param nowNanos of a clock that never goes back
     */
    public void forget(long number, long nowNanos) {
        for (Map.Entry<Digest, Entry> known : entries.entrySet()) {
            Entry entry = known.getValue();
            if (entry.known.number() < number && entry.keys != null) {
                known.setValue(entry.forgotten());
                closing.add(new Closing(entry, nowNanos));
            }
        }
        while (!closing.isEmpty() && nowNanos - closing.getFirst().sinceNanos >= CLOSING_NANOS) {
            closing.removeFirst().entry.erase();
        }
    }

    /** Forgets what opens the directories: nothing is kept any more. The replica has stopped. */
    @Override
    public void close() {
        closing.forEach(left -> left.entry.erase());
        entries.values().forEach(entry -> {
            if (entry.keeper != null) {
                entry.keeper.close();
            }
        });
    }

    /** Directories with keys of configurations below the number, of which none is needed any more. */
    public List<Path> retired(long number) {
        return entries.values().stream()
                .filter(entry -> entry.own && entry.known.number() < number && KeyFolders.holdsSecrets(entry.folder))
                .sorted(Comparator.comparingLong(entry -> entry.known.number()))
                .map(Entry::folder)
                .toList();
    }

    private @Nullable ReplicaKeys keys(Configuration configuration) {
        Entry entry = entries.get(configuration.digest());
        return entry == null ? null : entry.keys;
    }

    /** Formulas of large groups take long to compile: what is known was compiled when it was learnt. */
    @Override
    public FaultStructure trust(Configuration configuration) {
        Entry entry = entries.get(configuration.digest());
        return entry == null ? configuration.trust() : entry.known.trust();
    }

    @Override
    public @Nullable Genesis genesis(Configuration configuration) {
        Entry entry = entries.get(configuration.digest());
        ReplicaKeys keys = entry == null ? null : entry.keys;
        ShareKeeper keeper = entry == null ? null : entry.keeper;
        if (entry == null || keys == null || keeper == null) {
            return null;
        }
        takeOver(entry.known, keeper);
        SortedMap<String, StateMachine> machines = services.services(entry.known, keys);
        SortedMap<String, ObliviousFunction.Holder> evaluators = keys.evaluators(entry.known.trust());
        evaluators.replaceAll((id, holder) -> services.evaluator(holder));
        return new Genesis(
                        configuration.digest(),
                        services.certifier(keys.certifier()),
                        keys.coin(),
                        keys.cipher(),
                        machines,
                        keys.keys(),
                        keys.signers())
                .with(keys.group().grants(new TreeSet<>(machines.keySet())))
                .with(new KeyCare(
                        KeptKeys.of(
                                keys.group(),
                                entry.known.description().settings().keys().pace()),
                        keeper,
                        SystemEntropy.INSTANCE))
                .evaluating(evaluators)
                .with(services.clients(ClientSignatureKeys.verifier(keys.clients())))
                .with(entry.known.components().orElse(null));
    }

    /** The configuration begins here, so those before it have ended: shares of keys that go on are needed in it alone. */
    private void takeOver(Known beginning, ShareKeeper keeper) {
        for (String keyId : KeptKeys.carried(beginning.group())) {
            for (Known earlier : all()) {
                Entry entry = entries.get(earlier.configuration().digest());
                ShareKeeper other = entry == null ? null : entry.keeper;
                boolean before = earlier.number() < beginning.number();
                if (before && other != null && KeptKeys.isSame(keyId, earlier.group(), beginning.group())) {
                    keeper.takeOver(keyId, other);
                }
            }
        }
    }

    @Override
    public @Nullable Certifier certifier(Configuration configuration) {
        ReplicaKeys keys = keys(configuration);
        return keys == null ? null : keys.certifier();
    }
}
