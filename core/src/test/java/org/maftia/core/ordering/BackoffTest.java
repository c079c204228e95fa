package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void everybodyIsAskedOnceBeforeAnybodyIsAskedMoreSlowly() {
        for (int before = 0; before < 3; before++) {
            assertThat(Backoff.micros(50, before, 3, 10_000)).isEqualTo(50);
        }
        assertThat(Backoff.micros(50, 3, 3, 10_000)).isEqualTo(100);
        assertThat(Backoff.micros(50, 8, 3, 10_000)).isEqualTo(200);
    }

    @Test
    void noIntervalIsLongerThanTheBoundHoweverOftenItWasAsked() {
        assertThat(Backoff.micros(50, 20, 1, 10_000)).isEqualTo(10_000);
        assertThat(Backoff.micros(1_000_000, Integer.MAX_VALUE, 1, 10_000_000)).isEqualTo(10_000_000);
    }
}
