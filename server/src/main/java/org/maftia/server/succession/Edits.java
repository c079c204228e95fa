package org.maftia.server.succession;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ReplicaEntry;

/** Small changes of a description, for who does not edit the file. Ports of newcomers are to be drawn. */
public final class Edits {
    private Edits() {}

    /**
     * A description with one replica more.
     *
     * @param attributes those that are missing become classes of its own, named as the replica
     */
    public static Configuration add(Configuration now, String id, SortedMap<String, String> attributes)
            throws ClusterException {
        requireNew(now, id);
        List<ReplicaEntry> replicas = new ArrayList<>(now.replicas());
        replicas.add(newcomer(now, id, attributes));
        return now.withReplicas(replicas);
    }

    private static ReplicaEntry newcomer(Configuration now, String id, SortedMap<String, String> attributes) {
        SortedMap<String, String> all = new TreeMap<>();
        for (ReplicaEntry other : now.replicas()) {
            other.attributes().keySet().forEach(name -> all.put(name, id));
        }
        all.putAll(attributes);
        return new ReplicaEntry(id, all, "localhost", 0, 0, 0, 0, 0);
    }

    /** A description without the replica. */
    public static Configuration remove(Configuration now, String id) throws ClusterException {
        ReplicaEntry gone = present(now, id);
        return now.withReplicas(
                now.replicas().stream().filter(entry -> !entry.equals(gone)).toList());
    }

    /**
     * A description where a new replica, with new keys, stands in the place of another, in the same classes.
     *
     * @param attributes those that differ from the old one's
     */
    public static Configuration replace(
            Configuration now, String id, String newId, SortedMap<String, String> attributes) throws ClusterException {
        ReplicaEntry gone = present(now, id);
        requireNew(now, newId);
        SortedMap<String, String> all = new TreeMap<>(gone.attributes());
        all.putAll(attributes);
        return now.withReplicas(now.replicas().stream()
                .map(entry -> entry.equals(gone) ? newcomer(now, newId, all) : entry)
                .toList());
    }

    /** A name for a newcomer that nobody has. */
    public static String freeId(Configuration now, List<String> used) {
        int number = 1;
        while (now.indexOf("r" + number).isPresent() || used.contains("r" + number)) {
            number++;
        }
        return "r" + number;
    }

    private static ReplicaEntry present(Configuration now, String id) throws ClusterException {
        int index = now.indexOf(id)
                .orElseThrow(() -> new ClusterException(
                        "there is no replica '" + id + "'",
                        "replicas: "
                                + String.join(
                                        ", ",
                                        now.replicas().stream()
                                                .map(ReplicaEntry::id)
                                                .toList())));
        return now.replicas().get(index);
    }

    private static void requireNew(Configuration now, String id) throws ClusterException {
        if (now.indexOf(id).isPresent()) {
            throw new ClusterException("there is a replica '" + id + "' already", "give the newcomer another id");
        }
    }
}
