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
        boolean restored,
        List<String> remarks) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public DrillReport {
        victims = List.copyOf(victims);
        gained = List.copyOf(gained);
        denied = Collections.unmodifiableSortedMap(new TreeMap<>(denied));
        named = List.copyOf(named);
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
                restored && well,
                allRemarks);
    }

    /** Whether the group held. */
    public boolean passed() {
        return gained.isEmpty() && restored;
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
