package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds placements: built-in ones, and greedy ones improved by taking some replicas away
 * and filling up again. Deterministic.
 */
final class PlacementSearch {
    /** Attempts to improve; the search stops early at the lower bound. */
    private static final int ROUNDS = 400;

    /** Box visits over all rounds: a fraction of a second. */
    private static final long EFFORT = 30_000_000;

    private final PlacementProblem problem;
    private final int cells;
    private final int[][] boxesOf;
    private final int boxes;
    private long effort = EFFORT;
    private long chance = 0x9e3779b97f4a7c15L;

    PlacementSearch(PlacementProblem problem) {
        this.problem = problem;
        this.cells = (int) problem.cells();
        List<long[][]> choices = new ArrayList<>();
        for (int i = 0; i < problem.dimensions(); i++) {
            List<Long> sets = new ArrayList<>();
            Symmetry.choose(
                    ReplicaSet.firstOf(problem.sizes().get(i)).bits(),
                    problem.kept().get(i),
                    0,
                    sets);
            choices.add(sets.stream().map(set -> new long[] {set}).toArray(long[][]::new));
        }
        this.boxes = (int) problem.boxes();
        List<List<Integer>> byCell = new ArrayList<>();
        for (int cell = 0; cell < cells; cell++) {
            byCell.add(new ArrayList<>());
        }
        for (int box = 0; box < boxes; box++) {
            for (int cell = 0; cell < cells; cell++) {
                if (contains(choices, box, cell)) {
                    byCell.get(cell).add(box);
                }
            }
        }
        this.boxesOf = byCell.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    private boolean contains(List<long[][]> choices, int box, int cell) {
        int restBox = box;
        int[] at = coordinates(cell);
        for (int i = 0; i < at.length; i++) {
            long[][] sets = choices.get(i);
            if ((sets[restBox % sets.length][0] & 1L << at[i]) == 0) {
                return false;
            }
            restBox /= sets.length;
        }
        return true;
    }

    private int[] coordinates(int cell) {
        int[] at = new int[problem.dimensions()];
        int rest = cell;
        for (int i = at.length - 1; i >= 0; i--) {
            at[i] = rest % problem.sizes().get(i);
            rest /= problem.sizes().get(i);
        }
        return at;
    }

    private int cell(int[] at) {
        int cell = 0;
        for (int i = 0; i < at.length; i++) {
            cell = cell * problem.sizes().get(i) + at[i];
        }
        return cell;
    }

    /** The best placement found, as coordinates of each replica in order. */
    List<int[]> solve(int bound) {
        int[] best = pruned(greedy(new int[cells]));
        for (int[] candidate : built()) {
            best = fewer(best, candidate);
        }
        for (int round = 0; round < ROUNDS && total(best) > bound && effort > 0; round++) {
            int[] next = best.clone();
            int removed = 1 + random(Math.max(1, total(best) / 3));
            for (int i = 0; i < removed; i++) {
                int cell = random(cells);
                for (int tries = 0; next[cell] == 0 && tries < cells; tries++) {
                    cell = (cell + 1) % cells;
                }
                next[cell] = 0;
            }
            int[] filled = pruned(greedy(next));
            best = total(filled) <= total(best) ? filled : best;
        }
        List<int[]> placement = new ArrayList<>();
        for (int cell = 0; cell < cells; cell++) {
            for (int copy = 0; copy < best[cell]; copy++) {
                placement.add(coordinates(cell));
            }
        }
        return placement;
    }

    /** Placements that need no search; only those that hold are returned. */
    private List<int[]> built() {
        List<int[]> placements = new ArrayList<>();
        for (List<int[]> known : KnownPlacements.all()) {
            int[] placed = new int[cells];
            if (fits(known)) {
                known.forEach(at -> placed[cell(at)]++);
                if (holds(placed)) {
                    placements.add(placed);
                }
            }
        }
        return placements;
    }

    private boolean fits(List<int[]> known) {
        for (int[] at : known) {
            if (at.length != problem.dimensions()) {
                return false;
            }
            for (int i = 0; i < at.length; i++) {
                if (at[i] >= problem.sizes().get(i)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean holds(int[] counts) {
        for (int held : held(counts)) {
            if (held < problem.need()) {
                return false;
            }
        }
        return true;
    }

    private int[] held(int[] counts) {
        int[] held = new int[boxes];
        for (int cell = 0; cell < cells; cell++) {
            if (counts[cell] > 0) {
                for (int box : boxesOf[cell]) {
                    held[box] += counts[cell];
                }
            }
        }
        return held;
    }

    /** Adds the replica that helps most boxes until all have enough. */
    private int[] greedy(int[] start) {
        int[] counts = start.clone();
        int[] held = held(counts);
        while (true) {
            int bestCell = -1;
            int bestGain = 0;
            int offset = random(cells);
            for (int i = 0; i < cells; i++) {
                int cell = (i + offset) % cells;
                int gain = 0;
                for (int box : boxesOf[cell]) {
                    gain += held[box] < problem.need() ? 1 : 0;
                }
                effort -= boxesOf[cell].length;
                if (gain > bestGain) {
                    bestGain = gain;
                    bestCell = cell;
                }
            }
            if (bestCell < 0) {
                return counts;
            }
            counts[bestCell]++;
            for (int box : boxesOf[bestCell]) {
                held[box]++;
            }
        }
    }

    /** Takes away what no box needs. */
    private int[] pruned(int[] counts) {
        int[] held = held(counts);
        int offset = random(cells);
        for (int i = 0; i < cells; i++) {
            int cell = (i + offset) % cells;
            while (counts[cell] > 0 && isSpare(cell, held)) {
                counts[cell]--;
                for (int box : boxesOf[cell]) {
                    held[box]--;
                }
            }
        }
        return counts;
    }

    private boolean isSpare(int cell, int[] held) {
        for (int box : boxesOf[cell]) {
            if (held[box] <= problem.need()) {
                return false;
            }
        }
        return true;
    }

    private static int[] fewer(int[] a, int[] b) {
        return total(b) <= total(a) ? b : a;
    }

    private static int total(int[] counts) {
        int total = 0;
        for (int count : counts) {
            total += count;
        }
        return total;
    }

    /** Xorshift (Marsaglia 2003): variety, not secrecy, and the same on every run. */
    private int random(int bound) {
        chance ^= chance << 13;
        chance ^= chance >>> 7;
        chance ^= chance << 17;
        return (int) Long.remainderUnsigned(chance, bound);
    }
}
