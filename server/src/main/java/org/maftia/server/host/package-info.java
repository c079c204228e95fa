/**
 * One replica as a process runs it: configuration and keys become services, automaton, runtime, gateways and HTTP.
 *
 * <p>Everything is wired here and nowhere else. A drill asks for a {@link org.maftia.server.host.Corruption}, which wraps
 * the automaton or a service; the rest stays the same.
 */
@NullMarked
package org.maftia.server.host;

import org.jspecify.annotations.NullMarked;
