package org.maftia.core.crypto;

import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A cipher for simulations and tests, as its specification would have it: who does not know the seed can neither read,
 * nor alter, nor relabel a ciphertext, nor forge a share, and each costs a hash or two. What a real one would do with
 * shares that were not verified, it does too: it gives another message. All who hold the object hold the seed, so it
 * keeps nothing secret from the process that it runs in.
 */
public final class IdealCipher implements ThresholdCipher {
    private static final int NONCE_LENGTH = 16;
    private static final int MESSAGE_LENGTH_MAX = 16 << 20;
    private static final int OVERHEAD = 1 + NONCE_LENGTH + Digest.LENGTH + Integer.BYTES;

    private final long seed;
    private final FaultStructure trust;

    /** @param seed common to a group; drawn by a simulation that does not show it to its adversary */
    public IdealCipher(long seed, FaultStructure trust) {
        this.seed = seed;
        this.trust = trust;
    }

    /** One replica's part. */
    public Holder holder(int self) {
        return new Holder() {
            @Override
            public ThresholdCipher cipher() {
                return IdealCipher.this;
            }

            @Override
            public byte[] share(byte[] ciphertext, byte[] label) {
                return shareOf(self, ciphertext, label);
            }
        };
    }

    /** @param readable whether there is anything inside but garbage */
    private record Parts(boolean readable, byte[] nonce, Digest tag, byte[] masked) {}

    @Override
    public int overhead() {
        return OVERHEAD;
    }

    @Override
    public byte[] encrypt(byte[] message, byte[] label, Entropy entropy) {
        return sealed(true, message, label, entropy);
    }

    @Override
    public Optional<byte[]> open(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
        boolean honest = shares.entrySet().stream()
                .allMatch(share -> verify(ciphertext, label, share.getKey(), share.getValue()));
        return honest ? combine(ciphertext, label, shares) : Optional.empty();
    }

    /** A valid ciphertext whose sender put garbage inside. */
    public byte[] garbage(byte[] label, Entropy entropy) {
        return sealed(false, new byte[0], label, entropy);
    }

    private byte[] sealed(boolean readable, byte[] message, byte[] label, Entropy entropy) {
        byte[] nonce = entropy.bytes(NONCE_LENGTH);
        byte[] masked = mask(nonce, message);
        return new Writer(masked.length + OVERHEAD)
                .bool(readable)
                .fixed(nonce)
                .digest(tag(readable, nonce, masked, label))
                .opaque32(masked)
                .toBytes();
    }

    /** Hides and shows. */
    private byte[] mask(byte[] nonce, byte[] bytes) {
        byte[] masked = bytes.clone();
        for (int start = 0; start < masked.length; start += Digest.LENGTH) {
            byte[] block = Transcript.of("ideal cipher/mask")
                    .field(seed)
                    .field(nonce)
                    .field(start)
                    .digest()
                    .toBytes();
            for (int i = start; i < Math.min(masked.length, start + Digest.LENGTH); i++) {
                masked[i] ^= block[i - start];
            }
        }
        return masked;
    }

    private Digest tag(boolean readable, byte[] nonce, byte[] masked, byte[] label) {
        return Transcript.of("ideal cipher/tag")
                .field(seed)
                .field(readable ? 1 : 0)
                .field(nonce)
                .field(masked)
                .field(label)
                .digest();
    }

    private static @Nullable Parts parts(byte[] ciphertext) {
        try {
            Reader reader = new Reader(ciphertext);
            Parts parts = new Parts(
                    reader.bool(), reader.fixed(NONCE_LENGTH), reader.digest(), reader.opaque32(MESSAGE_LENGTH_MAX));
            reader.end();
            return parts;
        } catch (MalformedException e) {
            return null;
        }
    }

    @Override
    public boolean isValid(byte[] ciphertext, byte[] label) {
        Parts parts = parts(ciphertext);
        return parts != null && parts.tag.equals(tag(parts.readable, parts.nonce, parts.masked, label));
    }

    private byte[] shareOf(int replica, byte[] ciphertext, byte[] label) {
        return Transcript.of("ideal cipher/share")
                .field(seed)
                .field(replica)
                .field(ciphertext)
                .field(label)
                .digest()
                .toBytes();
    }

    @Override
    public int shareLength(int replica) {
        return Digest.LENGTH;
    }

    @Override
    public boolean verify(byte[] ciphertext, byte[] label, int replica, byte[] share) {
        return Arrays.equals(share, shareOf(replica, ciphertext, label));
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return trust.isQualified(replicas);
    }

    @Override
    public Optional<byte[]> combine(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        Transcript lies = Transcript.of("ideal cipher/lies");
        boolean honest = true;
        for (var entry : shares.entrySet()) {
            senders = senders.with(entry.getKey());
            honest &= verify(ciphertext, label, entry.getKey(), entry.getValue());
            lies.field(entry.getValue());
        }
        Parts parts = parts(ciphertext);
        if (!isQualified(senders) || parts == null) {
            throw new IllegalArgumentException("the shares do not suffice, or the ciphertext was not checked");
        }
        if (!honest) {
            return Optional.of(lies.digest().toBytes());
        }
        return parts.readable ? Optional.of(mask(parts.nonce, parts.masked)) : Optional.empty();
    }
}
