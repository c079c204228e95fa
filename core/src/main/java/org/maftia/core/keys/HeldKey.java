package org.maftia.core.keys;

import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;

/** A key with one member's shares of it, which fit it. {@link #close} overwrites them. */
public record HeldKey(DiscreteLogKey key, DiscreteLogShares shares) implements AutoCloseable {
    @Override
    public void close() {
        shares.close();
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "held " + shares;
    }
}
