package org.maftia.core.keys;

import java.util.List;
import java.util.Optional;
import org.maftia.core.crypto.Entropy;

/**
 * What one member needs to take part in keeping the keys of its group.
 *
 * @param keys that the group makes and renews by itself, the same at all members
 * @param keeper of this member's secrets: with the shares of dealt keys, under the key's id and the number 0
 * @param entropy called by computations, in any thread
 */
public record KeyCare(List<KeyUpkeep> keys, KeyKeeper keeper, Entropy entropy) {
    /** Of a group whose keys stay what they are. */
    public static final KeyCare NONE = new KeyCare(
            List.of(),
            new KeyKeeper() {
                @Override
                public void keep(String name, long number, byte[] secret) {
                    throw new IllegalStateException("this group keeps no keys");
                }

                @Override
                public Optional<byte[]> kept(String name, long number) {
                    return Optional.empty();
                }

                @Override
                public void erase(String name, long first, long last) {}
            },
            count -> {
                throw new IllegalStateException("this group keeps no keys");
            });

    public KeyCare {
        keys = List.copyOf(keys);
    }
}
