package org.maftia.server.host;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.http.StatusSource;
import org.maftia.server.link.LinkStatus;
import org.maftia.server.runtime.ReplicaRuntime;
import org.maftia.server.runtime.RuntimeStatus;

/** The status of the runtime in the names of the configuration. */
record StatusView(Configuration configuration, FaultStructure trust, int self, ReplicaRuntime runtime)
        implements StatusSource {
    @Override
    public ReplicaStatus status() throws TimeoutException, InterruptedException {
        return of(runtime.status());
    }

    private ReplicaStatus of(RuntimeStatus runtimeStatus) {
        Status replica = runtimeStatus.replica();
        ReplicaSet linked = ReplicaSet.of(self);
        for (LinkStatus link : runtimeStatus.links()) {
            linked = link.up() ? linked.with(link.peer()) : linked;
        }
        List<ReplicaStatus.Peer> peers = new ArrayList<>();
        for (int i = 0; i < trust.size(); i++) {
            ReplicaEntry entry = configuration.replicas().get(i);
            peers.add(new ReplicaStatus.Peer(entry.id(), entry.attributes(), linked.contains(i)));
        }
        List<ReplicaStatus.Blame> blames = runtimeStatus.blames().stream()
                .map(blame -> new ReplicaStatus.Blame(id(blame.replica()), blame.rule(), blame.count()))
                .toList();
        return new ReplicaStatus(
                configuration.group(),
                id(self),
                replica.epoch(),
                id(replica.leader()),
                replica.decided(),
                replica.executed(),
                replica.lag(),
                replica.abstaining(),
                replica.fetching(),
                trust.isQuorum(linked) && !replica.abstaining() && !replica.fetching(),
                peers,
                blames,
                runtimeStatus.counters());
    }

    private String id(int index) {
        return configuration.replicas().get(index).id();
    }
}
