/**
 * Client protocols at the edge of a replica. Never trusted: a gateway can only deny.
 *
 * <p>A {@link org.maftia.server.gateway.Gateway} adds its routes to the replica's HTTP base and orders what it gets
 * through a {@link org.maftia.server.gateway.Submission}:
 *
 * <pre>{@code
 * public void register(HttpRouting.Builder plain, HttpRouting.Builder tls) {
 *     Handler handler = BodyHandler.of("application/timestamp-query", 16 << 10, this::stamp);
 *     plain.post("/tsa", handler);
 *     tls.post("/tsa", handler);
 * }
 * }</pre>
 */
@NullMarked
package org.maftia.server.gateway;

import org.jspecify.annotations.NullMarked;
