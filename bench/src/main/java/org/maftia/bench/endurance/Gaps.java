package org.maftia.bench.endurance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The longest times without any acknowledged operation. */
final class Gaps {
    /** The group still feels a fault for a while after it is gone. */
    private static final long AFTERMATH_MICROS = 5_000_000;

    /** Under which gaps stand that meet no fault. */
    static final String QUIET = "(no fault)";

    private Gaps() {}

    /**
     * The longest gap in microseconds by the kind of the faults that it meets, or where it meets none, of one that was
     * over a few seconds before.
     *
     * @param history in any order
     */
    static Map<String, Long> longest(List<Operation> history, List<Episode> episodes) {
        long[] answers = history.stream()
                .filter(Operation::isOk)
                .mapToLong(Operation::returnedMicros)
                .sorted()
                .toArray();
        List<Episode> inOrder = episodes.stream()
                .sorted(Comparator.comparingLong(Episode::beginMicros))
                .toList();
        Map<String, Long> longest = new TreeMap<>();
        int first = 0;
        for (int i = 1; i < answers.length; i++) {
            long from = answers[i - 1];
            long to = answers[i];
            while (first < inOrder.size() && inOrder.get(first).endMicros() + AFTERMATH_MICROS < from) {
                first++;
            }
            List<Episode> near = new ArrayList<>();
            for (int j = first; j < inOrder.size() && inOrder.get(j).beginMicros() <= to; j++) {
                near.add(inOrder.get(j));
            }
            List<Episode> met =
                    near.stream().filter(episode -> episode.endMicros() >= from).toList();
            for (Episode episode : met.isEmpty() ? near : met) {
                longest.merge(episode.kind().word(), to - from, Math::max);
            }
            if (near.isEmpty()) {
                longest.merge(QUIET, to - from, Math::max);
            }
        }
        return longest;
    }
}
