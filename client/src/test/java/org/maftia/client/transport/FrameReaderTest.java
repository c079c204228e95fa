package org.maftia.client.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;

class FrameReaderTest {
    @Seeds(20)
    void framesComeOutWholeHoweverTheStreamIsCut(long seed) {
        Random random = new Random(seed);
        List<byte[]> frames = new ArrayList<>();
        ByteBuffer stream = ByteBuffer.allocate(1 << 16);
        for (int i = 0; i < 20; i++) {
            byte[] frame = new byte[random.nextInt(2000)];
            random.nextBytes(frame);
            frames.add(frame);
            stream.putInt(frame.length).put(frame);
        }
        stream.flip();
        List<byte[]> out = new ArrayList<>();
        FrameReader reader = new FrameReader(2000);
        while (stream.hasRemaining()) {
            byte[] piece = new byte[Math.min(stream.remaining(), 1 + random.nextInt(700))];
            stream.get(piece);
            assertThat(reader.feed(ByteBuffer.wrap(piece), out::add)).isTrue();
        }
        assertThat(out).usingRecursiveComparison().isEqualTo(frames);
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void aLengthAboveTheBoundIsRefusedByItsFourBytesAlone() {
        // Were two gigabytes allocated first, these many readers would end the test.
        for (int i = 0; i < 10_000; i++) {
            List<byte[]> out = new ArrayList<>();
            FrameReader reader = new FrameReader(1000);
            assertThat(reader.feed(
                            ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE - 8).flip(), out::add))
                    .isFalse();
            assertThat(out).isEmpty();
        }
        assertThat(new FrameReader(1000).feed(ByteBuffer.allocate(4).putInt(-1).flip(), frame -> {}))
                .isFalse();
        assertThat(new FrameReader(1000)
                        .feed(ByteBuffer.allocate(4).putInt(1001).flip(), frame -> {}))
                .isFalse();
        assertThat(new FrameReader(1000)
                        .feed(ByteBuffer.allocate(4).putInt(1000).flip(), frame -> {}))
                .isTrue();
    }
}
