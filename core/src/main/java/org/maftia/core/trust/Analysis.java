package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Three monotone formulas, all of the shape "the set contains every replica outside some fault set", and what can be
 * enumerated of them. In plain structures they are one and the same.
 *
 * <p>Quorums: for what one may wait. Alive: what is left when any tolerated loss, crashes included, has happened.
 * Honest: what is left outside the corrupted. A separate quorum system changes the first alone; crash pairs tell the
 * first two from the third.
 */
final class Analysis {
    /** Evaluations spent on the smallest kernel, a figure for people; half a second at worst. */
    private static final long KERNEL_BUDGET = 4_000_000;

    final int size;
    final long all;
    final Formula quorumFormula;
    final Formula aliveFormula;
    final Formula honestFormula;
    private final CompiledFormula quorums;
    private final CompiledFormula alive;
    private final CompiledFormula honest;

    /** Found when first asked for; immutable, so that it does not matter if two threads find it. */
    private @Nullable List<Long> listed;

    Analysis(int size, Formula quorums, Formula alive, Formula honest) {
        this.size = size;
        this.all = ReplicaSet.firstOf(size).bits();
        this.quorumFormula = quorums;
        this.aliveFormula = alive;
        this.honestFormula = honest;
        this.quorums = CompiledFormula.of(quorums);
        this.alive = CompiledFormula.of(alive);
        this.honest = CompiledFormula.of(honest);
    }

    static Analysis of(int size, Formula formula) {
        return new Analysis(size, formula, formula, formula);
    }

    /** Whether one formula says all. */
    boolean isPlain() {
        return quorumFormula.equals(honestFormula) && aliveFormula.equals(honestFormula);
    }

    boolean isQuorum(long set) {
        return quorums.holds(set);
    }

    boolean mayBeLost(long set) {
        return alive.holds(all & ~set);
    }

    boolean isFaultSet(long set) {
        return honest.holds(all & ~set);
    }

    /** Replicas that none of the three formulas, nor {@code more}, tells apart. */
    Symmetry symmetry(Formula... more) {
        List<Formula> formulas = new ArrayList<>(List.of(more));
        formulas.add(quorumFormula);
        if (!isPlain()) {
            formulas.add(aliveFormula);
            formulas.add(honestFormula);
        }
        return Symmetry.of(size, formulas);
    }

    /** The maximal fault sets, as far as they fit; of each kind under the symmetry only the one with the highest members. */
    Optional<List<Long>> maximalFaultKinds(Symmetry symmetry) {
        return MinimalSets.of(honestFormula, symmetry)
                .map(sets -> sets.stream().map(set -> all & ~set).toList());
    }

    /** How many maximal fault sets there are; saturating. Empty if not even their kinds fit. */
    Optional<Long> maximalFaultSetCount() {
        Symmetry symmetry = symmetry();
        return MinimalSets.of(honestFormula, symmetry).map(sets -> {
            long count = 0;
            for (long set : sets) {
                long orbit = symmetry.orbit(set);
                count = count > Long.MAX_VALUE - orbit ? Long.MAX_VALUE : count + orbit;
            }
            return count;
        });
    }

    /** All maximal fault sets, if there are no more than {@code max}. */
    Optional<List<Long>> maximalFaultSets(int max) {
        List<Long> found = listed;
        if (found == null) {
            if (maximalFaultSetCount().filter(count -> count <= max).isEmpty()) {
                return Optional.empty();
            }
            found = list();
            listed = found;
        }
        return found.size() <= max ? Optional.of(found) : Optional.empty();
    }

    private List<Long> list() {
        Symmetry symmetry = symmetry();
        List<Long> sets = new ArrayList<>();
        for (long survivors : MinimalSets.of(honestFormula, symmetry).orElseThrow()) {
            for (long set : symmetry.expand(survivors)) {
                sets.add(all & ~set);
            }
        }
        return List.copyOf(sets);
    }

    OptionalInt smallestQuorum() {
        return MinimalSets.smallest(size, quorumFormula);
    }

    OptionalInt largestFaultSet() {
        OptionalInt survivors = MinimalSets.smallest(size, honestFormula);
        return survivors.isPresent() ? OptionalInt.of(size - survivors.getAsInt()) : OptionalInt.empty();
    }

    /** Found by trying all kinds of one size after the other; empty if that takes too long. */
    OptionalInt smallestKernel() {
        Symmetry symmetry = symmetry();
        long[] budget = {KERNEL_BUDGET};
        for (int count = 1; count <= size; count++) {
            if (existsKernel(symmetry.groups(), 0, count, 0, budget)) {
                return OptionalInt.of(count);
            }
            if (budget[0] <= 0) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    private boolean existsKernel(List<Long> groups, int at, int count, long chosen, long[] budget) {
        if (count == 0) {
            return budget[0]-- > 0 && !isFaultSet(chosen);
        }
        if (at == groups.size() || budget[0] <= 0) {
            return false;
        }
        long group = groups.get(at);
        for (int here = Math.min(count, Long.bitCount(group)); here >= 0; here--) {
            if (existsKernel(groups, at + 1, count - here, chosen | Symmetry.lowest(group, here), budget)) {
                return true;
            }
        }
        return false;
    }
}
