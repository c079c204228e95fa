package org.maftia.services.authority.acme;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.services.x509.SubjectKey;

/**
 * A signed request as RFC 8555, section 6.2, wants it: flattened JSON serialisation (RFC 7515, section 7.2.2), all of the
 * header protected. Nothing in it holds before {@link #isSignedBy}.
 */
public final class Jws {
    /** A request for a certificate of a hundred names takes less. */
    public static final int LENGTH_MAX = 64 << 10;

    private final Json header;
    private final byte[] signed;
    private final byte[] payload;
    private final byte[] signature;
    private final String algorithm;
    private final @Nullable SubjectKey key;

    private Jws(Json outer) {
        outer.only("protected", "payload", "signature");
        String protectedText = outer.requiredText("protected");
        String payloadText = outer.requiredText("payload");
        this.header = Json.object(Json.bytes(protectedText, "\"protected\""), "the protected header");
        this.payload = Json.bytes(payloadText, "\"payload\"");
        this.signature = outer.bytes("signature");
        this.signed = (protectedText + "." + payloadText).getBytes(StandardCharsets.US_ASCII);
        if (header.has("crit") || header.has("b64")) {
            throw Json.malformed("the header asks for extensions, of which none is known");
        }
        this.algorithm = header.requiredText("alg");
        if (header.has("jwk") == header.has("kid")) {
            throw Json.malformed("the header names the key by \"jwk\" or by \"kid\"");
        }
        this.key = isKnown() ? header.child("jwk").map(AccountKey::of).orElse(null) : null;
    }

    /** @throws Refusal when the bytes are no such thing */
    public static Jws decode(byte[] bytes) {
        if (bytes.length > LENGTH_MAX) {
            throw Json.malformed("the request is longer than " + LENGTH_MAX + " bytes");
        }
        return new Jws(Json.object(bytes, "the request"));
    }

    /** Of a request within a request (RFC 8555, sections 7.3.4 and 7.3.5). */
    static Jws of(Json nested) {
        return new Jws(nested);
    }

    private boolean isKnown() {
        return AccountKey.isKnown(algorithm);
    }

    /** Refuses what is signed otherwise than by RS256, ES256, ES384 or EdDSA. */
    public void requireAlgorithm() {
        if (!isKnown()) {
            throw new Refusal(
                    Problem.Kind.BAD_SIGNATURE_ALGORITHM, "requests are signed by RS256, ES256, ES384 or EdDSA");
        }
    }

    /** The key that the header holds; empty where it names an account instead. */
    public Optional<SubjectKey> key() {
        return Optional.ofNullable(key);
    }

    /** What the header names the key by; empty where it holds the key itself. */
    public Optional<String> keyName() {
        return header.text("kid");
    }

    public String url() {
        return header.requiredText("url");
    }

    public Optional<String> nonce() {
        return header.text("nonce");
    }

    String algorithm() {
        return algorithm;
    }

    byte[] signed() {
        return signed;
    }

    byte[] signature() {
        return signature;
    }

    public boolean isSignedBy(SubjectKey signer) {
        return AccountKey.verifies(signer, algorithm, signed, signature);
    }

    /** Empty bytes: the request only wants to read (RFC 8555, section 6.3). */
    public byte[] payload() {
        return payload.clone();
    }
}
