package org.maftia.server.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.maftia.client.transport.ClientSignatureKeys;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.console.EventLog;
import org.maftia.server.crypto.ModularPowers;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.http.HttpBase;
import org.maftia.server.journal.Journal;
import org.maftia.server.link.Links;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.runtime.ReplicaSetup;

/** A replica with its gateways, from {@link #start} to {@link #close}. */
public final class ReplicaHost implements AutoCloseable {
    private final ReplicaRuntime runtime;
    private final HttpBase http;
    private final EventLog log;

    private ReplicaHost(ReplicaRuntime runtime, HttpBase http, EventLog log) {
        this.runtime = runtime;
        this.http = http;
        this.log = log;
    }

    /**
     * Opens the keys, reads the journal, opens all four ports.
     *
     * @throws IOException when a port is taken or the data cannot be read
     */
    public static ReplicaHost start(HostSetup setup) throws IOException, ConfigurationException {
        Configuration configuration = setup.configuration();
        FaultStructure trust = configuration.faultStructure();
        ModularPower power = ModularPowers.fastest(SystemEntropy.INSTANCE);
        ReplicaKeys keys = ReplicaKeys.load(setup.keys(), setup.unlock(), power);
        requireSame(configuration, setup.id(), trust, keys);
        EventLog log = new EventLog(setup.id());
        log.started(configuration.group(), trust.size(), power.name());
        setup.intruder()
                .ifPresent(intruder -> log.corrupted(intruder.corruption().word()));
        ReplicaRuntime runtime = ReplicaRuntime.start(runtimeSetup(setup, trust, keys, log));
        ReplicaEntry entry = configuration.replicas().get(keys.index());
        try {
            List<Gateway> gateways = Services.gateways(runtime.submission(), runtime);
            HttpBase http = HttpBase.start(
                    new HttpBase.Ports(
                            InetAddress.getByName(entry.host()),
                            entry.http(),
                            entry.https(),
                            configuration.settings().gateways().connectionsMax()),
                    new HttpBase.Identity(keys.httpsKey(), keys.httpsChain()),
                    new StatusView(configuration, trust, keys.index(), runtime),
                    gateways);
            log.listening(entry.link(), entry.client(), entry.httpsAddress(), entry.httpAddress());
            return new ReplicaHost(runtime, http, log);
        } catch (IOException | RuntimeException e) {
            runtime.close();
            throw e;
        }
    }

    private static void requireSame(Configuration configuration, String id, FaultStructure trust, ReplicaKeys keys) {
        List<String> ids =
                configuration.replicas().stream().map(ReplicaEntry::id).toList();
        if (!keys.group().ids().equals(ids)) {
            throw new CeremonyException(
                    "the configuration has other replicas than the ceremony",
                    "restore group.toml, or hold a new ceremony");
        }
        if (!ids.get(keys.index()).equals(id)) {
            throw new CeremonyException(
                    "the keys are those of " + ids.get(keys.index()) + ", not of " + id,
                    "start the replica whose keys they are");
        }
        keys.group().requireTrust(trust);
    }

    /**
     * What all replicas must share: who they are and what their services do. Peers with another one do not talk to each
     * other, as they would not stay equal; clients name it too.
     *
     * @param ceremony digest of the transcript
     */
    public static Digest digest(Configuration configuration, Digest ceremony) {
        return Transcript.of("group configuration")
                .field(ceremony)
                .field(configuration.settings().notary().policy())
                .field(configuration.settings().notary().accuracySeconds())
                .digest();
    }

    /** What clients and offline checks must know of the group: from its configuration and the public transcript. */
    public static Charter charter(Configuration configuration, GroupTranscript group) throws ConfigurationException {
        return new Charter(
                digest(configuration, group.digest()),
                configuration.faultStructure(),
                new Ed25519Verifier(
                        group.enrolments().stream().map(Enrolment::signingKey).toList()));
    }

    private static ReplicaSetup runtimeSetup(HostSetup setup, FaultStructure trust, ReplicaKeys keys, EventLog log) {
        Configuration configuration = setup.configuration();
        int self = keys.index();
        List<Links.Peer> peers = new ArrayList<>();
        for (int i = 0; i < trust.size(); i++) {
            ReplicaEntry peer = configuration.replicas().get(i);
            peers.add(new Links.Peer(
                    InetSocketAddress.createUnresolved(peer.host(), peer.link()),
                    keys.peers().get(i)));
        }
        ReplicaEntry own = configuration.replicas().get(self);
        return new ReplicaSetup(
                self,
                peers,
                new TlsIdentity(keys.linkKey(), keys.linkCertificate()),
                digest(configuration, keys.configuration()),
                Limits.DEFAULT,
                new InetSocketAddress(own.host(), own.link()),
                new InetSocketAddress(own.host(), own.client()),
                keys.clients(),
                setup.keys(),
                setup.data(),
                new Journal.Settings(
                        configuration.settings().journal().sync(), Journal.Settings.DEFAULT.segmentLength()),
                configuration.settings().gateways().timeoutMillis() * 1_000L,
                (amnesiac, nowMicros) -> make(setup, trust, keys, amnesiac, nowMicros),
                new HostEvents(
                        log,
                        configuration.replicas().stream().map(ReplicaEntry::id).toList()));
    }

    private static ReplicaSetup.Made make(
            HostSetup setup, FaultStructure trust, ReplicaKeys keys, boolean amnesiac, long nowMicros) {
        SortedMap<String, StateMachine> services =
                new TreeMap<>(Services.machines(setup.configuration().settings(), keys));
        setup.intruder()
                .ifPresent(intruder -> services.replaceAll(
                        (name, service) -> intruder.corruption().of(service, intruder::isActive)));
        Genesis genesis = new Genesis(
                        digest(setup.configuration(), keys.configuration()),
                        keys.certifier(),
                        keys.coin(),
                        keys.cipher(),
                        services,
                        keys.keys(),
                        keys.signers())
                .with(ClientSignatureKeys.verifier(keys.clients()));
        Replica[] replica = new Replica[1];
        Node<Input, Output> node =
                new Node<>(keys.index(), trust, Limits.DEFAULT, nowMicros, (Port<ReplicaSnapshot, Output> port) -> {
                    replica[0] = new Replica(port, genesis, amnesiac);
                    return replica[0];
                });
        Automaton<Input, Output> automaton = node;
        if (setup.intruder().isPresent()) {
            Intruder intruder = setup.intruder().get();
            automaton = intruder.corruption().of(node, keys.index(), trust, nowMicros, intruder::isActive);
        }
        return new ReplicaSetup.Made(automaton, () -> replica[0].status());
    }

    /** Waits until the replica ends by itself, which a correct one on a good disk does not; gives the reason. */
    public String awaitEnd() throws InterruptedException {
        try {
            return runtime.stopped().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the runtime always gives a reason", e);
        }
    }

    /** Whether it runs. */
    public boolean lives() {
        return !runtime.stopped().isDone();
    }

    @Override
    public void close() {
        log.stopping("asked to");
        http.close();
        try {
            runtime.close();
        } catch (IOException e) {
            log.notice("closing sockets failed: " + e.getMessage());
        }
    }
}
