package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;

class SharingTest {
    @ParameterizedTest
    @ValueSource(strings = {"exact", "nested:site", "both"})
    void onTheGridNoFaultSetReconstructsAndEveryComplementDoes(String form) {
        FaultStructure trust = Groups.grid4x4(Form.parse(form));
        int outside = 0;
        int qualified = 0;
        for (long bits = 0; bits <= 0xffff; bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            boolean qualifies = trust.isQualified(set);
            qualified += qualifies ? 1 : 0;
            assertThat(qualifies).isEqualTo(trust.sharing().isQualified(set));
            if (trust.isFaultSet(set)) {
                assertThat(qualifies).isFalse();
                assertThat(trust.isQualified(trust.all().minus(set))).isTrue();
            } else {
                outside++;
            }
        }
        assertThat(qualified).isEqualTo(59_411);
        if (form.equals("exact")) {
            assertThat(outside).isEqualTo(63_935);
        }
        for (ReplicaSet a : trust.maximalFaultSets()) {
            for (ReplicaSet b : trust.maximalFaultSets()) {
                assertThat(trust.isQualified(trust.all().minus(a).minus(b)))
                        .as("strong")
                        .isTrue();
            }
        }
    }

    @Test
    void bySystemInsteadOfSiteIsNotSecretUnderTheNestedForm() {
        FaultStructure trust = Groups.grid4x4(Form.parse("nested:site"));
        List<Formula> columns = new java.util.ArrayList<>();
        for (int system = 0; system < 4; system++) {
            columns.add(Formula.select(2, ReplicaSet.of(system, system + 4, system + 8, system + 12)));
        }
        Formula bySystem = Formula.select(2, columns);
        assertThat(trust.maximalFaultSets()).anyMatch(bySystem::holds);
        assertThat(Groups.grid4x4(Form.EXACT).maximalFaultSets()).noneMatch(bySystem::holds);
    }

    @Test
    void thresholdsOfTheGridHaveAsManySharesButAreNotStrong() {
        Analysis analysis = PolicyCompiler.check(
                        Groups.gridPolicy(Model.ASYNCHRONOUS, Form.EXACT, TrustPolicy.Sharing.STRONG),
                        new Classes(Groups.grid(4, 4), List.of("site", "os")))
                .analysis();
        SharingChoice choice =
                new SharingChoice(analysis, Model.ASYNCHRONOUS, new Classes(Groups.grid(4, 4), List.of("site", "os")));
        for (int k = 1; k <= 16; k++) {
            var verified = choice.verify(
                    new SharingChoice.Candidate(Formula.select(k, ReplicaSet.firstOf(16)), "threshold", 0));
            assertThat(verified.isPresent()).isEqualTo(k == 8 || k == 9);
            verified.ifPresent(found -> assertThat(found.sharing().strong()).isFalse());
        }
    }

    @Test
    void aStructureTooLargeToListIsSharedByItsDual() {
        FaultStructure trust = FaultStructure.compile(
                Groups.gridPolicy(Model.ASYNCHRONOUS, Form.BOTH, TrustPolicy.Sharing.STRONG), Groups.grid(8, 8));
        assertThat(trust.isListable()).isFalse();
        assertThat(trust.sharing().formula()).isEqualTo(trust.kernels());
        assertThat(trust.sharing().owners()).hasSize(128);
        assertThat(trust.sharing().strong()).isTrue();
        ReplicaSet site = ReplicaSet.firstOf(8);
        assertThat(trust.isFaultSet(site)).isTrue();
        assertThat(trust.isQualified(site)).isFalse();
        assertThat(trust.isQualified(trust.all().minus(site))).isTrue();
    }

    @Test
    void weightsBecomeRepeatedChildren() {
        Formula weighted = new Formula.Gate(
                2,
                List.of(
                        new Formula.Child(2, new Formula.Leaf(0)),
                        new Formula.Child(1, Formula.select(1, ReplicaSet.of(1, 2)))));
        Formula expanded = SharingChoice.expanded(weighted);
        assertThat(new SharingFormula(expanded, false).owners()).containsExactly(0, 0, 1, 2);
        for (long bits = 0; bits < 8; bits++) {
            assertThat(expanded.holds(new ReplicaSet(bits))).isEqualTo(weighted.holds(new ReplicaSet(bits)));
        }
    }
}
