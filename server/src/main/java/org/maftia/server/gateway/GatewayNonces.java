package org.maftia.server.gateway;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.BitSet;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The replay nonces that one gateway makes (RFC 8555, section 6.5): the period, the gateway, and sixteen bytes that look random and
 * are a count under a key that this process alone has, so that it knows its own ones again, and a bit says which of them were used
 * for reading. Those used for anything else the group knows. Nonces of other gateways, and those of an earlier life, are not known
 * here; the group takes them. May be used by several threads.
 */
final class GatewayNonces {
    private static final int RANDOM_LENGTH = 16;
    private static final int LENGTH = Integer.BYTES + 1 + RANDOM_LENGTH;
    private static final int KEY_LENGTH = 16;
    private static final int PERIODS_MAX = 4;

    /** Nonces of a period that are known again: 128 KiB of bits. Of more than 3,500 readings a second the rest are ordered. */
    static final int KNOWN_MAX = 1 << 20;

    private final int gateway;
    private final Cipher sealing;
    private final Cipher opening;

    /** By period, two of them at most: which nonces were used for reading. */
    private final TreeMap<Integer, BitSet> spent = new TreeMap<>();

    /** By period, how many were made; the last few, as a clock may be set back a little. */
    private final TreeMap<Integer, Long> made = new TreeMap<>();

    /** What a gateway knows of a nonce. */
    enum Standing {
        /** It made the nonce and gave nothing to read for it. */
        OPEN,
        SPENT,
        /** The group knows. */
        UNKNOWN
    }

    /** @param gateway its number, of a byte */
    GatewayNonces(int gateway, SecureRandom random) {
        this.gateway = gateway;
        byte[] key = new byte[KEY_LENGTH];
        random.nextBytes(key);
        this.sealing = block(Cipher.ENCRYPT_MODE, key);
        this.opening = block(Cipher.DECRYPT_MODE, key);
    }

    /** One block alone, with nothing chained to it: a permutation that nobody else can compute. */
    private static Cipher block(int direction, byte[] key) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
            cipher.init(direction, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[RANDOM_LENGTH]));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES", e);
        }
    }

    private static byte[] crypt(Cipher cipher, byte[] block) {
        try {
            return cipher.doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a whole block can be encrypted", e);
        }
    }

    int gateway() {
        return gateway;
    }

    /** Another one each time. */
    synchronized String next(int period) {
        long number = made.getOrDefault(period, 0L);
        made.put(period, number + 1);
        if (made.size() > PERIODS_MAX) {
            made.pollFirstEntry();
        }
        byte[] block = ByteBuffer.allocate(RANDOM_LENGTH)
                .putLong(number)
                .putInt(0)
                .putInt(period)
                .array();
        ByteBuffer bytes =
                ByteBuffer.allocate(LENGTH).putInt(period).put((byte) gateway).put(crypt(sealing, block));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    synchronized Standing standing(String nonce) {
        Place place = place(nonce);
        if (place == null) {
            return Standing.UNKNOWN;
        }
        BitSet used = spent.get(place.period);
        return used != null && used.get(place.number) ? Standing.SPENT : Standing.OPEN;
    }

    /** Uses one up for reading; false where it is not open. */
    synchronized boolean spend(String nonce, int nowPeriod) {
        spent.headMap(nowPeriod - 1).clear();
        Place place = place(nonce);
        if (place == null || place.period < nowPeriod - 1 || place.period > nowPeriod) {
            return false;
        }
        BitSet used = spent.computeIfAbsent(place.period, period -> new BitSet());
        boolean open = !used.get(place.number);
        used.set(place.number);
        return open;
    }

    private record Place(int period, int number) {}

    /** Null where this gateway did not make it, or made too many since it began. */
    private @Nullable Place place(String nonce) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(nonce);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (bytes.length != LENGTH) {
            return null;
        }
        ByteBuffer outer = ByteBuffer.wrap(bytes);
        int period = outer.getInt();
        boolean own = (outer.get() & 0xff) == gateway;
        byte[] sealed = new byte[RANDOM_LENGTH];
        outer.get(sealed);
        ByteBuffer inner = ByteBuffer.wrap(crypt(opening, sealed));
        long number = inner.getLong();
        boolean known = inner.getInt() == 0 && inner.getInt() == period && number >= 0 && number < KNOWN_MAX;
        return own && known ? new Place(period, (int) number) : null;
    }
}
