package org.maftia.bench.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.maftia.core.crypto.Transcript;
import org.maftia.services.jose.StrictJson;

/** A passkey without a device around it, as most are: P-256, no attestation, no counter. Source: Web Authentication, section 6. */
final class SoftwarePasskey {
    private static final int ID_LENGTH = 20;
    private static final int COORDINATE_LENGTH = 32;
    private static final byte PRESENT_AND_VERIFIED = 0x05;
    private static final byte BRINGS_KEY = 0x40;

    private final KeyPair pair;
    private final byte[] id = new byte[ID_LENGTH];
    private final String place;
    private final String origin;

    /**
     * @param place the domain for which it is
     * @param origin of the page that uses it
     */
    SoftwarePasskey(String place, String origin) throws IOException {
        this.place = place;
        this.origin = origin;
        new SecureRandom().nextBytes(id);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            this.pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IOException("no passkey can be made", e);
        }
    }

    byte[] id() {
        return id.clone();
    }

    /** What a browser says that it was asked for. */
    byte[] clientData(String type, String challenge) {
        return StrictJson.bytes(StrictJson.create()
                .put("type", type)
                .put("challenge", challenge)
                .put("origin", origin)
                .put("crossOrigin", false));
    }

    byte[] authenticatorData() {
        return data(PRESENT_AND_VERIFIED, new byte[0]);
    }

    /** What comes of a registration, in CBOR. */
    byte[] attestation() {
        byte[] key = publicKey();
        byte[] credential = ByteBuffer.allocate(16 + Short.BYTES + ID_LENGTH + key.length)
                .position(16)
                .putShort((short) ID_LENGTH)
                .put(id)
                .put(key)
                .array();
        byte[] data = data((byte) (PRESENT_AND_VERIFIED | BRINGS_KEY), credential);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xa3); // a map of three
        text(out, "fmt");
        text(out, "none");
        text(out, "attStmt");
        out.write(0xa0);
        text(out, "authData");
        out.write(0x58);
        out.write(data.length);
        out.writeBytes(data);
        return out.toByteArray();
    }

    byte[] sign(byte[] authenticatorData, byte[] clientData) throws IOException {
        try {
            Signature signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(pair.getPrivate());
            signer.update(authenticatorData);
            signer.update(Transcript.sha256(clientData).toBytes());
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IOException("a passkey does not sign", e);
        }
    }

    private byte[] data(byte flags, byte[] rest) {
        return ByteBuffer.allocate(37 + rest.length)
                .put(Transcript.sha256(place.getBytes(StandardCharsets.UTF_8)).toBytes())
                .put(flags)
                .putInt(0)
                .put(rest)
                .array();
    }

    /** In COSE: kty 2, alg -7, crv 1, x, y. */
    private byte[] publicKey() {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, COORDINATE_LENGTH});
        out.writeBytes(fixed(key.getW().getAffineX()));
        out.writeBytes(new byte[] {0x22, 0x58, COORDINATE_LENGTH});
        out.writeBytes(fixed(key.getW().getAffineY()));
        return out.toByteArray();
    }

    private static byte[] fixed(BigInteger number) {
        byte[] signed = number.toByteArray();
        int length = Math.min(signed.length, COORDINATE_LENGTH);
        byte[] bytes = new byte[COORDINATE_LENGTH];
        byte[] significant = Arrays.copyOfRange(signed, signed.length - length, signed.length);
        System.arraycopy(significant, 0, bytes, COORDINATE_LENGTH - length, length);
        return bytes;
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.write(0x60 | text.length());
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
}
