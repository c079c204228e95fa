package org.maftia.simulator;

import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.Renewable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * An ideal coin and an ideal cipher whose shares are of an epoch of a real key: who holds no shares of the epoch makes none, those
 * of another epoch do not verify, and who combines shares of different ones gets something else. So a simulation sees who uses which
 * epoch, at the price of some hashes.
 */
final class EpochShares {
    private final DiscreteLogKey key;
    private final boolean holds;

    private EpochShares(DiscreteLogKey key, @Nullable DiscreteLogShares own) {
        if (own != null && !own.match(key)) {
            throw new IllegalArgumentException("these are not the shares of " + key.keyId());
        }
        this.key = key;
        this.holds = own != null;
    }

    /** What a replica tosses with that has no shares yet. */
    static Coin coin(DiscreteLogKey key, Coin ideal) {
        return new OfCoin(new EpochShares(key, null), ideal);
    }

    /** A replica's part in opening, while it has no shares yet. */
    static ThresholdCipher.Holder holder(DiscreteLogKey key, ThresholdCipher.Holder ideal) {
        return new OfCipher(new EpochShares(key, null), ideal);
    }

    private byte[] marked(byte[] share) {
        return holds
                ? new Writer(share.length + Long.BYTES)
                        .u64(key.epoch())
                        .fixed(share)
                        .toBytes()
                : new byte[0];
    }

    private boolean isMarked(byte[] share) {
        return share.length >= Long.BYTES && new Reader(share).u64() == key.epoch();
    }

    private static byte[] bare(byte[] share) {
        return Arrays.copyOfRange(share, Math.min(Long.BYTES, share.length), share.length);
    }

    private static SortedMap<Integer, byte[]> bare(SortedMap<Integer, byte[]> shares) {
        SortedMap<Integer, byte[]> bare = new TreeMap<>();
        shares.forEach((replica, share) -> bare.put(replica, bare(share)));
        return bare;
    }

    private boolean areOfOne(SortedMap<Integer, byte[]> shares) {
        return shares.values().stream().allMatch(this::isMarked);
    }

    private record OfCoin(EpochShares epoch, Coin ideal) implements Coin, Renewable<Coin> {
        @Override
        public byte[] share(Name name) {
            return epoch.marked(ideal.share(name));
        }

        @Override
        public boolean verify(Name name, int replica, byte[] share) {
            return epoch.isMarked(share) && ideal.verify(name, replica, bare(share));
        }

        @Override
        public boolean isQualified(ReplicaSet replicas) {
            return epoch.key.formula().isQualified(replicas);
        }

        @Override
        public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
            Value value = ideal.combine(name, bare(shares));
            return epoch.areOfOne(shares)
                    ? value
                    : new Value(
                            Transcript.of("mixed epochs").field(value.digest()).digest());
        }

        @Override
        public Optional<Renewable<Coin>> renewable() {
            return Optional.of(this);
        }

        @Override
        public DiscreteLogKey sharing() {
            return epoch.key;
        }

        @Override
        public Coin in(DiscreteLogKey other, @Nullable DiscreteLogShares own) {
            return new OfCoin(new EpochShares(other, own), ideal);
        }
    }

    private record OfCipher(EpochShares epoch, ThresholdCipher.Holder ideal)
            implements ThresholdCipher.Holder, ThresholdCipher, Renewable<ThresholdCipher.Holder> {
        @Override
        public ThresholdCipher cipher() {
            return this;
        }

        @Override
        public byte[] share(byte[] ciphertext, byte[] label) {
            return epoch.holds ? epoch.marked(ideal.share(ciphertext, label)) : new byte[0];
        }

        @Override
        public byte[] encrypt(byte[] message, byte[] label, Entropy entropy) {
            return ideal.cipher().encrypt(message, label, entropy);
        }

        @Override
        public int overhead() {
            return ideal.cipher().overhead();
        }

        @Override
        public boolean isValid(byte[] ciphertext, byte[] label) {
            return ideal.cipher().isValid(ciphertext, label);
        }

        @Override
        public int shareLength(int replica) {
            return Long.BYTES + ideal.cipher().shareLength(replica);
        }

        @Override
        public boolean verify(byte[] ciphertext, byte[] label, int replica, byte[] share) {
            return epoch.isMarked(share) && ideal.cipher().verify(ciphertext, label, replica, bare(share));
        }

        @Override
        public boolean isQualified(ReplicaSet replicas) {
            return epoch.key.formula().isQualified(replicas);
        }

        @Override
        public Optional<byte[]> combine(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
            Optional<byte[]> message = ideal.cipher().combine(ciphertext, label, bare(shares));
            return epoch.areOfOne(shares)
                    ? message
                    : Optional.of(Transcript.sha256(message.orElse(ciphertext)).toBytes());
        }

        @Override
        public Optional<byte[]> open(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
            return epoch.areOfOne(shares) ? ideal.cipher().open(ciphertext, label, bare(shares)) : Optional.empty();
        }

        @Override
        public Optional<Renewable<ThresholdCipher.Holder>> renewable() {
            return Optional.of(this);
        }

        @Override
        public DiscreteLogKey sharing() {
            return epoch.key;
        }

        @Override
        public ThresholdCipher.Holder in(DiscreteLogKey other, @Nullable DiscreteLogShares own) {
            return new OfCipher(new EpochShares(other, own), ideal);
        }
    }
}
