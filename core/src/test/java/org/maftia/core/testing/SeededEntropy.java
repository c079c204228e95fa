package org.maftia.core.testing;

import java.util.Arrays;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/** Entropy that repeats itself: SHA-256 over seed and counter. Known to all, so for tests only. */
public final class SeededEntropy implements Entropy {
    private final long seed;
    private long counter;

    public SeededEntropy(long seed) {
        this.seed = seed;
    }

    @Override
    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count; done += Digest.LENGTH) {
            byte[] block = Transcript.of("test-entropy")
                    .field(seed)
                    .field(counter++)
                    .digest()
                    .toBytes();
            System.arraycopy(
                    Arrays.copyOf(block, Math.min(Digest.LENGTH, count - done)),
                    0,
                    bytes,
                    done,
                    Math.min(Digest.LENGTH, count - done));
        }
        return bytes;
    }
}
