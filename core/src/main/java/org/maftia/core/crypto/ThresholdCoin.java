package org.maftia.core.crypto;

import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;

/**
 * The coin of a shared number s: its value for a name is a hash of A^s, where A is the name hashed into the group. Every
 * share A^(s_l) comes with a proof that its exponent is the one of the leaf's verification key, so a false one is known
 * for what it is, and for whose it is. An unqualified set knows nothing about A^s under the Diffie-Hellman assumption in
 * BLS12-381 G1, with hashes as random oracles. Uses no randomness. May be used by several threads until it is closed.
 *
 * <p>Source: Cachin, Kursawe, Shoup, "Random oracles in Constantinople" (PODC 2000; J. Cryptology 2005), over a sharing
 * formula.
 */
public final class ThresholdCoin implements Coin, Renewable<Coin>, AutoCloseable {
    private static final String SUITE = CurvePoint.suite("COIN");
    private static final byte[] NOTHING = {};

    private final DiscreteLogKey key;
    private final ProvedPowers powers;
    private final @Nullable DiscreteLogShares own;

    /** Spares hashing the same name for each share. Immutable, so threads that race for it lose nothing but time. */
    private volatile @Nullable Base last;

    private record Base(Name name, CurvePoint point) {}

    /**
     * The coin as one replica holds it. It takes over the shares and erases them when it is closed.
     *
     * @throws IllegalArgumentException when the shares are not those of the key
     */
    public ThresholdCoin(DiscreteLogKey key, DiscreteLogShares own) {
        this(own.checked(key), key);
    }

    private ThresholdCoin(@Nullable DiscreteLogShares own, DiscreteLogKey key) {
        this.key = key;
        this.own = own;
        this.powers = new ProvedPowers(key);
    }

    /** The coin of a replica without shares: it verifies and combines those of others. */
    public static ThresholdCoin bare(DiscreteLogKey key) {
        return new ThresholdCoin(null, key);
    }

    @Override
    public DiscreteLogKey sharing() {
        return key;
    }

    @Override
    public Coin in(DiscreteLogKey epoch, @Nullable DiscreteLogShares shares) {
        return shares == null ? bare(epoch) : new ThresholdCoin(epoch, shares);
    }

    @Override
    public Optional<Renewable<Coin>> renewable() {
        return Optional.of(this);
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

    @Override
    public byte[] share(Name name) {
        return own == null ? NOTHING : powers.of(own, name.toString(), base(name));
    }

    @Override
    public boolean verify(Name name, int replica, byte[] share) {
        return share.length == powers.length(replica) && powers.verify(name.toString(), replica, base(name), share);
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return key.formula().isQualified(replicas);
    }

    @Override
    public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
        return value(name, powers.combined(shares));
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
        if (own != null) {
            own.close();
        }
    }
}
