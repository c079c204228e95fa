package org.maftia.bench.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GapsTest {
    private static final long SECOND = 1_000_000;

    @Test
    void whatMeetsAFaultIsNotTheAftermathOfAnother() {
        List<Operation> history = new HistoryCase()
                .put(1, 0, SECOND)
                .put(2, 0, 5 * SECOND)
                .put(3, 0, 9 * SECOND)
                .operations();
        List<Episode> episodes = List.of(
                new Episode(FaultKind.KILL, "r1", 2 * SECOND, 3 * SECOND, 3 * SECOND),
                new Episode(FaultKind.CUT, "r2", 6 * SECOND, 8 * SECOND, 8 * SECOND));

        assertThat(Gaps.longest(history, episodes))
                .containsEntry("kill", 4 * SECOND)
                .containsEntry("cut", 4 * SECOND)
                .hasSize(2);
        assertThat(Gaps.longest(history, episodes.subList(0, 1))).containsOnly(Map.entry("kill", 4 * SECOND));
    }

    @Test
    void aGapBelongsToTheFaultThatItMeets() {
        List<Operation> history = new HistoryCase()
                .put(1, 0, SECOND)
                .put(2, 0, 2 * SECOND)
                .put(3, 0, 9 * SECOND)
                .lostPut(4, 9 * SECOND)
                .put(5, 0, 12 * SECOND)
                .put(6, 0, 60 * SECOND)
                .put(7, 0, 64 * SECOND)
                .operations();
        List<Episode> episodes = List.of(
                new Episode(FaultKind.KILL, "r1", 3 * SECOND, 4 * SECOND, 5 * SECOND),
                new Episode(FaultKind.CUT, "r2", 58 * SECOND, 59 * SECOND, 60 * SECOND));

        assertThat(Gaps.longest(history, episodes))
                .containsEntry("kill", 7 * SECOND)
                .containsEntry("cut", 48 * SECOND)
                .containsEntry(Gaps.QUIET, 1 * SECOND);
    }
}
