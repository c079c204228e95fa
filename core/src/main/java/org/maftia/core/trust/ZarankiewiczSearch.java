package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Proves that a two-dimensional placement is optimal, by branch and bound over columns: no {@code kept} rows may all be
 * empty in {@code kept} columns at once. Columns come in order of their number of replicas, then of their rows; the
 * first one fills the lowest rows. What is left is bounded by counting (Kovari, Sos, Turan): a column with z empty
 * rows uses up C(z, a) of the pairs "a rows, one empty column", of which each choice of rows may have b - 1.
 */
final class ZarankiewiczSearch {
    /** Nodes visited before the question is left open; about a second. */
    private static final long BUDGET = 3_000_000;

    private final int rows;
    private final int columns;
    private final int keptRows;
    private final int target;
    private final List<Integer> masks = new ArrayList<>();
    private final List<Integer> choices = new ArrayList<>();
    private final int[] room;
    private long budget = BUDGET;

    private ZarankiewiczSearch(int rows, int columns, int keptRows, int keptColumns, int target) {
        this.rows = rows;
        this.columns = columns;
        this.keptRows = keptRows;
        this.target = target;
        for (int mask = 0; mask < 1 << rows; mask++) {
            masks.add(mask);
            if (Integer.bitCount(mask) == keptRows) {
                choices.add(mask);
            }
        }
        masks.sort(Comparator.comparingInt((Integer mask) -> Integer.bitCount(mask))
                .thenComparing(Comparator.naturalOrder()));
        this.room = new int[choices.size()];
        Arrays.fill(room, keptColumns - 1);
    }

    /** Whether no placement has fewer than {@code found}; false also if that could not be established. */
    static boolean isOptimal(PlacementProblem problem, int found) {
        if (problem.dimensions() != 2 || problem.need() != 1) {
            return false;
        }
        int rows = problem.sizes().get(0) <= problem.sizes().get(1) ? 0 : 1;
        if (problem.sizes().get(rows) > 12) {
            return false;
        }
        ZarankiewiczSearch search = new ZarankiewiczSearch(
                problem.sizes().get(rows),
                problem.sizes().get(1 - rows),
                problem.kept().get(rows),
                problem.kept().get(1 - rows),
                found - 1);
        return !search.exists(0, 0, 0) && search.budget > 0;
    }

    private boolean exists(int column, int from, int used) {
        if (column == columns) {
            return used <= target;
        }
        if (--budget <= 0) {
            return false;
        }
        for (int at = from; at < masks.size(); at++) {
            int mask = masks.get(at);
            int ones = Integer.bitCount(mask);
            if (used + least(columns - column, ones) > target) {
                // Later masks have as many replicas or more.
                return false;
            }
            boolean lowest = (mask & mask + 1) == 0;
            if ((column > 0 || lowest) && take(mask)) {
                if (exists(column + 1, at, used + ones)) {
                    return true;
                }
                giveBack(mask);
            }
        }
        return false;
    }

    /** Fewest replicas in so many columns of at least {@code ones} each, as far as room is left for empty rows. */
    private int least(int left, int ones) {
        long sum = 0;
        for (int free : room) {
            sum += free;
        }
        long need = left * choose(rows - ones);
        int replicas = left * ones;
        for (int level = rows - ones; level > 0 && need > sum; level--) {
            // The fullest use first: one empty row less saves most where most are empty.
            long saved = choose(level) - choose(level - 1);
            for (int i = 0; i < left && need > sum; i++) {
                need -= saved;
                replicas++;
            }
        }
        return replicas;
    }

    private long choose(int empty) {
        return empty < keptRows ? 0 : Symmetry.binomial(empty, keptRows);
    }

    private boolean take(int mask) {
        boolean fits = true;
        for (int i = 0; i < room.length; i++) {
            if ((choices.get(i) & mask) == 0 && --room[i] < 0) {
                fits = false;
            }
        }
        if (!fits) {
            giveBack(mask);
        }
        return fits;
    }

    private void giveBack(int mask) {
        for (int i = 0; i < room.length; i++) {
            if ((choices.get(i) & mask) == 0) {
                room[i]++;
            }
        }
    }
}
