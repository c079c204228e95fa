package org.maftia.server.runtime;

/**
 * Looks at the world outside for a service, at one replica. What it answers goes into the log as this replica's word, where
 * the service counts it with those of the others: so it must look by itself, and believe no other replica.
 */
@FunctionalInterface
public interface Observer {
    /**
     * Looks. Called on a virtual thread, many at a time; may block, and is interrupted when its time is over.
     *
     * @param question as the service encoded it, which the log holds
     * @return at most {@link org.maftia.core.replica.Context#ANSWER_LENGTH_MAX} bytes
     * @throws InterruptedException when its time is over: then this replica says nothing
     */
    byte[] observe(byte[] question) throws InterruptedException;
}
