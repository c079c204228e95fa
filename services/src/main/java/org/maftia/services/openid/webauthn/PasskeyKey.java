package org.maftia.services.openid.webauthn;

import java.math.BigInteger;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.JsonWebKey;

/** Public keys as authenticators write them (RFC 9053, RFC 8230), and signatures as they make them. */
final class PasskeyKey {
    private static final long KIND = 1;
    private static final long ALGORITHM = 3;

    /** Of the longest RSA key that authenticators have. */
    private static final int MODULUS_BITS_MAX = 4_096;

    private PasskeyKey() {}

    /**
     * Reads a key.
     *
     * @throws MalformedException when it is none, or one of another algorithm than ES256, EdDSA and RS256
     */
    static JsonWebKey of(byte[] cose) {
        Cbor.Entries key = Cbor.map(cose);
        long kind = key.number(KIND);
        long algorithm = key.number(ALGORITHM);
        if (kind == 2 && algorithm == -7 && key.number(-1) == 1) {
            return new JsonWebKey.Elliptic(coordinate(key, -2), coordinate(key, -3));
        }
        if (kind == 1 && algorithm == -8 && key.number(-1) == 6) {
            return new JsonWebKey.Edwards(coordinate(key, -2));
        }
        if (kind == 3 && algorithm == -257) {
            return rsa(new BigInteger(1, key.bytes(-1)), new BigInteger(1, key.bytes(-2)));
        }
        throw new MalformedException("a passkey signs by ES256, EdDSA (Ed25519) or RS256");
    }

    private static byte[] coordinate(Cbor.Entries key, long label) {
        byte[] bytes = key.bytes(label);
        if (bytes.length != JsonWebKey.LENGTH) {
            throw new MalformedException("a coordinate of a key has " + JsonWebKey.LENGTH + " bytes");
        }
        return bytes;
    }

    private static JsonWebKey rsa(BigInteger modulus, BigInteger exponent) {
        if (modulus.bitLength() < JsonWebKey.MODULUS_BITS_MIN
                || modulus.bitLength() > MODULUS_BITS_MAX
                || !exponent.equals(JsonWebKey.EXPONENT)) {
            throw new MalformedException("the RSA key of a passkey has 2048 to 4096 bits and the exponent 65537");
        }
        return new JsonWebKey.Rsa(modulus);
    }

    /** Whether the signature is one of the message; those of ECDSA are in DER here (Web Authentication, section 6.5.6). */
    static boolean verifies(JsonWebKey key, byte[] message, byte[] signature) {
        return key.verifies(message, key instanceof JsonWebKey.Elliptic ? flat(signature) : signature);
    }

    /** A sequence of two numbers in DER, as RFC 7518 writes them. */
    private static byte[] flat(byte[] der) {
        if (der.length < 2 || der[0] != 0x30 || der[1] != der.length - 2) {
            throw new MalformedException("the signature is no sequence");
        }
        byte[] flat = new byte[2 * JsonWebKey.LENGTH];
        int second = number(der, 2, flat, JsonWebKey.LENGTH);
        if (number(der, second, flat, 2 * JsonWebKey.LENGTH) != der.length) {
            throw new MalformedException("the signature has more than two numbers");
        }
        return flat;
    }

    /** Copies the number at an offset so that it ends where it is to; gives the offset of the next one. */
    private static int number(byte[] der, int offset, byte[] flat, int end) {
        if (der.length - offset < 3 || der[offset] != 0x02) {
            throw new MalformedException("the signature lacks a number");
        }
        int length = der[offset + 1];
        int begin = offset + 2;
        if (length < 1 || length > JsonWebKey.LENGTH + 1 || length > der.length - begin || der[begin] < 0) {
            throw new MalformedException("a number of the signature has a wrong length, or is negative");
        }
        boolean padded = der[begin] == 0 && length > 1;
        if (padded && der[begin + 1] >= 0 || !padded && length > JsonWebKey.LENGTH) {
            throw new MalformedException("a number of the signature is not in its one form");
        }
        int from = padded ? begin + 1 : begin;
        int count = padded ? length - 1 : length;
        System.arraycopy(der, from, flat, end - count, count);
        return begin + length;
    }
}
