package org.maftia.bench.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

final class TrendTest {
    private static final long MINUTE = 60_000_000;

    /** A sample every five seconds for half an hour. */
    private static Trend trend(LongUnaryOperator residentBySecond) {
        List<Footprint> samples = new ArrayList<>();
        for (long second = 0; second < 1_800; second += 5) {
            samples.add(new Footprint("r1", 1, second * 1_000_000, residentBySecond.applyAsLong(second), 0, 0, 0, 0));
        }
        return Trend.of(samples, 5 * MINUTE, Footprint::residentKib);
    }

    @Test
    void aSawIsFlatHoweverHighItsTeethAre() {
        Trend trend = trend(second -> 100_000 + second * 997 % 60_000);

        assertThat(trend.minutes()).isEqualTo(25);
        assertThat(trend.isFlat(10_000)).isTrue();
    }

    @Test
    void aLeakUnderASawIsFound() {
        assertThat(trend(second -> 100_000 + second * 997 % 60_000 + second * 10)
                        .isFlat(10_000))
                .isFalse();
    }

    @Test
    void whatGrowsWhileItWarmsUpIsNotJudged() {
        assertThat(trend(second -> Math.min(second, 300) * 1_000).isFlat(0)).isTrue();
    }

    @Test
    void oneOddMinuteChangesNothing() {
        assertThat(trend(second -> second > 1_700 ? 500_000 : 100_000).isFlat(0))
                .isTrue();
    }

    @Test
    void aShortRunIsNotJudged() {
        List<Footprint> samples = List.of(new Footprint("r1", 1, 6 * MINUTE, 1, 1, 1, 1, 1));

        assertThat(Trend.of(samples, 5 * MINUTE, Footprint::residentKib).isJudged())
                .isFalse();
        assertThat(Trend.of(List.of(), 0, Footprint::residentKib).isJudged()).isFalse();
    }
}
