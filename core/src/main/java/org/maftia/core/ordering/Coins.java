package org.maftia.core.ordering;

import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Coin;

/**
 * The coin of each recovery. Where a group renews the shares of its coin the log says which of them serve a recovery, and a
 * replica that is behind with the log waits until it knows.
 */
@FunctionalInterface
public interface Coins {
    /**
     * For the recovery that ends the epoch: the same at all correct replicas.
     *
     * @return null as long as it is not known here; what was given once is not asked for again
     */
    @Nullable
    Coin of(Epoch ending);

    /** One for all. */
    static Coins always(Coin coin) {
        return ending -> coin;
    }
}
