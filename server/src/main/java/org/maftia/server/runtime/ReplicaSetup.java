package org.maftia.server.runtime;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Recollection;
import org.maftia.core.replica.Status;
import org.maftia.core.wire.Digest;
import org.maftia.server.journal.Journal;
import org.maftia.server.link.Links;

/**
 * What a replica runs with.
 *
 * @param self its seat
 * @param peers all replicas of the group by seat, this one included; later the {@link Membership} says
 * @param identity the key and certificate of its links and of its client port
 * @param configuration what both ends of a link must agree on; a peer with another one is refused. Clients are told it
 *     where no {@link Membership} says otherwise
 * @param limits of the group
 * @param linkAddress where it accepts links
 * @param clientAddress where it accepts clients
 * @param clients the certificates of clients, by their number in the configuration, from 64 on
 * @param keys directory of the keys, which outlives the data
 * @param data directory of the journal; may get lost
 * @param journal how it is kept
 * @param gatewayTimeoutMicros how long the requests of its gateways may take
 * @param component the trusted component beside it; empty where its group needs none
 * @param factory makes the automaton
 * @param events takes what an operator should know
 * @param observers look at the world outside for services, by their names
 */
public record ReplicaSetup(
        int self,
        SortedMap<Integer, Links.Peer> peers,
        TlsIdentity identity,
        Digest configuration,
        Limits limits,
        InetSocketAddress linkAddress,
        InetSocketAddress clientAddress,
        SortedMap<Integer, X509Certificate> clients,
        Path keys,
        Path data,
        Journal.Settings journal,
        long gatewayTimeoutMicros,
        Optional<TrustedComponent> component,
        Factory factory,
        RuntimeEvents events,
        SortedMap<String, Observer> observers) {
    public ReplicaSetup {
        observers = Collections.unmodifiableSortedMap(new TreeMap<>(observers));
        peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
        clients = Collections.unmodifiableSortedMap(new TreeMap<>(clients));
    }

    /**
     * A group whose members have the seats of the list, and keep them, and whose services look at nothing outside; without
     * trusted components.
     */
    public ReplicaSetup(
            int self,
            List<Links.Peer> peers,
            TlsIdentity identity,
            Digest configuration,
            Limits limits,
            InetSocketAddress linkAddress,
            InetSocketAddress clientAddress,
            SortedMap<Integer, X509Certificate> clients,
            Path keys,
            Path data,
            Journal.Settings journal,
            long gatewayTimeoutMicros,
            Factory factory,
            RuntimeEvents events) {
        this(
                self,
                Links.bySeat(peers),
                identity,
                configuration,
                limits,
                linkAddress,
                clientAddress,
                clients,
                keys,
                data,
                journal,
                gatewayTimeoutMicros,
                Optional.empty(),
                factory,
                events,
                Collections.emptySortedMap());
    }

    /** Who belongs to a group that changes. Asked on the thread of the runtime only. */
    public interface Membership {
        /** Another number whenever another answer changed. */
        long version();

        /** With whom this replica has links now, by seat. */
        SortedMap<Integer, Links.Peer> peers();

        /** The certificates of clients, by number. */
        SortedMap<Integer, X509Certificate> clients();

        /** Digest of the present configuration. */
        Digest configuration();

        /**
         * What an automaton that has just been started is told of the group, besides what its journal says: a process may
         * have to go on with another one, which knows nothing.
         */
        List<Input> told();

        /** What proves to who knows this configuration which one followed it; empty where none did. */
        byte[] after(Digest configuration);
    }

    /** Makes the automaton, correct or corrupted. */
    public interface Factory {
        /**
         * @param amnesiac whether these keys were used before and what they said is forgotten: the replica must abstain
         * @param nowMicros the time, in microseconds since 1970
         * @param life the number of the session of its gateway; some above it are for the replica itself
         */
        Made make(boolean amnesiac, long nowMicros, long life);
    }

    /**
     * @param automaton what runs
     * @param status where it stands; asked on the thread of the runtime only
     * @param membership null: the group keeps its configuration
     * @param jury asked once the automaton is started: who can tell this replica whether its journal is its newest. Empty:
     *     it need not be told, as it has no part in the group yet
     */
    public record Made(
            Automaton<Input, Output> automaton,
            Supplier<Status> status,
            @Nullable Membership membership,
            Supplier<Optional<Recollection.Jury>> jury) {
        /** An automaton that contradicts nobody, whatever it forgot. */
        public Made(Automaton<Input, Output> automaton, Supplier<Status> status) {
            this(automaton, status, null, Optional::empty);
        }
    }
}
