package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Structures;

class PaceTest {
    private static final long MIN_MICROS = Limits.DEFAULT.slotTimeoutMicrosMin();
    private static final int REQUESTS = 100;

    private final Pace pace = new Pace(Limits.DEFAULT);
    private Epoch epoch = Epoch.FIRST;
    private long nowMicros;

    /** Windows in which so many requests come with each slot, and each waits for so long. */
    private void windows(int count, long slotMicros, int requests, long waitMicros) {
        for (int slot = 0; slot < count * Pace.WINDOW_SLOTS; slot++) {
            nowMicros += slotMicros;
            for (int i = 0; i < requests; i++) {
                pace.ordered(waitMicros);
            }
            pace.decided(slotMicros);
            pace.delivered(nowMicros);
        }
    }

    private void next() {
        epoch = epoch.next(Structures.FOUR, epoch.start() + 100, false);
        pace.begin(epoch, nowMicros);
    }

    /** Under load: all that waits is ordered within two slots. */
    private void load(int windows, long slotMicros) {
        windows(windows, slotMicros, REQUESTS, 2 * slotMicros);
    }

    @Attack("slow leader, timeout inflation")
    @Test
    void whoIsMuchSlowerThanAnotherIsSlowAfterSomeWindows() {
        load(4, 40_000);
        next();
        load(Pace.WINDOWS_SLOW - 1, 400_000);
        assertThat(pace.isSlow()).isFalse();
        load(1, 400_000);
        assertThat(pace.isSlow()).isTrue();
        next();
        assertThat(pace.isSlow()).isFalse();
    }

    @Test
    void oneBadWindowAmongGoodOnesIsAnAccident() {
        load(4, 40_000);
        next();
        for (int i = 0; i < 20; i++) {
            load(Pace.WINDOWS_SLOW - 1, 400_000);
            load(1, 40_000);
            assertThat(pace.isSlow()).isFalse();
        }
    }

    @Test
    void whoIsAsQuickAsTheOthersStays() {
        load(40, 40_000);
        next();
        for (int i = 0; i < 200; i++) {
            load(16, 40_000);
            pace.goodCheckpoint();
            assertThat(pace.isSlow()).isFalse();
        }
    }

    /** One request a second, each in slots that take long: no leader looks bad, whatever others did under load. */
    @Test
    void anIdleOrLightlyLoadedGroupSaysNothingOfItsLeader() {
        load(4, 1_000);
        next();
        windows(50, 1_000_000, 1, 900_000);
        windows(50, 1_000_000, 0, 0);
        assertThat(pace.isSlow()).isFalse();
    }

    /** The group has little to do compared with its best day, and serves it at once. */
    @Test
    void whoHasLessToOrderIsNotSlow() {
        load(4, 40_000);
        next();
        windows(50, 40_000, REQUESTS / 10, 80_000);
        assertThat(pace.isSlow()).isFalse();
    }

    /** More clients than ever wait for each other: nobody could be quicker. */
    @Test
    void whoHasMoreToOrderIsNotSlow() {
        load(4, 40_000);
        next();
        windows(50, 40_000, REQUESTS, 100 * 40_000);
        assertThat(pace.isSlow()).isFalse();
    }

    @Test
    void whatIsBelowTheLowestTimeOutIsToleratedAsTheConfigurationSays() {
        load(4, 100);
        next();
        windows(50, MIN_MICROS / 3, REQUESTS, MIN_MICROS);
        assertThat(pace.isSlow()).isFalse();
    }

    /** Half at first; one per cent more with each good checkpoint; nine tenths at most. */
    @Attack("slow leader, timeout inflation")
    @Test
    void theExpectationRisesWithGoodCheckpointsUpToABound() {
        load(4, 40_000);
        next();
        // Two thirds of the rate, with long waits.
        windows(10, 60_000, REQUESTS, 500_000);
        assertThat(pace.isSlow()).isFalse();
        for (int i = 0; i < 40; i++) {
            pace.goodCheckpoint();
        }
        windows(Pace.WINDOWS_SLOW, 60_000, REQUESTS, 500_000);
        assertThat(pace.isSlow()).isTrue();
        next();
        for (int i = 0; i < 1_000; i++) {
            pace.goodCheckpoint();
        }
        windows(10, 42_000, REQUESTS, 500_000);
        assertThat(pace.isSlow()).isFalse();
    }

    /** Everybody becomes slower: each loses one turn at most. */
    @Test
    void aChangeOfTheNetworkCostsEachLeaderOneTurnAtMost() {
        load(4, 10_000);
        int lost = 0;
        for (int i = 0; i < 40; i++) {
            next();
            load(2 * Pace.WINDOWS_SLOW, 400_000);
            lost += pace.isSlow() ? 1 : 0;
        }
        assertThat(lost).isBetween(1, Structures.FOUR.size());
    }

    @Attack("slow leader, timeout inflation")
    @Test
    void aSlowLeaderHoldsUpNoTimeOutButTheQuickestOtherDoes() {
        load(4, 40_000);
        assertThat(pace.floorMicros()).isEqualTo(MIN_MICROS);
        next();
        load(10, 400_000);
        assertThat(pace.floorMicros()).isEqualTo(160_000);
        next();
        assertThat(pace.floorMicros()).isEqualTo(160_000);
    }

    @Test
    void theOnlyLeaderHoldsUpItsTimeOutUnlessVeryMuchWaits() {
        windows(4, 200_000, 1, 200_000);
        assertThat(pace.floorMicros()).isEqualTo(1_600_000);
        windows(4, 200_000, 30, 600_000);
        assertThat(pace.floorMicros()).isEqualTo(1_600_000);
        load(1, 200_000);
        assertThat(pace.floorMicros()).isEqualTo(MIN_MICROS);
    }
}
