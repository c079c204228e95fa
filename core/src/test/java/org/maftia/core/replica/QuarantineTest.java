package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;

class QuarantineTest {
    private static final int CLIENT = 64;
    private static final int OUTSIDE_MAX = 10;
    private final Quarantine quarantine = new Quarantine(OUTSIDE_MAX);

    @Attack("client flood")
    @Test
    void eachOffenceHoldsItsClientOffTwiceAsLongAndNobodyElse() {
        long now = 5_000_000;
        long expected = Quarantine.FIRST_MICROS;
        for (int i = 0; i < 12; i++) {
            assertThat(quarantine.offence(CLIENT, "rule", now)).isEqualTo(expected);
            assertThat(quarantine.reason(CLIENT, now + expected - 1)).isEqualTo("rule");
            assertThat(quarantine.reason(CLIENT + 1, now)).isNull();
            now += expected;
            assertThat(quarantine.reason(CLIENT, now)).isNull();
            expected = Math.min(2 * expected, Quarantine.MICROS_MAX);
        }
        assertThat(expected).isEqualTo(Quarantine.MICROS_MAX);
    }

    /** Requests that were under way together are one offence. */
    @Test
    void whatComesWhileAClientIsHeldOffDoesNotCount() {
        quarantine.offence(CLIENT, "rule", 0);
        assertThat(quarantine.offence(CLIENT, "other", 10)).isZero();
        assertThat(quarantine.reason(CLIENT, 10)).isEqualTo("rule");
        assertThat(quarantine.reason(CLIENT, Quarantine.FIRST_MICROS)).isNull();
    }

    @Test
    void whoBehavesForLongBeginsAnew() {
        quarantine.offence(CLIENT, "rule", 0);
        quarantine.offence(CLIENT, "rule", 1_000_000);
        assertThat(quarantine.offence(CLIENT, "rule", 4_000_000_000L)).isEqualTo(Quarantine.FIRST_MICROS);
    }

    @Test
    void tooManyRequestsOutsideOfTheirWindowsInASecondAreAnOffence() {
        for (int i = 0; i < OUTSIDE_MAX; i++) {
            assertThat(quarantine.outside(CLIENT, i)).isFalse();
        }
        assertThat(quarantine.outside(CLIENT, 999_999)).isTrue();
        assertThat(quarantine.outside(CLIENT, 1_000_000)).as("another second").isFalse();
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void theTableIsBoundedAndForgetsWhoWouldBeFreeFirst() {
        quarantine.offence(7, "first", 0);
        quarantine.offence(7, "again", Quarantine.FIRST_MICROS);
        for (int client = 1_000; client < 6_000; client++) {
            quarantine.offence(client, "rule", Quarantine.FIRST_MICROS);
        }
        assertThat(quarantine.size()).isLessThanOrEqualTo(1024);
        assertThat(quarantine.reason(7, Quarantine.FIRST_MICROS + 1)).isEqualTo("again");
    }
}
