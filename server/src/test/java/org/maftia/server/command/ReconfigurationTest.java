package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Reconfiguration;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.LocalCeremony;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalRefresh;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.host.HostSetup;
import org.maftia.server.host.ReplicaHost;
import org.maftia.server.http.KeyState;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.succession.ClientAccess;
import org.maftia.server.succession.GroupDesk;
import org.maftia.server.succession.KeyFolders;
import org.maftia.server.succession.Known;
import org.maftia.server.testing.Eventually;
import org.maftia.services.beacon.BeaconSchedule;
import org.maftia.services.register.Register;
import org.maftia.services.register.RegisterOperation;

/** A cluster of real processes that changes its members while a client writes. */
class ReconfigurationTest {
    @TempDir
    private Path world;

    private final List<UpProcess> clusters = new ArrayList<>();
    private final Terminal terminal = new Terminal();

    @AfterEach
    void stopAll() throws Exception {
        for (UpProcess cluster : clusters) {
            cluster.close();
        }
    }

    private ClusterDirectory cluster() {
        return clusters.getFirst().directory();
    }

    private String type(int expectedCode, Object... words) {
        return terminal.type(expectedCode, words);
    }

    private Known present(int number) {
        return Known.of(GroupTranscript.read(cluster().ceremony(number).resolve(GroupTranscript.FILE)));
    }

    private GroupClientSetup setup(Known known) {
        ClientKeys keys = ClientKeys.load(cluster().client(), new Unlock.KeyFile());
        GroupClientSetup setup = new GroupClientSetup(
                known.charter(),
                Limits.DEFAULT,
                ClientAccess.endpoints(known),
                new TlsIdentity(keys.key(), keys.certificate()),
                300_000_000,
                Optional.of(new GroupClientSetup.Confidentiality(
                        keys.number(), known.group().cipher())),
                new TreeSet<>());
        return ClientAccess.following(setup, known);
    }

    private static byte[] add(int amount) {
        return RegisterOperation.CODEC.encode(new RegisterOperation.Add("counter", amount));
    }

    /** Counts, every fourth time confidentially: each result says how often was counted, so no step may be lost or doubled. */
    private static final class Writer implements Runnable {
        private final GroupClient client;
        private volatile boolean stopping;
        private volatile int acknowledged;
        private volatile @Nullable Throwable failure;

        Writer(GroupClient client) {
            this.client = client;
        }

        /** Whether so many were acknowledged; who was refused will never come so far. */
        boolean isBeyond(int count) {
            assertThat(failure).isNull();
            return acknowledged > count;
        }

        @Override
        public void run() {
            try {
                while (!stopping) {
                    int number = acknowledged;
                    byte[] result = (number % 4 == 0
                                    ? client.submitConfidential(Register.NAME, add(1))
                                    : client.submit(Register.NAME, add(1)))
                            .get(300, TimeUnit.SECONDS);
                    assertThat(new Reader(result).u64()).isEqualTo(number + 1L);
                    acknowledged = number + 1;
                    Thread.sleep(5);
                }
            } catch (Exception | AssertionError e) {
                failure = e;
            }
        }
    }

    private Path stamp(String name) throws Exception {
        Path file = Files.writeString(world.resolve(name), "content of " + name);
        Path token = world.resolve(name + ".tsr");
        type(0, "notarize", "--dir", cluster().root(), "-o", token, file);
        return token;
    }

    private void verify(String name) {
        Path token = world.resolve(name + ".tsr");
        Path root = cluster().ceremony().resolve("ca.pem");
        assertThat(type(0, "verify", "--ca", root, world.resolve(name), token)).contains("existed at");
    }

    /** A configuration that follows, with other keys of the ceremony than anybody has. */
    private static org.maftia.core.replica.Configuration unknown(Known known) {
        var now = known.configuration();
        return new org.maftia.core.replica.Configuration(
                now.number() + 1,
                now.digest(),
                now.seats(),
                now.attributes(),
                now.strong(),
                now.quorums(),
                now.officers(),
                now.policy(),
                now.carried(),
                new Digest(1, 2, 3, 4));
    }

    private GroupDesk desk(Known known) throws Exception {
        SecureHttp http = SecureHttp.trusting(cluster().ceremony().resolve("ca.pem"));
        return new GroupDesk(
                http,
                known.description().replicas().stream()
                        .map(entry -> entry.httpsAddress())
                        .toList());
    }

