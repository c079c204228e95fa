package org.maftia.wormhole.sim;

import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.SplittableRandom;

/** Bytes from a seed where the JDK wants a {@code SecureRandom}: for simulation and tests, never for keys that matter. */
public final class SeededRandom extends SecureRandom {
    private static final long serialVersionUID = 1;

    /** One source for each seed and purpose; no two are related. */
    public SeededRandom(long seed, long... purpose) {
        super(new Source(mix(seed, purpose)), null);
    }

    private static long mix(long seed, long[] purpose) {
        long state = new SplittableRandom(seed).nextLong();
        for (long part : purpose) {
            state = new SplittableRandom(state ^ part).nextLong();
        }
        return state;
    }

    private static final class Source extends SecureRandomSpi {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // nobody writes it
        private final transient SplittableRandom random;

        private Source(long seed) {
            this.random = new SplittableRandom(seed);
        }

        @Override
        protected void engineSetSeed(byte[] seed) {
            // What would make it unforeseeable is just what a simulation must not have.
        }

        @Override
        protected void engineNextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }

        @Override
        protected byte[] engineGenerateSeed(int count) {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return bytes;
        }
    }
}
