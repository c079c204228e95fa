package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.MadeKeys;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ShareKeeper;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.http.KeyState;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.succession.Known;
import org.maftia.server.testing.Eventually;
import org.maftia.services.beacon.BeaconSchedule;

/** Processes of a new group make the key of their beacon, and one of them is killed while they do. */
class MadeKeyTest {
    private static final String KEY = "beacon";

    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();
    private LocalCluster cluster;

    @BeforeEach
    void make() throws Exception {
        ClusterDirectory place = new ClusterDirectory(world);
        Configuration configuration =
                FreePorts.fill(Layout.of("4", Overrides.parse(List.of("keys.patienceSeconds=40"))));
        SmallGroup.make(world, configuration);
        Files.writeString(place.groupFile(), GroupFile.text(configuration));
        cluster = LocalCluster.open(place);
    }

    @AfterEach
    void stop() {
        terminal.type(0, "down", "--dir", cluster.directory().root());
    }

    private SecureHttp.Reply get(String id, String path) throws IOException {
        ReplicaEntry replica = cluster.configuration()
                .replicas()
                .get(cluster.configuration().indexOf(id).orElseThrow());
        return cluster.http().get(replica.httpsAddress() + path, 20_000);
    }

    private int answer(String id, String path) {
        try {
            return get(id, path).status();
        } catch (IOException e) {
            return 0;
        }
    }

    private KeyState state(String id) throws IOException {
        return ReplicaStatus.parse(get(id, "/status").text()).keys().stream()
                .filter(key -> key.id().equals(KEY))
                .findFirst()
                .orElseThrow();
    }

    /** Whether the key is being made, and some have dealt; or it is there. */
    private boolean isDealt() {
        try {
            KeyState state = state("r1");
            return state.epoch() >= 0
                    || state.open()
                            .map(KeyState.Open::dealers)
                            .filter(all -> !all.isEmpty())
                            .isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean holds(String id) {
        try (ShareKeeper keeper = ShareKeeper.look(cluster.directory().keys(id), new Unlock.KeyFile())) {
            return !keeper.numbers(KEY).isEmpty();
        }
    }

    private FutureTask<ProcessHandle> started(String id) {
        FutureTask<ProcessHandle> start = new FutureTask<>(() -> cluster.start(id));
        Thread.ofPlatform().daemon().start(start);
        return start;
    }

    private static void await(FutureTask<ProcessHandle> start) {
        try {
            assertThat(start.get(120, TimeUnit.SECONDS).isAlive()).isTrue();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReplicaIsKilledWhileTheGroupMakesItsKeyAndHasItsShareAllTheSame() throws Exception {
        Stream.of("r1", "r2", "r3").map(this::started).toList().forEach(MadeKeyTest::await);
        // They wait for the fourth, and say so to whoever asks for a value.
        SecureHttp.Reply early = get("r1", "/beacon/latest");
        assertThat(early.status()).as(early.text()).isEqualTo(503);
        assertThat(early.text()).contains("the group is making the key of its beacon, which nobody dealt");
        assertThat(get("r1", "/beacon/info").status()).isEqualTo(503);
        assertThat(state("r1").epoch()).isEqualTo(-1);
        FutureTask<ProcessHandle> fourth = started("r4");
        Eventually.until("members deal", this::isDealt);
        ProcessHandle killed = cluster.process("r3").orElseThrow();
        killed.destroyForcibly();
        killed.onExit().get(10, TimeUnit.SECONDS);
        await(fourth);
        Eventually.until("the others have the key", () -> answer("r4", "/beacon/latest") == 200);
        cluster.start("r3");
        Eventually.until("r3 knows the key", () -> answer("r3", "/beacon/latest") == 200);
        Eventually.until("r3 has its share", () -> holds("r3"));
        allAgreeOnWhatAQuorumCertified();
    }

    /** Whoever knows the replicas' keys knows from any of them what the group's is, and no gateway can say another. */
    private void allAgreeOnWhatAQuorumCertified() throws Exception {
        Known known = Known.of(
                cluster.configuration(),
                GroupTranscript.read(cluster.directory().ceremony().resolve(GroupTranscript.FILE)));
        CertifiedRead proof = CertifiedRead.CODEC.decode(
                get("r3", "/certified?service=" + MadeKeys.VIEW + "&key=" + MadeKeys.entry(KEY))
                        .body());
        byte[] publicKey = MadeKeys.verified(proof, known.charter(), KEY).orElseThrow();
        ObjectMapper mapper = new ObjectMapper();
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            JsonNode info = mapper.readTree(get(replica.id(), "/beacon/info").text());
            assertThat(info.path("public_key").asText())
                    .isEqualTo(HexFormat.of().formatHex(publicKey));
        }
        JsonNode round = mapper.readTree(get("r3", "/beacon/1").text());
        byte[] signature = HexFormat.of().parseHex(round.path("signature").asText());
        assertThat(BlsSignature.verify(publicKey, BeaconSchedule.message(1), signature))
                .isTrue();
        String directory = cluster.directory().root().toString();
        assertThat(terminal.type(0, "key", "list", "--dir", directory)).containsPattern("beacon +0 +20");
    }
}
