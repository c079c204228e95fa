package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.TrustPolicy.Model;

class CoverCheckTest {
    @Seeds(200)
    void pairsColouringAndTryingAllSetsAgree(long seed) {
        Random random = new Random(seed);
        int size = 3 + random.nextInt(5);
        Analysis analysis = Analysis.of(size, Groups.randomFormula(random, size, 3));
        for (Model model : Model.values()) {
            Optional<List<Long>> byPairs = CoverCheck.counterexample(analysis, model);
            Optional<List<Long>> byColouring = CoverCheck.byColouring(analysis, model);
            boolean covered = isCovered(analysis, model);
            assertThat(byPairs.isPresent()).isEqualTo(covered);
            assertThat(byColouring.isPresent()).isEqualTo(covered);
            byPairs.ifPresent(cover -> assertCovers(analysis, model, cover));
            byColouring.ifPresent(cover -> assertCovers(analysis, model, cover));
        }
    }

    private static boolean isCovered(Analysis analysis, Model model) {
        for (long a = 0; a <= analysis.all; a++) {
            for (long b = 0; b <= (model == Model.ASYNCHRONOUS ? analysis.all : 0); b++) {
                if (analysis.isFaultSet(a) && analysis.isFaultSet(b) && analysis.isFaultSet(analysis.all & ~a & ~b)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void assertCovers(Analysis analysis, Model model, List<Long> cover) {
        assertThat(cover).hasSize(model.sets()).allMatch(analysis::isFaultSet);
        assertThat(cover.stream().reduce(0L, (a, b) -> a | b)).isEqualTo(analysis.all);
    }

    @Test
    void aThresholdOf64IsJudgedByItsSizesAlone() {
        ReplicaSet all = ReplicaSet.firstOf(64);
        assertThat(CoverCheck.counterexample(Analysis.of(64, Formula.select(43, all)), Model.ASYNCHRONOUS))
                .isEmpty();
        assertThat(CoverCheck.counterexample(Analysis.of(64, Formula.select(42, all)), Model.ASYNCHRONOUS))
                .hasValueSatisfying(
                        cover -> assertCovers(Analysis.of(64, Formula.select(42, all)), Model.ASYNCHRONOUS, cover));
    }

    @Test
    void eightSitesOfEightAreJudgedByTheirSizesAlone() {
        Formula sites = Formula.select(
                6,
                java.util.stream.IntStream.range(0, 8)
                        .mapToObj(site -> Formula.select(6, new ReplicaSet(0xffL << 8 * site)))
                        .toList());
        assertThat(CoverCheck.counterexample(Analysis.of(64, sites), Model.ASYNCHRONOUS))
                .isEmpty();
    }
}
