package org.maftia.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.http.ReplicaStatus;

class ClusterStatusTest {
    private static final String RULE = "proposed two batches for one slot";

    private final TreeMap<String, ReplicaStatus> answers = new TreeMap<>();

    private void answer(String id, String... blamed) {
        List<ReplicaStatus.Blame> blames = new ArrayList<>();
        for (String other : blamed) {
            blames.add(new ReplicaStatus.Blame(other, RULE, 2));
        }
        answers.put(
                id,
                new ReplicaStatus(
                        "maftia-4", id, 3, "r1", 40, 40, 0, false, false, true, List.of(), blames, new TreeMap<>()));
    }

    private ClusterStatus status() throws ConfigurationException {
        Configuration four = Layout.of("4", Overrides.none());
        return ClusterStatus.of(four, four.faultStructure(), answers);
    }

    @Test
    void aReplicaThatAKernelBlamesIsSuspect() throws ConfigurationException {
        answer("r1");
        answer("r2", "r1");
        answer("r3", "r1");
        answer("r4");
        assertThat(status().json())
                .startsWith("{\"replicas\":[{\"id\":\"r1\",\"role\":\"leader\",\"epoch\":3,\"decided\":40,\"lag\":0,"
                        + "\"blame\":[{\"replica\":\"r1\",\"rule\":\"" + RULE + "\",\"count\":4,"
                        + "\"by\":[\"r2\",\"r3\"]}],\"health\":\"suspect\"},"
                        + "{\"id\":\"r2\",\"role\":\"follower\",\"epoch\":3,\"decided\":40,\"lag\":0,"
                        + "\"blame\":[],\"health\":\"ok\"}");
    }

    @Test
    void oneAccuserMayBeALiar() throws ConfigurationException {
        answer("r1");
        answer("r2");
        answer("r3");
        answer("r4", "r1", "r2", "r3");
        assertThat(status().replicas())
                .allMatch(entry -> entry.health() == ClusterStatus.Health.OK)
                .filteredOn(entry -> entry.id().equals("r1"))
                .allMatch(entry -> entry.blame().size() == 1);
    }

    @Test
    void aReplicaThatDoesNotAnswerIsDown() throws ConfigurationException {
        answer("r1");
        answer("r2");
        answer("r3");
        ClusterStatus.Entry missing = status().replicas().get(3);
        assertThat(missing.health()).isEqualTo(ClusterStatus.Health.DOWN);
        assertThat(status().json())
                .endsWith("{\"id\":\"r4\",\"role\":\"unknown\",\"epoch\":0,\"decided\":0,\"lag\":0,"
                        + "\"blame\":[],\"health\":\"down\"}]}");
    }
}
