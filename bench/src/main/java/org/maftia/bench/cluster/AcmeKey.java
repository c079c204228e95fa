package org.maftia.bench.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** The key of an account: what signs requests, and how it is shown (RFC 7517, RFC 8037). */
interface AcmeKey {
    /** Of the header of what it signs. */
    String algorithm();

    /** The public half; its members in the order that a thumbprint wants (RFC 7638). */
    ObjectNode publicKey();

    byte[] sign(byte[] message) throws GeneralSecurityException;

    /** Names the key in the answers to challenges. */
    default String thumbprint() throws GeneralSecurityException {
        byte[] shown = publicKey().toString().getBytes(StandardCharsets.UTF_8);
        return text(MessageDigest.getInstance("SHA-256").digest(shown));
    }

    static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Cheap to sign with, and to verify. */
    static AcmeKey ed25519() {
        Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(new SecureRandom());
        ObjectNode shown = JsonNodeFactory.instance
                .objectNode()
                .put("crv", "Ed25519")
                .put("kty", "OKP")
                .put("x", text(key.generatePublicKey().getEncoded()));
        return new AcmeKey() {
            @Override
            public String algorithm() {
                return "EdDSA";
            }

            @Override
            public ObjectNode publicKey() {
                return shown;
            }

            @Override
            public byte[] sign(byte[] message) {
                Ed25519Signer signer = new Ed25519Signer();
                signer.init(true, key);
                signer.update(message, 0, message.length);
                return signer.generateSignature();
            }
        };
    }

    /** What every server takes. */
    static AcmeKey p256() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        ECPublicKey point = (ECPublicKey) pair.getPublic();
        ObjectNode shown = JsonNodeFactory.instance
                .objectNode()
                .put("crv", "P-256")
                .put("kty", "EC")
                .put("x", text(coordinate(point.getW().getAffineX())))
                .put("y", text(coordinate(point.getW().getAffineY())));
        return new AcmeKey() {
            @Override
            public String algorithm() {
                return "ES256";
            }

            @Override
            public ObjectNode publicKey() {
                return shown;
            }

            @Override
            public byte[] sign(byte[] message) throws GeneralSecurityException {
                Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
                signature.initSign(pair.getPrivate());
                signature.update(message);
                return signature.sign();
            }
        };
    }

    private static byte[] coordinate(BigInteger value) {
        byte[] signed = value.toByteArray();
        byte[] bytes = new byte[32];
        int length = Math.min(signed.length, bytes.length);
        System.arraycopy(
                Arrays.copyOfRange(signed, signed.length - length, signed.length), 0, bytes, 32 - length, length);
        return bytes;
    }
}
