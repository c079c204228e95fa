package org.maftia.services.authority;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.acme.Document;
import org.maftia.services.authority.acme.Refusal;

/**
 * What a client gets to hear, but for the fresh nonce that its gateway adds.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param location what was made or found; empty where nothing is said
 * @param up the resource above (RFC 8288); empty where nothing is said
 * @param retryAfterSeconds when to ask again; 0: nothing is said
 */
public record AuthorityAnswer(
        int status, String contentType, String location, String up, long retryAfterSeconds, byte[] body) {
    static final String JSON = "application/json";
    static final String PROBLEM = "application/problem+json";

    private static final int TEXT_LENGTH_MAX = 1024;
    private static final int BODY_LENGTH_MAX = 1 << 20;

    public static final Codec<AuthorityAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, AuthorityAnswer value) {
            writer.u16(value.status)
                    .string(value.contentType)
                    .string(value.location)
                    .string(value.up)
                    .u32(value.retryAfterSeconds)
                    .opaque32(value.body);
        }

        @Override
        public AuthorityAnswer read(Reader reader) {
            return new AuthorityAnswer(
                    reader.u16(),
                    reader.string(TEXT_LENGTH_MAX),
                    reader.string(TEXT_LENGTH_MAX),
                    reader.string(TEXT_LENGTH_MAX),
                    reader.u32(),
                    reader.opaque32(BODY_LENGTH_MAX));
        }
    };

    static AuthorityAnswer of(int status, Document body) {
        return new AuthorityAnswer(status, JSON, "", "", 0, body.toBytes());
    }

    static AuthorityAnswer of(Refusal refusal) {
        return new AuthorityAnswer(
                refusal.problem().kind().status(),
                PROBLEM,
                "",
                "",
                refusal.retryAfterSeconds(),
                refusal.problem().json().toBytes());
    }

    AuthorityAnswer at(String place) {
        return new AuthorityAnswer(status, contentType, place, up, retryAfterSeconds, body);
    }

    AuthorityAnswer below(String resource) {
        return new AuthorityAnswer(status, contentType, location, resource, retryAfterSeconds, body);
    }

    AuthorityAnswer retryAfter(long seconds) {
        return new AuthorityAnswer(status, contentType, location, up, seconds, body);
    }
}
