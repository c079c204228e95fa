package org.maftia.core.replica;

import org.maftia.core.ordering.RequestId;

/**
 * A request that reached a service.
 *
 * @param id whose it is; the service keeps it to complete the command later
 * @param operation the service's own encoding, to be read with care
 */
public record Command(RequestId id, byte[] operation) {}
