package org.maftia.services.authority.acme;

import java.util.List;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Why something is refused (RFC 9457; RFC 8555, section 6.7).
 *
 * @param detail a sentence for people
 * @param parts of a compound refusal, one for each name that is concerned
 */
public record Problem(Kind kind, String detail, List<Part> parts) {
    private static final int DETAIL_LENGTH_MAX = 1024;
    private static final int NAME_LENGTH_MAX = 300;
    private static final int PARTS_MAX = 128;

    public static final Codec<Problem> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Problem value) {
            writer.u8(value.kind.ordinal())
                    .string(value.detail)
                    .list(
                            value.parts,
                            (to, part) -> to.u8(part.kind.ordinal())
                                    .string(part.identifierKind)
                                    .string(part.name)
                                    .string(part.detail));
        }

        @Override
        public Problem read(Reader reader) {
            return new Problem(
                    kind(reader),
                    reader.string(DETAIL_LENGTH_MAX),
                    reader.list(
                            PARTS_MAX,
                            7,
                            from -> new Part(
                                    kind(from),
                                    from.string(NAME_LENGTH_MAX),
                                    from.string(NAME_LENGTH_MAX),
                                    from.string(DETAIL_LENGTH_MAX))));
        }
    };

    public Problem {
        parts = List.copyOf(parts);
    }

    public Problem(Kind kind, String detail) {
        this(kind, detail, List.of());
    }

    /**
     * What concerns one name.
     *
     * @param identifierKind {@code dns} or {@code ip}
     */
    public record Part(Kind kind, String identifierKind, String name, String detail) {}

    /** The types of RFC 8555, section 6.7, and of RFC 9773, with the status of HTTP that goes with each. */
    public enum Kind {
        ACCOUNT_DOES_NOT_EXIST("accountDoesNotExist", 400),
        ALREADY_REPLACED("alreadyReplaced", 409),
        ALREADY_REVOKED("alreadyRevoked", 400),
        BAD_CSR("badCSR", 400),
        BAD_NONCE("badNonce", 400),
        BAD_PUBLIC_KEY("badPublicKey", 400),
        BAD_REVOCATION_REASON("badRevocationReason", 400),
        BAD_SIGNATURE_ALGORITHM("badSignatureAlgorithm", 400),
        CAA("caa", 403),
        COMPOUND("compound", 400),
        CONNECTION("connection", 400),
        DNS("dns", 400),
        EXTERNAL_ACCOUNT_REQUIRED("externalAccountRequired", 403),
        INCORRECT_RESPONSE("incorrectResponse", 403),
        INVALID_PROFILE("invalidProfile", 400),
        MALFORMED("malformed", 400),
        ORDER_NOT_READY("orderNotReady", 403),
        RATE_LIMITED("rateLimited", 429),
        REJECTED_IDENTIFIER("rejectedIdentifier", 400),
        SERVER_INTERNAL("serverInternal", 500),
        TLS("tls", 400),
        UNAUTHORIZED("unauthorized", 403),
        UNSUPPORTED_IDENTIFIER("unsupportedIdentifier", 400),
        /** {@code malformed}, of what is not there. */
        NOT_FOUND("malformed", 404),
        /** {@code malformed}, of a key that has an account already (RFC 8555, section 7.3.5). */
        CONFLICT("malformed", 409);

        private static final String PREFIX = "urn:ietf:params:acme:error:";

        private final String word;
        private final int status;

        Kind(String word, int status) {
            this.word = word;
            this.status = status;
        }

        /** Its URN. */
        public String type() {
            return PREFIX + word;
        }

        /** The status of HTTP. */
        public int status() {
            return status;
        }
    }

    private static Kind kind(Reader reader) {
        int code = reader.u8();
        if (code >= Kind.values().length) {
            throw new MalformedException("no kind of problem: " + code);
        }
        return Kind.values()[code];
    }

    /** In JSON. */
    public Document json() {
        Document json =
                new Document().put("type", kind.type()).put("detail", detail).put("status", kind.status());
        if (!parts.isEmpty()) {
            json.putAll(
                    "subproblems",
                    parts.stream()
                            .map(part -> new Document()
                                    .put("type", part.kind.type())
                                    .put("detail", part.detail)
                                    .put(
                                            "identifier",
                                            new Document()
                                                    .put("type", part.identifierKind)
                                                    .put("value", part.name)))
                            .toList());
        }
        return json;
    }
}
