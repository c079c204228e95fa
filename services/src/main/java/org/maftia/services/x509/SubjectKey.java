package org.maftia.services.x509;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTNamedCurves;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.maftia.core.crypto.HostVerification;
import org.maftia.core.wire.MalformedException;

/**
 * A public key of an account or a server, of a kind that is taken: RSA of 2048 to 4096 bits, P-256, P-384, Ed25519. Points
 * are on their curve. One implementation decides at every replica; what a library of the host finds good is not asked of it again.
 */
public final class SubjectKey {
    /** Shorter moduli have been factored or may be soon. */
    public static final int RSA_BITS_MIN = 2048;

    /** Longer ones only cost time at every handshake. */
    public static final int RSA_BITS_MAX = 4096;

    private static final int EXPONENT_BITS_MAX = 64;

    private final Value value;
    private final byte[] encoded;

    private SubjectKey(Value value, byte[] encoded) {
        this.value = value;
        this.encoded = encoded;
    }

    /** The numbers of a key. */
    public sealed interface Value {
        record Rsa(BigInteger modulus, BigInteger exponent) implements Value {}

        /** Coordinates of as many bytes as the curve's field has. */
        record Elliptic(Curve curve, byte[] x, byte[] y) implements Value {}

        record Edwards(byte[] point) implements Value {}
    }

    /** The elliptic curves that are taken. */
    public enum Curve {
        P_256("P-256", 32),
        P_384("P-384", 48);

        private final String word;
        private final int length;

        Curve(String word, int length) {
            this.word = word;
            this.length = length;
        }

        /** Its name in JOSE. */
        public String word() {
            return word;
        }

        /** Bytes of a coordinate. */
        public int length() {
            return length;
        }

        private ASN1ObjectIdentifier oid() {
            return NISTNamedCurves.getOID(word);
        }

        private X9ECParameters parameters() {
            return CustomNamedCurves.getByName(word);
        }
    }

    /** @throws MalformedException when no certificate would be given to such a key */
    public static SubjectKey rsa(BigInteger modulus, BigInteger exponent) {
        int bits = modulus.bitLength();
        if (modulus.signum() <= 0 || bits < RSA_BITS_MIN || bits > RSA_BITS_MAX || !modulus.testBit(0)) {
            throw new MalformedException("an RSA modulus has " + RSA_BITS_MIN + " to " + RSA_BITS_MAX + " bits");
        }
        boolean usual = exponent.bitLength() <= EXPONENT_BITS_MAX && exponent.bitLength() > 16 && exponent.testBit(0);
        if (!usual || exponent.signum() < 0) {
            throw new MalformedException("an RSA exponent is odd, from 65537 to 64 bits");
        }
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
        return of(
                new Value.Rsa(modulus, exponent),
                algorithm,
                Der.of(new org.bouncycastle.asn1.pkcs.RSAPublicKey(modulus, exponent)));
    }

    /** An RSA key of one's own, of any length: {@link #decode} judges those of strangers. */
    static SubjectKey ownRsa(SubjectPublicKeyInfo info) {
        ASN1Sequence numbers =
                ASN1Sequence.getInstance(Der.parse(info.getPublicKeyData().getOctets()));
        return new SubjectKey(
                new Value.Rsa(
                        ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue(),
                        ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue()),
                Der.of(info));
    }

