package org.maftia.server.gateway;

import io.helidon.webserver.http.HttpRouting;

/**
 * A client protocol spoken over HTTP at one replica. The HTTP base of the replica calls {@link #register} once, before
 * it listens; what a handler throws becomes the answer 500 without a word of the reason, and is logged.
 *
 * <p>A body is read through {@link BodyHandler}, which bounds it.
 */
public interface Gateway {
    /** The name of the service under {@code services} in {@code endpoints.json}, such as {@code "tsa"}. */
    String service();

    /** Where a client finds it, such as {@code "/tsa"}; under {@code services} in {@code endpoints.json}. */
    String path();

    /**
     * Adds the routes.
     *
     * @param plain the routes of the HTTP port: for what PKI serves in the clear, and nothing else
     * @param tls the routes of the HTTPS port
     */
    void register(HttpRouting.Builder plain, HttpRouting.Builder tls);
}
