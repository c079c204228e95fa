package org.maftia.server.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.transport.ClientSignatureKeys;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Recollection;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.journal.Journal;
import org.maftia.server.link.Links;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.runtime.ReplicaSetup;
import org.maftia.server.runtime.RuntimeEvents;
import org.maftia.services.register.Register;

/** Replicas of one group in this process, on loopback, over real TLS and real files. */
public final class LocalGroup implements AutoCloseable {
    public static final int CLIENT = 64;
    public static final Status NO_STATUS = new Status(0, 0, 0, 0, 0, 0, 0, 0, false, false, List.of());

    private final Path root;
    private final FaultStructure trust;
    private final Limits limits;
    private final List<TlsIdentity> identities = new ArrayList<>();
    private final List<Links.Peer> peers = new ArrayList<>();
    private final List<InetSocketAddress> clientPorts = new ArrayList<>();
    private final TlsIdentity client = Certificates.signing("client");
    private final DiscreteLogDealer.Dealing dealing;
    private final Tdh2Cipher cipher;
    private final @Nullable ReplicaRuntime[] running;

    public LocalGroup(Path root, int size, int faults, Limits limits) throws IOException {
        this.root = root;
        this.trust = FaultStructure.threshold(size, faults);
        this.limits = limits;
        this.dealing = DiscreteLogDealer.deal("group", "confidential", trust.sharing(), SystemEntropy.INSTANCE);
        this.cipher = new Tdh2Cipher(dealing.key());
        this.running = new ReplicaRuntime[size];
        for (int i = 0; i < size; i++) {
            identities.add(Certificates.identity("r" + (i + 1)));
            peers.add(new Links.Peer(freeAddress(), identities.get(i).certificate()));
            clientPorts.add(freeAddress());
            Files.createDirectories(keys(i));
        }
    }

    public static InetSocketAddress freeAddress() throws IOException {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.one());
    }

    public Path keys(int replica) {
        return root.resolve("r" + replica + "/keys");
    }

    public Path data(int replica) {
        return root.resolve("r" + replica + "/data");
    }

    public FaultStructure trust() {
        return trust;
    }

    public TlsIdentity client() {
        return client;
    }

    public List<Links.Peer> peers() {
        return peers;
    }

    public List<InetSocketAddress> clientPorts() {
        return clientPorts;
    }

    public TlsIdentity identity(int replica) {
        return identities.get(replica);
    }

    /** Runs the toy protocol. */
    public ReplicaSetup.Factory echo(int replica) {
        return (amnesiac, nowMicros, life) -> new ReplicaSetup.Made(
                new Node<>(replica, trust, limits, nowMicros, EchoProtocol::new), () -> NO_STATUS);
    }

    /** Runs the real thing, with a service that does nothing, under the name {@code null}, and a register. */
    public ReplicaSetup.Factory replica(int replica) {
        SortedMap<String, StateMachine> services =
                new TreeMap<>(Map.of("null", new NullService(), Register.NAME, new Register()));
        Verifier signers = ClientSignatureKeys.verifier(new TreeMap<>(Map.of(CLIENT, client.certificate())));
        Genesis genesis = new Genesis(
                        Digest.ZERO,
                        new Ed25519Certifier(signingKey(replica), publicKeys()),
                        new IdealCoin(0, trust, replica),
                        cipher.holder(dealing.sharesOf(replica)),
                        services,
                        new TreeMap<>(),
                        new TreeMap<>())
                .with(signers);
        return (amnesiac, nowMicros, life) -> {
            Replica[] made = new Replica[1];
            Node<Input, Output> node =
                    new Node<>(replica, trust, limits, nowMicros, (Port<ReplicaSnapshot, Output> p) -> {
                        made[0] = new Replica(p, genesis, amnesiac, life + 1);
                        return made[0];
                    });
            return new ReplicaSetup.Made(
                    node, () -> made[0].status(), null, () -> Optional.of(Recollection.Jury.of(trust)));
        };
    }

    private List<byte[]> publicKeys() {
        List<byte[]> publicKeys = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            publicKeys.add(Ed25519Certifier.publicKey(signingKey(i)));
        }
        return publicKeys;
    }

    private static byte[] signingKey(int replica) {
        byte[] key = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        key[0] = (byte) (replica + 1);
        return key;
    }

    public GroupClientSetup clientSetup(TlsIdentity identity) {
        List<GroupClientSetup.Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            endpoints.add(new GroupClientSetup.Endpoint(
                    clientPorts.get(i), identities.get(i).certificate()));
        }
        Charter charter = new Charter(Digest.ZERO, trust, new Ed25519Verifier(publicKeys()));
        return new GroupClientSetup(
                charter,
                limits,
                endpoints,
                identity,
                300_000_000,
                Optional.of(new GroupClientSetup.Confidentiality(CLIENT, cipher)),
                new TreeSet<>(List.of(Register.NAME)));
    }

    /** The client of {@link #client}, which signs. */
    public GroupClientSetup signingSetup(GroupClientSetup.Mode mode) {
        return clientSetup(client)
                .signing(
                        new GroupClientSetup.Signature(
                                CLIENT, ClientSignatureKeys.signer(client.key()).orElseThrow()),
                        mode);
    }

    public ReplicaSetup setup(int replica, ReplicaSetup.Factory factory, RuntimeEvents events) {
        SortedMap<Integer, X509Certificate> clients = new TreeMap<>();
        clients.put(CLIENT, client.certificate());
        return new ReplicaSetup(
                replica,
                peers,
                identities.get(replica),
                Digest.ZERO,
                limits,
                peers.get(replica).address(),
                clientPorts.get(replica),
                clients,
                keys(replica),
                data(replica),
                new Journal.Settings(true, 1 << 20),
                300_000_000,
                factory,
                events);
    }

    public ReplicaRuntime start(int replica) throws IOException {
        return start(setup(replica, echo(replica), new RuntimeEvents() {}));
    }

    public ReplicaRuntime start(ReplicaSetup setup) throws IOException {
        ReplicaRuntime runtime = ReplicaRuntime.start(setup);
        running[setup.self()] = runtime;
        return runtime;
    }

    public void startAll() throws IOException {
        for (int i = 0; i < running.length; i++) {
            start(i);
        }
    }

    /** Takes over a replica that was started elsewhere: it is closed with the rest. */
    public void adopt(int replica, ReplicaRuntime runtime) {
        running[replica] = runtime;
    }

    public ReplicaRuntime runtime(int replica) {
        ReplicaRuntime runtime = running[replica];
        if (runtime == null) {
            throw new IllegalStateException("replica " + replica + " does not run");
        }
        return runtime;
    }

    public void stop(int replica) throws IOException {
        ReplicaRuntime runtime = running[replica];
        running[replica] = null;
        if (runtime != null) {
            runtime.close();
        }
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < running.length; i++) {
            stop(i);
        }
    }
}
