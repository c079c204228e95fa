package org.maftia.server.gateway;

import java.util.concurrent.CompletableFuture;

/** The way of a gateway into the log: its own client session at its own replica. */
public interface Submission {
    /**
     * Orders an operation of a service and gives the result that this replica computed. Any thread may call.
     * What depends on the future may run on the thread of the replica, so it must not block.
     *
     * @return fails with {@link Busy} when too much waits already, with {@link java.util.concurrent.TimeoutException}
     *     when the group did not answer in time
     */
    CompletableFuture<byte[]> submit(String service, byte[] operation);

    /** Too many requests wait: the client should come back. */
    final class Busy extends RuntimeException {
        public Busy(String message) {
            super(message, null, false, false);
        }
    }
}
