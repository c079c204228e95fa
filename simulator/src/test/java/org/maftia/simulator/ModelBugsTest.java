package org.maftia.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.maftia.simulator.explore.ModelHunt;

/** A model that finds no planted bug proves nothing: each of the ledger must be found in the model that it names. */
class ModelBugsTest {
    private static final int STATES_MAX = 2_000_000;

    static List<PlantedBug> bugs() {
        return PlantedBug.ledger("model-bugs.txt");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("bugs")
    void everyPlantedBugIsFound(PlantedBug bug) throws Exception {
        Mutant mutant = new Mutant(bug.edits());
        Method find = mutant.loadClass(ModelHunt.class.getName()).getMethod("find", String.class, int.class);
        Object found = find.invoke(null, bug.scenario(), STATES_MAX);
        System.out.println(bug + ": " + found);
        assertThat(found).as(bug + ": " + bug.reason()).isNotNull();
        assertThat(mutant.unused()).isEmpty();
    }
}
