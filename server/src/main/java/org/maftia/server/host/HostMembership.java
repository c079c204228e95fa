package org.maftia.server.host;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.replica.ConfigurationCertificate;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Lineage;
import org.maftia.core.replica.Outlook;
import org.maftia.core.replica.Recollection;
import org.maftia.core.replica.Status;
import org.maftia.core.wire.Digest;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.link.Links;
import org.maftia.server.runtime.ReplicaSetup;
import org.maftia.server.succession.Keyring;
import org.maftia.server.succession.Known;
import org.maftia.server.succession.Step;

/**
 * With whom one replica speaks: the members of all configurations in which it takes part or is to take part. On the
 * thread of the runtime, except where said.
 */
final class HostMembership implements ReplicaSetup.Membership {
    /**
     * Members of the configuration just before keep their links for so long: who was slow at its end still hears there
     * that it has ended, and how the group went on.
     */
    private static final long FORMER_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final byte[] NOTHING = {};

    /** Of a process that takes no part now. */
    private static final Status OUTSIDE = new Status(0, 0, 0, 0, 0, 0, 0, 0, false, true, List.of());

    private final Keyring keyring;
    private final Configuration written;
    private final int seat;
    private Lineage lineage;

    /** How the group went on since this process knows it; for any thread. */
    private volatile List<ConfigurationCertificate> chain = List.of();

    private long lineageVersion = -1;
    private long changedNanos = System.nanoTime();

    /** @param written the operators' file as it is here, whose addresses count for the configuration that it describes */
    HostMembership(Keyring keyring, Configuration written, Lineage lineage) {
        this.keyring = keyring;
        this.written = written;
        this.lineage = lineage;
        this.seat = keyring.seat();
    }

    /** The process goes on with another one, as what it knew was an old copy. */
    void goOnWith(Lineage other) {
        lineage = other;
        lineageVersion = -1;
        changedNanos = System.nanoTime();
    }

    /** How the group went on, as far as this process knows from what it ran before; and the keys that are here. */
    @Override
    public List<Input> told() {
        List<Input> inputs = new ArrayList<>();
        inputs.add(new Input.Chain(chain));
        keyring.own().forEach(known -> inputs.add(new Input.Installed(known.configuration())));
        return inputs;
    }

    @Override
    public long version() {
        if (lineage.version() != lineageVersion) {
            lineageVersion = lineage.version();
            changedNanos = System.nanoTime();
            chain = lineage.chain();
        }
        long grace = isFormerLinked() ? 0 : 1;
        return 2 * (lineage.version() + keyring.version()) + grace;
    }

    private boolean isFormerLinked() {
        return System.nanoTime() - changedNanos < FORMER_NANOS;
    }

    /**
     * Where this process stands.
     *
     * @param member whether it takes part in the present configuration
     * @param retiredBelow no key of a configuration below is needed
     * @param gone whether it has no part in the group any more: none now, and no keys for one to come
     */
    record View(
            org.maftia.core.replica.Configuration present,
            boolean member,
            Outlook outlook,
            long retiredBelow,
            boolean gone,
            Status status) {}

    View view() {
        org.maftia.core.replica.Configuration present = lineage.present();
        List<Long> live = lineage.live();
        long needed = live.isEmpty() ? present.number() : live.getFirst();
        return new View(present, live.contains(present.number()), lineage.outlook(), needed, isGone(), status());
    }

    Status status() {
        Status status = lineage.status();
        return status == null ? OUTSIDE : status;
    }

    /** Those of the present configuration, as far as this replica knows; of one who is no member nobody knows anything. */
    Optional<Recollection.Jury> jury() {
        org.maftia.core.replica.Configuration present = lineage.present();
        return isMember(present)
                ? Optional.of(Recollection.Jury.of(keyring.trust(present), present::indexOf))
                : Optional.empty();
    }

