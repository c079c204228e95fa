package org.maftia.services.jose;

import java.nio.charset.StandardCharsets;
import org.maftia.core.wire.MalformedException;

/** The three parts of a compact serialisation (RFC 7515, section 7.1), whatever bytes its payload is. */
final class SignedText {
    private final byte[] signed;
    private final StrictJson header;
    private final byte[] payload;
    private final byte[] signature;

    private SignedText(byte[] signed, StrictJson header, byte[] payload, byte[] signature) {
        this.signed = signed;
        this.header = header;
        this.payload = payload;
        this.signature = signature;
    }

    /**
     * @param members that the header may have
     * @throws MalformedException when the text is not of that form
     */
    static SignedText decode(String text, String... members) {
        if (text.length() > StrictJson.LENGTH_MAX) {
            throw new MalformedException("a signed message has at most " + StrictJson.LENGTH_MAX + " bytes");
        }
        int first = text.indexOf('.');
        int last = text.lastIndexOf('.');
        if (first < 0 || text.indexOf('.', first + 1) != last) {
            throw new MalformedException("a signed message has three parts with dots between them");
        }
        byte[] header = StrictJson.base64(text.substring(0, first), "the header");
        return new SignedText(
                text.substring(0, last).getBytes(StandardCharsets.US_ASCII),
                StrictJson.object(header, "the header").only(members),
                StrictJson.base64(text.substring(first + 1, last), "the payload"),
                StrictJson.base64(text.substring(last + 1), "the signature"));
    }

    /** Whether its algorithm is the key's, and its signature verifies. */
    boolean isSignedBy(JsonWebKey key) {
        return header.text("alg").equals(key.algorithm()) && key.verifies(signed, signature);
    }

    /** What the signature is for (RFC 7515, section 5.1). */
    byte[] signed() {
        return signed;
    }

    StrictJson header() {
        return header;
    }

    byte[] payload() {
        return payload;
    }
}
