package org.maftia.server.cluster;

import java.io.IOException;
import java.util.List;
import org.maftia.server.host.Services;

/** A cluster from {@code maftia up} to its end. */
public interface ClusterRun {
    /** Starts all, waits until every gateway answers, and says so in {@code endpoints.json}. */
    Endpoints start() throws IOException, InterruptedException, ClusterException;

    /** What happened since the last call, a line each: also what other commands did to replicas. */
    List<String> events() throws IOException;

    /** Whether any replica lives, one that was started on its own included. */
    boolean anyLives() throws IOException;

    /** Stops every replica, also those that were started on their own since. May be called at any time, again too. */
    void stop() throws IOException, InterruptedException;

    /**
     * @param inProcess all replicas in this process
     * @param restart start a replica that crashed again
     */
    static ClusterRun of(LocalCluster cluster, boolean inProcess, boolean restart) {
        return inProcess ? new InProcessRun(cluster) : new ProcessRun(cluster, restart, Services.paths());
    }
}
