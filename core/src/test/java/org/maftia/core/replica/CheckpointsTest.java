package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.StableCheckpoint.Claim;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;

/** The checkpoint votes that replica 0 of four hears. */
class CheckpointsTest {
    private static final Claim CLAIM = new Claim(8, Epoch.FIRST, 77, new Digest(1, 2, 3, 4), Digest.ZERO, Digest.ZERO);
    private static final Claim OTHER = new Claim(8, Epoch.FIRST, 77, new Digest(5, 6, 7, 8), Digest.ZERO, Digest.ZERO);

    private final RecordingPort<Checkpoints.Vote, StableCheckpoint> port = new RecordingPort<>(0, Structures.FOUR);
    private final Checkpoints checkpoints = new Checkpoints(
            port,
            new Genesis(
                    Digest.ZERO,
                    new IdealCertifier(0),
                    new IdealCoin(0, Structures.FOUR, 0),
                    new IdealCipher(0, Structures.FOUR).holder(0),
                    new TreeMap<>(),
                    new TreeMap<>(),
                    new TreeMap<>()));

    private static byte[] signature(int signer, Claim claim) {
        return new IdealCertifier(signer).sign(claim.digest(Digest.ZERO));
    }

    private void vote(int from, Claim claim, int signer) {
        checkpoints.receive(from, new Checkpoints.Vote(claim, signature(signer, claim)));
    }

    @Attack("wrong state from a peer")
    @Test
    void aVoteWithAFalseSignatureIsBlamed() {
        vote(1, CLAIM, 1);
        vote(2, CLAIM, 1);
        assertThat(port.take()).contains("blame 2 sends a checkpoint with a false signature");
        vote(3, CLAIM, 3);
        assertThat(port.outputs).isEmpty();
        vote(2, CLAIM, 2);
        assertThat(port.outputs).hasSize(1);
    }

    @Attack("non-determinism")
    @Test
    void votesForDifferentStatesDoNotAddUp() {
        vote(1, CLAIM, 1);
        vote(2, OTHER, 2);
        vote(3, CLAIM, 3);
        assertThat(port.outputs).isEmpty();
        vote(2, CLAIM, 2);
        assertThat(port.outputs)
                .as("the first vote of a replica for a slot counts")
                .isEmpty();
    }

    @Attack("wrong state from a peer")
    @Test
    void onlyACertificateOfAQuorumIsLearned() {
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        signatures.put(1, signature(1, CLAIM));
        signatures.put(2, signature(2, CLAIM));
        assertThat(checkpoints.learn(new StableCheckpoint(CLAIM, Certificate.of(signatures))))
                .isFalse();
        signatures.put(3, signature(3, OTHER));
        assertThat(checkpoints.learn(new StableCheckpoint(CLAIM, Certificate.of(signatures))))
                .isFalse();
        signatures.put(3, signature(3, CLAIM));
        assertThat(checkpoints.learn(new StableCheckpoint(CLAIM, Certificate.of(signatures))))
                .isTrue();
    }
}
