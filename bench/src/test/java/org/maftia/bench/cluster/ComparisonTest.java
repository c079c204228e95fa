package org.maftia.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.client.load.LoadResult;

final class ComparisonTest {
    private static LoadResult result(double perSecond, long p50Micros) {
        return new LoadResult(
                10, 1024, 100, 0, perSecond, p50Micros, p50Micros, p50Micros, p50Micros, p50Micros, 80, 8);
    }

    @Test
    void aRowIsTheMedianOfItsRounds() {
        assertThat(Comparison.median(
                        List.of(result(9, 1), result(1, 1), result(4, 1)), LoadResult::operationsPerSecond))
                .isEqualTo(4);
        assertThat(Comparison.median(List.of(result(1, 1), result(4, 1)), LoadResult::operationsPerSecond))
                .isEqualTo(2.5);
    }

    @Test
    void theRatioIsOfMediansAndOfTheFirstSideToTheSecond() {
        Comparison comparison = new Comparison(List.of("own", "other"), List.of(4, 3));
        for (double perSecond : new double[] {100, 200, 900}) {
            comparison.add("own", result(perSecond, 1000));
            comparison.add("other", result(perSecond / 10, 4000));
        }

        JsonNode row = comparison.json().get(0);

        assertThat(row.at("/ratio/operationsPerSecond").asDouble()).isEqualTo(10);
        assertThat(row.at("/ratio/p50").asDouble()).isEqualTo(0.25);
        assertThat(row.at("/sides/own/cpuMicrosPerOperationAndReplica").asDouble())
                .isEqualTo(20);
        assertThat(row.at("/sides/own/rounds")).hasSize(3);
        assertThat(comparison.text()).contains("10.00x", "0.25x");
    }

    @Test
    void oneSideAloneHasNoRatio() {
        Comparison comparison = new Comparison(List.of("own"), List.of(4));
        comparison.add("own", result(100, 1000));

        assertThat(comparison.json().get(0).has("ratio")).isFalse();
        assertThat(comparison.text()).contains("100").doesNotContain("ratio");
    }

    @Test
    void theLineOfTheProgramIsReadAsItWasWritten() throws IOException {
        LoadResult written = result(123.5, 1500);

        assertThat(MaftiaSide.parse(written.json())).isEqualTo(written);
    }
}
