package org.maftia.server.drill;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.http.ReplicaStatus;

/**
 * What came of a drill.
 *
 * @param victims ids of the replicas that were the intruder's
 * @param gained a sentence for each thing that the intruder gained; empty is what must be
 * @param tokens how many tokens clients got, all phases together
 * @param denied how often the gateway of a replica gave no token that verifies, by id
 * @param medianMillisBefore the wait for a token before the intruder struck
 * @param longestMillisDuring the longest wait through a gateway that was not his, while he was at work
 * @param named rules that the victims were seen to break
 * @param excluded whom the log excluded, and on whose word, as a kernel said
 * @param restored whether all replicas took part again afterwards
 * @param remarks what else was found
 */
public record DrillReport(
        Scenario scenario,
        List<String> victims,
        List<String> gained,
        int tokens,
        SortedMap<String, Integer> denied,
        long medianMillisBefore,
        long longestMillisDuring,
        List<ClusterStatus.Blame> named,
        List<ReplicaStatus.Exclusion> excluded,
        boolean restored,
        List<String> remarks) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public DrillReport {
        victims = List.copyOf(victims);
        gained = List.copyOf(gained);
        denied = Collections.unmodifiableSortedMap(new TreeMap<>(denied));
        named = List.copyOf(named);
        excluded = List.copyOf(excluded);
        remarks = List.copyOf(remarks);
    }

    /** The same with what another attempt came to. */
    DrillReport with(List<String> moreGained, boolean well, List<String> moreRemarks) {
        List<String> allGained = new ArrayList<>(gained);
        allGained.addAll(moreGained);
        List<String> allRemarks = new ArrayList<>(remarks);
        allRemarks.addAll(moreRemarks);
        return new DrillReport(
                scenario,
                victims,
                allGained,
                tokens,
                denied,
                medianMillisBefore,
                longestMillisDuring,
                named,
                excluded,
                restored && well,
                allRemarks);
    }

    /** The same where these were excluded. */
    DrillReport excluding(List<ReplicaStatus.Exclusion> others) {
        return new DrillReport(
                scenario,
                victims,
                gained,
                tokens,
                denied,
                medianMillisBefore,
                longestMillisDuring,
                named,
                others,
                restored,
                remarks);
    }

    /** Whether the group held, and excluded whom it should. */
    public boolean passed() {
        List<String> out =
                excluded.stream().map(ReplicaStatus.Exclusion::replica).toList();
        return gained.isEmpty() && restored && out.equals(scenario.excludes() ? victims : List.of());
    }

    public String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("scenario", scenario.word());
        victims.forEach(root.putArray("victims")::add);
        gained.forEach(root.putArray("gained")::add);
        root.put("tokens", tokens);
        ObjectNode denials = root.putObject("denied");
        denied.forEach(denials::put);
        root.put("medianMillisBefore", medianMillisBefore).put("longestMillisDuring", longestMillisDuring);
        ArrayNode blames = root.putArray("named");
        for (ClusterStatus.Blame blame : named) {
            ObjectNode node = blames.addObject().put("replica", blame.replica()).put("rule", blame.rule());
            node.put("count", blame.count());
            blame.by().forEach(node.putArray("by")::add);
        }
        ArrayNode out = root.putArray("excluded");
        for (ReplicaStatus.Exclusion one : excluded) {
            ObjectNode node = out.addObject().put("replica", one.replica()).put("since", one.since());
            one.by().forEach(node.putArray("by")::add);
        }
        root.put("restored", restored);
        remarks.forEach(root.putArray("remarks")::add);
        return root.toString();
    }

    /** For people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (gained.isEmpty()) {
            lines.add("The intruder gained nothing.");
        } else {
            gained.forEach(sentence -> lines.add("THE INTRUDER GAINED: " + sentence));
        }
        for (ReplicaStatus.Exclusion one : excluded) {
            lines.add("The group excluded " + one.replica() + " since slot " + one.since() + ": "
                    + String.join(", ", one.by()) + " have proof that it was corrupt.");
        }
        lines.addAll(remarks);
        if (tokens > 0) {
            lines.add("Clients got " + tokens + " tokens that verify"
                    + (gained.isEmpty() ? "; no serial stands twice, and time never went back." : "."));
            lines.add("They waited " + medianMillisBefore + " ms before, and " + longestMillisDuring
                    + " ms at the longest while it lasted.");
        }
        denied.forEach((id, count) -> lines.add("The gateway of " + id + " gave no token " + count + " times"
                + (victims.contains(id) ? ", as it was the intruder's." : ".")));
        for (ClusterStatus.Blame blame : named) {
            lines.add(blame.replica() + " was seen to break a rule " + blame.count() + " times: " + blame.rule()
                    + " (say " + String.join(", ", blame.by()) + ")");
        }
        lines.add(
                restored ? "All replicas take part again." : "NOT ALL REPLICAS TAKE PART AGAIN: see 'maftia status'.");
        return lines;
    }
}
