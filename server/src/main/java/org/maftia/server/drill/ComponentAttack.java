package org.maftia.server.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.component.ComponentPlace;

/** What an intruder does to the trusted component beside a replica, who has its host but not its replica. */
final class ComponentAttack {
    private final LocalCluster cluster;

    /** Files of the component's state as they were, kept in memory only: no copy may outlive the drill. */
    private final SortedMap<Path, byte[]> copy = new TreeMap<>();

    ComponentAttack(LocalCluster cluster) {
        this.cluster = cluster;
    }

    private ComponentPlace place(String id) {
        return new ComponentPlace(cluster.directory().component(id));
    }

    /** Kills it without warning. */
    void kill(String id) throws IOException {
        Optional<ProcessHandle> process = place(id).process();
        process.ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Copies its state, between two lives of it. */
    void copy(String id) throws IOException, InterruptedException, ClusterException {
        cluster.stop(id);
        try (var files = Files.list(place(id).state())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                copy.put(file, Files.readAllBytes(file));
            }
        }
        cluster.start(id);
    }

    /** Puts the copy in the place of what it counted since. */
    void setBack(String id) throws IOException, InterruptedException, ClusterException {
        cluster.stop(id);
        for (var file : copy.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
        cluster.start(id);
    }

    /**
     * What a drill of these tells beside what clients noticed.
     *
     * @param abstaining whether the victim was seen to cast no votes
     */
    static List<String> remarks(Scenario scenario, boolean abstaining) {
        return switch (scenario) {
            case COMPONENT_STOP ->
                List.of("A replica whose component is gone can certify nothing and stops: it counts as crashed, and its"
                        + " component goes on with the counters on its disk.");
            case COMPONENT_SET_BACK ->
                List.of(
                        "A replica whose component has counted less than its journal knows certifies nothing before the"
                                + " next checkpoint; "
                                + (abstaining ? "so it did." : "here that came before anybody saw it abstain."),
                        "Whoever holds the replica, too, has counters given twice: a component with counters on disk"
                                + " is not rollback-proof, as 'maftia status' says. Keep its directory out of backups.");
            default -> List.of();
        };
    }
}
