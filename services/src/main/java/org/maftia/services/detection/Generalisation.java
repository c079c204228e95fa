package org.maftia.services.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;

/**
 * What Julisch's heuristic does to a set of tuples, step by step. Which column it generalises next does not depend on the
 * size that is asked for; that only says when it stops. So one run, as far as anybody needs it, answers for every size, and
 * asking for three sizes to see whether the answer is robust costs no more than one.
 */
final class Generalisation {
    /** The best tuple of a step, and how many alarms it covers; the counts never fall from step to step. */
    private record Step(int[] tuple, long count) {}

    private final Lattice lattice;
    private final int firstPlace; // of what may be generalised
    private final long total;
    private final List<Step> steps = new ArrayList<>();
    private int[][] tuples;
    private long[] counts;

    /**
     * @param tuples different ones, at least one; the array is changed, the tuples are not
     * @param counts of alarms, one for each tuple
     * @param typeStays whether the first attribute is left as it is
     */
    Generalisation(Lattice lattice, int[][] tuples, long[] counts, boolean typeStays) {
        this.lattice = lattice;
        this.tuples = tuples;
        this.counts = counts;
        this.firstPlace = typeStays ? 1 : 0;
        this.total = Arrays.stream(counts).sum();
        steps.add(best());
    }

    /** The tuple that the heuristic returns for a size, or null if there are not so many alarms. */
    int @Nullable [] heuristic(long sizeMin) {
        if (total < sizeMin) {
            return null;
        }
        for (int i = 0; ; i++) {
            if (i == steps.size()) {
                generalise();
                steps.add(best());
            }
            if (steps.get(i).count >= sizeMin) {
                return steps.get(i).tuple;
            }
        }
    }

    /** Whether a little more and a little less give the same: a cluster that hangs on a threshold is an accident. */
    boolean isRobust(long sizeMin) {
        int[] found = heuristic(sizeMin);
        return Arrays.equals(found, heuristic(Math.max(1, sizeMin * 95 / 100)))
                && Arrays.equals(found, heuristic(sizeMin * 105 / 100 + 1));
    }

    /** The tuple of the highest count, the smallest of equal ones. */
    private Step best() {
        int best = 0;
        for (int i = 1; i < tuples.length; i++) {
            if (counts[i] > counts[best] || counts[i] == counts[best] && Arrays.compare(tuples[i], tuples[best]) < 0) {
                best = i;
            }
        }
        return new Step(tuples[best], counts[best]);
    }

    /** Lifts the attribute whose commonest value is rarest, in all tuples. */
    private void generalise() {
        int chosen = -1;
        long least = Long.MAX_VALUE;
        for (int place = firstPlace; place < lattice.width(); place++) {
            long most = commonest(place);
            if (most >= 0 && most < least) {
                least = most;
                chosen = place;
            }
        }
        Invariant.check(chosen >= 0, "once all is any, one tuple covers all alarms");
        RowIndex index = new RowIndex(lattice.width());
        int[][] merged = new int[tuples.length][];
        long[] sums = new long[tuples.length];
        for (int i = 0; i < tuples.length; i++) {
            int[] lifted = tuples[i].clone();
            lifted[chosen] = lattice.parent(chosen, lifted[chosen]);
            int at = index.find(lifted);
            merged[at] = lifted;
            sums[at] += counts[i];
        }
        tuples = Arrays.copyOf(merged, index.size());
        counts = Arrays.copyOf(sums, index.size());
    }

    /** How many alarms have the commonest value of an attribute, or -1 if all have {@code any}. */
    private long commonest(int place) {
        long[] sums = new long[lattice.size(place)];
        boolean open = false;
        for (int i = 0; i < tuples.length; i++) {
            int code = tuples[i][place];
            sums[code] += counts[i];
            open |= !lattice.isAny(place, code);
        }
        return open ? Arrays.stream(sums).max().orElse(-1) : -1;
    }
}
