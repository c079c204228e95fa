/**
 * The HTTP base of one replica: a port in the clear and one behind TLS, with bounded requests and patience, on which
 * gateways register their routes.
 *
 * <p>Besides gateways it serves, on the TLS port only: {@code /} (a page for people), {@code /status} (JSON), {@code
 * /metrics} (Prometheus), {@code /health} (the process lives and its loop turns) and {@code /ready} (it takes part in
 * the group).
 */
@NullMarked
package org.maftia.server.http;

import org.jspecify.annotations.NullMarked;
