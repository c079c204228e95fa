package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The public part of a secret number shared in BLS12-381 G1: what transcripts publish. {@link #isConsistent} tells
 * whether every qualified set shares the same secret. A key serves one scheme: its name says which.
 *
 * @param group whose key it is; at most 64 bytes
 * @param keyId names the key within the group; at most 64 bytes
 * @param epoch counts refreshes and resharings, from 0
 * @param formula over which the secret is shared
 * @param publicKey generator to the secret, 48 bytes
 * @param verificationKeys generator to each share, 48 bytes each, by leaf
 */
public record DiscreteLogKey(
        String group,
        String keyId,
        long epoch,
        SharingFormula formula,
        byte[] publicKey,
        List<byte[]> verificationKeys) {
    static final int NAME_LENGTH_MAX = 64;

    /** @throws IllegalArgumentException when the formula does not do, or a key is no point of the group */
    public DiscreteLogKey {
        verificationKeys = List.copyOf(verificationKeys);
        if (group.length() > NAME_LENGTH_MAX || keyId.length() > NAME_LENGTH_MAX || epoch < 0) {
            throw new IllegalArgumentException("a name is too long, or an epoch below 0");
        }
        ShareTree.of(formula.formula());
        if (verificationKeys.size() != formula.owners().size()) {
            throw new IllegalArgumentException("one verification key for each leaf");
        }
        try {
            CurvePoint.decoded(publicKey);
            verificationKeys.forEach(CurvePoint::decoded);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("a key is no point: " + e.getMessage());
        }
    }

    /**
     * The same sharing where those who hold it go by other indices.
     *
     * @param index of an owner here, by its index now; several who hold nothing any more may have one together
     */
    public DiscreteLogKey renamed(IntUnaryOperator index) {
        return new DiscreteLogKey(group, keyId, epoch, formula.renamed(index), publicKey, verificationKeys);
    }

    List<CurvePoint> points() {
        return verificationKeys.stream().map(CurvePoint::decoded).toList();
    }

    KeyUse use(String name) {
        return new KeyUse(group, keyId, epoch, name);
    }

    /**
     * Whether the verification keys belong to a sharing of the secret behind the public key, gate by gate in the
     * exponent. For everyone who installs or audits a key; takes a multiplication or a few for each leaf.
     */
    public boolean isConsistent() {
        Optional<CurvePoint> root = value(ShareTree.of(formula.formula()), points());
        return root.isPresent() && root.get().equals(CurvePoint.decoded(publicKey));
    }

    /** The commitment to a gate's value, if its children lie on one polynomial of the right degree. */
    private static Optional<CurvePoint> value(ShareTree node, List<CurvePoint> leaves) {
        return switch (node) {
            case ShareTree.Leaf leaf -> Optional.of(leaves.get(leaf.index()));
            case ShareTree.Gate gate -> {
                List<CurvePoint> children = new ArrayList<>();
                for (ShareTree child : gate.children()) {
                    Optional<CurvePoint> value = value(child, leaves);
                    if (value.isEmpty()) {
                        yield value;
                    }
                    children.add(value.get());
                }
                List<CurvePoint> first = children.subList(0, gate.threshold());
                boolean holds = true;
                for (int place = first.size() + 1; place <= children.size(); place++) {
                    holds &= interpolated(first, place).equals(children.get(place - 1));
                }
                yield holds ? Optional.of(interpolated(first, 0)) : Optional.empty();
            }
        };
    }

    /** The commitment to the value at a place, from those to the values at 1, 2 and so on. */
    private static CurvePoint interpolated(List<CurvePoint> values, int place) {
        FieldSharing sharing = new FieldSharing(CurvePoint.ORDER);
        List<Integer> points = new ArrayList<>();
        for (int i = 1; i <= values.size(); i++) {
            points.add(i);
        }
        CurvePoint sum = CurvePoint.IDENTITY;
        for (int i : points) {
            sum = sum.plus(values.get(i - 1).times(sharing.lagrange(points, i, place)));
        }
        return sum;
    }

    public static final Codec<DiscreteLogKey> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, DiscreteLogKey value) {
            writer.string(value.group).string(value.keyId).u64(value.epoch);
            FormulaCodec.INSTANCE.write(writer, value.formula);
            writer.fixed(value.publicKey);
            value.verificationKeys.forEach(writer::fixed);
        }

        @Override
        public DiscreteLogKey read(Reader reader) {
            String group = reader.string(NAME_LENGTH_MAX);
            String keyId = reader.string(NAME_LENGTH_MAX);
            long epoch = reader.count();
            SharingFormula formula = FormulaCodec.INSTANCE.read(reader);
            byte[] publicKey = reader.fixed(CurvePoint.LENGTH);
            List<byte[]> verificationKeys = new ArrayList<>();
            for (int i = formula.owners().size(); i > 0; i--) {
                verificationKeys.add(reader.fixed(CurvePoint.LENGTH));
            }
            try {
                return new DiscreteLogKey(group, keyId, epoch, formula, publicKey, verificationKeys);
            } catch (IllegalArgumentException e) {
                throw new MalformedException("no key: " + e.getMessage());
            }
        }
    };
}
