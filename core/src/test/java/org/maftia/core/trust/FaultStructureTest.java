package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Model;

class FaultStructureTest {
    @Test
    void fourReplicasSurviveAnyOne() {
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            members.add(new Member("r" + i, new TreeMap<>(Map.of("site", "s" + i))));
        }
        FaultStructure trust = FaultStructure.compile(
                TrustPolicy.of(Model.ASYNCHRONOUS, List.of("site"), List.of(Clause.any(1))), members);
        assertThat(trust.isQuorum(ReplicaSet.of(0, 1, 2))).isTrue();
        assertThat(trust.isQuorum(ReplicaSet.of(0, 1))).isFalse();
        assertThat(trust.isKernel(ReplicaSet.of(0, 3))).isTrue();
        assertThat(trust.isKernel(ReplicaSet.of(2))).isFalse();
        assertThat(trust.sharing().owners()).containsExactly(0, 1, 2, 3);
        assertThat(trust.sharing().isQualified(ReplicaSet.of(1, 2))).isTrue();
    }

    @Test
    void aGridSurvivesASiteAndASystemTogether() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            members.add(new Member("r" + (i + 1), new TreeMap<>(Map.of("site", "s" + i / 4, "os", "o" + i % 4))));
        }
        FaultStructure trust = FaultStructure.compile(
                TrustPolicy.of(
                        Model.ASYNCHRONOUS,
                        List.of("site", "os"),
                        List.of(new Clause.Joint(new TreeMap<>(Map.of("site", 1, "os", 1)), 0))),
                members);
        assertThat(trust.maximalFaultSets()).hasSize(16).allMatch(set -> set.size() == 7);
        assertThat(trust.sharing().owners()).hasSize(16);
        assertThat(trust.sharing().strong()).isTrue();
    }
}
