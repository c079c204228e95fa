package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;
import org.maftia.core.trust.TrustPolicy.Sharing;

class TrustPolicyTest {
    private static void assertRefused(TrustPolicy policy, List<Member> members, String message, String hint) {
        assertThatThrownBy(() -> FaultStructure.compile(policy, members))
                .isInstanceOfSatisfying(TrustException.class, refusal -> {
                    assertThat(refusal).hasMessage(message);
                    assertThat(refusal.hint()).isEqualTo(hint);
                });
    }

    private static TrustPolicy tolerating(Clause... clauses) {
        return TrustPolicy.of(Model.ASYNCHRONOUS, List.of(), List.of(clauses));
    }

    @Test
    void aReplicaWithoutTheAttributeOfAClauseIsNamed() {
        List<Member> members = new ArrayList<>(Groups.grid(2, 2));
        members.set(2, new Member("r3", new TreeMap<>(Map.of("site", "paris"))));
        assertRefused(
                tolerating(Groups.siteAndSystem()),
                members,
                "replica r3 has no attribute os",
                "add os = \"...\" to its attributes, or take os out of [trust]");
    }

    @Test
    void unknownAndDoubleIdsAreNamed() {
        assertRefused(
                tolerating(new Clause.Sets(List.of(List.of("r1", "r9")))),
                Groups.classes(4),
                "a tolerate clause names r9, which is no replica",
                "replicas are r1, r2, r3, r4");
        Member twin = new Member("r1", new TreeMap<>());
        assertRefused(
                tolerating(Clause.any(1)),
                List.of(twin, twin),
                "two replicas are called r1",
                "give every replica an id of its own");
    }

    @Test
    void tooFewReplicasForAnyOneAreCounted() {
        assertRefused(
                tolerating(Clause.any(1)),
                Groups.classes(3),
                "three fault sets cover every replica: {r1}, {r2}, {r3}",
                "there are 3 replicas; any 1 may fall only where there are at least 4 (asynchronous) or 3 (hybrid)");
    }

    @Test
    void nothingToTolerateIsRefused() {
        assertRefused(
                tolerating(),
                Groups.classes(4),
                "nothing is tolerated",
                "write tolerate = [ { any = 1 } ], for example");
        assertRefused(
                tolerating(new Clause.Joint(new TreeMap<>(), 0)),
                Groups.classes(4),
                "a tolerate clause asks for nothing",
                "write { any = 1 }, or { site = 1 }");
    }

    @Test
    void aFormThatFailsOnASparsePlacementSaysSoAndIsNotReplaced() {
        TrustPolicy nested = Groups.gridPolicy(Model.ASYNCHRONOUS, Form.parse("nested:site"), Sharing.PLAIN);
        assertThatThrownBy(() -> FaultStructure.compile(nested, Groups.placed("##... #..## .#.## ..##. #.#.#")))
                .isInstanceOf(TrustException.class);
        assertThat(FaultStructure.compile(nested.inForm(Form.WIDEST), Groups.placed("##... #..## .#.## ..##. #.#.#"))
                        .describe())
                .startsWith("trust: exact, Q3 holds");
    }

    @Test
    void unknownFormsAreRefused() {
        assertThat(Form.parse("nested:site")).isEqualTo(new Form.Nested("site"));
        assertThatThrownBy(() -> Form.parse("nested:")).isInstanceOf(TrustException.class);
        assertThatThrownBy(() -> Form.parse("tight"))
                .isInstanceOf(TrustException.class)
                .hasMessage("form \"tight\" is unknown");
    }

    @Test
    void anExplicitFormulaIsUsedAndItsStrayReplicasAreWarnedOf() {
        TrustPolicy policy = new TrustPolicy(
                Model.ASYNCHRONOUS,
                List.of(),
                List.of(),
                Form.EXACT,
                Sharing.PLAIN,
                Optional.of(Formula.select(3, ReplicaSet.firstOf(4))));
        FaultStructure trust = FaultStructure.compile(policy, Groups.classes(5));
        assertThat(trust.warnings()).containsExactly("replica r5 stands at no leaf of the formula and counts nothing");
        assertThat(trust.isQuorum(ReplicaSet.of(0, 1, 4))).isFalse();
        assertThat(trust.isFaultSet(ReplicaSet.of(0, 4))).isTrue();
        TrustPolicy foreign = new TrustPolicy(
                Model.ASYNCHRONOUS,
                List.of(),
                List.of(),
                Form.EXACT,
                Sharing.PLAIN,
                Optional.of(Formula.select(3, ReplicaSet.of(0, 1, 2, 7))));
        assertThatThrownBy(() -> FaultStructure.compile(foreign, Groups.classes(5)))
                .isInstanceOf(TrustException.class);
    }

    @Test
    void aSiteAndOneReplicaMoreInEveryForm() {
        Clause clause = new Clause.Joint(new TreeMap<>(Map.of("site", 1)), 1);
        for (String form : List.of("exact", "nested:site", "both")) {
            FaultStructure trust = FaultStructure.compile(
                    new TrustPolicy(
                            Model.ASYNCHRONOUS,
                            List.of("site"),
                            List.of(clause),
                            Form.parse(form),
                            Sharing.STRONG,
                            Optional.empty()),
                    Groups.grid(4, 4));
            assertThat(trust.isFaultSet(ReplicaSet.of(0, 1, 2, 3, 4))).isTrue();
            assertThat(trust.isFaultSet(ReplicaSet.of(0, 1, 2, 3, 4, 5))).isFalse();
            assertThat(trust.largestFaultSet()).isEqualTo(form.equals("exact") ? 5 : 7);
        }
    }
}