    /** The name of who has, or had, the seat; any thread may ask. */
    String name(int other) {
        String name = "seat " + other;
        for (Known known : keyring.all()) {
            ReplicaEntry entry = known.members().get(other);
            name = entry == null ? name : entry.id();
        }
        return name;
    }

    /** From the first that this process knows to the present one. */
    private List<org.maftia.core.replica.Configuration> history() {
        List<org.maftia.core.replica.Configuration> history = new ArrayList<>();
        history.add(keyring.first().configuration());
        lineage.chain().forEach(certificate -> history.add(certificate.next()));
        return history;
    }

    private boolean isMember(org.maftia.core.replica.Configuration configuration) {
        return configuration.indexOf(seat) >= 0;
    }

    @Override
    public SortedMap<Integer, Links.Peer> peers() {
        if (isGone()) {
            return Collections.emptySortedMap(); // it has nothing to say there
        }
        org.maftia.core.replica.Configuration present = lineage.present();
        List<Long> live = lineage.live();
        SortedMap<Integer, Links.Peer> peers = new TreeMap<>();
        for (org.maftia.core.replica.Configuration past : history()) {
            boolean former = past.number() == present.number() - 1 && isFormerLinked();
            if (past.equals(present) || former || live.contains(past.number())) {
                keyring.of(past.digest()).ifPresent(known -> add(known, peers));
            }
        }
        for (Known known : keyring.own()) {
            if (known.number() > present.number()) {
                add(known, peers);
            }
        }
        return peers;
    }

    private boolean isGone() {
        org.maftia.core.replica.Configuration present = lineage.present();
        boolean comes = keyring.own().stream().anyMatch(known -> known.number() > present.number());
        return lineage.live().isEmpty() && !comes && !isMember(present);
    }

    /** The newest configuration of the group of which more is known here than its digest: where a search begins. */
    Known newestKnown() {
        for (org.maftia.core.replica.Configuration configuration : history().reversed()) {
            Optional<Known> known = keyring.of(configuration.digest());
            if (known.isPresent()) {
                return known.get();
            }
        }
        return keyring.first();
    }

    private void add(Known known, SortedMap<Integer, Links.Peer> peers) {
        SortedMap<Integer, ReplicaEntry> entries = known.members();
        if (written.ordinal().number() == known.number()) {
            written.replicas().forEach(entry -> entries.put(entry.seat(), entry));
        }
        known.certificates().forEach((other, certificate) -> {
            ReplicaEntry entry = entries.get(other);
            if (entry != null) {
                InetSocketAddress address = InetSocketAddress.createUnresolved(entry.host(), entry.link());
                peers.put(other, new Links.Peer(address, certificate));
            }
        });
    }

    @Override
    public SortedMap<Integer, X509Certificate> clients() {
        // Where the present configuration is not known here, those who were clients may still ask what followed.
        for (org.maftia.core.replica.Configuration configuration : history().reversed()) {
            Optional<Known> known = keyring.of(configuration.digest());
            if (known.isPresent()) {
                return known.get().group().clients();
            }
        }
        return Collections.emptySortedMap();
    }

    @Override
    public Digest configuration() {
        return lineage.present().digest();
    }

    @Override
    public byte[] after(Digest configuration) {
        return step(configuration).map(Step.CODEC::encode).orElse(NOTHING);
    }

    /** The present configuration, as far as this replica knows; any thread may ask. */
    Known present() {
        List<ConfigurationCertificate> steps = chain;
        return steps.isEmpty()
                ? keyring.first()
                : keyring.of(steps.getLast().next().digest())
                        .orElseGet(() -> keyring.own().getLast());
    }

    /** What followed this configuration, where it is known here; any thread may ask. */
    Optional<Step> step(Digest configuration) {
        return chain.stream()
                .filter(certificate -> certificate.next().predecessor().equals(configuration))
                .findFirst()
                .flatMap(certificate -> keyring.of(certificate.next().digest())
                        .map(known -> new Step(certificate, known.group().document())));
    }
}
