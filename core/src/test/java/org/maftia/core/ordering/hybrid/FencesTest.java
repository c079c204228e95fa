package org.maftia.core.ordering.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;

/** What a replica remembers of the checkpoints of others. */
class FencesTest {
    private static Fence fence(long checkpoint) {
        return new Fence(
                0,
                0,
                Attestation.Mark.CHECKPOINT,
                0,
                checkpoint,
                Collections.nCopies(Attestation.LANES, 0L),
                Digest.ZERO,
                new byte[32]);
    }

    @Attack("accusing a correct replica")
    @Test
    void aFenceOnWhichAnOwnVoteRestsStaysHoweverManyComeLater() {
        Fences fences = new Fences(3, fence -> fence.checkpoint() == 4);
        for (long checkpoint = 2; checkpoint < 100; checkpoint += 2) {
            fences.add(fence(checkpoint));
        }
        assertThat(fences.find(0, 4)).isEqualTo(fence(4));
        assertThat(fences.find(0, 2)).isNull();
        assertThat(fences.newest(0)).isEqualTo(fence(98));
    }
}
