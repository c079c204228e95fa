package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What one replica knows of a shared RSA key: the secret. {@link #close} overwrites it. Arrays that {@link #CODEC} made
 * are the caller's to overwrite.
 */
public final class RsaShares implements AutoCloseable {
    /** A modulus of 8192 bits and the growth of 16 levels. */
    private static final int SHARE_LENGTH_MAX = 8192;

    private static final int KEY_ID_LENGTH_MAX = 64;

    private final String keyId;
    private final int replica;

    /** Two's complement, shortest form: a share may be negative. */
    private final SortedMap<Integer, byte[]> values;

    private RsaShares(String keyId, int replica, SortedMap<Integer, byte[]> values) {
        this.keyId = keyId;
        this.replica = replica;
        this.values = values;
    }

    static RsaShares of(String keyId, int replica, SortedMap<Integer, BigInteger> values) {
        SortedMap<Integer, byte[]> bytes = new TreeMap<>();
        values.forEach((leaf, value) -> bytes.put(leaf, value.toByteArray()));
        return new RsaShares(keyId, replica, bytes);
    }

    public String keyId() {
        return keyId;
    }

    public int replica() {
        return replica;
    }

    public SortedSet<Integer> leaves() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(values.keySet()));
    }

    /** The integer; a copy that cannot be wiped, so it should live shortly. */
    BigInteger value(int leaf) {
        byte[] bytes = values.get(leaf);
        if (bytes == null) {
            throw new IllegalArgumentException("replica " + replica + " has no share " + leaf);
        }
        return new BigInteger(bytes);
    }

    /** The same secret, erased by itself. */
    RsaShares copy() {
        SortedMap<Integer, byte[]> copies = new TreeMap<>();
        values.forEach((leaf, bytes) -> copies.put(leaf, bytes.clone()));
        return new RsaShares(keyId, replica, copies);
    }

    /** Whether these are all shares that the key's formula gives the replica, and each fits its verification key. */
    public boolean match(RsaKey key, ModularPower power) {
        SharingScheme scheme = new SharingScheme(key.formula());
        if (!keyId.equals(key.keyId()) || !values.keySet().equals(scheme.leavesOf(replica))) {
            return false;
        }
        for (int leaf : values.keySet()) {
            if (!RsaPower.of(power, key.base(), value(leaf), key.modulus())
                    .equals(key.verificationKeys().get(leaf))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        values.values().forEach(bytes -> Arrays.fill(bytes, (byte) 0));
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "shares " + values.keySet() + " of " + keyId;
    }

    public static final Codec<RsaShares> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RsaShares value) {
            writer.string(value.keyId).u8(value.replica).u16(value.values.size());
            value.values.forEach((leaf, bytes) -> writer.u16(leaf).opaque16(bytes));
        }

        @Override
        public RsaShares read(Reader reader) {
            String keyId = reader.string(KEY_ID_LENGTH_MAX);
            int replica = reader.u8();
            int count = reader.u16();
            SortedMap<Integer, byte[]> values = new TreeMap<>();
            int last = -1;
            for (int i = 0; i < count; i++) {
                int leaf = reader.u16();
                byte[] bytes = reader.opaque16(SHARE_LENGTH_MAX);
                if (leaf <= last || !isShortest(bytes)) {
                    throw new MalformedException("leaves ascend, and a share has its shortest form");
                }
                values.put(leaf, bytes);
                last = leaf;
            }
            return new RsaShares(keyId, replica, values);
        }

        private static boolean isShortest(byte[] bytes) {
            return bytes.length == 1
                    || (bytes.length > 1 && (bytes[0] != 0 || bytes[1] < 0) && (bytes[0] != -1 || bytes[1] >= 0));
        }
    };
}
