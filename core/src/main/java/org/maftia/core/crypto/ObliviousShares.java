package org.maftia.core.crypto;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The summands of an {@link ObliviousKey} that one replica keeps: secret, the same bytes at all keepers. {@link #close}
 * overwrites them; after that their use is an error. Arrays that {@link #CODEC} made are the caller's to overwrite.
 */
public final class ObliviousShares implements AutoCloseable {
    /** Bytes of a summand: the seed of a summand for each user. */
    static final int SEED_LENGTH = 32;

    private static final int NAME_LENGTH_MAX = 64;

    private final String keyId;
    private final long epoch;
    private final int replica;
    private final SortedMap<Integer, byte[]> seeds;
    private boolean closed;

    ObliviousShares(String keyId, long epoch, int replica, SortedMap<Integer, byte[]> seeds) {
        this.keyId = keyId;
        this.epoch = epoch;
        this.replica = replica;
        this.seeds = seeds;
    }

    public String keyId() {
        return keyId;
    }

    public int replica() {
        return replica;
    }

    SortedSet<Integer> summands() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(seeds.keySet()));
    }

    byte[] seed(int summand) {
        byte[] seed = seeds.get(summand);
        if (seed == null || closed) {
            throw new IllegalStateException("replica " + replica + " has no summand " + summand + ", or has erased it");
        }
        return seed;
    }

    /** Whether these are all summands that the key gives the replica. Whether they are the right ones nobody can tell alone. */
    public boolean match(ObliviousKey key) {
        SortedSet<Integer> expected = new TreeSet<>();
        for (int i = 0; i < key.summands(); i++) {
            if (key.keepers().get(i).contains(replica)) {
                expected.add(i);
            }
        }
        return keyId.equals(key.keyId()) && epoch == key.epoch() && summands().equals(expected);
    }

    @Override
    public void close() {
        closed = true;
        seeds.values().forEach(bytes -> Arrays.fill(bytes, (byte) 0));
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "summands " + seeds.keySet() + " of " + keyId + ", epoch " + epoch;
    }

    public static final Codec<ObliviousShares> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ObliviousShares value) {
            writer.string(value.keyId).u64(value.epoch).u8(value.replica).u8(value.seeds.size());
            value.seeds.forEach((summand, seed) -> writer.u8(summand).fixed(seed));
        }

        @Override
        public ObliviousShares read(Reader reader) {
            String keyId = reader.string(NAME_LENGTH_MAX);
            long epoch = reader.count();
            int replica = reader.u8();
            SortedMap<Integer, byte[]> seeds = new TreeMap<>();
            int last = -1;
            for (int i = reader.u8(); i > 0; i--) {
                int summand = reader.u8();
                if (summand <= last || summand >= FaultStructure.COPIED_SUMMANDS_MAX) {
                    throw new MalformedException("summands ascend");
                }
                seeds.put(summand, reader.fixed(SEED_LENGTH));
                last = summand;
            }
            return new ObliviousShares(keyId, epoch, replica, seeds);
        }
    };
}
