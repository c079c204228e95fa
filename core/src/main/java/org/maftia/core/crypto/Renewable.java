package org.maftia.core.crypto;

import org.jspecify.annotations.Nullable;

/**
 * What stands on a shared key and gives the same with the shares of any of its epochs: the values of a coin, the messages of
 * ciphertexts, signatures. Shares of different epochs do not combine, so all who use one together use the same epoch.
 */
public interface Renewable<T> {
    /** The key, in one of its epochs. */
    DiscreteLogKey sharing();

    /**
     * The same in another epoch of the key.
     *
     * @param own this replica's shares of that epoch, which the caller closes when nobody uses them any more; null: it has
     *     none, and contributes nothing
     * @throws IllegalArgumentException when the shares are not those of the key
     */
    T in(DiscreteLogKey epoch, @Nullable DiscreteLogShares own);
}
