package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup.Flight;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/** Who is said to have forged a request: replica 0, which leads at first, where it did, and nobody else. */
class AccusationsTest {
    private static final FaultStructure FOUR = FaultStructure.threshold(4, 1);
    private static final int STEPS_MAX = 200_000;
    private static final Request REQUEST = LogGroup.request(80, 0);

    private final LogGroup group = new LogGroup(FOUR, Scheduler.OLDEST_FIRST, 1);

    /** What 1 and 2 say to 3 comes late, in the order in which they say it. */
    private static boolean isFromVouchers(Flight flight) {
        return flight.to() == 3 && (flight.from() == 1 || flight.from() == 2);
    }

    @Test
    void aLeaderIsNotBlamedForWhatOthersVouchedForAfterTheyGaveUpOnIt() {
        // Replica 1 gave up on the leader, and everybody heard that.
        group.group.input(1, new LogReplica.In.Pass(0));
        group.group.run(20, () -> false);
        group.group.delay(AccusationsTest::isFromVouchers);
        group.submitTo(ReplicaSet.of(0, 1, 2), REQUEST);
        group.expect(REQUEST);
        group.group.run(40, () -> false);
        // The leader gives up on itself: with 1 and 3 a quorum did.
        group.group.input(0, new LogReplica.In.Pass(0));
        group.group.run(40, () -> false);
        group.group.delay(flight -> false);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.progress(3).epoch()).isPositive();
        group.checkBlames(FOUR.all());
    }

    @Test
    void aLeaderIsNotBlamedForWhatOthersForgotInACrash() {
        group.submitTo(ReplicaSet.of(0, 1, 2), REQUEST);
        group.group.run(1, () -> false);
        for (int voucher = 1; voucher <= 2; voucher++) {
            // It told the leader, and nobody else yet.
            group.group.crash(voucher);
            group.group.restart(voucher);
            group.connect(voucher);
        }
        for (int i = 0; i < 40; i++) {
            group.submit(LogGroup.request(81, i));
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.progress(3).epoch()).as("nobody votes for the request").isPositive();
        group.checkBlames(FOUR.all());
    }

    /** Each of the others names the forger, if its COLLECT counted; those that count are a quorum. */
    @Seeds(8)
    void aForgerIsNamedByMost(long seed) {
        Request forged = LogGroup.request(99, 1);
        LogGroup any = new LogGroup(FOUR, Scheduler.OLDEST_FIRST, seed);
        any.twist(
                0,
                (to, message) -> message instanceof Message.Propose propose
                        ? new Message.Propose(Proposal.of(
                                LogReplica.CONFIGURATION,
                                propose.proposal().epoch(),
                                propose.proposal().slot(),
                                propose.proposal().timeMicros(),
                                List.of(Entry.of(forged))))
                        : message);
        ReplicaSet correct = FOUR.all().without(0);
        for (int i = 0; i < 30; i++) {
            any.submit(LogGroup.request(64 + i % 5, i / 5));
        }
        any.runUntilDelivered(correct, STEPS_MAX);
        any.group.run(2_000, () -> false);
        long accusers = correct.toList().stream()
                .filter(replica -> any.isBlamed(0, ReplicaSet.of(replica)))
                .count();
        assertThat(accusers).isGreaterThanOrEqualTo(2);
        any.checkBlames(correct);
    }
}
