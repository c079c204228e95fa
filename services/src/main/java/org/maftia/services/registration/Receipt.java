package org.maftia.services.registration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/**
 * That a document is registered, signed by the group (RS256) when somebody asks. What it says stands in the transparency log
 * too, byte for byte, as an entry of kind {@link Registrar#DOCUMENT_ENTRY}; so whoever holds it and a proof of that entry needs
 * the group no more.
 *
 * @param id of the registration
 * @param sequence registrations are in this order
 * @param slot of the group's log
 * @param timeSeconds agreed time at which it was ordered, since 1970
 * @param first sequence of the earliest registration of the same content, as far back as {@code since}
 */
public record Receipt(
        Digest id, long sequence, long slot, long timeSeconds, Description description, long first, long since) {
    /** The type of the signed message: none of another service has it, so this is all that the key has signed about documents. */
    public static final String TYPE = "maftia-registration-receipt";

    private static final long MICROS = 1_000_000;

    /** What is said of a registered document. */
    static Receipt of(Registration at, Description description, long first, long since) {
        return new Receipt(at.id(), at.sequence(), at.slot(), at.timeMicros() / MICROS, description, first, since);
    }

    private ObjectNode json() {
        ObjectNode json = StrictJson.create()
                .put("id", id.toString())
                .put("sequence", sequence)
                .put("index", slot)
                .put("time", timeSeconds)
                .put("title", description.title())
                .put("contentType", description.contentType())
                .put("sha256", description.sha256().toString());
        description.contentLength().ifPresent(length -> json.put("contentLength", length));
        return json.put("firstSequence", first).put("since", since);
    }

    /** The body of the entry in the transparency log. */
    public byte[] payload() {
        return StrictJson.bytes(json());
    }

    /**
     * What the group signs.
     *
     * @param key thumbprint of the group's key
     */
    String signingInput(Digest key) {
        ObjectNode header =
                StrictJson.create().put("alg", "RS256").put("typ", TYPE).put("kid", StrictJson.base64(key.toBytes()));
        return CompactJws.signingInput(header, json());
    }

    /**
     * Reads a receipt.
     *
     * @param key the group's, from its certificate
     * @throws MalformedException when the group did not sign it
     */
    public static Receipt verify(CompactJws message, JsonWebKey key) {
        if (!message.type().equals(TYPE)) {
            throw new MalformedException("this is no receipt of a registration");
        }
        if (!message.isSignedBy(key)) {
            throw new MalformedException("the receipt is not signed by the group");
        }
        StrictJson json = message.payload()
                .only(
                        "id",
                        "sequence",
                        "index",
                        "time",
                        "title",
                        "contentType",
                        "sha256",
                        "contentLength",
                        "firstSequence",
                        "since");
        OptionalInt length = json.has("contentLength")
                ? OptionalInt.of((int) Math.min(Integer.MAX_VALUE, json.number("contentLength")))
                : OptionalInt.empty();
        return new Receipt(
                digest(json.text("id")),
                json.number("sequence"),
                json.number("index"),
                json.number("time"),
                new Description(json.text("title"), json.text("contentType"), digest(json.text("sha256")), length),
                json.number("firstSequence"),
                json.number("since"));
    }

    /**
     * Reads a digest in its one spelling, 64 lower-case hexadecimal digits.
     *
     * @throws MalformedException when the text is none
     */
    public static Digest digest(String hex) {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new MalformedException("a digest has 64 digits, 0 to 9 and a to f");
        }
        return Digest.of(HexFormat.of().parseHex(hex));
    }
}