    /** @throws MalformedException when the point is not on the curve */
    public static SubjectKey elliptic(Curve curve, byte[] x, byte[] y) {
        if (x.length != curve.length || y.length != curve.length) {
            throw new MalformedException("a coordinate of " + curve.word + " has " + curve.length + " bytes");
        }
        byte[] point = new byte[1 + 2 * curve.length];
        point[0] = 4;
        System.arraycopy(x, 0, point, 1, x.length);
        System.arraycopy(y, 0, point, 1 + x.length, y.length);
        point(curve, point);
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve.oid());
        return of(new Value.Elliptic(curve, x.clone(), y.clone()), algorithm, point);
    }

    private static ECPoint point(Curve curve, byte[] encoded) {
        try {
            ECPoint point = curve.parameters().getCurve().decodePoint(encoded);
            if (point.isInfinity() || !point.isValid()) {
                throw new MalformedException("the point is not on " + curve.word);
            }
            return point;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("the point is not on " + curve.word);
        }
    }

    /** @throws MalformedException when it is no canonical point of the large prime order */
    public static SubjectKey edwards(byte[] point) {
        if (point.length != Ed25519.PUBLIC_KEY_SIZE || !Ed25519.validatePublicKeyFull(point, 0)) {
            throw new MalformedException("no point of Ed25519");
        }
        return of(new Value.Edwards(point.clone()), new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), point);
    }

    private static SubjectKey of(Value value, AlgorithmIdentifier algorithm, byte[] key) {
        return new SubjectKey(value, Der.of(new SubjectPublicKeyInfo(algorithm, key)));
    }

    /**
     * Reads a SubjectPublicKeyInfo in DER.
     *
     * @throws MalformedException when it is none, or of a kind that is not taken
     */
    public static SubjectKey decode(byte[] encoded) {
        try {
            SubjectKey key = decode(SubjectPublicKeyInfo.getInstance(Der.parse(encoded)));
            if (!Arrays.equals(key.encoded, encoded)) {
                throw new MalformedException("the key is not written as DER and its standard want it");
            }
            return key;
        } catch (IllegalArgumentException | ClassCastException | IllegalStateException e) {
            throw new MalformedException("no public key");
        }
    }

    /**
     * The key in a structure that was read.
     *
     * @throws MalformedException when it is of a kind that is not taken; the library throws what it likes where parts are none
     */
    public static SubjectKey decode(SubjectPublicKeyInfo info) {
        ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
        byte[] key = info.getPublicKeyData().getOctets();
        if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            ASN1Sequence numbers = ASN1Sequence.getInstance(Der.parse(key));
            if (numbers.size() != 2) {
                throw new MalformedException("an RSA key has two numbers");
            }
            return rsa(
                    ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue(),
                    ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue());
        }
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return edwards(key);
        }
        if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            for (Curve curve : Curve.values()) {
                if (curve.oid().equals(info.getAlgorithm().getParameters())) {
                    byte[] plain = point(curve, key).normalize().getEncoded(false);
                    return elliptic(
                            curve,
                            Arrays.copyOfRange(plain, 1, 1 + curve.length),
                            Arrays.copyOfRange(plain, 1 + curve.length, plain.length));
                }
            }
        }
        throw new MalformedException("keys are RSA, P-256, P-384 or Ed25519");
    }

    public Value value() {
        return value;
    }

    /** A SubjectPublicKeyInfo in DER. */
    public byte[] encoded() {
        return encoded.clone();
    }

    /** Whether the signature is by PKCS #1 v1.5 under this RSA key; false under any other. */
    public boolean verifiesRsa(Hash hash, byte[] message, byte[] signature) {
        if (!(value instanceof Value.Rsa rsa)) {
            return false;
        }
        int length = (rsa.modulus.bitLength() + 7) / 8;
        BigInteger number = new BigInteger(1, signature);
        if (signature.length != length || number.compareTo(rsa.modulus) >= 0) {
            return false;
        }
        return number.modPow(rsa.exponent, rsa.modulus).equals(new BigInteger(1, hash.padded(message, length)));
    }

    /** Whether the two numbers are an ECDSA signature under this key; false under a key of another kind. */
    public boolean verifiesEcdsa(Hash hash, byte[] message, BigInteger r, BigInteger s) {
        if (!(value instanceof Value.Elliptic elliptic)) {
            return false;
        }
        boolean usual = elliptic.curve == Curve.P_256 && hash == Hash.SHA_256;
        if (usual && HostVerification.isEcdsa(elliptic.x, elliptic.y, message, r, s)) {
            return true;
        }
        X9ECParameters parameters = elliptic.curve.parameters();
        byte[] encoded = new byte[1 + 2 * elliptic.curve.length];
        encoded[0] = 4;
        System.arraycopy(elliptic.x, 0, encoded, 1, elliptic.x.length);
        System.arraycopy(elliptic.y, 0, encoded, 1 + elliptic.x.length, elliptic.y.length);
        ECDSASigner verifier = new ECDSASigner();
        verifier.init(
                false, new ECPublicKeyParameters(point(elliptic.curve, encoded), new ECDomainParameters(parameters)));
        return r.signum() > 0 && s.signum() > 0 && verifier.verifySignature(hash.of(message), r, s);
    }

    /** Whether the signature is one of Ed25519 under this key (RFC 8032). */
    public boolean verifiesEdwards(byte[] message, byte[] signature) {
        return value instanceof Value.Edwards edwards
                && signature.length == Ed25519.SIGNATURE_SIZE
                && (HostVerification.isEdwards(edwards.point, message, signature)
                        || Ed25519.verify(signature, 0, edwards.point, 0, message, 0, message.length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectKey key && Arrays.equals(key.encoded, encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }
}
