package org.maftia.server.runtime;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.replica.Status;
import org.maftia.server.link.LinkStatus;

/**
 * A running replica at one moment.
 *
 * @param replica where its protocols stand
 * @param links to all peers, in index order
 * @param blames by replica and rule
 * @param counters counts since this process began, by name
 */
public record RuntimeStatus(
        Status replica, List<LinkStatus> links, List<Blame> blames, SortedMap<String, Long> counters) {
    public RuntimeStatus {
        links = List.copyOf(links);
        blames = List.copyOf(blames);
        counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    }

    /** A peer broke a rule {@code count} times. */
    public record Blame(int replica, String rule, long count) {}
}
