package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

class ExecutionTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final int OPERATION = Limits.DEFAULT.operationLengthMax();
    private static final int OPERATIONS_OF_A_BATCH = Limits.DEFAULT.batchLengthMax() / OPERATION;

    static Execution execution() {
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(0),
                new IdealCoin(0, TRUST, 0),
                new IdealCipher(0, TRUST).holder(0),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>());
        return new Execution(genesis, new KeyUses(genesis), TRUST, Limits.DEFAULT, new NoEffects());
    }

    /** Slots that carry a full batch each; gives those after which a checkpoint is due. */
    private static List<Long> checkpoints(Execution execution, int slots) {
        List<Long> due = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            long slot = execution.slot() + 1;
            List<Request> requests = new ArrayList<>();
            for (int j = 0; j < OPERATIONS_OF_A_BATCH; j++) {
                requests.add(new Request(new RequestId(64, slot, j), new byte[OPERATION]));
            }
            if (execution.execute(new Decision(slot, Epoch.FIRST, slot, Digest.ZERO, requests))) {
                due.add(slot);
            }
        }
        return due;
    }

    /** A window of full slots is more than a replica's memory: checkpoints come by bytes too. */
    @Test
    void manyBytesAreFollowedByACheckpoint() {
        assertThat(checkpoints(execution(), 50)).containsExactly(16L, 32L, 48L);
    }

    @Test
    void slotsThatCarryLittleAreFollowedByACheckpointInTheirInterval() {
        Execution execution = execution();
        List<Long> due = new ArrayList<>();
        for (long slot = 1; slot <= 2L * Limits.DEFAULT.checkpointInterval(); slot++) {
            if (execution.execute(new Decision(slot, Epoch.FIRST, slot, Digest.ZERO, Collections.emptyList()))) {
                due.add(slot);
            }
        }
        assertThat(due).containsExactly(256L, 512L);
    }

    /** Who starts from a checkpoint takes the next ones where all take them. */
    @Test
    void whoStartsFromACheckpointTakesTheNextWithTheOthers() {
        Execution first = execution();
        checkpoints(first, 16);
        Execution second = execution();
        second.restore(first.snapshot());
        assertThat(checkpoints(second, 40)).isEqualTo(checkpoints(first, 40)).isNotEmpty();
    }

    /** A replica that starts where another version ran says so, instead of reading one thing for another. */
    @Test
    void aStateOfAnotherFormatIsRefused() {
        StableCheckpoint.Claim claim =
                new StableCheckpoint.Claim(1, Epoch.FIRST, 1, Digest.ZERO, Digest.ZERO, Digest.ZERO);
        ReplicaSnapshot snapshot = new ReplicaSnapshot(
                new StableCheckpoint(claim, Certificate.of(new TreeMap<>())),
                execution().snapshot());
        byte[] bytes = ReplicaSnapshot.CODEC.encode(snapshot);
        assertThat(ReplicaSnapshot.CODEC.decode(bytes).state()).isEqualTo(snapshot.state());
        bytes[0] = 7;
        assertThatThrownBy(() -> ReplicaSnapshot.CODEC.decode(bytes))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("the state has format 7");
    }

    static class NoEffects implements Execution.Effects {
        @Override
        public void reply(RequestId id, long slot, byte[] result) {}

        @Override
        public void signatureWanted(long number, PendingSignatures.Wanted wanted) {
            throw new AssertionError("no service asks");
        }

        @Override
        public void signatureDone(long number) {
            throw new AssertionError("no service asks");
        }

        @Override
        public void decryptionWanted(long number, PendingDecryptions.Wanted wanted) {}

        @Override
        public void decryptionDone(long number) {}

        @Override
        public void blame(int replica, String rule) {
            throw new AssertionError("nobody broke a rule");
        }

        @Override
        public void falseShares(int replica) {}

        @Override
        public void passEpoch(long epoch) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void broke(String service, long slot, Throwable cause) {
            throw new AssertionError("no service breaks", cause);
        }

        @Override
        public void falseSignature(int replica) {
            throw new AssertionError("nobody brings one");
        }
    }
}
