package org.maftia.services.allowance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What a guesser gets in a day, and that others hardly notice him. */
class AllowancesTest {
    private static final long NOW = 1_700_000_000_000_000L;
    private static final byte[] ALICE = user("alice");

    private final Allowances allowances = new Allowances();

    private static byte[] user(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /** Asks whenever it is allowed; gives how often that was. */
    private int guesses(long from, long micros) {
        int count = 0;
        long now = from;
        while (now < from + micros) {
            long wait = allowances.waitMicros(ALICE, now);
            if (wait == 0) {
                allowances.count(ALICE, now);
                count++;
                now++;
            } else {
                now += wait;
            }
        }
        return count;
    }

    private static byte[] written(Allowances allowances) {
        Writer writer = new Writer();
        allowances.write(writer);
        return writer.toBytes();
    }

    @Attack("password guessing")
    @Test
    void tenAreFreeAndThenEachWaitIsTwiceTheOneBefore() {
        for (int i = 0; i < Allowances.FREE; i++) {
            assertThat(allowances.waitMicros(ALICE, NOW + i)).isZero();
            allowances.count(ALICE, NOW + i);
        }
        long now = NOW + Allowances.FREE;
        long wait = allowances.waitMicros(ALICE, now);
        assertThat(wait).isBetween(Allowances.WAIT_MICROS - 1, Allowances.WAIT_MICROS);
        assertThat(allowances.waitMicros(user("bob"), now)).isZero();
        now += wait;
        allowances.count(ALICE, now);
        assertThat(allowances.waitMicros(ALICE, now)).isEqualTo(2 * Allowances.WAIT_MICROS);
    }

    @Attack("password guessing")
    @Test
    void whoAlwaysAsksWhenHeMayGetsATenthOfWhatTheHoursWouldGive() {
        long week = 7 * 24 * Allowances.HOUR_MICROS;
        assertThat(guesses(NOW, week)).isBetween(Allowances.FREE, 7 * 24 * Allowances.FREE / 10);
        assertThat(allowances.waitMicros(ALICE, NOW + week)).isLessThanOrEqualTo(Allowances.WAIT_MICROS_MAX);
    }

    @Test
    void whoLogsInNowAndThenNeverWaits() {
        long now = NOW;
        for (int i = 0; i < 500; i++) {
            assertThat(allowances.waitMicros(ALICE, now)).isZero();
            allowances.count(ALICE, now);
            now += Allowances.HOUR_MICROS / (Allowances.FREE - 1);
        }
    }

    @Attack("password guessing")
    @Test
    void inventedNamesDoNotMakeTheGroupForgetWhoMustWait() {
        guesses(NOW, 1_000);
        for (int i = 0; i < 2 * Allowances.USERS_MAX; i++) {
            allowances.count(user("nobody" + i), NOW + 1_000 + i);
        }
        assertThat(allowances.waitMicros(ALICE, NOW + 100_000)).isPositive();
        byte[] state = written(allowances);
        assertThat(state.length).isLessThan(1_500_000);
        Allowances other = new Allowances();
        other.read(new Reader(state));
        assertThat(written(other)).isEqualTo(state);
    }
}
