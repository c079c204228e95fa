package org.maftia.services.jose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.maftia.core.crypto.HostVerification;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * A public key that verifies signatures, and the one algorithm for which it is used: RS256, PS256, ES256 or EdDSA. Equal keys are
 * equal, however they were written.
 */
public sealed interface JsonWebKey {
    /** A coordinate of P-256, a point of Ed25519, a digest. */
    int LENGTH = 32;

    /** Bits of the shortest RSA modulus that is taken. */
    int MODULUS_BITS_MIN = 2_048;

    /** Bits of the longest: a longer one would only cost time. */
    int MODULUS_BITS_MAX = 8_192;

    /** The one public exponent that is taken, which everybody has. */
    BigInteger EXPONENT = BigInteger.valueOf(65_537);

    /** The value of {@code alg} for signatures under this key. */
    String algorithm();

    /** Whether the signature is one of the message, in the encoding of RFC 7518. */
    boolean verifies(byte[] message, byte[] signature);

    /** The members that make the key, in the order in which RFC 7638 hashes them. */
    ObjectNode toJson();

    /** RFC 7638, with SHA-256. */
    default Digest thumbprint() {
        return Transcript.sha256(StrictJson.bytes(toJson()));
    }

    /**
     * Reads a public key; of an RSA key that says nothing else, RS256 is the algorithm.
     *
     * @throws MalformedException when it is none, is of another kind, is for something else than signatures, or holds a
     *     private one
     */
    static JsonWebKey of(StrictJson json) {
        if (json.has("d")) {
            throw new MalformedException("a private key was sent: it should not be used any more");
        }
        if (json.has("use") && !json.text("use").equals("sig")) {
            throw new MalformedException("the key is not for signatures, as its \"use\" says");
        }
        JsonWebKey key = read(json);
        if (json.has("alg") && !json.text("alg").equals(key.algorithm())) {
            throw new MalformedException("the key is for another algorithm than " + key.algorithm());
        }
        return key;
    }

    private static JsonWebKey read(StrictJson json) {
        return switch (json.text("kty")) {
            case "EC" -> {
                json.only("kty", "crv", "x", "y", "alg", "kid", "use");
                requireCurve(json, "P-256");
                yield new Elliptic(json.exactly("x", LENGTH), json.exactly("y", LENGTH));
            }
            case "OKP" -> {
                json.only("kty", "crv", "x", "alg", "kid", "use");
                requireCurve(json, "Ed25519");
                yield new Edwards(json.exactly("x", LENGTH));
            }
            case "RSA" -> {
                json.only("kty", "n", "e", "alg", "kid", "use");
                byte[] modulus = json.bytes("n", MODULUS_BITS_MAX / Byte.SIZE);
                if (!new BigInteger(1, json.bytes("e", Long.BYTES)).equals(EXPONENT)
                        || modulus.length == 0
                        || modulus[0] == 0) {
                    throw new MalformedException(
                            "the exponent of an RSA key is 65537, its modulus has no zeros in front");
                }
                Rsa key = new Rsa(new BigInteger(1, modulus));
                if (key.modulus().bitLength() < MODULUS_BITS_MIN) {
                    throw new MalformedException(
                            "the modulus of an RSA key has at least " + MODULUS_BITS_MIN + " bits");
                }
                yield json.has("alg") && json.text("alg").equals(RsaPss.ALGORITHM) ? new RsaPss(key.modulus()) : key;
            }
            default -> throw new MalformedException("keys are of the kinds RSA, EC (P-256) or OKP (Ed25519)");
        };
    }

    /**
     * The same, for signatures by an algorithm: of an RSA key that says none it may be either.
     *
     * @throws MalformedException when it is none, is of another kind, or holds a private one
     */
    static JsonWebKey of(StrictJson json, String algorithm) {
        JsonWebKey key = of(json);
        boolean salted = algorithm.equals(RsaPss.ALGORITHM) && !json.has("alg");
        return key instanceof Rsa rsa && salted ? new RsaPss(rsa.modulus) : key;
    }

    private static void requireCurve(StrictJson json, String curve) {
        if (!json.text("crv").equals(curve)) {
            throw new MalformedException("of a key of this kind only the curve " + curve + " is taken");
        }
    }

    /** Signs by PKCS #1 v1.5 with SHA-256. */
    record Rsa(BigInteger modulus) implements JsonWebKey {
        /** Of a key of one's own any length is taken: {@link #of} judges those of strangers. */
        public Rsa {
            requireModulus(modulus);
        }

        @Override
        public String algorithm() {
            return "RS256";
        }

        @Override
        public boolean verifies(byte[] message, byte[] signature) {
            RSADigestSigner verifier = new RSADigestSigner(new SHA256Digest());
            verifier.init(false, parameters(modulus));
            verifier.update(message, 0, message.length);
            return signature.length == (modulus.bitLength() + 7) / Byte.SIZE && verifier.verifySignature(signature);
        }

