package org.maftia.core.crypto;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What the shares of coin and cipher consist of: for each leaf of a replica the power a^(s_l) of a common base, with the
 * proof that its exponent is the one of the leaf's verification key. A false one is known for what it is.
 */
final class ProvedPowers {
    /** Bytes of one power with its proof. */
    static final int PART_LENGTH = CurvePoint.LENGTH + EqualLogarithms.LENGTH;

    private final DiscreteLogKey key;
    private final SharingScheme scheme;
    private final List<CurvePoint> verificationKeys;

    ProvedPowers(DiscreteLogKey key) {
        this.key = key;
        this.scheme = new SharingScheme(key.formula());
        this.verificationKeys = key.points();
    }

    /** @param name of what the base belongs to: a proof serves nothing else */
    private EqualLogarithms.Claim claim(String name, int leaf, CurvePoint base, CurvePoint power) {
        return new EqualLogarithms.Claim(key.use(name), verificationKeys.get(leaf), base, power);
    }

    /** All powers that the owner of the shares can give; the same bytes each time. */
    byte[] of(DiscreteLogShares own, String name, CurvePoint base) {
        Writer writer = new Writer();
        for (int leaf : scheme.leavesOf(own.replica())) {
            writer.fixed(part(own, name, leaf, base));
        }
        return writer.toBytes();
    }

    /** One of them, of an own leaf. */
    byte[] part(DiscreteLogShares own, String name, int leaf, CurvePoint base) {
        CurvePoint power = base.times(own.value(leaf));
        Writer writer = new Writer().fixed(power.toBytes());
        EqualLogarithms.CODEC.write(writer, claim(name, leaf, base, power).prove(own.value(leaf)));
        return writer.toBytes();
    }

    /** Bytes of the replica's powers: asked before anything is computed. */
    int length(int replica) {
        return scheme.leavesOf(replica).size() * PART_LENGTH;
    }

    /** Whether the bytes, of any length, are what {@link #of} gives at the replica. */
    boolean verify(String name, int replica, CurvePoint base, byte[] share) {
        SortedSet<Integer> leaves = scheme.leavesOf(replica);
        if (share.length != length(replica)) {
            return false;
        }
        Reader reader = new Reader(share);
        for (int leaf : leaves) {
            if (!verifyPart(name, leaf, base, reader.fixed(PART_LENGTH))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the bytes, of any length, are what {@link #part} gives to the owner of the leaf. */
    boolean verifyPart(String name, int leaf, CurvePoint base, byte[] part) {
        try {
            Reader reader = new Reader(part);
            CurvePoint power = CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH));
            EqualLogarithms proof = EqualLogarithms.CODEC.read(reader);
            reader.end();
            return claim(name, leaf, base, power).isShownBy(proof);
        } catch (MalformedException e) {
            return false;
        }
    }

    /**
     * The power of the base by the secret.
     *
     * @param shares verified ones, by replica
     * @throws IllegalArgumentException when they do not suffice, or one is no share at all
     */
    CurvePoint combined(SortedMap<Integer, byte[]> shares) {
        try {
            return DiscreteLogDealer.combined(scheme.tree(), powers(shares));
        } catch (MalformedException e) {
            throw new IllegalArgumentException("a share was not verified: " + e.getMessage());
        }
    }

    /**
     * The same of shares that may be any bytes: then it may be any point.
     *
     * @param shares by replica
     * @return empty when one is no share at all
     * @throws IllegalArgumentException when they do not suffice
     */
    Optional<CurvePoint> combinedUnverified(SortedMap<Integer, byte[]> shares) {
        SortedMap<Integer, CurvePoint> powers;
        try {
            powers = powers(shares);
        } catch (MalformedException e) {
            return Optional.empty();
        }
        return Optional.of(DiscreteLogDealer.combined(scheme.tree(), powers));
    }

    /** By leaf. */
    private SortedMap<Integer, CurvePoint> powers(SortedMap<Integer, byte[]> shares) {
        SortedMap<Integer, CurvePoint> powers = new TreeMap<>();
        shares.forEach((replica, share) -> {
            Reader reader = new Reader(share);
            for (int leaf : scheme.leavesOf(replica)) {
                powers.put(leaf, CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH)));
                reader.fixed(EqualLogarithms.LENGTH);
            }
        });
        return powers;
    }
}
