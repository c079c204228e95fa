package org.maftia.simulator.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.testing.Attack;

/**
 * Whole scopes, explored to the end. {@code -Dmaftia.models=large} adds the larger ones, which take minutes each, and
 * {@code -Dmaftia.models.states=N} lets them visit so many states.
 */
class ModelsTest {
    private static final int STATES_MAX = Integer.getInteger("maftia.models.states", 20_000_000);

    private static void keepsItsPromises(String name) {
        Exploration result = ModelHunt.explore(name, STATES_MAX);
        System.out.println("model " + name + ": " + result.figures());
        assertThat(result.finding()).isEmpty();
        assertThat(result.complete()).as(result.figures()).isTrue();
    }

    @Attack("trimmed or lying COLLECT")
    @Attack("equivocating leader, two-faced replica")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ordering 1 epoch",
                "ordering 1 epoch, sites of two and one",
                "ordering 1 epoch, random 1",
                "ordering 1 epoch, random 2",
                "ordering 1 epoch, random 3",
                "ordering 1 epoch, random 4",
                "ordering 1 epoch, false reports"
            })
    void theOrderIsOneWhateverIsVotedClaimedAndMissed(String model) {
        keepsItsPromises(model);
    }

    @Attack("old keys; two configurations on a slot")
    @ParameterizedTest
    @ValueSource(strings = {"activation, decided by a recovery", "activation, with crashes"})
    void aConfigurationEndsOneWayWhileItsEpochsEnd(String model) {
        keepsItsPromises(model);
    }

    @Attack("trimmed VIEW-CHANGE")
    @Attack("two PREPAREs for one slot")
    @ParameterizedTest
    @ValueSource(strings = {"hybrid, false accounts", "hybrid, two proposals"})
    void whoseComponentsCountCanHideNothing(String model) {
        keepsItsPromises(model);
    }

    @Attack("join, leave and exclude with trusted components")
    @ParameterizedTest
    @ValueSource(strings = "hybrid, an exclusion")
    void whoIsExcludedIsCountedForNothingAndTheOthersGoOn(String model) {
        keepsItsPromises(model);
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @ParameterizedTest
    @ValueSource(strings = {"hybrid, a lost answer", "hybrid, a lost memory"})
    void whoLosesAnAnswerOrTheJournalDividesNobody(String model) {
        keepsItsPromises(model);
    }

    @Attack("coin-aware scheduler")
    @ParameterizedTest
    @ValueSource(strings = {"binary 000", "binary 001", "binary 011", "binary 001, others silent"})
    void aRoundOfBinaryAgreementIsBindingInAllItsFutures(String model) {
        keepsItsPromises(model);
    }

    @Attack("view-synchronisation games")
    @ParameterizedTest
    @ValueSource(strings = "agreement 1 view")
    void aViewOfAgreementDividesNobodyAndEndsForAll(String model) {
        keepsItsPromises(model);
    }

    @Attack("FINISH to one replica only")
    @ParameterizedTest
    @ValueSource(strings = "relay")
    void nobodyStopsSigningAlone(String model) {
        keepsItsPromises(model);
    }

    @Test
    void largerScopesKeepTheirPromisesToo() {
        assumeTrue("large".equals(System.getProperty("maftia.models")), "larger scopes take minutes");
        ModelHunt.models().keySet().stream()
                .filter(name -> name.startsWith("large"))
                .forEach(ModelsTest::keepsItsPromises);
    }

    @Test
    void aSearchThatIsCutSaysSo() {
        Exploration cut = ModelHunt.explore("binary 001", 100);
        assertThat(cut.complete()).isFalse();
        assertThat(cut.finding()).isEmpty();
        assertThat(cut.schedules()).isNegative();
    }
}
