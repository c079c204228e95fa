package org.maftia.server.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** How often each peer broke which rule. */
public final class BlameLedger {
    /** Rules are constant sentences; should one vary after all, it cannot fill the memory. */
    private static final int RULES_MAX = 64;

    private static final String OTHERS = "other rules";

    /** By seat, of which there are few. */
    private final SortedMap<Integer, SortedMap<String, Long>> counts = new TreeMap<>();

    /** Those of whom the group counts nothing any more, so that nothing is to be counted against them. */
    private final SortedSet<Integer> settled = new TreeSet<>();

    /** The rule as it is counted: what follows a colon is detail. */
    static String ruleOf(String sentence) {
        int colon = sentence.indexOf(": ");
        return colon < 0 ? sentence : sentence.substring(0, colon);
    }

    /** Counts, and gives the new count. */
    public long count(int replica, String sentence) {
        SortedMap<String, Long> rules = counts.computeIfAbsent(replica, key -> new TreeMap<>());
        String rule = ruleOf(sentence);
        boolean known = rules.containsKey(rule) || rules.size() < RULES_MAX;
        return rules.merge(known ? rule : OTHERS, 1L, Long::sum);
    }

    /** The group has excluded it: what it does from now on is no news. */
    void settle(int replica) {
        settled.add(replica);
    }

    boolean isSettled(int replica) {
        return settled.contains(replica);
    }

    /** It counts like others again, having been excluded: what it did before was another's doing. */
    void forgive(int replica) {
        if (settled.remove(replica)) {
            counts.remove(replica);
        }
    }

    /** No exclusion outlives its configuration. */
    void forgiveAll() {
        List.copyOf(settled).forEach(this::forgive);
    }

    List<RuntimeStatus.Blame> entries() {
        List<RuntimeStatus.Blame> entries = new ArrayList<>();
        counts.forEach((replica, rules) ->
                rules.forEach((rule, count) -> entries.add(new RuntimeStatus.Blame(replica, rule, count))));
        return entries;
    }
}
