package org.maftia.core.replica;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.Renewable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.keys.HeldKey;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.protocol.Invariant;

/**
 * What this replica uses the keys of its group for: the coin, the key to which clients encrypt, keys that sign. What the group
 * keeps by itself comes in epochs, everything else as it was dealt.
 */
final class KeyUses {
    private final UsedKey<Coin> coin;
    private final UsedKey<ThresholdCipher.Holder> cipher;
    private final SortedMap<String, UsedKey<ThresholdSignature.Halves>> signatures = new TreeMap<>();

    /** The ids of the first two where the group keeps them. */
    private final @Nullable String coinId;

    private final @Nullable String cipherId;

    /** By id, those that the group keeps by itself. */
    private final SortedMap<String, UsedKey<?>> renewed = new TreeMap<>();

    /** Those among them with which the group signs, and which it makes for itself. */
    private final SortedMap<String, UsedKey<ThresholdSignature.Halves>> made = new TreeMap<>();

    /** @throws IllegalArgumentException when the group is to keep a key in use that nobody dealt */
    KeyUses(Genesis genesis) {
        SortedMap<String, KeyUpkeep> kept = new TreeMap<>();
        genesis.care().keys().forEach(upkeep -> kept.put(upkeep.keyId(), upkeep));
        this.coin = used(genesis.coin().renewable(), genesis.coin(), true, kept);
        this.coinId = id(genesis.coin().renewable(), kept);
        if (coinId != null
                && Invariant.present(kept.get(coinId), "its id is one of these").carried()) {
            throw new IllegalArgumentException("agreement never waits for its coin: each configuration is dealt one");
        }
        this.cipher = used(genesis.cipher().renewable(), genesis.cipher(), true, kept);
        this.cipherId = id(genesis.cipher().renewable(), kept);
        genesis.keys().forEach((keyId, key) -> {
            ThresholdSignature.Signer signer = genesis.signers().get(keyId);
            ThresholdSignature.Halves halves = new ThresholdSignature.Halves(key, signer);
            signatures.put(keyId, used(key.renewable(), halves, signer != null, kept));
        });
        kept.values().stream()
                .filter(KeyUpkeep::signs)
                .map(KeyUpkeep::keyId)
                .forEach(keyId -> made.put(keyId, UsedKey.unmade()));
        if (made.keySet().stream().anyMatch(signatures::containsKey)) {
            throw new IllegalArgumentException("a key that the group makes for itself is given by nobody");
        }
        signatures.putAll(made);
        renewed.putAll(made);
    }

    private static @Nullable String id(Optional<? extends Renewable<?>> pattern, SortedMap<String, KeyUpkeep> kept) {
        return pattern.map(known -> known.sharing().keyId())
                .filter(kept::containsKey)
                .orElse(null);
    }

    private <T> UsedKey<T> used(
            Optional<Renewable<T>> pattern, T dealt, boolean holding, SortedMap<String, KeyUpkeep> kept) {
        String keyId = id(pattern, kept);
        KeyUpkeep upkeep = keyId == null ? null : kept.get(keyId);
        if (pattern.isEmpty() || upkeep == null) {
            return UsedKey.fixed(dealt, holding);
        }
        DiscreteLogKey first = upkeep.dealt();
        if (first == null) {
            throw new IllegalArgumentException("a key in use was dealt before the group kept it: " + keyId);
        }
        UsedKey<T> used =
                upkeep.carried() ? UsedKey.awaited(pattern.get(), first) : UsedKey.renewed(pattern.get(), first);
        renewed.put(upkeep.keyId(), used);
        return used;
    }

    UsedKey<Coin> coin() {
        return coin;
    }

    UsedKey<ThresholdCipher.Holder> cipher() {
        return cipher;
    }

    /** By id. */
    SortedMap<String, UsedKey<ThresholdSignature.Halves>> signatures() {
        return Collections.unmodifiableSortedMap(signatures);
    }

    boolean isCoin(String keyId) {
        return keyId.equals(coinId);
    }

    boolean isCipher(String keyId) {
        return keyId.equals(cipherId);
    }

    /** The id of the coin's key; null: the group does not renew it. */
    @Nullable
    String coinId() {
        return coinId;
    }

    /** The id of the key to which clients encrypt; null: the group does not renew it. */
    @Nullable
    String cipherId() {
        return cipherId;
    }

    /** Ids of keys in use that the group renews. */
    SortedSet<String> keyIds() {
        return new TreeSet<>(renewed.keySet());
    }

    /**
     * The log has come to this epoch of a key. True when it is in use, and that is news.
     *
     * @param signing the same where the group made it, and signs with it; null: it did not
     */
    boolean begin(DiscreteLogKey key, @Nullable BlsKey signing) {
        UsedKey<?> used = renewed.get(key.keyId());
        UsedKey<ThresholdSignature.Halves> own = made.get(key.keyId());
        if (own != null) {
            own.make(new BlsThreshold(Invariant.present(signing, "who makes a key that signs knows how to verify")));
        }
        return used != null && used.begin(key);
    }

    /** The shares of the epoch that this replica has, if any: taken over. True when somebody has use for that. */
    boolean told(DiscreteLogKey key, Optional<HeldKey> held) {
        UsedKey<?> used = renewed.get(key.keyId());
        if (used == null) {
            held.ifPresent(HeldKey::close);
        }
        return used != null && used.told(key, held);
    }

    /** Nobody uses any epoch of any key again. */
    void forget() {
        renewed.values().forEach(used -> used.release(Long.MAX_VALUE));
    }

    void release(String keyId, long below) {
        UsedKey<?> used = renewed.get(keyId);
        if (used != null) {
            used.release(below);
        }
    }
}
