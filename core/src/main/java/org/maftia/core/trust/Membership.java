package org.maftia.core.trust;

import java.util.List;
import java.util.Optional;

/**
 * Tells whether a set satisfies a formula, by whichever is shorter: the compiled gates, or the list of the minimal sets.
 * Sets smaller than the smallest satisfying one are refused by their size alone. Makes no objects.
 */
final class Membership {
    private final CompiledFormula compiled;
    private final long[] minimal;
    private final boolean listed;
    private final int smallest;

    private Membership(CompiledFormula compiled, Optional<List<Long>> minimal, int smallest) {
        this.compiled = compiled;
        this.listed = minimal.filter(sets -> sets.size() <= compiled.length()).isPresent();
        this.minimal = listed
                ? minimal.orElseThrow().stream().mapToLong(Long::longValue).toArray()
                : new long[0];
        this.smallest = smallest;
    }

    /** @param listedMax minimal sets up to which a list is considered */
    static Membership of(int size, Formula formula, int listedMax) {
        Symmetry symmetry = Symmetry.of(size, List.of(formula));
        Optional<List<Long>> kinds = MinimalSets.of(formula, symmetry);
        int smallest = kinds.map(
                        sets -> sets.stream().mapToInt(Long::bitCount).min().orElse(0))
                .orElse(0);
        Optional<List<Long>> sets = kinds.filter(list ->
                        list.size() <= listedMax && list.stream().allMatch(set -> symmetry.orbit(set) <= listedMax))
                .map(list -> list.stream()
                        .flatMap(set -> symmetry.expand(set).stream())
                        .toList());
        return new Membership(CompiledFormula.of(formula), sets, smallest);
    }

    boolean holds(long set) {
        if (Long.bitCount(set) < smallest) {
            return false;
        }
        if (!listed) {
            return compiled.holds(set);
        }
        for (long least : minimal) {
            if ((least & ~set) == 0) {
                return true;
            }
        }
        return false;
    }
}
