package org.maftia.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {
    private static final byte[] CHAIN = new byte[Block.CHAIN];
    private static final int FROM = 3;

    /** Megabytes of zeros are skipped and not looked at one by one; no block may be skipped with them. */
    @Test
    void aSoundBlockIsFoundWhereverItBeginsAmongZeros() {
        for (long magic : new long[] {0x0123456789ABCDEFL, 0x23456789ABCDL, 0x00000000000000FFL, 0xFF00000000000000L}) {
            Block block = new Block(new byte[] {7}, magic);
            for (int at : new int[] {FROM, FROM + 1, FROM + 7, 100, (1 << 16) - 5, 1 << 16, (1 << 16) + 11, 199_000}) {
                ByteBuffer file = ByteBuffer.allocate(200_000);
                file.position(at);
                block.write(file, CHAIN, List.of(new byte[] {1, 2, 3}));
                file.clear();
                assertThat(block.anySound(file, FROM)).as("%x at %d", magic, at).isTrue();
                assertThat(block.anySound(file, at + 1))
                        .as("%x after %d", magic, at)
                        .isFalse();
                file.put(at + Block.HEAD, (byte) 9);
                assertThat(block.anySound(file, FROM))
                        .as("%x spoilt at %d", magic, at)
                        .isFalse();
            }
        }
    }

    @Test
    void nothingIsFoundAmongZerosAlone() {
        assertThat(new Block(new byte[] {7}, 5).anySound(ByteBuffer.allocate(200_001), 0))
                .isFalse();
        assertThat(new Block(new byte[] {7}, 5).anySound(ByteBuffer.allocate(Block.HEAD - 1), 0))
                .isFalse();
    }
}
