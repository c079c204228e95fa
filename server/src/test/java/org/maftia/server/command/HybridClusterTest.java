package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.component.ComponentPlace;
import org.maftia.server.notarize.NotaryClient;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.server.testing.Eventually;

/** Three replicas in real processes, with trusted components beside them: each kind of process is killed in turn. */
class HybridClusterTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();

    private static ComponentPlace component(ClusterDirectory place, String id) {
        return new ComponentPlace(place.component(id));
    }

    /** Through the gateway of one replica, which is given time to find the others. */
    private static void stamp(LocalCluster cluster, String id) throws IOException {
        int index = cluster.configuration().indexOf(id).orElseThrow();
        String gateway = cluster.configuration().replicas().get(index).httpsAddress() + "/tsa";
        NotaryClient client =
                new NotaryClient(List.of(gateway), cluster.http(), TokenVerifier.trusting(cluster.caCertificate()));
        Eventually.until(id + " stamps", () -> {
            try {
                client.stamp(cluster.directory().groupFile());
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static boolean runs(LocalCluster cluster, String id) {
        try {
            return cluster.process(id).isPresent();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aReplicaReturnsToItsComponentAndAComponentToItsCounters() throws Exception {
        try (UpProcess up = new UpProcess(world, "--layout", "hybrid-3")) {
            ClusterDirectory place = up.directory();
            LocalCluster cluster = LocalCluster.open(place);
            stamp(cluster, "r1");
            long process = component(place, "r3").process().orElseThrow().pid();

            cluster.process("r3").orElseThrow().destroyForcibly();
            stamp(cluster, "r1");
            assertThat(component(place, "r3").process().orElseThrow().pid()).isEqualTo(process);
            terminal.type(0, "start", "r3", "--dir", place.root());
            stamp(cluster, "r3");
            cluster.process("r1").orElseThrow().destroyForcibly();
            stamp(cluster, "r3"); // needs two, so the one that returned
            terminal.type(0, "start", "r1", "--dir", place.root());
            stamp(cluster, "r1");

            component(place, "r2").process().orElseThrow().destroyForcibly();
            Eventually.until("a replica without its component stops", () -> !runs(cluster, "r2"));
            assertThat(Files.readString(place.log("r2").resolve("replica.log")))
                    .contains("r2 stops, as it can certify nothing any more");
            stamp(cluster, "r3");
            terminal.type(0, "start", "r2", "--dir", place.root());
            stamp(cluster, "r2");

            JsonNode status = JSON.readTree(terminal.type(0, "status", "--json", "--dir", place.root()));
            assertThat(status.path("replicas")).hasSize(3).allSatisfy(replica -> {
                assertThat(replica.path("component").path("epoch").asLong()).isEqualTo(1);
                assertThat(replica.path("component").path("timely").asBoolean()).isFalse();
                assertThat(replica.path("component").path("caveats")).isNotEmpty();
            });
        }
        ClusterDirectory place = new ClusterDirectory(world.resolve("cluster"));
        for (String id : List.of("r1", "r2", "r3")) {
            assertThat(component(place, id).process()).isEmpty();
        }
        try (UpProcess again = new UpProcess(world)) {
            stamp(LocalCluster.open(again.directory()), "r2");
        }
    }

    @Attack("leader has its component certify a proposal that no client signed")
    @Test
    void aLeaderThatProposesWhatNoClientSignedIsExcludedAndTakenBack() throws Exception {
        try (UpProcess up = new UpProcess(world, "--layout", "hybrid-3")) {
            ClusterDirectory place = up.directory();
            LocalCluster cluster = LocalCluster.open(place);
            stamp(cluster, "r1");
            JsonNode report = JSON.readTree(
                    terminal.type(0, "drill", "forged-proposal", "--json", "--seconds", "3", "--dir", place.root()));
            assertThat(report.path("gained")).isEmpty();
            assertThat(report.path("restored").asBoolean()).isTrue();
            String victim = report.path("victims").path(0).asText();
            JsonNode excluded = report.path("excluded").path(0);
            assertThat(excluded.path("replica").asText()).isEqualTo(victim);
            assertThat(excluded.path("by"))
                    .hasSize(2)
                    .noneMatch(by -> by.asText().equals(victim));
            String witness = excluded.path("by").path(0).asText();
            assertThat(Files.readString(place.log(witness).resolve("replica.log")))
                    .contains(victim + " is excluded above slot "
                            + excluded.path("since").asLong());
            assertThat(terminal.type(0, "status", "--dir", place.root())).doesNotContain("excluded");
            stamp(cluster.refreshed(), victim);
        }
    }
}