        @Override
        public ObjectNode toJson() {
            byte[] bytes = modulus.toByteArray();
            byte[] unsigned = bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
            return StrictJson.create()
                    .put("e", StrictJson.base64(new byte[] {1, 0, 1}))
                    .put("kty", "RSA")
                    .put("n", StrictJson.base64(unsigned));
        }
    }

    /** Signs by RSASSA-PSS with SHA-256, its mask too, and a salt as long as the digest. */
    record RsaPss(BigInteger modulus) implements JsonWebKey {
        static final String ALGORITHM = "PS256";

        /** As of an {@link Rsa}, which it looks like. */
        public RsaPss {
            requireModulus(modulus);
        }

        @Override
        public String algorithm() {
            return ALGORITHM;
        }

        @Override
        public boolean verifies(byte[] message, byte[] signature) {
            PSSSigner verifier = new PSSSigner(new RSAEngine(), new SHA256Digest(), LENGTH);
            verifier.init(false, parameters(modulus));
            verifier.update(message, 0, message.length);
            return signature.length == (modulus.bitLength() + 7) / Byte.SIZE && verifier.verifySignature(signature);
        }

        @Override
        public ObjectNode toJson() {
            return new Rsa(modulus).toJson();
        }
    }

    /**
     * A modulus of strangers may be a prime, or divisible by three: what the library would say to that with an exception, and after
     * tests with random numbers, is no matter of who only verifies.
     */
    private static RSAKeyParameters parameters(BigInteger modulus) {
        return new RSAKeyParameters(false, modulus, EXPONENT, true);
    }

    private static void requireModulus(BigInteger modulus) {
        if (modulus.bitLength() > MODULUS_BITS_MAX || !modulus.testBit(0)) {
            throw new MalformedException("the modulus has at most " + MODULUS_BITS_MAX + " bits and is odd");
        }
    }

    /** Signs by ECDSA on P-256 with SHA-256. */
    final class Elliptic implements JsonWebKey {
        private static final ECDomainParameters P_256 = domain();

        private final byte[] x;
        private final byte[] y;
        private final ECPublicKeyParameters key;

        /** @throws MalformedException when the coordinates are those of no point of the curve */
        public Elliptic(byte[] x, byte[] y) {
            this.x = x.clone();
            this.y = y.clone();
            try {
                ECPoint point = P_256.getCurve().createPoint(new BigInteger(1, x), new BigInteger(1, y));
                this.key = new ECPublicKeyParameters(point, P_256); // refuses what is not on the curve
            } catch (IllegalArgumentException e) {
                throw new MalformedException("the key is no point of P-256");
            }
        }

        private static ECDomainParameters domain() {
            X9ECParameters curve = CustomNamedCurves.getByName("P-256");
            return new ECDomainParameters(curve.getCurve(), curve.getG(), curve.getN(), curve.getH());
        }

        @Override
        public String algorithm() {
            return "ES256";
        }

        @Override
        public boolean verifies(byte[] message, byte[] signature) {
            if (signature.length != 2 * LENGTH) {
                return false;
            }
            BigInteger r = new BigInteger(1, Arrays.copyOf(signature, LENGTH));
            BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, LENGTH, 2 * LENGTH));
            if (HostVerification.isEcdsa(x, y, message, r, s)) {
                return true;
            }
            ECDSASigner verifier = new ECDSASigner();
            verifier.init(false, key);
            return verifier.verifySignature(Transcript.sha256(message).toBytes(), r, s);
        }

        @Override
        public ObjectNode toJson() {
            return StrictJson.create()
                    .put("crv", "P-256")
                    .put("kty", "EC")
                    .put("x", StrictJson.base64(x))
                    .put("y", StrictJson.base64(y));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Elliptic that && Arrays.equals(x, that.x) && Arrays.equals(y, that.y);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(x);
        }
    }

    /** Signs by Ed25519. */
    final class Edwards implements JsonWebKey {
        private final byte[] point;
        private final Ed25519PublicKeyParameters key;

        /** @throws MalformedException when the bytes are no point of the curve, or one of small order */
        public Edwards(byte[] point) {
            this.point = point.clone();
            if (!Ed25519.validatePublicKeyFull(point, 0)) {
                throw new MalformedException("the key is no point of Ed25519");
            }
            this.key = new Ed25519PublicKeyParameters(point);
        }

        @Override
        public String algorithm() {
            return "EdDSA";
        }

        @Override
        public boolean verifies(byte[] message, byte[] signature) {
            if (HostVerification.isEdwards(point, message, signature)) {
                return true;
            }
            Ed25519Signer verifier = new Ed25519Signer();
            verifier.init(false, key);
            verifier.update(message, 0, message.length);
            return verifier.verifySignature(signature);
        }

        @Override
        public ObjectNode toJson() {
            return StrictJson.create().put("crv", "Ed25519").put("kty", "OKP").put("x", StrictJson.base64(point));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Edwards that && Arrays.equals(point, that.point);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(point);
        }
    }
}
