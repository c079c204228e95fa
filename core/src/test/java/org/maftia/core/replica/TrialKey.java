package org.maftia.core.replica;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.trust.SharingFormula;

/** A key of a group under trial: its signatures are hashes as long as those of RSA, and it signs what a key of RSA signs. */
public final class TrialKey implements ThresholdSignature {
    /** Of a key of 2048 bits. */
    private static final int LENGTH = 256;

    private static final int MESSAGE_LENGTH_MAX = 4 << 20;

    /** What stands before a digest that says by what it was made, by its length. */
    private static final List<Integer> DIGEST_LENGTHS = List.of(32, 48, 64);

    private final String keyId;
    private final RsaEncoding encoding;
    private final int length;

    public TrialKey(String keyId, RsaEncoding encoding) {
        this(keyId, encoding, LENGTH);
    }

    /** @param length of signatures, in bytes */
    public TrialKey(String keyId, RsaEncoding encoding, int length) {
        this.keyId = keyId;
        this.encoding = encoding;
        this.length = length;
    }

    @Override
    public String keyId() {
        return keyId;
    }

    @Override
    public SharingFormula formula() {
        return TrialLog.TRUST.sharing();
    }

    @Override
    public boolean accepts(byte[] message) {
        return message.length <= MESSAGE_LENGTH_MAX
                && (!encoding.isOfDigests() || DIGEST_LENGTHS.contains(message.length - 1));
    }

    @Override
    public List<Integer> designated(long index) {
        return List.of(0);
    }

    @Override
    public Optional<byte[]> combine(byte[] message, SortedMap<Integer, byte[]> shares) {
        throw new IllegalStateException("a group under trial has no shares");
    }

    /** The one signature of the message. */
    public byte[] signature(byte[] message) {
        byte[] hash =
                Transcript.of("trial").field(keyId).field(message).digest().toBytes();
        byte[] signature = new byte[length];
        for (int i = 0; i < length; i++) {
            signature[i] = hash[i % hash.length];
        }
        return signature;
    }

    @Override
    public boolean verify(byte[] message, byte[] signature) {
        return Arrays.equals(signature, signature(message));
    }

    @Override
    public boolean verifyShare(byte[] message, int leaf, byte[] share, byte[] proof) {
        throw new IllegalStateException("a group under trial has no shares");
    }
}
