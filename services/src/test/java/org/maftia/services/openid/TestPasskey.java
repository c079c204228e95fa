package org.maftia.services.openid;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.services.jose.StrictJson;

/** An authenticator in software, with the keys of the JDK. What it says of itself can be set. */
public final class TestPasskey {
    private final String kind;
    private final KeyPair pair;
    private final byte[] id;
    public int flags = 0x05;
    public long counter;
    public String place = "localhost";
    public String origin = "https://localhost:1";
    public String attestation = "none";
    public boolean framed;

    private TestPasskey(String kind, KeyPair pair, byte[] id) {
        this.kind = kind;
        this.pair = pair;
        this.id = id;
    }

    /** @param kind EC, Ed25519 or RSA */
    public static TestPasskey make(String kind, int number) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            switch (kind) {
                case "EC" -> generator.initialize(new ECGenParameterSpec("secp256r1"));
                case "RSA" -> generator.initialize(2_048);
                default -> {}
            }
            return new TestPasskey(
                    kind,
                    generator.generateKeyPair(),
                    Arrays.copyOf(
                            Transcript.of("passkey").field(number).digest().toBytes(), 20));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public byte[] id() {
        return id.clone();
    }

    public byte[] clientData(String type, Digest challenge) {
        return StrictJson.bytes(StrictJson.create()
                .put("type", type)
                .put("challenge", StrictJson.base64(challenge.toBytes()))
                .put("origin", origin)
                .put("crossOrigin", framed)
                .put("other", "browsers may add members"));
    }

    /** What a browser gives as {@code attestationObject}. */
    public byte[] attestation() {
        ByteArrayOutputStream credential = new ByteArrayOutputStream();
        credential.writeBytes(new byte[16]);
        credential.writeBytes(new byte[] {0, (byte) id.length});
        credential.writeBytes(id);
        credential.writeBytes(publicKey());
        byte[] data = data(flags | 0x40, credential.toByteArray());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xa3);
        text(out, "fmt");
        text(out, attestation);
        text(out, "attStmt");
        out.write(0xa0);
        text(out, "authData");
        bytes(out, data);
        return out.toByteArray();
    }

    public byte[] authenticatorData() {
        return data(flags, new byte[0]);
    }

    public byte[] sign(byte[] authenticatorData, byte[] clientData) {
        try {
            Signature signer = Signature.getInstance(
                    switch (kind) {
                        case "EC" -> "SHA256withECDSA";
                        case "RSA" -> "SHA256withRSA";
                        default -> "Ed25519";
                    });
            signer.initSign(pair.getPrivate());
            signer.update(authenticatorData);
            signer.update(Transcript.sha256(clientData).toBytes());
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] data(int flags, byte[] rest) {
        return ByteBuffer.allocate(37 + rest.length)
                .put(Transcript.sha256(place.getBytes(StandardCharsets.UTF_8)).toBytes())
                .put((byte) flags)
                .putInt((int) counter)
                .put(rest)
                .array();
    }

    /** In COSE. */
    public byte[] publicKey() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (pair.getPublic()) {
            case ECPublicKey key -> {
                out.writeBytes(new byte[] {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21});
                bytes(out, fixed(key.getW().getAffineX(), 32));
                out.write(0x22);
                bytes(out, fixed(key.getW().getAffineY(), 32));
            }
            case RSAPublicKey key -> {
                out.writeBytes(new byte[] {(byte) 0xa4, 1, 3, 3, 0x39, 1, 0, 0x20});
                bytes(out, fixed(key.getModulus(), 256));
                out.write(0x21);
                bytes(out, new byte[] {1, 0, 1});
            }
            case EdECPublicKey key -> {
                out.writeBytes(new byte[] {(byte) 0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21});
                byte[] encoded = key.getEncoded();
                bytes(out, Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
            }
            default -> throw new IllegalStateException("another key");
        }
        return out.toByteArray();
    }

    private static byte[] fixed(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int count = Math.min(length, bytes.length);
        System.arraycopy(bytes, bytes.length - count, fixed, length - count, count);
        return fixed;
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.write(0x60 | text.length());
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void bytes(ByteArrayOutputStream out, byte[] bytes) {
        if (bytes.length < 24) {
            out.write(0x40 | bytes.length);
        } else if (bytes.length < 256) {
            out.write(0x58);
            out.write(bytes.length);
        } else {
            out.write(0x59);
            out.write(bytes.length >> 8);
            out.write(bytes.length);
        }
        out.writeBytes(bytes);
    }
}
