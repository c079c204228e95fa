package org.maftia.core.keys;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.DistributedKey;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.KeyComplaint;
import org.maftia.core.crypto.RecipientKey;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.MalformedException;

/** The secrets of one member for one key: all that computations do with the keeper. Knows nothing that changes. */
final class Vault {
    private final KeyKeeper keeper;
    private final String keyId;
    private final int self;

    Vault(KeyKeeper keeper, String keyId, int self) {
        this.keeper = keeper;
        this.keyId = keyId;
        this.self = self;
    }

    /** Under which name shares are kept; the number is that of the attempt that made them, 0 for a ceremony. */
    static String shares(String keyId) {
        return keyId;
    }

    private String recipients() {
        return keyId + KeyKeeper.RECIPIENTS;
    }

    /** The public key with which this member enrols: of a secret that is durable. */
    byte[] recipient(long attempt, Entropy entropy) {
        try (RecipientKey known = recipient(attempt).orElse(null)) {
            if (known != null) {
                return known.publicKey();
            }
        }
        try (RecipientKey fresh = RecipientKey.generate(entropy)) {
            byte[] secret = fresh.secret();
            keeper.keep(recipients(), attempt, secret);
            Arrays.fill(secret, (byte) 0);
            return fresh.publicKey();
        }
    }

    private Optional<RecipientKey> recipient(long attempt) {
        return keeper.kept(recipients(), attempt).map(secret -> {
            RecipientKey key = RecipientKey.of(secret);
            Arrays.fill(secret, (byte) 0);
            return key;
        });
    }

    /** The shares of a key, if they are here and fit it. */
    Optional<HeldKey> held(DiscreteLogKey key, long madeBy) {
        return keeper.kept(shares(keyId), madeBy).flatMap(bytes -> {
            DiscreteLogShares own = decoded(bytes);
            Arrays.fill(bytes, (byte) 0);
            // Members change their indices with the configuration; which leaves are whose, the key says.
            DiscreteLogShares mine = own == null ? null : own.renamed(self);
            return mine != null && mine.match(key) ? Optional.of(new HeldKey(key, mine)) : Optional.empty();
        });
    }

    /** What does not even decode was damaged: as good as lost. */
    private static @Nullable DiscreteLogShares decoded(byte[] bytes) {
        try {
            return DiscreteLogShares.CODEC.decode(bytes);
        } catch (MalformedException e) {
            return null;
        }
    }

    /** Whether the key's formula gives this member shares that it does not have. */
    boolean isBare(DiscreteLogKey key, long madeBy) {
        if (!key.formula().owners().contains(self)) {
            return false;
        }
        Optional<HeldKey> held = held(key, madeBy);
        held.ifPresent(HeldKey::close);
        return held.isEmpty();
    }

    /**
     * Opens what was dealt to this member, keeps the shares that it comes to, and gives what is to be said about it: nothing
     * where secrets were lost.
     *
     * @param old the key that is renewed
     * @param oldBy the attempt that made it
     */
    List<KeyMessage> receive(
            DistributedKey making, Attempt.Counted counted, long attempt, @Nullable DiscreteLogKey old, long oldBy) {
        try (RecipientKey secret = recipient(attempt).orElse(null)) {
            if (secret == null) {
                return List.of();
            }
            boolean adds = making.addsTo(self);
            try (HeldKey held = adds && old != null ? held(old, oldBy).orElse(null) : null) {
                if (adds && held == null) {
                    return List.of();
                }
                DiscreteLogShares own = held == null ? null : held.shares();
                return switch (making.receive(self, secret, counted.dealings(), own)) {
                    case DistributedKey.Receipt.Complete complete -> List.of(kept(complete, counted, attempt));
                    case DistributedKey.Receipt.Faulty faulty -> complaints(faulty.complaints(), attempt);
                };
            }
        }
    }

    private KeyMessage kept(DistributedKey.Receipt.Complete complete, Attempt.Counted counted, long attempt) {
        try (DiscreteLogShares shares = complete.shares()) {
            Invariant.check(shares.match(counted.key()), "shares that fit all commitments fit their sum");
            byte[] bytes = DiscreteLogShares.CODEC.encode(shares);
            keeper.keep(shares(keyId), attempt, bytes);
            Arrays.fill(bytes, (byte) 0);
        }
        return new KeyMessage.Acknowledge(keyId, attempt, counted.digest());
    }

    private List<KeyMessage> complaints(List<KeyComplaint> complaints, long attempt) {
        return complaints.stream()
                .<KeyMessage>map(complaint -> new KeyMessage.Complain(keyId, attempt, complaint))
                .toList();
    }

    /** Erases the secrets of all attempts up to the last, and the shares of those after the one that made the present key. */
    void eraseAttempts(long madeBy, long last) {
        keeper.erase(recipients(), 1, last);
        if (madeBy < last) {
            keeper.erase(shares(keyId), madeBy + 1, last);
        }
    }

    /** Erases the shares of epochs that are over. */
    void eraseBelow(long madeBy) {
        keeper.erase(shares(keyId), 0, madeBy - 1);
    }
}
