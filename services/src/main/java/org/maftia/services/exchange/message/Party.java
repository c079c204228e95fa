package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/** Who takes part: the key that verifies what he signs, and the key under which he is sent what nobody else is to read. */
public final class Party {
    /** Of a public key of X25519. */
    public static final int SEAL_LENGTH = 32;

    private final JsonWebKey sign;
    private final byte[] seal;

    /** @param seal of X25519 (RFC 7748) */
    public Party(JsonWebKey sign, byte[] seal) {
        if (seal.length != SEAL_LENGTH) {
            throw new MalformedException("a key of X25519 has " + SEAL_LENGTH + " bytes");
        }
        this.sign = sign;
        this.seal = seal.clone();
    }

    /** @throws MalformedException when it is none */
    public static Party of(StrictJson json) {
        json.only("sign", "seal");
        StrictJson seal = json.child("seal").only("kty", "crv", "x");
        if (!seal.text("kty").equals("OKP") || !seal.text("crv").equals("X25519")) {
            throw new MalformedException("the key \"seal\" is one of X25519");
        }
        return new Party(JsonWebKey.of(json.child("sign")), seal.exactly("x", SEAL_LENGTH));
    }

    public ObjectNode toJson() {
        ObjectNode json = StrictJson.create();
        json.set("sign", sign.toJson());
        json.set(
                "seal",
                StrictJson.create().put("crv", "X25519").put("kty", "OKP").put("x", StrictJson.base64(seal)));
        return json;
    }

    public JsonWebKey sign() {
        return sign;
    }

    public byte[] seal() {
        return seal.clone();
    }

    /** Names the party. */
    public Digest digest() {
        return Transcript.of("exchange/party")
                .field(sign.thumbprint())
                .field(seal)
                .digest();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Party that && sign.equals(that.sign) && Arrays.equals(seal, that.seal);
    }

    @Override
    public int hashCode() {
        return sign.hashCode();
    }
}
