package org.maftia.core.replica;

import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.ReplicaSet;

/** Who is asked first for a signature that the log wants: by the sharing of its key as the log has it there. */
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
        return Signing.asked(key(wanted.keyId()), number, wanted.spared(), members);
    }

    private ThresholdSignature key(String keyId) {
        ThresholdSignature dealt = Invariant.present(genesis.keys().get(keyId), "the group has this key");
        DiscreteLogKey present = ledger.present(keyId);
        if (present == null) {
            return dealt; // the group does not renew it
        }
        Known last = known.get(keyId);
        if (last == null || last.sharing != present) {
            ThresholdSignature key = Invariant.present(dealt.renewable().orElse(null), "what is kept is renewable")
                    .in(present, null)
                    .key();
            last = new Known(present, key);
            known.put(keyId, last);
        }
        return last.key;
    }
}
