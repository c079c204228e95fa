package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;

/**
 * Put as few replicas as possible on a grid such that every box holds at least {@code need}. A box is a choice of
 * {@code kept} classes of each attribute.
 *
 * @param sizes classes of each attribute
 * @param kept classes of each attribute that are left when all that may fall has fallen; at least 1
 * @param need replicas that must be left then
 */
record PlacementProblem(List<Integer> sizes, List<Integer> kept, int need) {
    PlacementProblem {
        sizes = List.copyOf(sizes);
        kept = List.copyOf(kept);
    }

    int dimensions() {
        return sizes.size();
    }

    /** Saturating. */
    long cells() {
        long product = 1;
        for (int size : sizes) {
            product = Math.min(Integer.MAX_VALUE, product * size);
        }
        return product;
    }

    /** Saturating. */
    long boxes() {
        long product = 1;
        for (int i = 0; i < sizes.size(); i++) {
            long choices = Math.min(Integer.MAX_VALUE, Symmetry.binomial(sizes.get(i), kept.get(i)));
            product = Math.min(Integer.MAX_VALUE, product * choices);
        }
        return product;
    }

    /**
     * At least so many replicas: any {@code kept} classes of one attribute must hold a solution for the others, and the
     * poorest of the classes hold less than their part.
     */
    int lowerBound() {
        if (sizes.isEmpty()) {
            return need;
        }
        int bound = 0;
        for (int i = 0; i < sizes.size(); i++) {
            List<Integer> otherSizes = new ArrayList<>(sizes);
            List<Integer> otherKept = new ArrayList<>(kept);
            otherSizes.remove(i);
            otherKept.remove(i);
            int inside = new PlacementProblem(otherSizes, otherKept, need).lowerBound();
            bound = Math.max(bound, spread(sizes.get(i), kept.get(i), inside));
        }
        return bound;
    }

    /** The fewest on {@code size} classes such that the {@code kept} poorest together have {@code inside}. */
    private static int spread(int size, int kept, int inside) {
        int each = inside / kept;
        int more = inside % kept;
        return more == 0 ? size * each : size * (each + 1) - (kept - more);
    }
}
