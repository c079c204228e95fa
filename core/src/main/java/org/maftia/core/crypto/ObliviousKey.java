package org.maftia.core.crypto;

import java.util.List;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What is public of a key for an {@link ObliviousFunction}: who keeps which summand. There is no verification key, as
 * summands are known to several, whose answers are compared.
 *
 * @param group whose key it is; at most 64 bytes
 * @param keyId names the key within the group; at most 64 bytes
 * @param epoch counts dealings, from 0; values of one are not values of another
 * @param formula a sum of copies, as {@code FaultStructure.copiedSharing} gives it
 */
public record ObliviousKey(String group, String keyId, long epoch, SharingFormula formula) {
    private static final int NAME_LENGTH_MAX = 64;

    /** @throws IllegalArgumentException when the formula is no sum of copies */
    public ObliviousKey {
        if (group.length() > NAME_LENGTH_MAX || keyId.length() > NAME_LENGTH_MAX || epoch < 0) {
            throw new IllegalArgumentException("a name is too long, or an epoch below 0");
        }
        keepers(formula);
    }

    /** Who keeps each summand. */
    List<ReplicaSet> keepers() {
        return keepers(formula);
    }

    private static List<ReplicaSet> keepers(SharingFormula formula) {
        if (!(ShareTree.of(formula.formula()) instanceof ShareTree.Gate sum)
                || sum.threshold() != sum.children().size()) {
            throw new IllegalArgumentException("a sum needs all of its summands");
        }
        return sum.children().stream().map(ObliviousKey::copies).toList();
    }

    private static ReplicaSet copies(ShareTree summand) {
        ReplicaSet keepers = ReplicaSet.EMPTY;
        if (!(summand instanceof ShareTree.Gate gate) || gate.threshold() != 1) {
            throw new IllegalArgumentException("any one keeper suffices for a summand");
        }
        for (ShareTree child : gate.children()) {
            if (!(child instanceof ShareTree.Leaf leaf)) {
                throw new IllegalArgumentException("a summand is kept by replicas");
            }
            keepers = keepers.with(leaf.owner());
        }
        return keepers;
    }

    /** How many summands there are. */
    int summands() {
        return ((Formula.Gate) formula.formula()).children().size();
    }

    KeyUse use(String name) {
        return new KeyUse(group, keyId, epoch, name);
    }

    public static final Codec<ObliviousKey> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ObliviousKey value) {
            writer.string(value.group).string(value.keyId).u64(value.epoch);
            FormulaCodec.INSTANCE.write(writer, value.formula);
        }

        @Override
        public ObliviousKey read(Reader reader) {
            String group = reader.string(NAME_LENGTH_MAX);
            String keyId = reader.string(NAME_LENGTH_MAX);
            long epoch = reader.count();
            try {
                return new ObliviousKey(group, keyId, epoch, FormulaCodec.INSTANCE.read(reader));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("no key: " + e.getMessage());
            }
        }
    };
}
