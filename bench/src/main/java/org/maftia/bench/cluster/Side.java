package org.maftia.bench.cluster;

import java.io.IOException;
import org.maftia.client.load.LoadResult;

/** A system under measurement: replicas on loopback. */
interface Side extends AutoCloseable {
    String name();

    /** How it is configured, as far as that decides how fast it is. */
    String configuration();

    /** How many there are: costs are told for one. */
    int replicas();

    /** Starts the replicas and returns when they take requests. */
    void start() throws IOException, InterruptedException;

    /**
     * Puts a closed loop of clients on it.
     *
     * @param payload bytes of an operation
     * @param clients that each wait for an answer before they ask again
     */
    LoadResult measure(int payload, int clients, Times times) throws IOException, InterruptedException;

    /** Ends all processes that were started. */
    @Override
    void close();

    /**
     * How long a row takes.
     *
     * @param warmSeconds load before measuring
     * @param seconds load that counts
     */
    record Times(int warmSeconds, int seconds) {}
}
