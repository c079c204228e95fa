package org.maftia.wormhole.trusted;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.maftia.wormhole.certificate.TagProfile;

/**
 * HMAC-SHA256 (RFC 2104) under the key of the group. Keys of earlier trusted views still verify, and seal nothing more.
 */
final class HmacSealer implements Sealer {
    /** How many earlier keys still verify: certificates older than so many views are checkpointed away. */
    private static final int OLDER_KEYS = 3;

    private final Mac[] macs = new Mac[1 + OLDER_KEYS];
    private final byte[] computed = new byte[TagProfile.HMAC.length()];
    private int keys;

    /** From now on seals with this key; the oldest one is forgotten. */
    void install(byte[] key) {
        System.arraycopy(macs, 0, macs, 1, OLDER_KEYS);
        macs[0] = mac(new SecretKeySpec(key, "HmacSHA256"));
        keys = Math.min(keys + 1, macs.length);
        Arrays.fill(key, (byte) 0);
    }

    boolean hasKey() {
        return keys > 0;
    }

    static Mac mac(SecretKey key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HMAC", e);
        }
    }

    /** Writes the MAC of a range at an offset. */
    static void compute(Mac mac, byte[] bytes, int at, int length, byte[] out, int outAt) {
        mac.update(bytes, at, length);
        try {
            mac.doFinal(out, outAt);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no room for a tag", e);
        }
    }

    /** Compares in a time that does not depend on where the first difference is. */
    static boolean same(byte[] a, int aAt, byte[] b, int bAt, int length) {
        int difference = 0;
        for (int i = 0; i < length; i++) {
            difference |= a[aAt + i] ^ b[bAt + i];
        }
        return difference == 0;
    }

    @Override
    public TagProfile profile() {
        return TagProfile.HMAC;
    }

    @Override
    public void seal(byte[] bytes, int at, int length, byte[] out, int outAt) {
        compute(macs[0], bytes, at, length, out, outAt);
    }

    @Override
    public boolean verify(int ttcb, long epoch, byte[] bytes, int at, int length, byte[] tag, int tagAt) {
        for (int i = 0; i < keys; i++) {
            compute(macs[i], bytes, at, length, computed, 0);
            if (same(computed, 0, tag, tagAt, computed.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void erase() {
        Arrays.fill(macs, null);
        keys = 0;
    }
}
