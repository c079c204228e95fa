package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;

class MerkleTreeTest {
    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new SplittableRandom(length).nextBytes(content);
        return content;
    }

    @Attack("wrong state from a peer")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 200_000, 458_752, 600_001})
    void everyChunkProvesItselfAndNothingElse(int length) {
        MerkleTree tree = new MerkleTree(content(length));
        List<byte[]> chunks = new ArrayList<>();
        int count = MerkleTree.chunks(length);
        for (int i = 0; i < count; i++) {
            byte[] chunk = tree.chunk(i);
            List<Digest> proof = tree.proof(i);
            chunks.add(chunk);
            assertThat(MerkleTree.verify(tree.root(), length, i, chunk, proof)).isTrue();
            assertThat(MerkleTree.verify(tree.root(), length + 1L, i, chunk, proof))
                    .isFalse();
            assertThat(MerkleTree.verify(tree.root(), length, i + 1, chunk, proof))
                    .isFalse();
            assertThat(MerkleTree.verify(Digest.ZERO, length, i, chunk, proof)).isFalse();
            List<Digest> longer = new ArrayList<>(proof);
            longer.add(Digest.ZERO);
            assertThat(MerkleTree.verify(tree.root(), length, i, chunk, longer)).isFalse();
            if (chunk.length > 0) {
                byte[] altered = chunk.clone();
                altered[altered.length / 2] ^= 1;
                assertThat(MerkleTree.verify(tree.root(), length, i, altered, proof))
                        .isFalse();
            }
        }
        assertThat(MerkleTree.join(chunks)).isEqualTo(content(length));
    }
}
