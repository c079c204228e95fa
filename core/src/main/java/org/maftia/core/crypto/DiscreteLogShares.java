package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What one replica knows of a number shared in BLS12-381 G1: the secret. {@link #close} overwrites it; after that its
 * use is an error. Arrays that {@link #CODEC} made are the caller's to overwrite.
 */
public final class DiscreteLogShares implements AutoCloseable {
    private static final int NAME_LENGTH_MAX = 64;

    private final String keyId;
    private final long epoch;
    private final int replica;

    /** By leaf, 32 bytes each. */
    private final SortedMap<Integer, byte[]> values;

    private boolean closed;

    private DiscreteLogShares(String keyId, long epoch, int replica, SortedMap<Integer, byte[]> values) {
        this.keyId = keyId;
        this.epoch = epoch;
        this.replica = replica;
        this.values = values;
    }

    static DiscreteLogShares of(DiscreteLogKey key, int replica, SortedMap<Integer, BigInteger> values) {
        return of(key.keyId(), key.epoch(), replica, values);
    }

    static DiscreteLogShares of(String keyId, long epoch, int replica, SortedMap<Integer, BigInteger> values) {
        SortedMap<Integer, byte[]> bytes = new TreeMap<>();
        values.forEach((leaf, value) -> bytes.put(leaf, CurvePoint.scalar(value)));
        return new DiscreteLogShares(keyId, epoch, replica, bytes);
    }

    public String keyId() {
        return keyId;
    }

    public long epoch() {
        return epoch;
    }

    public int replica() {
        return replica;
    }

    /** These, of a replica that goes by another index now: the same numbers, which {@link #close} erases in both. */
    public DiscreteLogShares renamed(int index) {
        return new DiscreteLogShares(keyId, epoch, index, values);
    }

    /** The number; a copy that cannot be wiped, so it should live shortly. */
    BigInteger value(int leaf) {
        byte[] bytes = values.get(leaf);
        if (bytes == null || closed) {
            throw new IllegalStateException("replica " + replica + " has no share " + leaf + ", or has erased it");
        }
        return new BigInteger(1, bytes);
    }

    /** Whether these are all shares that the key's formula gives the replica, and each fits its verification key. */
    public boolean match(DiscreteLogKey key) {
        List<CurvePoint> points = key.points();
        return keyId.equals(key.keyId())
                && epoch == key.epoch()
                && values.keySet().equals(new SharingScheme(key.formula()).leavesOf(replica))
                && values.keySet().stream()
                        .allMatch(
                                leaf -> CurvePoint.GENERATOR.times(value(leaf)).equals(points.get(leaf)));
    }

    /** These, which must {@link #match} the key. */
    DiscreteLogShares checked(DiscreteLogKey key) {
        if (!match(key)) {
            throw new IllegalArgumentException("these are not the shares of " + key.keyId());
        }
        return this;
    }

    @Override
    public void close() {
        closed = true;
        values.values().forEach(bytes -> Arrays.fill(bytes, (byte) 0));
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "shares " + values.keySet() + " of " + keyId + ", epoch " + epoch;
    }

    public static final Codec<DiscreteLogShares> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, DiscreteLogShares value) {
            writer.string(value.keyId).u64(value.epoch).u8(value.replica).u16(value.values.size());
            value.values.forEach((leaf, bytes) -> writer.u16(leaf).fixed(bytes));
        }

        @Override
        public DiscreteLogShares read(Reader reader) {
            String keyId = reader.string(NAME_LENGTH_MAX);
            long epoch = reader.count();
            int replica = reader.u8();
            SortedMap<Integer, byte[]> values = new TreeMap<>();
            int last = -1;
            for (int i = reader.u16(); i > 0; i--) {
                int leaf = reader.u16();
                byte[] bytes = reader.fixed(CurvePoint.SCALAR_LENGTH);
                if (leaf <= last || new BigInteger(1, bytes).compareTo(CurvePoint.ORDER) >= 0) {
                    throw new MalformedException("leaves ascend, and a share is below the order");
                }
                values.put(leaf, bytes);
                last = leaf;
            }
            return new DiscreteLogShares(keyId, epoch, replica, values);
        }
    };
}
