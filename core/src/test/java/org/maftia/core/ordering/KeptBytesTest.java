package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/** What is delivered is kept until a checkpoint is stable: the log waits rather than fill the memory. */
class KeptBytesTest {
    private static final int OPERATION = 4096;
    private static final int BATCH = 16 * OPERATION;
    private static final int INTERVAL = 256;
    private static final long SHORT_OF_PATIENCE_MICROS = 50_000_000;
    private static final ReplicaSet FOLLOWERS = ReplicaSet.of(1, 2, 3);

    private final LogGroup group =
            new LogGroup(FaultStructure.threshold(4, 1), Scheduler.OLDEST_FIRST, 1, limits(BATCH));

    private static Limits limits(int batchLengthMax) {
        return new Limits(
                4 << 20,
                batchLengthMax,
                15,
                OPERATION,
                4,
                INTERVAL,
                512,
                4 << 20,
                64,
                60_000_000,
                60_000_000,
                5_000_000,
                1024,
                16);
    }

    private static Request request(int number) {
        return new Request(new RequestId(10 + number / 50, 1, number % 50), new byte[OPERATION]);
    }

    private void submit(int requests) {
        for (int number = 0; number < requests; number++) {
            group.submit(request(number));
        }
        long end = group.group.nowMicros() + SHORT_OF_PATIENCE_MICROS;
        group.group.run(2_000_000, () -> group.group.nowMicros() > end);
    }

    private long deliveredBytes(int replica) {
        TreeSet<RequestId> delivered = new TreeSet<>();
        group.executed(replica).values().forEach(slot -> delivered.addAll(slot.requests()));
        return (long) delivered.size() * OPERATION;
    }

    @Test
    void aLeaderWaitsForACheckpointWhenMuchIsKeptAndGoesOnAfterIt() {
        submit(800);
        assertThat(deliveredBytes(1)).isBetween(32L * BATCH, 37L * BATCH);
        assertThat(group.progress(1).epoch())
                .as("nobody gives up on a leader that waits for all")
                .isZero();
        // Empty slots up to the next checkpoint still go.
        group.group.input(0, new LogReplica.In.Fill(INTERVAL));
        group.runUntilDelivered(group.trust.all(), 2_000_000);
        group.checkBlames(group.trust.all());
    }

    @Test
    @Attack("huge lengths, far-future slot, epoch, round")
    void nobodyVotesForMoreWhateverALeaderProposes() {
        // With batches sixteen times as long this leader would keep sixteen times as much.
        group.limit(0, limits(16 * BATCH));
        submit(1500);
        for (int replica : FOLLOWERS.toList()) {
            assertThat(deliveredBytes(replica)).isBetween(40L * BATCH, 53L * BATCH);
        }
        group.checkAgreement(FOLLOWERS);
    }

    @Test
    void afterARestartOfAllALeaderSendsAboutABatchAtATime() {
        submit(600);
        long decided = group.progress(0).decided();
        assertThat(decided).isGreaterThan(20);
        TreeMap<Long, Long> bytesAtOnce = new TreeMap<>();
        group.trust.all().forEach(group.group::crash);
        group.group.restart(0);
        group.group.filter(0, outgoing -> {
            if (outgoing.to() == 3) {
                bytesAtOnce.merge(group.group.nowMicros(), (long) outgoing.frame().length, Long::sum);
            }
            return true;
        });
        FOLLOWERS.forEach(group.group::restart);
        group.connectAll();
        assertThat(group.group.run(
                        2_000_000,
                        () -> group.trust.all().toList().stream()
                                .allMatch(replica -> group.progress(replica).decided() >= decided)))
                .isTrue();
        assertThat(Collections.max(bytesAtOnce.values())).isBetween((long) BATCH, 3L * BATCH);
    }
}
