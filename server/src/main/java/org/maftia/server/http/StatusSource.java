package org.maftia.server.http;

import java.util.concurrent.TimeoutException;

/** Where the HTTP base asks how the replica is. Any thread may ask. */
@FunctionalInterface
public interface StatusSource {
    /** @throws TimeoutException when the replica's loop does not answer */
    ReplicaStatus status() throws TimeoutException, InterruptedException;
}
