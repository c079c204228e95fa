package org.maftia.services.jose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * A signed message in the compact serialisation of RFC 7515, with a header of {@code alg}, {@code typ} and perhaps {@code
 * kid}, and an object as payload. Nothing in it holds before {@link #isSignedBy}.
 */
public final class CompactJws {
    private final String text;
    private final SignedText parts;
    private final StrictJson payload;

    private CompactJws(String text, String... members) {
        this.text = text;
        this.parts = SignedText.decode(text, members);
        this.payload = StrictJson.object(parts.payload(), "the payload");
    }

    /** @throws MalformedException when the bytes are no such message */
    public static CompactJws decode(byte[] bytes) {
        if (bytes.length > StrictJson.LENGTH_MAX) {
            throw new MalformedException("a signed message has at most " + StrictJson.LENGTH_MAX + " bytes");
        }
        return decode(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** @throws MalformedException when the text is no such message */
    public static CompactJws decode(String text) {
        return new CompactJws(text, "alg", "typ", "kid");
    }

    /**
     * The same, of a message that brings its own key as {@code jwk}, and has no {@code kid}.
     *
     * @throws MalformedException when the text is no such message
     */
    public static CompactJws decodeWithKey(String text) {
        return new CompactJws(text, "alg", "typ", "jwk");
    }

    /** What a signer signs, in US-ASCII (RFC 7515, section 5.1). */
    public static String signingInput(ObjectNode header, ObjectNode payload) {
        return StrictJson.base64(StrictJson.bytes(header)) + "." + StrictJson.base64(StrictJson.bytes(payload));
    }

    /** Whether its algorithm is the key's, and its signature verifies. */
    public boolean isSignedBy(JsonWebKey key) {
        return parts.isSignedBy(key);
    }

    public String type() {
        return header().text("typ");
    }

    public StrictJson header() {
        return parts.header();
    }

    public StrictJson payload() {
        return payload;
    }

    /**
     * Names the message. The signature has no part in it: who may sign a message could otherwise give it two names, and
     * anybody with ECDSA's second spelling of a signature too.
     */
    public Digest digest() {
        return Transcript.sha256(parts.signed());
    }

    @Override
    public String toString() {
        return text;
    }
}
