package org.maftia.wormhole.trusted;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.maftia.wormhole.AgreementTag;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.Outcome;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.OutcomeCertificate;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.sim.SimulatedWormhole;

/** Trusted block agreement: the same value and masks from every component that answers. */
@SuppressWarnings("NullAway.Init")
class BlockAgreementTest {
    private static final Stream GROUP = new Stream(1, 2, 0);
    private SimulatedWormhole wormhole;
    private List<Ttcb> ttcbs;
    private List<Eid> list;

    private void group(int size, int crashes, List<Long> faultSets, TagProfile profile) {
        wormhole = new SimulatedWormhole(9, GROUP, size, SimulatedWormhole.Variant.MEMORY, profile);
        wormhole.survive(crashes);
        wormhole.formView(faultSets);
        ttcbs = new ArrayList<>();
        list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ttcbs.add(wormhole.connect(i));
            list.add(ttcbs.get(i).party());
        }
    }

    private void group(int size) {
        group(size, 1, List.of(1L, 2L, 4L), TagProfile.HMAC);
    }

    private static Digest value(int first) {
        byte[] bytes = new byte[Digest.LENGTH];
        bytes[0] = (byte) first;
        return Digest.of(bytes);
    }

    private long soon() {
        return wormhole.clocks().realMicros() + 10_000;
    }

    private OutcomeCertificate decided(int ttcb, AgreementTag tag) {
        return ((Outcome.Decided) ttcbs.get(ttcb).decide(tag)).certificate();
    }

    /** All propose, each its own value (0 for none); gives what they all decide. */
    private OutcomeCertificate run(Decision decision, int... values) {
        long start = soon();
        List<AgreementTag> tags = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                AgreementTag proposed = ttcbs.get(i).propose(list, start, decision, value(values[i]));
                tags.add(proposed);
                assertThat(proposed.inTime()).isTrue();
                assertThat(ttcbs.get(i).decide(proposed)).isEqualTo(new Outcome.Pending());
            }
        }
        wormhole.run(20_000);
        AgreementTag tag = tags.getFirst();
        OutcomeCertificate first = decided(0, tag);
        for (int i = 0; i < values.length; i++) {
            OutcomeCertificate each = decided(i, tag);
            assertThat(List.of(each.decided(), each.value(), each.okMask(), each.anyMask()))
                    .isEqualTo(List.of(first.decided(), first.value(), first.okMask(), first.anyMask()));
            assertThat(ttcbs.get(0).verify(each, each.value())).isTrue();
        }
        return first;
    }

    private static void assertOutcome(OutcomeCertificate outcome, int value, int okMask, int anyMask) {
        assertThat(outcome.decided()).isTrue();
        assertThat(outcome.value()).isEqualTo(value(value));
        assertThat(outcome.okMask()).isEqualTo(okMask);
        assertThat(outcome.anyMask()).isEqualTo(anyMask);
    }

    @ParameterizedTest
    @EnumSource(
            value = TagProfile.class,
            names = {"HMAC", "P256"})
    void theSendersValueIsMulticast(TagProfile profile) {
        group(3, 1, List.of(1L, 2L, 4L), profile);
        assertOutcome(run(Decision.RMULTICAST, 5, 5, 6), 5, 0b011, 0b111);
        OutcomeCertificate none = run(Decision.RMULTICAST, 0, 5, 5);
        assertThat(none.decided()).isFalse();
        assertThat(none.anyMask()).isEqualTo(0b110);
    }

    @Test
    void theMostProposedValueWinsAndOfSeveralTheSmallest() {
        group(4);
        assertOutcome(run(Decision.MAJORITY, 9, 3, 9, 4), 9, 0b0101, 0b1111);
        assertOutcome(run(Decision.MAJORITY, 9, 3, 9, 3), 3, 0b1010, 0b1111);
        assertOutcome(run(Decision.MAJORITY, 200, 3, 0, 0), 3, 0b0010, 0b0011);
    }

    @Test
    void aValueOfAQuorumOrKernelOfComponents() {
        group(3);
        assertOutcome(run(Decision.QUORUM, 7, 5, 7), 7, 0b101, 0b111);
        assertThat(run(Decision.QUORUM, 7, 5, 6).decided()).isFalse();
        assertOutcome(run(Decision.KERNEL, 7, 5, 7), 7, 0b101, 0b111);
        assertThat(run(Decision.KERNEL, 7, 5, 6).decided()).isFalse();
    }

    @Test
    void orderAndBitsOfValues() {
        group(4);
        assertOutcome(run(Decision.MIN, 200, 3, 9, 3), 3, 0b1010, 0b1111);
        assertOutcome(run(Decision.MAX, 200, 3, 9, 3), 200, 0b0001, 0b1111);
        assertOutcome(run(Decision.MEDIAN, 200, 3, 9, 4), 4, 0b1000, 0b1111);
        assertOutcome(run(Decision.OR, 1, 2, 4, 7), 7, 0b1000, 0b1111);
        assertOutcome(run(Decision.AND, 7, 3, 6, 0), 2, 0, 0b0111);
    }

    @Test
    void aProposalAfterTheStartDoesNotCountButAsksForTheOutcome() {
        group(3);
        long start = soon();
        ttcbs.get(0).propose(list, start, Decision.MAX, value(1));
        wormhole.run(20_000);
        AgreementTag late = ttcbs.get(1).propose(list, start, Decision.MAX, value(9));

        assertThat(late.inTime()).isFalse();
        assertThat(decided(1, late).value()).isEqualTo(value(1));
        assertThat(decided(1, late).anyMask()).isEqualTo(0b001);
    }

    @Test
    void aSecondProposalOfOnePartyChangesNothing() {
        group(3);
        long start = soon();
        AgreementTag tag = ttcbs.get(0).propose(list, start, Decision.MAX, value(1));
        ttcbs.get(0).propose(list, start, Decision.MAX, value(9));
        wormhole.run(20_000);

        assertThat(decided(2, tag).value()).isEqualTo(value(1));
    }

    @Test
    void otherOrdersOfTheListAreOtherAgreements() {
        group(3);
        long start = soon();
        AgreementTag tag = ttcbs.get(0).propose(list, start, Decision.MAX, value(1));
        List<Eid> permuted = new ArrayList<>(list);
        Collections.swap(permuted, 1, 2);
        AgreementTag other = ttcbs.get(1).propose(permuted, start, Decision.MAX, value(2));
        wormhole.run(20_000);

        assertThat(other.instance()).isNotEqualTo(tag.instance());
        assertThat(decided(2, tag).anyMask()).isEqualTo(0b001);
        assertThat(decided(2, other).anyMask()).isEqualTo(0b100);
    }

    private static Optional<Refusal> refusal(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e.refusal());
        }
    }

    @Test
    void whoIsNotInvitedOrNotInTimeIsRefused() {
        group(3);
        long now = wormhole.clocks().realMicros();
        Ttcb zero = ttcbs.get(0);

        assertThat(refusal(() -> zero.propose(list.subList(1, 3), now + 10, Decision.MAX, value(1))))
                .contains(Refusal.NOT_INVITED);
        assertThat(refusal(() -> zero.propose(list, now + 60_000_001, Decision.MAX, value(1))))
                .contains(Refusal.NOT_IN_TIME);
        assertThat(refusal(() -> zero.propose(list, now - 600_000_001, Decision.MAX, value(1))))
                .contains(Refusal.NOT_IN_TIME);
        assertThat(zero.propose(list, now, Decision.MAX, value(1)).inTime()).isFalse();
        assertThat(zero.decide(new AgreementTag(value(77), true))).isEqualTo(new Outcome.Unknown());
    }

    @Test
    void liveAgreementsOfAPartyAreBounded() {
        group(3);
        long start = soon();
        for (int i = 0; i < 64; i++) {
            ttcbs.get(0).propose(list, start + i, Decision.MAX, value(1));
        }

        assertThat(refusal(() -> ttcbs.get(0).propose(list, start + 64, Decision.MAX, value(1))))
                .contains(Refusal.BUSY);
        wormhole.run(40_000);
        assertThat(refusal(() -> ttcbs.get(0).propose(list, soon(), Decision.MAX, value(1))))
                .isEmpty();
    }

    /** Crashes in the middle of rounds, as many as are survived: whoever answers, answers the same. */
    @Test
    void crashesInTheMiddleOfRoundsDivideNobody() {
        SplittableRandom random = new SplittableRandom(1);
        int partial = 0;
        for (int run = 0; run < 60; run++) {
            int size = 4;
            int crashes = 2;
            group(size, crashes, List.of(3L, 5L, 6L, 9L, 10L, 12L), TagProfile.HMAC);
            long start = soon();
            List<AgreementTag> tags = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                AgreementTag proposed = ttcbs.get(i).propose(list, start, Decision.OR, value(1 << i));
                tags.add(proposed);
            }
            wormhole.crashAfterSends(random.nextInt(size), random.nextInt(4));
            wormhole.crashAfterSends(random.nextInt(size), random.nextInt(7));
            wormhole.run(20_000);
            List<OutcomeCertificate> outcomes = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                try {
                    outcomes.add(decided(i, tags.getFirst()));
                } catch (StoppedException e) {
                    assertThat(e).hasMessageContaining("stopped");
                }
            }
            assertThat(outcomes).hasSizeGreaterThanOrEqualTo(size - crashes);
            assertThat(outcomes.stream()
                            .map(each -> List.of(each.value(), each.anyMask()))
                            .distinct())
                    .as("run %s", run)
                    .hasSize(1);
            partial += outcomes.getFirst().anyMask() == 0b1111 ? 0 : 1;
        }
        assertThat(partial).as("some crashed before anybody heard of them").isPositive();
    }

    /** The claim stands on c + 1 rounds: with fewer there are schedules that divide. */
    @Test
    void moreCrashesThanAreSurvivedMayDivide() {
        SplittableRandom random = new SplittableRandom(2);
        boolean divided = false;
        for (int run = 0; run < 200 && !divided; run++) {
            group(4, 0, List.of(1L, 2L, 4L, 8L), TagProfile.HMAC);
            long start = soon();
            List<AgreementTag> tags = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                AgreementTag proposed = ttcbs.get(i).propose(list, start, Decision.OR, value(1 << i));
                tags.add(proposed);
            }
            wormhole.crashAfterSends(3, random.nextInt(1, 3));
            wormhole.run(20_000);
            divided = decided(0, tags.getFirst()).anyMask()
                    != decided(2, tags.getFirst()).anyMask();
        }
        assertThat(divided).isTrue();
    }

    private void relayedGroup(long seed, int size, int loss) {
        wormhole = new SimulatedWormhole(seed, GROUP, size, SimulatedWormhole.Variant.MEMORY).relayed(loss);
        wormhole.formView(List.of(1L, 2L, 4L));
        ttcbs = new ArrayList<>();
        list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ttcbs.add(wormhole.connect(i));
            list.add(ttcbs.get(i).party());
        }
    }

    /** Profile PARTIAL: a third of the messages is lost, a quarter is late by rounds, and a minority crashes. */
    @Test
    void whateverTheHostsDoWithMessagesNobodyDecidesOtherwise() {
        SplittableRandom random = new SplittableRandom(3);
        int decisions = 0;
        int laterBallots = 0;
        for (int run = 0; run < 60; run++) {
            relayedGroup(run, 3, 34);
            long start = soon();
            List<AgreementTag> tags = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tags.add(ttcbs.get(i).propose(list, start, Decision.OR, value(1 << i)));
            }
            if (run % 2 == 0) {
                wormhole.crashAfterSends(random.nextInt(3), random.nextInt(12));
            }
            wormhole.run(20_000);
            Set<List<Object>> outcomes = new HashSet<>();
            for (int wait = 0; wait < 2; wait++) {
                for (Ttcb each : ttcbs) {
                    try {
                        switch (each.decide(tags.getFirst())) {
                            case Outcome.Decided decided -> {
                                outcomes.add(List.of(
                                        decided.certificate().value(),
                                        decided.certificate().anyMask()));
                                decisions++;
                            }
                            case Outcome.FailedTimely late -> laterBallots++;
                            case Outcome.Pending open -> throw new AssertionError("its time has passed");
                            case Outcome.Unknown unheard -> throw new AssertionError("it has proposed");
                        }
                    } catch (StoppedException e) {
                        assertThat(e).hasMessageContaining("stopped");
                    }
                }
                wormhole.run(2_000_000);
            }
            assertThat(outcomes).as("run %s", run).hasSizeLessThanOrEqualTo(1);
        }
        assertThat(decisions).as("of 360 answers").isGreaterThan(200);
        assertThat(laterBallots).as("some had to be patient").isPositive();
    }

    @Test
    void withoutItsFirstLeaderAnAgreementIsLateAndRight() {
        relayedGroup(1, 3, 1);
        long start = soon();
        AgreementTag tag = ttcbs.get(1).propose(list, start, Decision.MAX, value(7));
        wormhole.crash(0);
        wormhole.run(10_000 + 4 * 1_100 + 1);
        assertThat(ttcbs.get(1).decide(tag)).isEqualTo(new Outcome.FailedTimely());
        wormhole.run(1_000_000);

        assertThat(decided(1, tag).value()).isEqualTo(value(7));
        assertThat(decided(2, tag).value()).isEqualTo(value(7));
    }

    @Test
    void withoutAQuorumNothingIsDecided() {
        relayedGroup(1, 3, 1);
        AgreementTag tag = ttcbs.get(1).propose(list, soon(), Decision.MAX, value(7));
        wormhole.crash(0);
        wormhole.crash(2);
        wormhole.run(5_000_000);

        assertThat(ttcbs.get(1).decide(tag)).isEqualTo(new Outcome.FailedTimely());
    }

    @Test
    void aComponentThatIsLateForARoundFallsSilent() {
        group(3);
        long start = soon();
        AgreementTag tag = ttcbs.get(0).propose(list, start, Decision.MAX, value(1));
        wormhole.clocks().advance(10_200);
        wormhole.wakeLate(0, 0);

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ttcbs.get(0).decide(tag))
                .isInstanceOf(StoppedException.class);
    }
}
