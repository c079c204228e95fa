package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;

/** Groups that change while they work: who they are, how many, whom they trust. */
class LineageTest {
    private static final Configuration FOUR = LineageGroup.threshold(null, 1, 0, 1, 2, 3);

    /** Work before, during and after the change: all of it answered, each request counted once. */
    private static void change(LineageGroup group, Configuration before, Configuration after, int... stay) {
        List<RequestId> load = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            load.add(group.submit("x"));
        }
        RequestId wish = group.submit(LineageGroup.signed(after, 0, 0, 2));
        load.add(group.submit("sign"));
        assertThat(verdict(group.answered(wish, before)))
                .isEqualTo(new Reconfiguration.Verdict(
                        true, "configuration " + after.number() + " begins when a quorum of its members is ready"));
        group.install(after);
        for (int i = 0; i < 30; i++) {
            load.add(group.submit("x"));
            group.group.run(40, () -> false);
        }
        for (RequestId id : load) {
            group.answered(id, before, after);
        }
        for (int i = 0; i < 2 * LineageGroup.INTERVAL; i++) {
            RequestId id = group.submit("x");
            load.add(id);
            group.answered(id, after);
        }
        group.settled(after, stay);
        TreeSet<String> counts = new TreeSet<>();
        for (RequestId id : load) {
            String text = group.text(id, before, after);
            if (text.length() < 4) {
                assertThat(counts.add(text)).as("%s is counted once", text).isTrue();
            }
        }
        assertThat(counts).hasSize(load.size() - 1);
        assertThat(group.text(group.submit("x"), after)).isEqualTo(Integer.toString(load.size() + 1));
    }

    private static Reconfiguration.Verdict verdict(byte[] result) {
        return Reconfiguration.Verdict.CODEC.decode(result);
    }

    private static LineageGroup start(Configuration first, int processes, long seed) {
        LineageGroup group = new LineageGroup(first, processes, TestGroup.Scheduler.drawn(seed, processes), seed);
        group.connectAll();
        return group;
    }

    @Seeds(8)
    void aReplicaIsAdded(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        change(group, FOUR, LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3, 4), 0, 1, 2, 3, 4);
    }

    @Seeds(8)
    void aReplicaIsRemovedAndTheOthersChangeTheirIndices(long seed) {
        Configuration five = LineageGroup.threshold(null, 1, 0, 1, 2, 3, 4);
        LineageGroup group = start(five, 5, seed);
        change(group, five, LineageGroup.threshold(five, 1, 1, 2, 3, 4), 1, 2, 3, 4);
        assertThat(group.group.run(100_000, () -> group.lineage(0).live().isEmpty()))
                .isTrue();
    }

    @Seeds(8)
    void aReplicaIsReplacedByANewcomer(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        change(group, FOUR, LineageGroup.threshold(FOUR, 1, 4, 1, 2, 3), 1, 2, 3, 4);
    }

    @Attack("join, leave and exclude with trusted components")
    @Seeds(4)
    void aGroupWithTrustedComponentsTakesOneInAndLetsAnotherGo(long seed) {
        Configuration three = LineageGroup.hybrid(LineageGroup.threshold(null, 1, 0, 1, 2));
        Configuration four = LineageGroup.hybrid(LineageGroup.threshold(three, 1, 0, 1, 2, 3));
        LineageGroup group = start(three, 4, seed);
        // With one of three gone, and one corrupt, nobody might be left who has the last state.
        Configuration early = LineageGroup.hybrid(LineageGroup.threshold(three, 1, 3, 1, 2));
        RequestId refused = group.submit(LineageGroup.signed(early, 0, 0, 1));
        assertThat(verdict(group.answered(refused, three)).sentence()).contains("too few to hand the state over");
        List<RequestId> load = new ArrayList<>();
        change(group, load, three, four, 1);
        group.settled(four, 0, 1, 2);
        group.loseComponent(2);
        for (int i = 0; i < 3 * LineageGroup.INTERVAL; i++) {
            load.add(group.submit("x"));
            group.answered(load.getLast(), four);
        }
        assertThat(group.group.run(
                        400_000,
                        () -> Objects.requireNonNull(group.lineage(0).status())
                                        .componentEpochs()
                                        .get(2)
                                == 1))
                .as(group.standing())
                .isTrue();
        Configuration others = LineageGroup.hybrid(LineageGroup.threshold(four, 1, 0, 1, 2));
        change(group, load, four, others, 2);
        group.settled(others, 0, 1, 2);
        TreeSet<String> counts = new TreeSet<>();
        load.forEach(id -> counts.add(group.text(id, three, four, others)));
        assertThat(counts).hasSize(load.size());
    }

    private static void change(
            LineageGroup group, List<RequestId> load, Configuration before, Configuration after, int serial) {
        RequestId wish = group.submit(LineageGroup.signed(after, serial, 0, 2));
        assertThat(verdict(group.answered(wish, before)).sentence()).endsWith("when a quorum of its members is ready");
        group.install(after);
        for (int i = 0; i < 3 * LineageGroup.INTERVAL; i++) {
            load.add(group.submit("x"));
            group.answered(load.getLast(), before, after);
        }
    }

    @Seeds(4)
    void aThresholdBecomesWholeSites(long seed) {
        Configuration eight = LineageGroup.threshold(null, 2, 0, 1, 2, 3, 4, 5, 6, 7);
        LineageGroup group = start(eight, 8, seed);
        change(group, eight, LineageGroup.sites(eight, 4), 0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Seeds(4)
    void changesFollowEachOther(long seed) {
        Configuration second = LineageGroup.threshold(FOUR, 1, 4, 1, 2, 3);
        LineageGroup group = start(FOUR, 6, seed);
        change(group, FOUR, second, 1, 2, 3, 4);
        Configuration third = LineageGroup.threshold(second, 1, 4, 5, 2, 3);
        RequestId wish = group.submit(LineageGroup.signed(third, 0, 0, 1));
        assertThat(verdict(group.answered(wish, second)).accepted()).isTrue();
        group.install(third);
        for (int i = 0; i < 3 * LineageGroup.INTERVAL; i++) {
            group.answered(group.submit("x"), second, third);
        }
        group.settled(third, 2, 3, 4, 5);
        assertThat(group.lineage(5).chain()).hasSize(2);
    }

    /**
     * Its clock was set back, so each life of its gateway begins above the last one and not with the time. Of the sessions of
     * both the group keeps the highest few: those of the replica itself must be among them.
     */
    @Test
    void whatAReplicaSaysIsHeardThoughItsClockWasSetBack() {
        LineageGroup group = start(FOUR, 4, 3);
        for (int i = 0; i < 2 * LineageGroup.limits().sessionsPerClient(); i++) {
            group.group.crash(1);
            long life = group.life(1);
            group.group.restart(1);
            group.connectAll();
            RequestId id = group.submitByGateway(1, life, 0);
            assertThat(group.group.run(100_000, () -> group.gatewayAnswer(id) != null))
                    .isTrue();
        }
        group.group.run(2_000, () -> false);
        long before = Objects.requireNonNull(group.lineage(0).status()).executed();
        group.group.input(1, new Input.Certify());
        assertThat(group.group.run(
                        100_000,
                        () -> Objects.requireNonNull(group.lineage(0).status()).executed() > before))
                .isTrue();
    }

    /** What the gateway of a replica asked for stays its own, though the replica gets another index. */
    @Seeds(8)
    void aGatewayIsAnsweredOnceAcrossAChangeOfItsIndex(long seed) {
        LineageGroup group = start(FOUR, 5, seed);
        Configuration turned = LineageGroup.threshold(FOUR, 1, 3, 2, 4, 1, 0);
        group.answered(group.submit(LineageGroup.signed(turned, 0, 0, 1)), FOUR);
        group.install(turned);
        List<RequestId> asked = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            for (int seat = 0; seat < 4; seat++) {
                asked.add(group.submitByGateway(seat, i));
            }
            group.group.run(40, () -> false);
        }
        for (int i = 0; i < 2 * LineageGroup.INTERVAL; i++) {
            group.answered(group.submit("x"), FOUR, turned);
        }
        group.settled(turned, 0, 1, 2, 3, 4);
        TreeSet<String> counts = new TreeSet<>();
        for (RequestId id : asked) {
            assertThat(group.group.run(100_000, () -> group.gatewayAnswer(id) != null))
                    .isTrue();
            assertThat(counts.add(String.valueOf(group.gatewayAnswer(id)))).isTrue();
        }
    }

    @Test
    void nothingBeginsWithoutTheOfficersOfThePolicy() {
        LineageGroup group = start(FOUR, 5, 3);
        Configuration five = LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3, 4);
        for (int[] officers : new int[][] {{}, {1}}) {
            RequestId wish = group.submit(LineageGroup.signed(five, 0, officers));
            assertThat(verdict(group.answered(wish, FOUR)).sentence())
                    .isEqualTo("the officers who signed it may not change the configuration");
        }
        Reconfiguration other = LineageGroup.signed(LineageGroup.threshold(FOUR, 1, 0, 1, 2, 4), 0, 0, 1);
        RequestId moved = group.submit(new Reconfiguration(five, 0, other.officers()));
        assertThat(verdict(group.answered(moved, FOUR)).accepted()).isFalse();
        group.install(five);
        for (int i = 0; i < 20; i++) {
            group.answered(group.submit("x"), FOUR);
        }
        assertThat(group.lineage(0).present()).isEqualTo(FOUR);
    }

    @Test
    void whatOfficersMayNotWantIsRefusedWithTheReason() {
        LineageGroup group = start(FOUR, 5, 3);
        Configuration three = LineageGroup.threshold(FOUR, 1, 0, 1, 2);
        assertThat(verdict(group.answered(group.submit(LineageGroup.signed(three, 0, 0, 1)), FOUR))
                        .sentence())
                .contains("fault sets cover every replica");
        Configuration strangers = LineageGroup.threshold(FOUR, 1, 0, 1, 4, 5);
        assertThat(verdict(group.answered(group.submit(LineageGroup.signed(strangers, 0, 0, 1)), FOUR))
                        .sentence())
                .contains("no quorum of the present configuration");
        Configuration late = LineageGroup.threshold(LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3, 4), 1, 0, 1, 2, 3);
        assertThat(verdict(group.answered(group.submit(LineageGroup.signed(late, 0, 0, 1)), FOUR))
                        .sentence())
                .contains("does not follow the present");
    }

    /** The first request comes again, from anybody, after the officers changed their minds. */
    @Test
    void anOlderRequestDoesNotComeBack() {
        LineageGroup group = start(FOUR, 6, 5);
        Configuration one = LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3, 4);
        Configuration other = LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3, 5);
        assertThat(verdict(group.answered(group.submit(LineageGroup.signed(one, 0, 0, 1)), FOUR))
                        .accepted())
                .isTrue();
        assertThat(verdict(group.answered(group.submit(LineageGroup.signed(other, 1, 1, 2)), FOUR))
                        .accepted())
                .isTrue();
        assertThat(verdict(group.answered(group.submit(LineageGroup.signed(one, 0, 0, 1)), FOUR))
                        .sentence())
                .isEqualTo("a later request was accepted before");
        group.install(one);
        group.install(other);
        for (int i = 0; i < 20; i++) {
            group.answered(group.submit("x"), FOUR, other);
        }
        group.settled(other, 0, 1, 2, 3, 5);
    }
}
