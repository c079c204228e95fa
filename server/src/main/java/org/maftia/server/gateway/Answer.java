package org.maftia.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.services.jose.StrictJson;

/**
 * What a gateway answers to one request.
 *
 * @param status of HTTP, such as 200
 * @param contentType the media type of the body
 * @param body all of it
 * @param retryAfterSeconds when it is worth while to ask again; 0: that is not said
 * @param headers others of HTTP, by name
 */
public record Answer(
        int status, String contentType, byte[] body, long retryAfterSeconds, SortedMap<String, String> headers) {
    public Answer {
        headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
    }

    public Answer(int status, String contentType, byte[] body) {
        this(status, contentType, body, 0, Collections.emptySortedMap());
    }

    /** The same, where the asker is told when to come back. */
    public Answer retryAfter(long seconds) {
        return new Answer(status, contentType, body, seconds, headers);
    }

    /** The same, with another header. */
    public Answer with(String name, String value) {
        SortedMap<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, retryAfterSeconds, more);
    }

    /** Why something was not done, for programs too (RFC 9457). */
    public static Answer problem(int status, String detail) {
        ObjectNode json = StrictJson.create()
                .put("type", "about:blank")
                .put("status", status)
                .put("detail", detail);
        return new Answer(status, "application/problem+json", StrictJson.bytes(json));
    }

    /** A sentence for people. */
    public static Answer text(int status, String sentence) {
        return new Answer(status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
