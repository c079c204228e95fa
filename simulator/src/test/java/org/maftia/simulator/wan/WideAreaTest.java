package org.maftia.simulator.wan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.testing.Attack;
import org.maftia.simulator.RegisterTrial;

/** The goals of wide-area networks; docs/assurance/wan.md has the figures of more seeds. */
class WideAreaTest {
    private static final RegisterTrial REGISTER = new RegisterTrial();

    @ParameterizedTest
    @ValueSource(strings = {"continents-4", "continents-7", "continents-grid", "uniform-200", "uniform-400"})
    void slotsAreDecidedWithinATenthOfTheBound(String name) {
        Calm.Result result = Calm.run(WanTrials.profile(name), REGISTER, 0, 1);
        assertThat(result.epochs()).isZero();
        assertThat(result.places()).allSatisfy(place -> {
            assertThat(place.decided().count()).isGreaterThan(100);
            assertThat(place.answered().count()).isGreaterThan(100);
            assertThat(place.decided().median()).isLessThanOrEqualTo(place.decidedBound() * 11 / 10);
            // Not even a lucky frame beats the bound by more than the jitter.
            assertThat(place.decided().least()).isGreaterThanOrEqualTo(place.decidedBound() * 95 / 100);
        });
    }

    @Attack("flooded or cut-off leader")
    @ParameterizedTest
    @ValueSource(strings = {"continents-4", "continents-7", "uniform-20", "uniform-200"})
    void aDeadLeaderCostsItsTimeOutAndLessThanTenRoundTrips(String name) {
        Killed.Result result = Killed.run(WanTrials.profile(name), REGISTER, 0, 10);
        assertThat(result.unanswered()).isZero();
        assertThat(result.excess().most()).isLessThan(Killed.ROUND_TRIPS * result.roundTripMicros());
        // It is not for want of a time-out: that alone is most of a gap.
        assertThat(result.gaps().least()).isGreaterThan(result.timeouts().least() / 2);
    }

    @Attack("flooded or cut-off leader")
    @Test
    void underANetworkAgainstLeadersSomethingIsAnsweredInEveryWindow() {
        Delayed.Result result = Delayed.run(WanTrials.profile("continents-4"), REGISTER, 0, 1);
        assertThat(result.answers().count()).isGreaterThan(10);
        assertThat(result.answers().least()).isPositive();
        assertThat(result.epochs()).isPositive();
    }

    @Attack("slow leader, timeout inflation")
    @ParameterizedTest
    @ValueSource(strings = {"uniform-20", "continents-4"})
    void aLeaderThatStaysBelowEveryTimeOutLosesItsTurnAndWhatComesAfterItIsQuick(String name) {
        Slow.Result result = Slow.run(WanTrials.profile(name), REGISTER, 0, 2);
        assertThat(result.slow().most()).isLessThan(result.good().least());
        assertThat(result.borne().most()).isLessThan(60_000_000);
        assertThat(result.late().least()).isGreaterThan(result.good().least() / 2);
    }

    @Test
    void aLinkWithAMinuteOfDelayDoesNotFillWithQuestions() {
        assertThat(WanTrials.framesUnderWay(REGISTER, 0)).isLessThanOrEqualTo(WanTrials.FRAMES_MAX);
    }

    @Test
    void theSameSeedGivesTheSameMicroseconds() {
        Calm.Result one = Calm.run(WanTrials.profile("continents-4"), REGISTER, 7, 1);
        Calm.Result two = Calm.run(WanTrials.profile("continents-4"), REGISTER, 7, 1);
        for (int i = 0; i < one.places().size(); i++) {
            for (int perMille = 0; perMille <= 1000; perMille++) {
                assertThat(one.places().get(i).answered().rank(perMille))
                        .isEqualTo(two.places().get(i).answered().rank(perMille));
            }
        }
    }
}
