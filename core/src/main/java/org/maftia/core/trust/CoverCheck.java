package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.maftia.core.trust.TrustPolicy.Model;

/**
 * The condition of the model: two quorums meet in a kernel (Q3), or in a replica (Q2). Seen from the fault sets: no
 * three (two) of them cover the group. Exhaustive up to symmetry: over pairs of quorums where these can be listed, else
 * by colouring the replicas so that every colour class is a fault set.
 */
final class CoverCheck {
    /** Steps of the search before it gives up; core has no clock, so effort is counted. Seconds at worst. */
    static final long BUDGET = 100_000_000;

    /** Pairs up to here are tried before the colouring is. */
    private static final long PAIRS_MAX = 20_000_000;

    /** Maximal fault sets among which names for a counterexample are sought. */
    private static final int NAMED_MAX = 4096;

    private final Analysis analysis;
    private final Model model;
    private final Symmetry symmetry;
    private long budget = BUDGET;

    private CoverCheck(Analysis analysis, Model model) {
        this.analysis = analysis;
        this.model = model;
        this.symmetry = analysis.symmetry();
    }

    /**
     * Fault sets that cover the group, if there are any; as far apart as there are.
     *
     * @throws TrustException when the budget did not suffice to tell
     */
    static Optional<List<Long>> counterexample(Analysis analysis, Model model) {
        return find(analysis, model).map(CoverCheck::inOrder);
    }

    /** By the lowest members, as the operator listed them. */
    private static List<Long> inOrder(List<Long> sets) {
        return sets.stream()
                .sorted(Comparator.comparing(set -> ~Long.reverse(set), Long::compareUnsigned))
                .toList();
    }

    private static Optional<List<Long>> find(Analysis analysis, Model model) {
        CoverCheck check = new CoverCheck(analysis, model);
        Optional<List<Long>> quorums = MinimalSets.of(analysis.quorumFormula, check.symmetry);
        long pairs = quorums.map(list -> (long) list.size() * list.size()).orElse(Long.MAX_VALUE);
        return pairs <= PAIRS_MAX ? check.byPairs(quorums.orElseThrow()) : check.byColouring();
    }

    /** The colouring search alone: both ways must agree, which tests check. */
    static Optional<List<Long>> byColouring(Analysis analysis, Model model) {
        return new CoverCheck(analysis, model).byColouring();
    }

    private boolean lacksQuorum(long set) {
        return analysis.isQuorum(analysis.all & ~set);
    }

    /** Whether the set may be the last of the cover. */
    private boolean isLast(long set) {
        return model == Model.ASYNCHRONOUS ? analysis.isFaultSet(set) : lacksQuorum(set);
    }

    private Optional<List<Long>> byPairs(List<Long> quorums) {
        List<Long> best = List.of();
        int leastOverlap = Integer.MAX_VALUE;
        for (long quorum : quorums) {
            long high = analysis.all & ~quorum;
            if (model == Model.HYBRID) {
                if (best.isEmpty() && isLast(quorum)) {
                    best = List.of(high);
                }
                continue;
            }
            for (long other : quorums) {
                // Of each group one takes the highest members, the other the lowest: so they cover the most.
                long low = symmetry.canonical(analysis.all & ~other);
                int overlap = Long.bitCount(high & low);
                if (overlap < leastOverlap && isLast(analysis.all & ~high & ~low)) {
                    leastOverlap = overlap;
                    best = List.of(high, low);
                }
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(completed(best));
    }

    /** Adds the last set of the cover, maximal, and as far from the others as there is. */
    private List<Long> completed(List<Long> sets) {
        long rest = analysis.all;
        for (long set : sets) {
            rest &= ~set;
        }
        long last = rest;
        int leastOverlap = Integer.MAX_VALUE;
        for (long candidate : analysis.maximalFaultSets(NAMED_MAX).orElse(List.of())) {
            int overlap = sets.stream()
                    .mapToInt(set -> Long.bitCount(set & candidate))
                    .sum();
            if ((rest & ~candidate) == 0 && isLast(candidate) && overlap < leastOverlap) {
                leastOverlap = overlap;
                last = candidate;
            }
        }
        List<Long> cover = new ArrayList<>(sets);
        cover.add(last);
        return cover;
    }

    private Optional<List<Long>> byColouring() {
        long[] colours = new long[model.sets()];
        return colour(0, colours) ? Optional.of(maximal(colours)) : Optional.empty();
    }

    /** Colours group by group; which members of a group take a colour does not matter, only how many. */
    private boolean colour(int at, long[] colours) {
        if (at == symmetry.groups().size()) {
            return true;
        }
        return share(symmetry.groups().get(at), 0, at, colours);
    }

    /** Gives members of one group to the colours from {@code colour} on, then goes on to the next group. */
    private boolean share(long rest, int colour, int at, long[] colours) {
        if (--budget < 0) {
            throw new TrustException(
                    "could not establish " + model.condition() + " within " + BUDGET + " steps",
                    "use a simpler formula: fewer gates, replicas of one class under the same gate");
        }
        int last = colours.length - 1;
        int most = Long.bitCount(rest);
        // The first group's shares fall where colours mean the same: renaming colours finds nothing new.
        int cap =
                at == 0 && colour > 0 && analysis.isPlain() ? Math.min(most, Long.bitCount(colours[colour - 1])) : most;
        for (int count = cap; count >= (colour == last ? most : 0); count--) {
            long members = Symmetry.lowest(rest, count);
            long before = colours[colour];
            colours[colour] |= members;
            boolean fits = colour == last ? isLast(colours[colour]) : lacksQuorum(colours[colour]);
            if (fits && (colour == last ? colour(at + 1, colours) : share(rest & ~members, colour + 1, at, colours))) {
                return true;
            }
            colours[colour] = before;
        }
        return false;
    }

    private List<Long> maximal(long[] colours) {
        List<Long> sets = new ArrayList<>();
        for (int i = 0; i < colours.length; i++) {
            long set = colours[i];
            for (int replica = 0; replica < analysis.size; replica++) {
                long larger = set | 1L << replica;
                if (i == colours.length - 1 ? isLast(larger) : lacksQuorum(larger)) {
                    set = larger;
                }
            }
            sets.add(set);
        }
        return sets;
    }
}
