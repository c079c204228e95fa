package org.maftia.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.console.LiveStatus;
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

    /** That the log has excluded r1. */
    private void tell(String id, long since) {
        ReplicaStatus.Exclusion exclusion = new ReplicaStatus.Exclusion("r1", List.of("r2", "r3"), since);
        answer(id);
        answers.computeIfPresent(
                id,
                (same, plain) -> new ReplicaStatus(
                        plain.group(),
                        id,
                        plain.epoch(),
                        plain.leader(),
                        plain.decided(),
                        plain.executed(),
                        plain.lag(),
                        plain.abstaining(),
                        plain.fetching(),
                        plain.ready(),
                        plain.standing(),
                        plain.peers(),
                        plain.blames(),
                        List.of(exclusion),
                        plain.keys(),
                        plain.component(),
                        plain.counters()));
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
    void whoIsExcludedIsSaidByAKernelOfOthers() throws Exception {
        tell("r1", 9); // of itself
        tell("r2", 9);
        answer("r3");
        tell("r4", 8); // something else
        assertThat(status().replicas()).allMatch(entry -> entry.health() == ClusterStatus.Health.OK);
        tell("r3", 9);
        assertThat(status().json())
                .contains("\"blame\":[],\"health\":\"excluded\",\"excluded\":{\"since\":9,\"by\":[\"r2\",\"r3\"]}},"
                        + "{\"id\":\"r2\"");
        assertThat(LiveStatus.table(status()))
                .contains("r1 is excluded: r2, r3 have proof that it is corrupt, since slot 9;"
                        + " 'maftia reconfigure --replace r1' puts another one in its place");
        String text = Objects.requireNonNull(answers.get("r3")).json();
        assertThat(ReplicaStatus.parse(text)).isEqualTo(answers.get("r3"));
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
