package org.maftia.core.replica;

import java.util.Optional;
import java.util.SortedMap;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.trust.ReplicaSet;

/** The place of a cipher in a group that has none: nothing is a ciphertext, so nothing is ever opened. */
final class Unencrypted implements ThresholdCipher, ThresholdCipher.Holder {
    @Override
    public byte[] encrypt(byte[] message, byte[] label, Entropy entropy) {
        throw new IllegalStateException("this group has no key to encrypt to");
    }

    @Override
    public int overhead() {
        return 0;
    }

    @Override
    public boolean isValid(byte[] ciphertext, byte[] label) {
        return false;
    }

    @Override
    public int shareLength(int replica) {
        return 0;
    }

    @Override
    public boolean verify(byte[] ciphertext, byte[] label, int replica, byte[] share) {
        return false;
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return false;
    }

    @Override
    public Optional<byte[]> combine(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
        throw new IllegalArgumentException("there are no shares of a key that is not there");
    }

    @Override
    public ThresholdCipher cipher() {
        return this;
    }

    @Override
    public byte[] share(byte[] ciphertext, byte[] label) {
        throw new IllegalArgumentException("nothing is a ciphertext here");
    }
}
