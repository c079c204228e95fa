package org.maftia.server.drill;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalSuccession;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.http.ReplicaStatus;

/** Whom the log excludes, and how the group takes him back: by new keys for all, as what was said of his component is forgotten with the old. */
final class Readmission {
    /** From the first false proposal to the end of the era: a change of views, and some slots. */
    private static final int EXCLUDED_SECONDS_MAX = 60;

    private static final int POLL_MILLIS = 250;

    private final LocalCluster cluster;
    private final Consumer<String> console;

    Readmission(LocalCluster cluster, Consumer<String> console) {
        this.cluster = cluster;
        this.console = console;
    }

    /** That a kernel of replicas says that it is excluded; empty when that does not come in time. */
    Optional<ReplicaStatus.Exclusion> awaitExclusion(String id) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(EXCLUDED_SECONDS_MAX);
        while (true) {
            Optional<ReplicaStatus.Exclusion> exclusion = cluster.status().replicas().stream()
                    .filter(entry -> entry.id().equals(id))
                    .map(ClusterStatus.Entry::exclusion)
                    .flatMap(Optional::stream)
                    .findFirst();
            if (exclusion.isPresent() || System.nanoTime() > deadline) {
                exclusion.ifPresent(one -> console.accept("  the group has excluded " + id + " since slot "
                        + one.since() + ", on the word of " + String.join(", ", one.by())));
                return exclusion;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /**
     * Gives everybody new keys, without those that the intruder has seen.
     *
     * @return the cluster in the configuration that serves then
     */
    LocalCluster perform() throws IOException, InterruptedException, ClusterException {
        console.accept("  all members get new keys, as 'maftia key roll' gives them:");
        try {
            LocalSuccession succession = LocalSuccession.of(cluster, line -> console.accept("    " + line));
            succession.perform(succession.description());
            List<String> kept = succession.destroyOld();
            if (!kept.isEmpty()) {
                console.accept("    old keys are still at " + String.join(", ", kept));
            }
            return cluster.refreshed();
        } catch (ConfigurationException e) {
            throw new ClusterException(String.valueOf(e.getMessage()), e.hint());
        }
    }

    /** What the drill tells beside who was excluded. */
    static List<String> remarks(List<ReplicaStatus.Exclusion> excluded) {
        return excluded.isEmpty()
                ? List.of(
                        "NOBODY WAS EXCLUDED: the leader found no turn for a false proposal, or the group did not see it.")
                : List.of("Who is excluded stays a member, and nothing that its trusted component certifies counts."
                        + " It was started again, clean, and taken back with new keys for all; 'maftia reconfigure --replace'"
                        + " would have put another one in its place.");
    }
}
