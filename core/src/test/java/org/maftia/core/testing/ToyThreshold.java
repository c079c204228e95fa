package org.maftia.core.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/**
 * A threshold signature without any secrecy, for tests of those who use one: cheap, and it behaves as a real one does
 * towards wrong, missing and proved shares.
 */
public final class ToyThreshold implements ThresholdSignature {
    private final String keyId;
    private final SharingFormula formula;
    private final List<List<Integer>> minimal = new ArrayList<>();

    public ToyThreshold(String keyId, SharingFormula formula, int replicas) {
        this.keyId = keyId;
        this.formula = formula;
        List<Integer> owners = formula.owners();
        for (long bits = 1; bits <= ReplicaSet.firstOf(replicas).bits(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            boolean isMinimal = formula.isQualified(set)
                    && set.toList().stream().noneMatch(replica -> formula.isQualified(set.without(replica)));
            if (isMinimal) {
                List<Integer> leaves = new ArrayList<>();
                for (int leaf = 0; leaf < owners.size(); leaf++) {
                    if (set.contains(owners.get(leaf))) {
                        leaves.add(leaf);
                    }
                }
                minimal.add(leaves);
            }
        }
    }

    /** The shares of one replica. */
    public Signer signer(int replica) {
        Set<Integer> leaves = new TreeSet<>();
        List<Integer> owners = formula.owners();
        for (int leaf = 0; leaf < owners.size(); leaf++) {
            if (owners.get(leaf) == replica) {
                leaves.add(leaf);
            }
        }
        return new Signer() {
            @Override
            public Set<Integer> leaves() {
                return leaves;
            }

            @Override
            public byte[] share(byte[] message, int leaf) {
                return rightShare(message, leaf);
            }

            @Override
            public byte[] prove(byte[] message, int leaf) {
                return hash("toy-proof", message, leaf);
            }
        };
    }

    private byte[] rightShare(byte[] message, int leaf) {
        return hash("toy-share", message, leaf);
    }

    private byte[] hash(String purpose, byte[] message, int leaf) {
        return Transcript.of(purpose)
                .field(keyId)
                .field(message)
                .field(leaf)
                .digest()
                .toBytes();
    }

    @Override
    public String keyId() {
        return keyId;
    }

    @Override
    public SharingFormula formula() {
        return formula;
    }

    @Override
    public boolean accepts(byte[] message) {
        return true;
    }

    @Override
    public List<Integer> designated(long index) {
        return minimal.get(Math.floorMod(index, minimal.size()));
    }

    @Override
    public Optional<byte[]> combine(byte[] message, SortedMap<Integer, byte[]> shares) {
        boolean right = shares.entrySet().stream()
                .allMatch(entry -> Arrays.equals(entry.getValue(), rightShare(message, entry.getKey())));
        return right ? Optional.of(signature(message)) : Optional.empty();
    }

    /** The one signature of the message. */
    public byte[] signature(byte[] message) {
        return hash("toy-signature", message, -1);
    }

    @Override
    public boolean verify(byte[] message, byte[] signature) {
        return Arrays.equals(signature, signature(message));
    }

    @Override
    public boolean verifyShare(byte[] message, int leaf, byte[] share, byte[] proof) {
        return Arrays.equals(share, rightShare(message, leaf))
                && Arrays.equals(proof, hash("toy-proof", message, leaf));
    }

    /** What a corrupted replica would send in place of a share. */
    public static byte[] falseShare() {
        return "false".getBytes(StandardCharsets.US_ASCII);
    }
}