    private void aStrangersWishIsRefused(Known known) throws Exception {
        byte[] key = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Ed25519Certifier stranger = new Ed25519Certifier(key, List.of(Ed25519Certifier.publicKey(key)));
        var next = unknown(known);
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        signatures.put(0, stranger.sign(Reconfiguration.digest(next, 0)));
        assertThatThrownBy(() -> desk(known).submit(new Reconfiguration(next, 0, Certificate.of(signatures))))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("the officers who signed it may not change the configuration");
        assertThatThrownBy(() -> desk(known).submit(new Reconfiguration(next, 0, Certificate.of(new TreeMap<>()))))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("the officers who signed it may not change the configuration");
    }

    /** The officer wants what nobody has keys for: the present configuration goes on, and another wish replaces it. */
    private void aWishForWhichNobodyHasKeysChangesNothing(Known known, Writer writer) throws Exception {
        var next = unknown(known);
        OfficerKeys.Signed signed = OfficerKeys.sign(
                cluster().officers().resolve(LocalCeremony.OFFICER),
                Reconfiguration.digest(next, 0),
                new Unlock.KeyFile());
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        signatures.put(0, signed.signature());
        assertThat(desk(known).submit(new Reconfiguration(next, 0, Certificate.of(signatures))))
                .contains("configuration 1 begins when a quorum of its members is ready");
        int before = writer.acknowledged;
        Eventually.until("the client goes on", () -> writer.acknowledged > before + 20);
        assertThat(type(0, "reconfigure", "status", "--dir", cluster().root()))
                .contains(next.digest().toString().substring(0, 12));
        assertThat(desk(known).after(known)).isEmpty();
    }

    private List<String> members() throws Exception {
        return Endpoints.read(cluster().endpointsFile()).orElseThrow().replicas().stream()
                .map(Endpoints.Replica::id)
                .toList();
    }

