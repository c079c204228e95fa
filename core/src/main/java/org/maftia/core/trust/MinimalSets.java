package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The minimal sets that satisfy a formula, as canonical sets of a {@link Symmetry}, built bottom-up from the gates. Of
 * a quorum formula their complements are the maximal fault sets.
 */
final class MinimalSets {
    /** Sets kept at any point; a structure with more is searched without its list. */
    static final int COUNT_MAX = 65_536;

    /** Lists up to here are thinned pair by pair; longer ones only once, at the end of their gate. */
    private static final int THINNED_MAX = 1024;

    private final Symmetry symmetry;

    private MinimalSets(Symmetry symmetry) {
        this.symmetry = symmetry;
    }

    /** In the order of the gates; empty if there would be too many on the way. */
    static Optional<List<Long>> of(Formula formula, Symmetry symmetry) {
        try {
            return Optional.of(new MinimalSets(symmetry).satisfying(formula));
        } catch (TooManyException e) {
            return Optional.empty();
        }
    }

    /** The size of the smallest satisfying set. */
    static OptionalInt smallest(int size, Formula formula) {
        return of(formula, Symmetry.of(size, List.of(formula)))
                .map(sets -> sets.stream().mapToInt(Long::bitCount).min())
                .orElse(OptionalInt.empty());
    }

    /** More than {@link #COUNT_MAX}; never leaves this class. */
    private static final class TooManyException extends RuntimeException {
        TooManyException() {
            super("too many sets", null, false, false);
        }
    }

    /** One input of a gate: sets, each of which adds a weight. */
    private record Item(List<Option> options) {
        int heaviest() {
            return options.stream().mapToInt(Option::weight).max().orElse(0);
        }
    }

    private record Option(long set, int weight) {}

    private List<Long> satisfying(Formula formula) {
        return switch (formula) {
            case Formula.Leaf leaf -> List.of(symmetry.canonical(1L << leaf.replica()));
            case Formula.Gate gate -> minimal(combine(gate, items(gate)), gate);
        };
    }

    private List<Item> items(Formula.Gate gate) {
        List<Item> items = new ArrayList<>();
        Map<Long, Long> leafWeights = new LinkedHashMap<>();
        for (Formula.Child child : gate.children()) {
            if (child.formula() instanceof Formula.Leaf leaf) {
                leafWeights.merge(symmetry.groupOf(leaf.replica()), (long) child.weight(), Long::sum);
            }
        }
        leafWeights.forEach((group, total) -> {
            int each = (int) (total / Long.bitCount(group));
            List<Option> options = new ArrayList<>();
            for (int count = 1; count <= Long.bitCount(group); count++) {
                options.add(new Option(Symmetry.lowest(group, count), count * each));
            }
            items.add(new Item(options));
        });
        for (Formula.Child child : gate.children()) {
            if (child.formula() instanceof Formula.Gate below) {
                items.add(new Item(satisfying(below).stream()
                        .map(set -> new Option(set, child.weight()))
                        .toList()));
            }
        }
        return items;
    }

    /** Item by item, sums so far with the sets that reach them; what can no longer reach the threshold is dropped. */
    private List<Long> combine(Formula.Gate gate, List<Item> items) {
        int threshold = gate.threshold();
        int rest = items.stream().mapToInt(Item::heaviest).sum();
        TreeMap<Integer, List<Long>> bySum = new TreeMap<>();
        bySum.put(0, List.of(0L));
        for (Item item : items) {
            rest -= item.heaviest();
            TreeMap<Integer, LinkedHashSet<Long>> next = new TreeMap<>();
            for (Map.Entry<Integer, List<Long>> reached : bySum.entrySet()) {
                add(next, reached.getKey(), reached.getValue(), new Option(0, 0), threshold, rest);
                if (reached.getKey() < threshold) {
                    for (Option option : item.options()) {
                        add(next, reached.getKey(), reached.getValue(), option, threshold, rest);
                    }
                }
            }
            bySum = new TreeMap<>();
            for (Map.Entry<Integer, LinkedHashSet<Long>> entry : next.entrySet()) {
                bySum.put(entry.getKey(), thinned(List.copyOf(entry.getValue())));
            }
        }
        return bySum.getOrDefault(threshold, List.of());
    }

    private static void add(
            TreeMap<Integer, LinkedHashSet<Long>> next,
            int sum,
            List<Long> sets,
            Option option,
            int threshold,
            int rest) {
        int reached = Math.min(threshold, sum + option.weight());
        if (reached + rest < threshold) {
            return;
        }
        LinkedHashSet<Long> target = next.computeIfAbsent(reached, key -> new LinkedHashSet<>());
        for (long set : sets) {
            target.add(set | option.set());
            if (target.size() > COUNT_MAX) {
                throw new TooManyException();
            }
        }
    }

    /** Without the sets that contain another; of equal worth is only what has the same sum. */
    private static List<Long> thinned(List<Long> sets) {
        return sets.size() > THINNED_MAX ? sets : withoutSupersets(sets);
    }

    static List<Long> withoutSupersets(List<Long> sets) {
        List<Long> least = new ArrayList<>();
        for (long set : sets) {
            boolean contains = false;
            for (long other : sets) {
                contains |= other != set && (other & ~set) == 0;
            }
            if (!contains) {
                least.add(set);
            }
        }
        return least;
    }

    private List<Long> minimal(List<Long> sets, Formula.Gate gate) {
        CompiledFormula compiled = CompiledFormula.of(gate);
        return sets.stream().filter(set -> isMinimal(set, compiled)).toList();
    }

    private boolean isMinimal(long set, CompiledFormula formula) {
        for (long group : symmetry.groups()) {
            long members = set & group;
            if (members != 0 && formula.holds(set & ~Long.highestOneBit(members))) {
                return false;
            }
        }
        return true;
    }
}
