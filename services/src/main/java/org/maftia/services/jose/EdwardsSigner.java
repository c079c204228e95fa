package org.maftia.services.jose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** Signs messages with an Ed25519 key, without randomness (RFC 8032, RFC 8037): for clients, and for tests. */
public final class EdwardsSigner {
    /** Of the seed of a key. */
    public static final int SEED_LENGTH = Ed25519PrivateKeyParameters.KEY_SIZE;

    private final Ed25519PrivateKeyParameters secret;
    private final JsonWebKey.Edwards key;

    /** @param seed {@link #SEED_LENGTH} secret random bytes */
    public EdwardsSigner(byte[] seed) {
        if (seed.length != SEED_LENGTH) {
            throw new IllegalArgumentException("a seed has " + SEED_LENGTH + " bytes");
        }
        this.secret = new Ed25519PrivateKeyParameters(seed);
        this.key = new JsonWebKey.Edwards(secret.generatePublicKey().getEncoded());
    }

    /** Under which the signatures verify. */
    public JsonWebKey.Edwards key() {
        return key;
    }

    /** A signed message of a type. */
    public CompactJws sign(String type, ObjectNode payload) {
        String input = CompactJws.signingInput(
                StrictJson.create().put("alg", key.algorithm()).put("typ", type), payload);
        byte[] bytes = input.getBytes(StandardCharsets.US_ASCII);
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, secret);
        signer.update(bytes, 0, bytes.length);
        return CompactJws.decode(input + "." + StrictJson.base64(signer.generateSignature()));
    }
}