    private void kill(String id) throws Exception {
        Endpoints.Replica replica = Endpoints.read(cluster().endpointsFile()).orElseThrow().replicas().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
        ProcessHandle process = ProcessHandle.of(replica.pid()).orElseThrow();
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Of the members that it knew one is left: they are no quorum that could tell it whether its memory is its newest. */
    private void comesBackAfterThreeChanges(String id) throws Exception {
        type(0, "start", "--dir", cluster().root(), id);
        SecureHttp http = SecureHttp.trusting(cluster().ceremony().resolve("ca.pem"));
        String gateway = present(3).members().values().stream()
                .filter(entry -> entry.id().equals(id))
                .findFirst()
                .orElseThrow()
                .httpsAddress();
        Eventually.until(id + " takes part in the present configuration", () -> {
            try {
                ReplicaStatus status =
                        ReplicaStatus.parse(http.get(gateway + "/status", 5_000).text());
                return status.standing().number() == 3 && status.ready();
            } catch (IOException e) {
                return false; // not yet
            }
        });
    }

    /** It has lost its memory, too, so that what it knows of the group is what it began with. */
    private void isToldThatItIsNoMember(String id) throws Exception {
        HostSetup setup = new HostSetup(
                KeyFolders.described(cluster().keys(id), Overrides.none()).orElseThrow(),
                id,
                cluster().keys(id),
                Files.createDirectories(world.resolve("empty")),
                new Unlock.KeyFile(),
                Optional.empty());
        try (ReplicaHost host = ReplicaHost.start(setup)) {
            assertThat(CompletableFuture.supplyAsync(() -> end(host)).get(300, TimeUnit.SECONDS))
                    .isEqualTo("the group went on to configuration 3 without r3, which is no member any more");
        }
    }

    /** Its key is not dealt anew: newcomers have shares of the old one, and sign with it what the first configuration verifies. */
    private void theBeaconIsTheSame(Known first, String exported) throws Exception {
        byte[] key = HexFormat.of().parseHex(exported.strip());
        assertThat(type(0, "key", "export", "beacon", "--dir", cluster().root()))
                .isEqualTo(exported);
        assertThat(present(3).group().beaconSerial().orElseThrow())
                .isEqualTo(first.group().beaconSerial().orElseThrow());
        assertThat(present(3).group().carriesKeys()).isTrue();
        LocalCluster cluster = LocalCluster.open(cluster());
        Eventually.until("the keys are shared anew among the members of now", () -> {
            SortedMap<String, KeyState> states = states(cluster);
            return List.of("beacon", "confidential", "receipts").stream()
                    .allMatch(id -> states.containsKey(id)
                            && states.get(id)
                                    .last()
                                    .filter(KeyState.Ended::made)
                                    .isPresent());
        });
        long before = latestRound().path("round").asLong();
        Eventually.until("a new round", () -> latestRound().path("round").asLong() > before);
        JsonNode round = latestRound();
        assertThat(BlsSignature.verify(
                        key,
                        BeaconSchedule.message(round.path("round").asLong()),
                        HexFormat.of().parseHex(round.path("signature").asText())))
                .isTrue();
    }

    private JsonNode latestRound() {
        try {
            String gateway = present(3).description().replicas().getLast().httpsAddress();
            SecureHttp http = SecureHttp.trusting(cluster().ceremony().resolve("ca.pem"));
            return new ObjectMapper()
                    .readTree(http.get(gateway + "/beacon/latest", 20_000).text());
        } catch (IOException e) {
            return MissingNode.getInstance(); // asked again
        }
    }

    private static SortedMap<String, KeyState> states(LocalCluster cluster) {
        try {
            return LocalRefresh.states(cluster);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String end(ReplicaHost host) {
        try {
            return host.awaitEnd();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aGroupChangesItsMembersWhileAClientGoesOnAndNothingIsLost() throws Exception {
        clusters.add(new UpProcess(world, "--set", "keys.patienceSeconds=3"));
        Known first = present(0);
        String beacon = type(0, "key", "export", "beacon", "--dir", cluster().root());
        try (GroupClient client = GroupClient.connect(setup(first))) {
            Writer writer = new Writer(client);
            Thread thread = Thread.ofPlatform().start(writer);
            stamp("before");
            aStrangersWishIsRefused(first);
            aWishForWhichNobodyHasKeysChangesNothing(first, writer);

            kill("r1"); // it is away during all that follows
            type(0, "reconfigure", "--dir", cluster().root(), "--add", "r5", "--attributes", "site=malmo");
            assertThat(members()).containsExactly("r1", "r2", "r3", "r4", "r5");
            stamp("five");
            int atFive = writer.acknowledged;

            type(0, "reconfigure", "--dir", cluster().root(), "--replace", "r2");
            assertThat(members()).containsExactly("r1", "r6", "r3", "r4", "r5");
            Eventually.until("the client goes on", () -> writer.isBeyond(atFive + 20));

            type(0, "reconfigure", "--dir", cluster().root(), "--remove", "r3");
            assertThat(members()).containsExactly("r1", "r6", "r4", "r5");
            int atFour = writer.acknowledged;
            Eventually.until("the client goes on", () -> writer.isBeyond(atFour + 20));
            stamp("four");

            type(1, "reconfigure", "--dir", cluster().root(), "--remove", "r4");
            assertThat(terminal.errors())
                    .contains("three fault sets cover every replica")
                    .contains(cluster().groupFile() + ":");

            writer.stopping = true;
            thread.join();
            assertThat(writer.failure).isNull();
            byte[] last = client.submit(Register.NAME, add(0)).get(300, TimeUnit.SECONDS);
            assertThat(new Reader(last).u64()).isEqualTo(writer.acknowledged);
        }
        List.of("before", "five", "four").forEach(this::verify);
        theBeaconIsTheSame(first, beacon);

        // A client that knows nothing but the first configuration finds its way along the chain.
        try (GroupClient late = GroupClient.connect(setup(first))) {
            assertThat(late.submit(Register.NAME, add(1)).get(300, TimeUnit.SECONDS))
                    .hasSize(8);
        }
        assertThat(type(0, "read", "register", "counter", "--dir", cluster().root()))
                .contains("register counter = ");

        comesBackAfterThreeChanges("r1");
        isToldThatItIsNoMember("r3");

        assertThat(type(0, "key", "destroy", "r1", "--dir", cluster().root())).contains("destroyed the keys in");
        assertThat(cluster().keys("r1").resolve("signing.key")).doesNotExist();
        type(0, "down", "--dir", cluster().root());
    }
}
