package org.maftia.server.ceremony;

import java.util.Optional;
import java.util.SortedMap;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.trust.ReplicaSet;

/**
 * In the place of keys that a group with trusted components does not have: its order tosses no coin, and takes no confidential
 * requests. To use one is a fault of the program; what peers send for one is never valid.
 */
final class AbsentKeys {
    static final Coin COIN = new NoCoin();
    static final ThresholdCipher.Holder CIPHER = new NoHolder();

    private static final byte[] NOTHING = {};

    private AbsentKeys() {}

    private static IllegalStateException absent() {
        return new IllegalStateException("a group with trusted components has no such key");
    }

    private static final class NoCoin implements Coin {
        @Override
        public byte[] share(Name name) {
            return NOTHING;
        }

        @Override
        public boolean verify(Name name, int replica, byte[] share) {
            return false;
        }

        @Override
        public boolean isQualified(ReplicaSet replicas) {
            return false;
        }

        @Override
        public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
            throw absent();
        }
    }

    private static final class NoHolder implements ThresholdCipher.Holder {
        private static final ThresholdCipher NONE = new NoCipher();

        @Override
        public ThresholdCipher cipher() {
            return NONE;
        }

        @Override
        public byte[] share(byte[] ciphertext, byte[] label) {
            return NOTHING;
        }
    }

    private static final class NoCipher implements ThresholdCipher {
        @Override
        public byte[] encrypt(byte[] message, byte[] label, Entropy entropy) {
            throw absent();
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
            throw absent();
        }
    }
}
