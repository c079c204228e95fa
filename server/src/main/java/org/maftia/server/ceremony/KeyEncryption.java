package org.maftia.server.ceremony;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The key under which the secrets of one directory are sealed: what it sealed under one name it opens under that name
 * alone, unaltered or not at all. Where the key lives is for its maker to say; see {@link CustodyMethod}.
 */
sealed interface KeyEncryption extends AutoCloseable {
    /** AES-256-GCM, bound to the name. */
    byte[] seal(String name, byte[] secret, SecureRandom random);

    /**
     * The secret; the caller's to overwrite.
     *
     * @throws org.maftia.core.wire.MalformedException when the bytes were not sealed under this key and name
     */
    byte[] open(String name, byte[] sealed);

    /** Forgets the key. */
    @Override
    void close();

    /** In the memory of this process, from something that was read or typed. */
    final class InMemory implements KeyEncryption {
        private final byte[] key;

        /** @param key 32 bytes, kept by reference and overwritten by {@link #close} */
        InMemory(byte[] key) {
            this.key = key;
        }

        @Override
        public byte[] seal(String name, byte[] secret, SecureRandom random) {
            return SealedBytes.seal(key, name, secret, random);
        }

        @Override
        public byte[] open(String name, byte[] sealed) {
            return SealedBytes.open(key, name, sealed);
        }

        @Override
        public void close() {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** In a PKCS #11 token, which does the work: the key is never in the memory of this process. */
    final class InToken implements KeyEncryption {
        private final TokenKey key;

        InToken(TokenKey key) {
            this.key = key;
        }

        @Override
        public byte[] seal(String name, byte[] secret, SecureRandom random) {
            return SealedBytes.seal(key::cipher, name, secret, random);
        }

        @Override
        public byte[] open(String name, byte[] sealed) {
            return SealedBytes.open(key::cipher, name, sealed);
        }

        /** Nothing of the key is here. */
        @Override
        public void close() {}
    }
}
