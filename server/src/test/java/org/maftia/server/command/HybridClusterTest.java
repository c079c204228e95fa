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
            Eventually.until("all components are in one view", () -> inView(place, "0.0"));
            Eventually.until("and have agreed on it", () -> agreed(place, "0.0"));
            assertThat(terminal.type(0, "status", "--dir", place.root()))
                    .contains("trusted view 0.0: r1, r2, r3 are in it, and decided alike");
            JsonNode agreement = JSON.readTree(terminal.type(0, "wormhole", "agree", "--json", "--dir", place.root()));
            assertThat(agreement.path("agreed").asBoolean()).isTrue();
            assertThat(agreement.path("components"))
                    .hasSize(3)
                    .allSatisfy(
                            component -> assertThat(component.path("outcome").asText())
                                    .startsWith("sealed that 3 components are in view "));
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
            Eventually.until(
                    "the components of all are in the view of the new configuration", () -> inView(place, "1.0"));
            Eventually.until("nothing is held against who was taken back", () -> areWell(place));
        }
    }

    private JsonNode components(ClusterDirectory place) {
        try {
            return JSON.readTree(terminal.type(0, "status", "--json", "--dir", place.root()))
                    .path("replicas");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean areWell(ClusterDirectory place) {
        boolean all = true;
        for (JsonNode replica : components(place)) {
            all &= replica.path("health").asText().equals("ok");
        }
        return all;
    }

    private boolean inView(ClusterDirectory place, String number) {
        boolean all = true;
        for (JsonNode replica : components(place)) {
            JsonNode view = replica.path("component").path("view");
            all &= view.path("number").asText().equals(number)
                    && view.path("present").asBoolean();
        }
        return all;
    }

    /** Each component says of the same roll call that all were there. */
    private boolean agreed(ClusterDirectory place, String view) {
        JsonNode replicas = components(place);
        long at = replicas.path(0).path("component").path("rollCall").path("at").asLong();
        boolean all = at > 0;
        for (JsonNode replica : replicas) {
            JsonNode call = replica.path("component").path("rollCall");
            all &= call.path("at").asLong() == at
                    && call.path("view").asText().equals(view)
                    && call.path("decided").asBoolean()
                    && call.path("present").size() == 3;
        }
        return all;
    }
}
