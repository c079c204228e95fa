package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a {@link DistributedKey} is to come to: fixes the number that every dealer must share, as far as others can know it.
 *
 * @param kind where the secret comes from
 * @param group whose key it is; at most 64 bytes
 * @param keyId names the key within the group; at most 64 bytes
 * @param formula over which the key that comes out is shared
 * @param old the key that is renewed; null for a new one
 * @param signs of a new one: whether outsiders verify what it signs, with the power of its secret in the second group, which is
 *     then made with it. Whoever renews a key leaves that as it is
 */
public record KeyPlan(
        Kind kind,
        String group,
        String keyId,
        SharingFormula formula,
        @Nullable DiscreteLogKey old,
        boolean signs) {
    /** Where the secret comes from. */
    public enum Kind {
        /** A secret that nobody ever knew: the sum of what the dealers drew. */
        GENERATION,
        /** The secret of before in new shares, over the same formula: each dealer shares zero, and shares add. */
        REFRESH,
        /**
         * The secret of before, over any formula and for any members: each dealer shares its own shares. Who had none, or lost
         * them, gets some.
         */
        RESHARING
    }

    /** @throws IllegalArgumentException when the parts do not fit each other */
    public KeyPlan {
        ShareTree.of(formula.formula());
        if (!fits(kind, group, keyId, formula, old) || signs && kind != Kind.GENERATION) {
            throw new IllegalArgumentException("a plan is for one key, and a refresh keeps its formula");
        }
        if (group.length() > DiscreteLogKey.NAME_LENGTH_MAX || keyId.length() > DiscreteLogKey.NAME_LENGTH_MAX) {
            throw new IllegalArgumentException("a name is too long");
        }
    }

    /** Of a key with no power in the second group, or one that has it already. */
    public KeyPlan(Kind kind, String group, String keyId, SharingFormula formula, @Nullable DiscreteLogKey old) {
        this(kind, group, keyId, formula, old, false);
    }

    private static boolean fits(
            Kind kind, String group, String keyId, SharingFormula formula, @Nullable DiscreteLogKey old) {
        if (old == null) {
            return kind == Kind.GENERATION;
        }
        return kind != Kind.GENERATION
                && old.group().equals(group)
                && old.keyId().equals(keyId)
                && (kind != Kind.REFRESH || old.formula().equals(formula));
    }

    /** A key that the group makes for itself. */
    public static KeyPlan generation(String group, String keyId, SharingFormula formula) {
        return new KeyPlan(Kind.GENERATION, group, keyId, formula, null);
    }

    /** A key for BLS signatures that the group makes for itself. */
    public static KeyPlan signing(String group, String keyId, SharingFormula formula) {
        return new KeyPlan(Kind.GENERATION, group, keyId, formula, null, true);
    }

    /** New shares of the same secret, for those who hold shares. */
    public static KeyPlan refresh(DiscreteLogKey old) {
        return new KeyPlan(Kind.REFRESH, old.group(), old.keyId(), old.formula(), old);
    }

    /** New shares of the same secret, over a formula, for whoever it names. */
    public static KeyPlan resharing(DiscreteLogKey old, SharingFormula formula) {
        return new KeyPlan(Kind.RESHARING, old.group(), old.keyId(), formula, old);
    }

    /** The epoch of the key that comes out. */
    public long epoch() {
        return old == null ? 0 : old.epoch() + 1;
    }

    /**
     * Whether the dealings of these replicas make a key. What dealers draw must come from a quorum, so that some of it is of
     * correct ones whatever set is corrupted; what is shared already must come from those who together hold it.
     *
     * @param trust of the dealers
     */
    public boolean suffices(ReplicaSet dealers, FaultStructure trust) {
        return kind == Kind.RESHARING ? renewed().formula().isQualified(dealers) : trust.isQuorum(dealers);
    }

    DiscreteLogKey renewed() {
        return Invariant.present(old, "only a generation renews nothing");
    }

    /** How many numbers a dealer shares: one, or each of its shares. */
    int numbers(int dealer) {
        if (kind != Kind.RESHARING) {
            return 1;
        }
        int leaves = 0;
        for (int owner : renewed().formula().owners()) {
            leaves += owner == dealer ? 1 : 0;
        }
        return leaves;
    }

    /** The powers of the generator that everybody knows the dealer's numbers must give; none where it draws one. */
    List<CurvePoint> roots(int dealer) {
        return switch (kind) {
            case GENERATION -> List.of();
            case REFRESH -> List.of(CurvePoint.IDENTITY);
            case RESHARING -> {
                List<CurvePoint> roots = new ArrayList<>();
                List<Integer> owners = renewed().formula().owners();
                for (int leaf = 0; leaf < owners.size(); leaf++) {
                    if (owners.get(leaf) == dealer) {
                        roots.add(
                                CurvePoint.decoded(renewed().verificationKeys().get(leaf)));
                    }
                }
                yield roots;
            }
        };
    }

    public static final Codec<KeyPlan> CODEC = new Codec<>() {
        /** In the place of a kind: a generation for signatures. */
        private static final int SIGNING = 3;

        @Override
        public void write(Writer writer, KeyPlan value) {
            writer.u8(value.signs ? SIGNING : value.kind.ordinal());
            if (value.old != null) {
                DiscreteLogKey.CODEC.write(writer, value.old);
            } else {
                writer.string(value.group).string(value.keyId);
            }
            if (value.kind != Kind.REFRESH) {
                FormulaCodec.INSTANCE.write(writer, value.formula);
            }
        }

        @Override
        public KeyPlan read(Reader reader) {
            int kind = reader.u8();
            try {
                return switch (kind) {
                    case 0 ->
                        generation(
                                reader.string(DiscreteLogKey.NAME_LENGTH_MAX),
                                reader.string(DiscreteLogKey.NAME_LENGTH_MAX),
                                FormulaCodec.INSTANCE.read(reader));
                    case 1 -> refresh(DiscreteLogKey.CODEC.read(reader));
                    case 2 -> resharing(DiscreteLogKey.CODEC.read(reader), FormulaCodec.INSTANCE.read(reader));
                    case SIGNING ->
                        signing(
                                reader.string(DiscreteLogKey.NAME_LENGTH_MAX),
                                reader.string(DiscreteLogKey.NAME_LENGTH_MAX),
                                FormulaCodec.INSTANCE.read(reader));
                    default -> throw new MalformedException("no plan for a key");
                };
            } catch (IllegalArgumentException e) {
                throw new MalformedException("no plan for a key: " + e.getMessage());
            }
        }
    };
}
