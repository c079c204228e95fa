package org.maftia.server.command;

import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.load.LoadPlan;
import org.maftia.client.load.LoadResult;
import org.maftia.client.load.LoadRun;
import org.maftia.client.transport.ClientSignatureKeys;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.host.ReplicaHost;
import org.maftia.server.succession.ClientAccess;
import org.maftia.server.succession.Known;
import org.maftia.services.register.Register;
import org.maftia.services.register.RegisterOperation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia bench}. */
@Command(
        name = "bench",
        description = {
            "Put load on a running cluster and tell throughput, latency and cost of an operation.",
            "",
            "Each client sends its next request when the last is answered by replicas of which one at least is"
                    + " correct.",
            "Payload 0 asks for nothing and gets nothing; others write that many bytes to a register."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int PAYLOAD_MAX = RegisterOperation.VALUE_LENGTH_MAX;

    /** A client has so many requests open, and one more would be refused, not measured. */
    private static final int CLIENTS_MAX = Limits.DEFAULT.openRequestsPerClient();

    private static final long TIMEOUT_MICROS = 30_000_000;
    private static final int CONNECT_ATTEMPTS = 100;
    private static final int CONNECT_PAUSE_MILLIS = 100;

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--clients",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,80,320",
            description = "Requests under way at any time; several numbers make several runs (default: 1,80,320).")
    private List<Integer> clients = List.of();

    @Option(
            names = "--payload",
            split = ",",
            paramLabel = "BYTES",
            defaultValue = "0,1024",
            description = "Bytes of an operation (default: 0,1024).")
    private List<Integer> payloads = List.of();

    @Option(
            names = "--confidential",
            description = "Encrypt every request to the group: replicas order it first, and open it together then.")
    private boolean confidential;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "broadcast: requests go to all replicas; home: signed, to one, which hands them on"
                    + " (default: broadcast).")
    private Mode mode = Mode.broadcast;

    @Option(
            names = "--signed",
            description = "Sign requests also where they go to all replicas: a batch with one signature.")
    private boolean signed;

    @Option(names = "--seconds", defaultValue = "10", description = "How long each run is measured (default: 10).")
    private int seconds;

    @Option(names = "--warm", defaultValue = "5", description = "Seconds of load before measuring (default: 5).")
    private int warmSeconds;

    /** As on the command line. */
    enum Mode {
        broadcast,
        home
    }

    @Override
    public Integer call() throws Exception {
        check();
        ClusterDirectory cluster = directory.existing();
        Endpoints endpoints = LocalCluster.open(cluster).endpoints();
        List<Long> pids = endpoints.replicas().stream()
                .map(Endpoints.Replica::pid)
                .filter(pid -> pid > 0) // of replicas elsewhere no process is known
                .distinct()
                .toList();
        PrintWriter out = output.writer();
        GroupClientSetup setup = setup(cluster, endpoints);
        try (GroupClient client = GroupClient.connect(setup)) {
            awaitGroup(client, setup.trust());
            for (int payload : payloads) {
                for (int count : clients) {
                    LoadPlan plan = new LoadPlan(
                            Register.NAME,
                            operation(payload),
                            confidential,
                            count,
                            warmSeconds * 1000L,
                            seconds * 1000L,
                            pids);
                    LoadResult result = LoadRun.run(client, plan);
                    out.println(output.isJson() ? result.json() : result.text());
                    out.flush();
                }
            }
        }
        return 0;
    }

    /** A quorum must listen, or the load would measure time-outs. */
    private static void awaitGroup(GroupClient client, FaultStructure trust) throws Exception {
        for (int attempt = 0; ; attempt++) {
            List<String> connections = client.connections().get();
            ReplicaSet ready = ReplicaSet.EMPTY;
            for (int i = 0; i < connections.size(); i++) {
                ready = connections.get(i).equals("ready") ? ready.with(i) : ready;
            }
            if (trust.isQuorum(ready)) {
                return;
            }
            if (attempt == CONNECT_ATTEMPTS) {
                throw new CommandException(
                        "no quorum of replicas takes this client: " + connections,
                        "'maftia status' tells how they are");
            }
            TimeUnit.MILLISECONDS.sleep(CONNECT_PAUSE_MILLIS);
        }
    }

    private void check() throws CommandException {
        if (clients.stream().anyMatch(count -> count > CLIENTS_MAX)) {
            throw new CommandException(
                    "one client process may have " + CLIENTS_MAX + " requests under way",
                    "ask for at most " + CLIENTS_MAX + " clients; further load needs client keys of its own");
        }
        boolean valid = clients.stream().allMatch(count -> count >= 1)
                && payloads.stream().allMatch(length -> length >= 0 && length <= PAYLOAD_MAX)
                && seconds >= 1
                && warmSeconds >= 0;
        if (!valid) {
            throw new CommandException(
                    "a number is out of range",
                    "clients are 1 to " + CLIENTS_MAX + ", payloads 0 to " + PAYLOAD_MAX
                            + " bytes, seconds at least 1");
        }
    }

    /** A write that is as long in all as was asked for, unless its shortest form is longer. */
    private static byte[] operation(int payload) {
        if (payload == 0) {
            return new byte[0];
        }
        int around = write(0).length;
        return write(Math.max(0, payload - around));
    }

    private static byte[] write(int valueLength) {
        return RegisterOperation.CODEC.encode(new RegisterOperation.Put("bench", new byte[valueLength]));
    }

    private GroupClientSetup.Mode mode() {
        return switch (mode) {
            case broadcast -> GroupClientSetup.Mode.BROADCAST;
            case home -> GroupClientSetup.Mode.HOME;
        };
    }

    private GroupClientSetup setup(ClusterDirectory cluster, Endpoints endpoints) throws Exception {
        ClientKeys keys = ClientKeys.load(cluster.client());
        Configuration configuration = LocalCluster.open(cluster).configuration();
        List<GroupClientSetup.Endpoint> replicas = new ArrayList<>();
        for (int i = 0; i < endpoints.replicas().size(); i++) {
            String address = endpoints.replicas().get(i).client();
            int colon = address.lastIndexOf(':');
            replicas.add(new GroupClientSetup.Endpoint(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    keys.group().enrolments().get(i).linkCertificate()));
        }
        TlsIdentity identity = new TlsIdentity(keys.key(), keys.certificate());
        GroupClientSetup plain = new GroupClientSetup(
                ReplicaHost.charter(configuration, keys.group()),
                Limits.DEFAULT,
                replicas,
                identity,
                TIMEOUT_MICROS,
                keys.group().isHybrid()
                        ? Optional.empty()
                        : Optional.of(new GroupClientSetup.Confidentiality(
                                keys.number(), keys.group().cipher())),
                Collections.emptySortedSet());
        GroupClientSetup.Mode to = mode();
        Optional<Function<Digest, byte[]>> signer = ClientSignatureKeys.signer(keys.key());
        GroupClientSetup following = ClientAccess.following(plain, Known.of(configuration, keys.group()));
        boolean signs = signed || keys.group().isHybrid() || to == GroupClientSetup.Mode.HOME;
        if (signs && signer.isEmpty() && (signed || keys.group().isHybrid() || mode != null)) {
            throw new CommandException(
                    "the key of this client makes no Ed25519 signatures",
                    "make the cluster anew, or leave out --mode and --signed");
        }
        return signs && signer.isPresent()
                ? following.signing(new GroupClientSetup.Signature(keys.number(), signer.get()), to)
                : following;
    }
}
