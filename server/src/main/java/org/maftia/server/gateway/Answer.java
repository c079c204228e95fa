package org.maftia.server.gateway;

import java.nio.charset.StandardCharsets;

/**
 * What a gateway answers to one request.
 *
 * @param status of HTTP, such as 200
 * @param contentType the media type of the body
 * @param body all of it
 */
public record Answer(int status, String contentType, byte[] body) {
    /** A sentence for people. */
    public static Answer text(int status, String sentence) {
        return new Answer(status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
