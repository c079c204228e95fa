package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Reader;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.ShareKeeper;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalRefresh;
import org.maftia.server.http.KeyState;
import org.maftia.server.succession.ClientAccess;
import org.maftia.server.succession.Known;
import org.maftia.server.testing.Eventually;
import org.maftia.services.register.Register;
import org.maftia.services.register.RegisterOperation;

/** A cluster of real processes that renews its keys while a client writes and a replica is killed. */
class KeyRefreshTest {
    private static final String KEY = "coin";
    private static final List<String> KEYS = List.of("beacon", "coin", "confidential", "draws", "receipts");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();

    private static GroupClient client(ClusterDirectory place) throws Exception {
        Known known = Known.of(GroupTranscript.read(place.ceremony().resolve(GroupTranscript.FILE)));
        ClientKeys keys = ClientKeys.load(place.client(), new Unlock.KeyFile());
        return GroupClient.connect(new GroupClientSetup(
                known.charter(),
                Limits.DEFAULT,
                ClientAccess.endpoints(known),
                new TlsIdentity(keys.key(), keys.certificate()),
                300_000_000,
                Optional.of(new GroupClientSetup.Confidentiality(
                        keys.number(), known.group().cipher())),
                new TreeSet<>()));
    }

    private static long add(GroupClient client, int amount) throws Exception {
        byte[] operation = RegisterOperation.CODEC.encode(new RegisterOperation.Add("counter", amount));
        return new Reader(client.submit(Register.NAME, operation).get(300, TimeUnit.SECONDS)).u64();
    }

    private static long addConfidentially(GroupClient client) throws Exception {
        byte[] operation = RegisterOperation.CODEC.encode(new RegisterOperation.Add("counter", 1));
        return new Reader(client.submitConfidential(Register.NAME, operation).get(300, TimeUnit.SECONDS)).u64();
    }

    private static KeyState state(LocalCluster cluster) throws InterruptedException {
        Eventually.until(
                "a kernel says alike where the key stands",
                () -> states(cluster).containsKey(KEY));
        return Objects.requireNonNull(states(cluster).get(KEY));
    }

    private static SortedMap<String, KeyState> states(LocalCluster cluster) {
        try {
            return LocalRefresh.states(cluster);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode refreshed(ClusterDirectory place) throws Exception {
        String said = terminal.type(0, "key", "refresh", "--key", KEY, "--json", "--dir", place.root());
        return JSON.readTree(said).path("keys").get(0);
    }

    /** Whether the disk of a replica has the shares of one epoch of each key, and of no other. */
    private static boolean hasOneEpoch(ClusterDirectory place, String id) {
        try (ShareKeeper keeper = ShareKeeper.look(place.keys(id), new Unlock.KeyFile())) {
            return KEYS.stream()
                    .allMatch(key -> keeper.numbers(key).size() == 1
                            && keeper.numbers(key).first() > 0);
        }
    }

    @Test
    void sharesAreRenewedUnderLoadThoughAReplicaIsKilledAndNothingIsLost() throws Exception {
        try (UpProcess up = new UpProcess(world, "--set", "keys.patienceSeconds=3");
                GroupClient client = client(up.directory())) {
            ClusterDirectory place = up.directory();
            LocalCluster cluster = LocalCluster.open(place);
            KeyState dealt = state(cluster);
            assertThat(dealt.epoch()).isZero();

            FutureTask<JsonNode> renewal = new FutureTask<>(() -> refreshed(place));
            Thread.ofPlatform().daemon().start(renewal);
            long count = 0;
            while (state(cluster).attempts() == dealt.attempts()) {
                assertThat(add(client, 1)).isEqualTo(++count);
            }
            cluster.process("r3").orElseThrow().destroyForcibly();
            while (!renewal.isDone()) {
                assertThat(add(client, 1)).isEqualTo(++count);
            }
            assertThat(renewal.get().path("renewed").asBoolean()).isTrue();
            KeyState second = state(cluster);
            assertThat(second.epoch()).isGreaterThan(dealt.epoch());
            assertThat(second.publicKey()).isEqualTo(dealt.publicKey()).hasSize(96);

            terminal.type(0, "start", "r3", "--dir", place.root());
            // On a slow machine it takes longer to come back than the others have patience: then the next one is for
            // it.
            JsonNode third = refreshed(place);
            while (!third.path("without").isEmpty()) {
                assertThat(third.path("renewed").asBoolean()).isTrue();
                third = refreshed(place);
            }
            assertThat(third.path("shares")).extracting(JsonNode::asText).containsExactly("r1", "r2", "r3", "r4");
            assertThat(state(cluster).publicKey()).isEqualTo(dealt.publicKey());
            terminal.type(0, "key", "refresh", "--dir", place.root());
            assertThat(states(cluster)).containsOnlyKeys(KEYS);
            assertThat(states(cluster).values()).allMatch(state -> state.epoch() > 0);
            // Made by the new shares: a round that nobody asked for before, and an opening.
            String gateway = cluster.configuration().replicas().getFirst().httpsAddress();
            assertThat(cluster.http().get(gateway + "/beacon/1", 60_000).status())
                    .isEqualTo(200);
            assertThat(addConfidentially(client)).isEqualTo(++count);
            Eventually.until(
                    "old shares are erased",
                    () -> cluster.configuration().replicas().stream()
                            .allMatch(replica -> hasOneEpoch(place, replica.id())));
            assertThat(terminal.type(0, "key", "list", "--dir", place.root()))
                    .containsPattern("coin +" + state(cluster).epoch() + " +20");
            assertThat(add(client, 1)).isEqualTo(++count);
            terminal.type(0, "notarize", place.groupFile(), "--dir", place.root());
            assertThat(terminal.type(0, "drill", "steal-share", "--dir", place.root()))
                    .contains("The intruder gained nothing")
                    .contains("have the key in 12 of 12 cases");
            terminal.type(1, "key", "refresh", "--key", "tsa", "--dir", place.root());
            assertThat(terminal.errors())
                    .contains("does not renew a key 'tsa'")
                    .contains("it renews beacon, coin, confidential, draws, receipts");
            terminal.type(1, "key", "refresh", "--key", "oprf", "--dir", place.root());
            assertThat(terminal.errors())
                    .contains("its values are sums of hashes of its seeds, so no other seeds give the same");
        }
    }
}
