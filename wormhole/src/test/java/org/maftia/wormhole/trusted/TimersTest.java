package org.maftia.wormhole.trusted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.wormhole.Action;
import org.maftia.wormhole.Execution;
import org.maftia.wormhole.Measured;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Stamp;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.sim.SimulatedWormhole;

/** The services of time, and the silence of a component that cannot keep its bounds. */
class TimersTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private static final Digest DIGEST = Digest.of(new byte[Digest.LENGTH]);
    private SimulatedWormhole wormhole;
    private Ttcb ttcb;

    @BeforeEach
    void open() {
        wormhole = new SimulatedWormhole(1, GROUP, 2, SimulatedWormhole.Variant.MEMORY).timely();
        ttcb = wormhole.restart(0);
    }

    @Test
    void aStampIsAnIntervalThatHoldsTrueTime() {
        long before = wormhole.clocks().realMicros();
        Stamp stamp = ttcb.timestamp(DIGEST);

        assertThat(stamp.earliestMicros()).isEqualTo(before - 1_000);
        assertThat(stamp.latestMicros()).isGreaterThanOrEqualTo(before + 1_000);
        assertThat(wormhole.connect(1).verify(stamp, DIGEST)).isTrue();
    }

    @Test
    void aDurationComesWithItsError() {
        long handle = ttcb.startDuration();
        wormhole.clocks().advance(2_000_000);
        Measured measured = ttcb.stopDuration(handle);

        assertThat(measured.nanos()).isEqualTo(2_000_000_000L);
        assertThat(measured.errorNanos()).isBetween(1_000_000L, 1_100_000L);
        assertThatThrownBy(() -> ttcb.stopDuration(handle)).isInstanceOf(RefusedException.class);
    }

    @Test
    void anActionIsDoneBetweenItsInstants() {
        long now = wormhole.clocks().realMicros();
        long handle = ttcb.executeAt(Action.NOTIFY_HOST, now + 1_000, now + 2_000);
        wormhole.wakeLate(0, 0);
        assertThat(ttcb.executed(handle)).isEqualTo(Execution.PENDING);
        wormhole.clocks().advance(1_500);
        wormhole.wakeLate(0, 500_000);

        assertThat(ttcb.executed(handle)).isEqualTo(Execution.ON_TIME);
    }

    @Test
    void anActionWhoseTimeHasPassedIsLateAndNotDone() {
        long now = wormhole.clocks().realMicros();
        long handle = ttcb.executeAt(Action.NOTIFY_HOST, now + 1_000, now + 2_000);
        wormhole.clocks().advance(3_000);
        wormhole.wakeLate(0, 2_000_000);

        assertThat(ttcb.executed(handle)).isEqualTo(Execution.LATE);
    }

    @Test
    void keysAreErasedAtTheirInstant() {
        long now = wormhole.clocks().realMicros();
        ttcb.executeAt(Action.ERASE_KEYS, now + 1_000, now + 2_000);
        wormhole.clocks().advance(1_000);
        wormhole.wakeLate(0, 0);

        assertThatThrownBy(() -> ttcb.createUi(GROUP.with(5), 0, DIGEST)).isInstanceOf(StoppedException.class);
    }

    @Test
    void actionsInThePastOrOutsideTheListAreRefused() {
        long now = wormhole.clocks().realMicros();

        assertThatThrownBy(() -> ttcb.executeAt(Action.NOTIFY_HOST, now - 2, now - 1))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> ttcb.executeAt(Action.RELAY_OUT, now, now + 1_000))
                .isInstanceOf(RefusedException.class);
        for (int i = 0; i < 64; i++) {
            ttcb.executeAt(Action.NOTIFY_HOST, now, now + 1_000_000);
        }
        assertThatThrownBy(() -> ttcb.executeAt(Action.NOTIFY_HOST, now, now + 1_000_000))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void anEventInTimeAndASilenceGetTheirVerdicts() {
        Ttcb other = wormhole.connect(0);
        Eid who = other.party();
        long first = ttcb.watch(who, 1, 5_000);
        long second = ttcb.watch(who, 2, 5_000);
        long third = ttcb.watch(who, 3, 5_000);
        wormhole.clocks().advance(5_000);
        other.done(1);
        ttcb.done(2);
        assertThat(ttcb.verdict(second))
                .as("another party's word is not its word")
                .isEmpty();
        wormhole.clocks().advance(1);
        other.done(3);

        assertThat(ttcb.verdict(first).orElseThrow().late()).isFalse();
        assertThat(ttcb.verdict(second).orElseThrow().late()).isTrue();
        var verdict = ttcb.verdict(third).orElseThrow();
        assertThat(verdict.late()).isTrue();
        assertThat(verdict.who()).isEqualTo(who);
        assertThat(verdict.event()).isEqualTo(3);
        assertThat(ttcb.verify(verdict, Digest.ZERO)).isTrue();
    }

    @Test
    void aLateWakeUpSilencesATimelyComponent() {
        wormhole.clocks().advance(10_000);
        wormhole.wakeLate(0, 5_000_000);
        assertThat(ttcb.createUi(GROUP.with(5), 0, DIGEST).counter()).isEqualTo(1);
        wormhole.wakeLate(0, 5_000_001);

        assertThatThrownBy(() -> ttcb.createUi(GROUP.with(5), 0, DIGEST)).isInstanceOf(StoppedException.class);
        assertThat(wormhole.restart(0).identity().header().epoch()).isEqualTo(3);
    }

    @Test
    void aSuspendedMachineSilencesATimelyComponent() {
        wormhole.clocks().suspend(6_000);
        wormhole.wakeLate(0, 0);

        assertThatThrownBy(() -> ttcb.createUi(GROUP.with(5), 0, DIGEST)).isInstanceOf(StoppedException.class);
    }

    @Test
    void clocksThatComeApartSilenceATimelyComponent() {
        wormhole.clocks().advance(100_000_000);
        wormhole.clocks().tamper(50_000);
        wormhole.wakeLate(0, 0);
        assertThat(ttcb.createUi(GROUP.with(5), 0, DIGEST).counter())
                .as("as a time service slews")
                .isEqualTo(1);
        wormhole.clocks().tamper(10_000);
        wormhole.wakeLate(0, 0);

        assertThatThrownBy(() -> ttcb.createUi(GROUP.with(5), 0, DIGEST)).isInstanceOf(StoppedException.class);
    }

    @Test
    void whoIsNotTimelyCountsAndGoesOn() {
        wormhole = new SimulatedWormhole(1, GROUP, 1, SimulatedWormhole.Variant.MEMORY);
        ttcb = wormhole.connect(0);
        wormhole.clocks().advance(10_000);
        wormhole.wakeLate(0, 5_000_000);
        wormhole.wakeLate(0, 9_000_000);
        wormhole.wakeLate(0, 3_000);

        assertThat(ttcb.capabilities().timely()).isFalse();
        assertThat(ttcb.lateness().missed()).isEqualTo(1);
        assertThat(ttcb.lateness().count()).isEqualTo(3);
        assertThat(ttcb.lateness().boundMicros(300)).isEqualTo(4);
        assertThat(ttcb.lateness().boundMicros(1_000)).isEqualTo(16_384);
    }
}
