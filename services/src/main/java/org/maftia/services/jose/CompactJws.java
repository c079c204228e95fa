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
    private final String signed;
    private final StrictJson header;
    private final StrictJson payload;
    private final byte[] signature;

    private CompactJws(String text, String... members) {
        this.text = text;
        int first = text.indexOf('.');
        int last = text.lastIndexOf('.');
        if (first < 0 || text.indexOf('.', first + 1) != last) {
            throw new MalformedException("a signed message has three parts with dots between them");
        }
        this.signed = text.substring(0, last);
        this.header = StrictJson.object(StrictJson.base64(text.substring(0, first), "the header"), "the header")
                .only(members);
        this.payload =
                StrictJson.object(StrictJson.base64(text.substring(first + 1, last), "the payload"), "the payload");
        this.signature = StrictJson.base64(text.substring(last + 1), "the signature");
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
        return decode(text, "alg", "typ", "kid");
    }

    /**
     * The same, of a message that brings its own key as {@code jwk}, and has no {@code kid}.
     *
     * @throws MalformedException when the text is no such message
     */
    public static CompactJws decodeWithKey(String text) {
        return decode(text, "alg", "typ", "jwk");
    }

    private static CompactJws decode(String text, String... members) {
        if (text.length() > StrictJson.LENGTH_MAX) {
            throw new MalformedException("a signed message has at most " + StrictJson.LENGTH_MAX + " bytes");
        }
        return new CompactJws(text, members);
    }

    /** What a signer signs, in US-ASCII (RFC 7515, section 5.1). */
    public static String signingInput(ObjectNode header, ObjectNode payload) {
        return StrictJson.base64(StrictJson.bytes(header)) + "." + StrictJson.base64(StrictJson.bytes(payload));
    }

    /** Whether its algorithm is the key's, and its signature verifies. */
    public boolean isSignedBy(JsonWebKey key) {
        return header.text("alg").equals(key.algorithm())
                && key.verifies(signed.getBytes(StandardCharsets.US_ASCII), signature);
    }

    public String type() {
        return header.text("typ");
    }

    public StrictJson header() {
        return header;
    }

    public StrictJson payload() {
        return payload;
    }

    /**
     * Names the message. The signature has no part in it: who may sign a message could otherwise give it two names, and
     * anybody with ECDSA's second spelling of a signature too.
     */
    public Digest digest() {
        return Transcript.sha256(signed.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return text;
    }
}
