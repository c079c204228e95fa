package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.Renewable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.protocol.Invariant;

/** What verifies shares that stand in the log: the public half of the key to which clients encrypt, as the log has it there. */
final class OrderedCipher {
    private final ThresholdCipher.Holder dealt;

    /** Null: the group does not renew it. */
    private final @Nullable String keyId;

    private final KeyLedger ledger;

    /** Of the epoch that was asked for last. */
    private @Nullable DiscreteLogKey key;

    private @Nullable ThresholdCipher cipher;

    OrderedCipher(Genesis genesis, KeyUses uses, KeyLedger ledger) {
        this.dealt = genesis.cipher();
        this.keyId = uses.cipherId();
        this.ledger = ledger;
    }

    private @Nullable DiscreteLogKey now() {
        return keyId == null ? null : ledger.present(keyId);
    }

    long epoch() {
        DiscreteLogKey present = now();
        return present == null ? 0 : present.epoch();
    }

    ThresholdCipher present() {
        DiscreteLogKey present = now();
        if (present == null) {
            return dealt.cipher();
        }
        ThresholdCipher known = cipher;
        if (known == null || key != present) {
            Renewable<ThresholdCipher.Holder> pattern =
                    Invariant.present(dealt.renewable().orElse(null), "what is kept is renewable");
            known = pattern.in(present, null).cipher();
            key = present;
            cipher = known;
        }
        return known;
    }
}
