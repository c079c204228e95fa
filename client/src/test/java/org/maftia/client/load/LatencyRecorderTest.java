package org.maftia.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;

class LatencyRecorderTest {
    @Seeds(20)
    void percentilesAreWithinTheWidthOfABucket(long seed) {
        Random random = new Random(seed);
        LatencyRecorder recorder = new LatencyRecorder();
        long[] values = new long[5000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) Math.exp(random.nextDouble() * 20);
            recorder.add(values[i]);
        }
        Arrays.sort(values);
        for (double share : new double[] {0.001, 0.5, 0.9, 0.99, 0.999, 1}) {
            long exact = values[(int) Math.ceil(share * values.length) - 1];
            assertThat(recorder.percentileMicros(share)).isBetween(exact, exact + exact / 60 + 1);
        }
        assertThat(recorder.maxMicros()).isEqualTo(values[values.length - 1]);
    }

    @Test
    void extremesAreKeptInRange() {
        LatencyRecorder recorder = new LatencyRecorder();
        assertThat(recorder.percentileMicros(0.5)).isZero();
        recorder.add(-5);
        recorder.add(Long.MAX_VALUE);
        assertThat(recorder.count()).isEqualTo(2);
        assertThat(recorder.percentileMicros(0.5)).isZero();
        assertThat(recorder.maxMicros()).isEqualTo(3_600_000_000L);
    }
}
