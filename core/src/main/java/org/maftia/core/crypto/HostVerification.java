package org.maftia.core.crypto;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Whether a library of the host finds a signature good, where the shell has put one into Java's architecture under the name {@link
 * #PROVIDER}. A yes counts. A no says nothing: whoever asks then judges by the one implementation that all replicas have, whose
 * outcome it is. So which signatures are good does not depend on what a host has, as long as its library is right; only the time
 * does, since good ones are what comes.
 *
 * <p>A yes of the library is one of that implementation, too: both equations of ECDSA are the same, and of Ed25519 (RFC 8032) the
 * library checks the stricter one, without the cofactor, byte by byte. Keys are checked before, by whoever asks.
 */
public final class HostVerification {
    /** The name of the provider, whose algorithms are named as Java names them. */
    public static final String PROVIDER = "MaftiaNative";

    /** ECDSA on P-256 with SHA-256, the signature as two numbers of 32 bytes. */
    public static final String ECDSA = "SHA256withECDSAinP1363Format";

    public static final String EDWARDS = "Ed25519";

    /** What stands before the coordinates of a point of P-256 in a SubjectPublicKeyInfo (RFC 5480), in hexadecimal digits. */
    public static final String ECDSA_HEADER = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

    /** What stands before a point of Ed25519 there (RFC 8410). */
    public static final String EDWARDS_HEADER = "302a300506032b6570032100";

    private static final int SCALAR_LENGTH = 32;

    private HostVerification() {}

    /**
     * Whether the host takes it for a signature by ECDSA on P-256 with SHA-256.
     *
     * @param x first coordinate of a point of the curve, 32 bytes
     * @param y the second one
     */
    public static boolean isEcdsa(byte[] x, byte[] y, byte[] message, BigInteger r, BigInteger s) {
        Provider provider = Security.getProvider(PROVIDER);
        boolean whole = x.length == SCALAR_LENGTH && y.length == SCALAR_LENGTH;
        if (provider == null || !whole || !fits(r) || !fits(s)) {
            return false;
        }
        byte[] signature = new byte[2 * SCALAR_LENGTH];
        write(r, signature, SCALAR_LENGTH);
        write(s, signature, 2 * SCALAR_LENGTH);
        return accepts(provider, "EC", ECDSA, joined(ECDSA_HEADER, x, y), message, signature);
    }

    /**
     * Whether the host takes it for a signature by Ed25519.
     *
     * @param point canonical, of the large prime order, 32 bytes
     */
    public static boolean isEdwards(byte[] point, byte[] message, byte[] signature) {
        Provider provider = Security.getProvider(PROVIDER);
        return provider != null
                && point.length == SCALAR_LENGTH
                && signature.length == Ed25519Certifier.SIGNATURE_LENGTH
                && accepts(provider, EDWARDS, EDWARDS, joined(EDWARDS_HEADER, point), message, signature);
    }

    private static boolean fits(BigInteger number) {
        return number.signum() > 0 && number.bitLength() <= Byte.SIZE * SCALAR_LENGTH;
    }

    private static void write(BigInteger number, byte[] bytes, int end) {
        byte[] digits = number.toByteArray();
        int length = Math.min(digits.length, SCALAR_LENGTH); // a zero for the sign may stand in front
        System.arraycopy(digits, digits.length - length, bytes, end - length, length);
    }

    private static byte[] joined(String digits, byte[]... parts) {
        byte[] header = HexFormat.of().parseHex(digits);
        int at = header.length;
        byte[] all = Arrays.copyOf(header, header.length + parts.length * SCALAR_LENGTH);
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, SCALAR_LENGTH);
            at += SCALAR_LENGTH;
        }
        return all;
    }

    private static boolean accepts(
            Provider provider, String keys, String algorithm, byte[] key, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm, provider);
            verifier.initVerify(KeyFactory.getInstance(keys).generatePublic(new X509EncodedKeySpec(key)));
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // of a kind that this host does not have: that says nothing, like any other no
        }
    }
}
