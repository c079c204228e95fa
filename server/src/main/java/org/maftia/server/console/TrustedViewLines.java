package org.maftia.server.console;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.http.ReplicaStatus.RollCall;

/** What trusted components last agreed on, each as its own replica tells it: what several say alike stands there once. */
final class TrustedViewLines {
    private TrustedViewLines() {}

    static List<String> of(ClusterStatus status) {
        SortedMap<String, List<String>> tellers = new TreeMap<>();
        for (ClusterStatus.Entry entry : status.replicas()) {
            entry.said()
                    .flatMap(said -> said.component().flatMap(component -> component.rollCall()))
                    .ifPresent(call -> tellers.computeIfAbsent(words(call), none -> new ArrayList<>())
                            .add(entry.id()));
        }
        List<String> lines = new ArrayList<>();
        tellers.forEach((words, ids) -> lines.add(words + "  (say the components of " + String.join(", ", ids) + ")"));
        return lines;
    }

    private static String words(RollCall call) {
        String at = "roll call " + Instant.ofEpochSecond(call.at()).truncatedTo(ChronoUnit.SECONDS) + ", trusted view "
                + call.view() + ": ";
        if (call.certificate().isEmpty()) {
            return at + "nothing came out in time";
        }
        if (!call.decided()) {
            return at + "no quorum answered, only "
                    + (call.heard().isEmpty() ? "nobody" : String.join(", ", call.heard()));
        }
        return at + String.join(", ", call.present()) + " are in it, and decided alike";
    }
}
