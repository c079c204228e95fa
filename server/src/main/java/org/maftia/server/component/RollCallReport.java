package org.maftia.server.component;

import java.util.List;

/**
 * How a roll call of the components in a trusted view ended, as the component here says.
 *
 * @param startMicros when it began, since 1970
 * @param view number of the trusted view
 * @param decided whether a quorum of the components proposed one view
 * @param present seats of those whose components proposed it
 * @param heard seats of those whose components proposed anything
 * @param certificate the outcome as the component sealed it, in hex; empty: nothing came out in time
 */
public record RollCallReport(
        long startMicros, long view, boolean decided, List<Integer> present, List<Integer> heard, String certificate) {
    public RollCallReport {
        present = List.copyOf(present);
        heard = List.copyOf(heard);
    }

    /** One of which nothing came. */
    static RollCallReport open(long startMicros, long view) {
        return new RollCallReport(startMicros, view, false, List.of(), List.of(), "");
    }
}
