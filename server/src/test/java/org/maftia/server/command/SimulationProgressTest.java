package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.maftia.simulator.Outcome;
import org.maftia.simulator.Violation;

/** Whoever waits for a simulation is told what it does. */
class SimulationProgressTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration OFTEN = Duration.ofMillis(5);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String told() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Outcome outcome(long seed, String... broken) {
        Violation violation = broken.length == 0 ? null : new Violation(String.join("\n", broken));
        return new Outcome(seed, "four", "4", 900, 0, 0, 0, 0, 0, OptionalInt.empty(), 0, violation, List.of());
    }

    @Test
    void aBrokenPromiseIsToldAtOnce() {
        try (SimulationProgress progress = new SimulationProgress(err, 3, true, NEVER)) {
            progress.ran(outcome(7));
            assertThat(told()).isEmpty();
            progress.ran(outcome(8, "two answers", "and more of it"));
        }
        assertThat(told().lines())
                .containsExactly(
                        "  seed 8 breaks a promise: two answers",
                        "  looking for a simpler run that does; --no-shrink leaves that out");
    }

    @Test
    void whoDoesNotShrinkReadsNothingOfIt() {
        try (SimulationProgress progress = new SimulationProgress(err, 1, false, NEVER)) {
            progress.ran(outcome(8, "two answers"));
        }
        assertThat(told().lines()).containsExactly("  seed 8 breaks a promise: two answers");
    }

    @Test
    void thereAreSignsOfLifeWhileOneRunLasts() throws InterruptedException {
        try (SimulationProgress progress = new SimulationProgress(err, 2, true, OFTEN)) {
            await("  no seed of 2 has ended yet");
            Outcome failure = outcome(8, "two answers");
            progress.ran(failure);
            await("  1 of 2 seeds");
            progress.shrinking(failure, 3, 40);
            await("  1 of 2 seeds; shrinking seed 8: run 3 of at most 40, of about 900 events each");
        }
    }

    private void await(String sign) throws InterruptedException {
        for (int i = 0; i < 2_000 && !told().contains(sign + System.lineSeparator()); i++) {
            Thread.sleep(5);
        }
        assertThat(told()).contains(sign + System.lineSeparator());
    }
}
