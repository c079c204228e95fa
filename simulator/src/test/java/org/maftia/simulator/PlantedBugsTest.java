package org.maftia.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulator must find what is wrong. A bug of the ledger that is not found means that some adversary, fault or
 * check is missing, and that the seeds which pass prove less than they seem to.
 */
class PlantedBugsTest {
    private static final long SEEDS = Long.getLong("maftia.simulation.hunt", 2_000);

    private static final boolean ALSO_RARE = Boolean.getBoolean("maftia.simulation.rare");

    /** Only bugs that this scenario is to find: for who works at one. */
    private static final String ONLY = System.getProperty("maftia.simulation.scenario", "");

    static List<PlantedBug> bugs() {
        return PlantedBug.ledger().stream()
                .filter(bug -> !bug.isEquivalent() && (ALSO_RARE || !bug.rare()))
                .filter(bug -> ONLY.isEmpty() || bug.scenario().equals(ONLY))
                .toList();
    }

    static List<PlantedBug> equivalents() {
        return PlantedBug.ledger().stream().filter(PlantedBug::isEquivalent).toList();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("bugs")
    void everyPlantedBugIsFound(PlantedBug bug) throws Exception {
        Mutant mutant = new Mutant(bug.edits());
        Object found = hunt(mutant, bug.scenario(), bug.from(), SEEDS);
        System.out.println(bug + ": " + found);
        assertThat(found).as(bug + ": " + bug.reason()).isNotNull();
        assertThat(mutant.unused()).isEmpty();
    }

    /** An equivalent change must change some code, and must say why that does no harm. */
    @ParameterizedTest
    @MethodSource("equivalents")
    void whatIsCalledEquivalentPasses(PlantedBug bug) throws Exception {
        Mutant mutant = new Mutant(bug.edits());
        assertThat(hunt(mutant, "register", 0, 40)).isNull();
        assertThat(mutant.unused()).isEmpty();
        assertThat(bug.reason()).isNotBlank();
    }

    @Test
    void theLedgerIsLongEnough() {
        assertThat(PlantedBug.ledger().stream().filter(bug -> !bug.isEquivalent() && !bug.rare()))
                .hasSizeGreaterThanOrEqualTo(60);
        assertThat(PlantedBug.ledger()).extracting(PlantedBug::name).doesNotHaveDuplicates();
    }

    private static Object hunt(Mutant mutant, String scenario, long from, long seeds) throws Exception {
        Method find = mutant.loadClass(Hunt.class.getName()).getMethod("find", String.class, long.class, long.class);
        return find.invoke(null, scenario, from, seeds);
    }
}
