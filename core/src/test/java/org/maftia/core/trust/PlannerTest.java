package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Model;

class PlannerTest {
    private static Plan plan(Model model, int... sizes) {
        LinkedHashMap<String, Integer> classes = new LinkedHashMap<>();
        TreeMap<String, Integer> each = new TreeMap<>();
        List<String> names = List.of("site", "os", "operator");
        for (int i = 0; i < sizes.length; i++) {
            classes.put(names.get(i), sizes[i]);
            each.put(names.get(i), 1);
        }
        return Planner.plan(model, classes, new Clause.Joint(each, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "ASYNCHRONOUS, 4, 4, 16, 7, 5",
        "ASYNCHRONOUS, 4, 5, 16, 7, 5",
        "ASYNCHRONOUS, 4, 6, 16, 7, 5",
        "ASYNCHRONOUS, 4, 7, 16, 7, 5",
        "ASYNCHRONOUS, 5, 5, 13, 6, 4",
        "ASYNCHRONOUS, 5, 6, 12, 5, 3",
        "ASYNCHRONOUS, 6, 5, 12, 5, 3",
        "ASYNCHRONOUS, 5, 7, 12, 5, 3",
        "ASYNCHRONOUS, 6, 6, 10, 4, 3",
        "ASYNCHRONOUS, 6, 7, 10, 4, 3",
        "ASYNCHRONOUS, 7, 7, 7, 2, 2",
        "ASYNCHRONOUS, 9, 8, 7, 2, 2",
        "HYBRID, 3, 3, 9, 5, 4",
        "HYBRID, 3, 4, 9, 5, 4",
        "HYBRID, 3, 7, 9, 5, 4",
        "HYBRID, 4, 4, 7, 4, 3",
        "HYBRID, 4, 5, 7, 4, 3",
        "HYBRID, 4, 6, 7, 4, 3",
        "HYBRID, 4, 7, 7, 4, 3",
        "HYBRID, 5, 5, 5, 2, 2",
        "HYBRID, 5, 6, 5, 2, 2",
        "HYBRID, 6, 7, 5, 2, 2",
        "HYBRID, 7, 7, 5, 2, 2",
    })
    void twoAttributesAsTabulated(Model model, int sites, int systems, int replicas, int lost, int thresholdLost) {
        assertThat(plan(model, sites, systems)).isInstanceOfSatisfying(Plan.Possible.class, plan -> {
            assertThat(plan.replicas()).isEqualTo(replicas);
            assertThat(plan.placement()).hasSize(replicas);
            assertThat(plan.lost()).isEqualTo(lost);
            assertThat(plan.thresholdLost()).isEqualTo(thresholdLost);
            assertThat(plan.proved()).isTrue();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "ASYNCHRONOUS, 4, 64",
        "ASYNCHRONOUS, 10, 10",
        "HYBRID, 4, 15",
        "HYBRID, 7, 7",
    })
    void threeAttributesAsTabulated(Model model, int classes, int replicas) {
        assertThat(plan(model, classes, classes, classes)).isInstanceOfSatisfying(Plan.Possible.class, plan -> {
            assertThat(plan.replicas()).isEqualTo(replicas);
            assertThat(plan.proved()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 6, 7})
    void threeSitesAreTooFewWithoutAWormhole(int systems) {
        assertThat(plan(Model.ASYNCHRONOUS, 3, systems))
                .isEqualTo(new Plan.Impossible(
                        systems == 3
                                ? "os: 4 classes needed, 3 given; site: 4 classes needed, 3 given"
                                : "site: 4 classes needed, 3 given"));
    }

    @Test
    void aThresholdIsPlannedAsOne() {
        Plan plan = Planner.plan(
                Model.ASYNCHRONOUS, new LinkedHashMap<>(Map.of("site", 2)), new Clause.Joint(new TreeMap<>(), 2));
        assertThat(plan).isInstanceOfSatisfying(Plan.Possible.class, found -> {
            assertThat(found.replicas()).isEqualTo(7);
            assertThat(found.lost()).isEqualTo(2);
            assertThat(found.proved()).isTrue();
        });
    }

    @Test
    void aSiteAndOneReplicaMoreTakesTwoReplicasAtEachOfFiveSites() {
        Plan plan = Planner.plan(
                Model.ASYNCHRONOUS,
                new LinkedHashMap<>(Map.of("site", 5)),
                new Clause.Joint(new TreeMap<>(Map.of("site", 1)), 1));
        assertThat(plan).isInstanceOfSatisfying(Plan.Possible.class, found -> {
            assertThat(found.replicas()).isEqualTo(10);
            assertThat(found.lost()).isEqualTo(3);
            assertThat(found.proved()).isTrue();
        });
    }

    @Test
    void whatNoGroupCanHoldIsImpossible() {
        assertThat(plan(Model.ASYNCHRONOUS, 4, 4, 5)).isInstanceOf(Plan.Possible.class);
        Plan plan = Planner.plan(
                Model.ASYNCHRONOUS, new LinkedHashMap<>(Map.of("site", 4)), new Clause.Joint(new TreeMap<>(), 22));
        assertThat(plan).isEqualTo(new Plan.Impossible("replicas: 67 needed, a group has at most 64"));
    }

    @Test
    void manyClassesDoNotStallThePlanner() {
        assertThat(plan(Model.ASYNCHRONOUS, 5, 1000))
                .isInstanceOfSatisfying(
                        Plan.Possible.class,
                        found -> assertThat(found.replicas()).isLessThanOrEqualTo(12));
        assertThat(plan(Model.HYBRID, 100_000, 100_000))
                .isInstanceOfSatisfying(
                        Plan.Possible.class,
                        found -> assertThat(found.replicas()).isEqualTo(5));
    }

    @Test
    void aQuestionAboutNothingIsRefused() {
        assertThatThrownBy(() -> Planner.plan(
                        Model.HYBRID, new LinkedHashMap<>(Map.of("site", 4)), new Clause.Joint(new TreeMap<>(), 0)))
                .isInstanceOf(TrustException.class);
    }
}
