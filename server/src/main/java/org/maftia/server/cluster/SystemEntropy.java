package org.maftia.server.cluster;

import java.security.SecureRandom;
import org.maftia.core.crypto.Entropy;

/** Randomness of the operating system. */
public final class SystemEntropy implements Entropy {
    public static final Entropy INSTANCE = new SystemEntropy();

    private final SecureRandom random = new SecureRandom();

    private SystemEntropy() {}

    @Override
    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
