package org.maftia.core.replica;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.ReplicaSet;

/**
 * With which keys the group signs as the log has it, those that it made for itself included; and who is asked first for a
 * signature that the log wants, by the sharing of its key there.
 */
final class OrderedSigners {
    private final Genesis genesis;
    private final KeyLedger ledger;
    private final ReplicaSet members;

    /** By key, its public half in the epoch that was asked for last. */
    private final SortedMap<String, Known> known = new TreeMap<>();

    private record Known(DiscreteLogKey sharing, ThresholdSignature key) {}

    OrderedSigners(Genesis genesis, KeyLedger ledger, ReplicaSet members) {
        this.genesis = genesis;
        this.ledger = ledger;
        this.members = members;
    }

    ReplicaSet asked(long number, PendingSignatures.Wanted wanted) {
        return Signing.asked(shared(wanted.keyId()), number, wanted.spared(), members);
    }

    /** Whether the group has the key, or is to make it. */
    boolean isNamed(String keyId) {
        return genesis.keys().containsKey(keyId) || ledger.isOwnSigningKey(keyId);
    }

    /** What verifies the key's signatures, in whichever epoch; null: the group has no such key, or has not made it. */
    @Nullable
    ThresholdSignature verifying(String keyId) {
        ThresholdSignature dealt = genesis.keys().get(keyId);
        if (dealt != null) {
            return dealt;
        }
        ThresholdSignature made = known(keyId, ledger.present(keyId)); // to read one anew is to decode its point
        return made != null || ledger.signing(keyId) == null ? made : shared(keyId);
    }

    /** What was asked for last, if the key is shared as it was then. */
    private @Nullable ThresholdSignature known(String keyId, @Nullable DiscreteLogKey present) {
        Known last = known.get(keyId);
        return last != null && last.sharing == present ? last.key : null;
    }

    /** As the key is shared now. */
    private ThresholdSignature shared(String keyId) {
        DiscreteLogKey present = ledger.present(keyId);
        if (present == null) {
            return Invariant.present(genesis.keys().get(keyId), "the group has this key"); // and does not renew it
        }
        ThresholdSignature shared = known(keyId, present);
        if (shared == null) {
            shared = in(keyId, present);
            known.put(keyId, new Known(present, shared));
        }
        return shared;
    }

    private ThresholdSignature in(String keyId, DiscreteLogKey present) {
        BlsKey made = ledger.signing(keyId);
        if (made != null) {
            return new BlsThreshold(made);
        }
        ThresholdSignature dealt = Invariant.present(genesis.keys().get(keyId), "the group has this key");
        return Invariant.present(dealt.renewable().orElse(null), "what is kept is renewable")
                .in(present, null)
                .key();
    }
}
