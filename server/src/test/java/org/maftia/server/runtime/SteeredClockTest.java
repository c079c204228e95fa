package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SteeredClockTest {
    private long wallMicros = 1_000_000_000;
    private long nanos;
    private final SteeredClock clock = new SteeredClock(() -> wallMicros, () -> nanos);

    private long after(long micros) {
        wallMicros += micros;
        nanos += micros * 1000;
        return clock.nowMicros();
    }

    @Test
    void followsTheSystemsClock() {
        for (int i = 0; i < 100; i++) {
            assertThat(after(37_000)).isEqualTo(wallMicros);
        }
    }

    @Test
    void followsAJumpForwardAtTheNextLook() {
        after(50_000);
        wallMicros += 3_600_000_000L;
        after(200_000);
        assertThat(clock.nowMicros()).isEqualTo(wallMicros);
    }

    @Test
    void aJumpBackwardNeitherTurnsItBackNorStopsIt() {
        long before = after(1_000_000);
        wallMicros -= 10_000_000;
        for (int i = 0; i < 50; i++) {
            long now = after(200_000);
            assertThat(now).isBetween(before + 170_000, before + 200_000);
            before = now;
        }
        for (int i = 0; i < 500; i++) {
            after(200_000);
        }
        assertThat(clock.nowMicros() - wallMicros).isBetween(-1L, 30_000L);
    }
}
