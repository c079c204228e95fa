package org.maftia.core.crypto;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The coin of a shared number s: its value for a name is a hash of A^s, where A is the name hashed into the group. Every
 * share A^(s_l) comes with a proof that its exponent is the one of the leaf's verification key, so a false one is known
 * for what it is, and for whose it is. An unqualified set knows nothing about A^s under the Diffie-Hellman assumption in
 * BLS12-381 G1, with hashes as random oracles. Uses no randomness. May be used by several threads until it is closed.
 *
 * <p>Source: Cachin, Kursawe, Shoup, "Random oracles in Constantinople" (PODC 2000; J. Cryptology 2005), over a sharing
 * formula.
 */
public final class ThresholdCoin implements Coin, AutoCloseable {
    private static final String SUITE = CurvePoint.suite("COIN");
    private static final int PART_LENGTH = CurvePoint.LENGTH + EqualLogarithms.LENGTH;

    private final DiscreteLogKey key;
    private final SharingScheme scheme;
    private final List<CurvePoint> verificationKeys;
    private final DiscreteLogShares own;

    /** Spares hashing the same name for each share. Immutable, so threads that race for it lose nothing but time. */
    private volatile @Nullable Base last;

    private record Base(Name name, CurvePoint point) {}

    /**
     * The coin as one replica holds it. It takes over the shares and erases them when it is closed.
     *
     * @throws IllegalArgumentException when the shares are not those of the key
     */
    public ThresholdCoin(DiscreteLogKey key, DiscreteLogShares own) {
        if (!own.match(key)) {
            throw new IllegalArgumentException("these are not the shares of " + key.keyId());
        }
        this.key = key;
        this.own = own;
        this.scheme = new SharingScheme(key.formula());
        this.verificationKeys = key.points();
    }

    /** A, which every share of a toss needs. */
    private CurvePoint base(Name name) {
        Base known = last;
        if (known == null || !known.name.equals(name)) {
            known = new Base(name, hashed(name));
            last = known;
        }
        return known.point;
    }

    /** The same in every epoch of the key, as the value must be. */
    private CurvePoint hashed(Name name) {
        byte[] message = key.use(name.toString())
                .acrossEpochs()
                .transcript("coin/point")
                .digest()
                .toBytes();
        return CurvePoint.hashed(message, SUITE);
    }

    private EqualLogarithms.Claim claim(Name name, int leaf, CurvePoint base, CurvePoint power) {
        return new EqualLogarithms.Claim(key.use(name.toString()), verificationKeys.get(leaf), base, power);
    }

    @Override
    public byte[] share(Name name) {
        CurvePoint base = base(name);
        Writer writer = new Writer();
        for (int leaf : scheme.leavesOf(own.replica())) {
            CurvePoint power = base.times(own.value(leaf));
            writer.fixed(power.toBytes());
            EqualLogarithms.CODEC.write(writer, claim(name, leaf, base, power).prove(own.value(leaf)));
        }
        return writer.toBytes();
    }

    @Override
    public boolean verify(Name name, int replica, byte[] share) {
        SortedSet<Integer> leaves = scheme.leavesOf(replica);
        if (share.length != leaves.size() * PART_LENGTH) {
            return false;
        }
        CurvePoint base = base(name);
        try {
            Reader reader = new Reader(share);
            for (int leaf : leaves) {
                CurvePoint power = CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH));
                if (!claim(name, leaf, base, power).isShownBy(EqualLogarithms.CODEC.read(reader))) {
                    return false;
                }
            }
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return key.formula().isQualified(replicas);
    }

    @Override
    public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
        SortedMap<Integer, CurvePoint> powers = new TreeMap<>();
        try {
            shares.forEach((replica, share) -> {
                Reader reader = new Reader(share);
                for (int leaf : scheme.leavesOf(replica)) {
                    powers.put(leaf, CurvePoint.decoded(reader.fixed(CurvePoint.LENGTH)));
                    reader.fixed(EqualLogarithms.LENGTH);
                }
            });
        } catch (MalformedException e) {
            throw new IllegalArgumentException("a share was not verified: " + e.getMessage());
        }
        return value(name, DiscreteLogDealer.combined(scheme.tree(), powers));
    }

    private Value value(Name name, CurvePoint power) {
        return new Value(key.use(name.toString())
                .acrossEpochs()
                .transcript("coin/value")
                .field(power.toBytes())
                .digest());
    }

    @Override
    public void close() {
        own.close();
    }
}
