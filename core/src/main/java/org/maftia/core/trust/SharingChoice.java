package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.trust.TrustPolicy.Model;
import org.maftia.core.trust.TrustPolicy.Sharing;

/**
 * Chooses the formula over which secrets are shared: of all candidates that verify, the one with the fewest shares;
 * then strong, then the smallest qualified set, then the order of attributes.
 *
 * <p>Verified means: no maximal fault set satisfies it, the complement of every possible loss does, and for strong ones
 * a quorum less any such loss. The formula is monotone, so this says it of all sets.
 */
final class SharingChoice {
    /** Shares one key may have; a candidate with more is not offered. */
    static final int SHARES_MAX = 4096;

    /** Pairs tried to show that a candidate is strong; one that would need more counts as plain. */
    private static final long PAIRS_MAX = 20_000_000;

    /** A formula that may do, what it is in words, and its place among equals. */
    record Candidate(Formula formula, String words, int order, long shares) {
        Candidate(Formula formula, String words, int order) {
            this(formula, words, order, SharingChoice.shares(formula));
        }
    }

    /** A verified formula. */
    record Choice(SharingFormula sharing, String words, int order) {}

    private final Analysis analysis;
    private final Model model;
    private final Classes classes;

    /** What can be lost, by the groups of the symmetry it was listed under; candidates share few of these. */
    private final Map<List<Long>, Optional<Losses>> lossesByGroups = new HashMap<>();

    private record Losses(Symmetry symmetry, List<Long> quorums, List<Long> alive, List<Long> honest) {}

    SharingChoice(Analysis analysis, Model model, Classes classes) {
        this.analysis = analysis;
        this.model = model;
        this.classes = classes;
    }

    /** Under Q2 no formula is strong in general, so hybrid groups have plain ones. */
    Choice choose(Sharing asked) {
        boolean strong = asked == Sharing.STRONG && model == Model.ASYNCHRONOUS;
        List<Candidate> candidates = candidates();
        List<Choice> fewest = fewest(candidates, strong);
        // Conjunctions are many and have two shares a replica: they are looked at only where they can win.
        if (fewest.isEmpty() || shares(fewest.getFirst().sharing().formula()) >= 2L * classes.size()) {
            addConjunctions(candidates);
            fewest = fewest(candidates, strong);
        }
        if (fewest.size() == 1) {
            return fewest.getFirst();
        }
        return fewest.stream()
                .min(Comparator.comparing((Choice choice) -> !choice.sharing().strong())
                        .thenComparingInt(this::smallestQualified)
                        .thenComparingInt(Choice::order))
                .orElseThrow(() -> new TrustException(
                        "no sharing formula of at most " + SHARES_MAX + " shares fits" + (strong ? " (strong)" : ""),
                        strong ? "set sharing = \"plain\", or use a nested form" : "use a nested form"));
    }

    /** Those that verify and have the fewest shares among them. */
    private List<Choice> fewest(List<Candidate> candidates, boolean strong) {
        List<Choice> fewest = new ArrayList<>();
        long shares = Long.MAX_VALUE;
        for (Candidate candidate : candidates.stream()
                .sorted(Comparator.comparingLong(Candidate::shares))
                .toList()) {
            if (candidate.shares() > shares) {
                break;
            }
            Optional<Choice> verified = verify(candidate)
                    .filter(choice -> !strong || choice.sharing().strong());
            if (verified.isPresent()) {
                shares = candidate.shares();
                fewest.add(verified.get());
            }
        }
        return fewest;
    }

    private int smallestQualified(Choice choice) {
        return MinimalSets.smallest(classes.size(), choice.sharing().formula()).orElse(classes.size());
    }

    static long shares(Formula formula) {
        return switch (formula) {
            case Formula.Leaf leaf -> 1;
            case Formula.Gate gate ->
                gate.children().stream()
                        .mapToLong(child -> child.weight() * shares(child.formula()))
                        .sum();
        };
    }

    private List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>();
        int n = classes.size();
        for (int k = 1; k <= n; k++) {
            add(all, Formula.select(k, new ReplicaSet(classes.all())), k + " of " + n);
        }
        for (String attribute : classes.attributes()) {
            all.addAll(nested(attribute, all.size()));
        }
        Formula dual = analysis.aliveFormula.dual();
        if (shares(dual) <= SHARES_MAX) {
            add(all, expanded(dual), "the dual of the quorum formula");
        }
        analysis.maximalFaultSets(SHARES_MAX).ifPresent(sets -> {
            if (sets.stream()
                            .mapToLong(set -> classes.size() - Long.bitCount(set))
                            .sum()
                    <= SHARES_MAX) {
                add(all, replicated(sets), "replicated over " + sets.size() + " fault sets");
            }
        });
        return all;
    }

    /** Two nested candidates of different attributes, both to be satisfied. */
    private void addConjunctions(List<Candidate> all) {
        List<List<Candidate>> byAttribute = classes.attributes().stream()
                .map(attribute -> nested(attribute, 0))
                .toList();
        for (int a = 0; a < byAttribute.size(); a++) {
            for (int b = a + 1; b < byAttribute.size(); b++) {
                for (Candidate first : byAttribute.get(a)) {
                    for (Candidate second : byAttribute.get(b)) {
                        add(
                                all,
                                Formula.select(2, List.of(first.formula(), second.formula())),
                                first.words() + " and " + second.words());
                    }
                }
            }
        }
    }

    private static void add(List<Candidate> all, Formula formula, String words) {
        all.add(new Candidate(formula, words, all.size()));
    }

    /** So many classes, each so many of its members (all, where it has fewer). */
    private List<Candidate> nested(String attribute, int order) {
        List<Long> parts = classes.of(attribute);
        int largest = parts.stream().mapToInt(Long::bitCount).max().orElse(0);
        List<Candidate> candidates = new ArrayList<>();
        for (int j = 1; j <= parts.size(); j++) {
            for (int i = 1; i <= largest; i++) {
                int inner = i;
                List<Formula> gates = parts.stream()
                        .map(part ->
                                (Formula) Formula.select(Math.min(inner, Long.bitCount(part)), new ReplicaSet(part)))
                        .toList();
                boolean even = parts.stream().allMatch(part -> Long.bitCount(part) == largest);
                String words = j + " of " + parts.size() + " " + Words.plural(attribute) + " x " + i
                        + (even ? " of " + largest : "");
                candidates.add(new Candidate(Formula.select(j, gates), words, order + candidates.size()));
            }
        }
        return candidates;
    }

    /** One summand for each maximal fault set, known to exactly the others. */
    private Formula replicated(List<Long> sets) {
        List<Formula> summands = sets.stream()
                .map(set -> (Formula) Formula.select(1, new ReplicaSet(classes.all() & ~set)))
                .toList();
        return Formula.select(summands.size(), summands);
    }

    /** Weights become repeated children: the shares of the linear scheme. */
    static Formula expanded(Formula formula) {
        return switch (formula) {
            case Formula.Leaf leaf -> leaf;
            case Formula.Gate gate -> {
                List<Formula> children = new ArrayList<>();
                for (Formula.Child child : gate.children()) {
                    for (int copy = 0; copy < child.weight(); copy++) {
                        children.add(expanded(child.formula()));
                    }
                }
                yield Formula.select(gate.threshold(), children);
            }
        };
    }

    Optional<Choice> verify(Candidate candidate) {
        Symmetry symmetry = analysis.symmetry(candidate.formula());
        Optional<Choice> known = byTheorem(candidate);
        if (known.isPresent()) {
            return known;
        }
        Optional<Losses> losses = lossesByGroups.computeIfAbsent(symmetry.groups(), groups -> losses(symmetry));
        CompiledFormula compiled = CompiledFormula.of(candidate.formula());
        if (losses.isEmpty()
                || !isSecret(compiled, losses.get())
                || !losses.get().alive().stream().allMatch(compiled::holds)) {
            return Optional.empty();
        }
        SharingFormula sharing = new SharingFormula(candidate.formula(), isStrong(compiled, losses.get()));
        return Optional.of(new Choice(sharing, candidate.words(), candidate.order()));
    }

    /**
     * The dual of q needs no list, which structures of many replicas do not have: it fails on a fault set B as P\B is a
     * quorum; it holds on P\(A u B), as otherwise A u B would be one, and A, B and another fault set cover P.
     */
    private Optional<Choice> byTheorem(Candidate candidate) {
        return analysis.isPlain()
                        && candidate.shares() == shares(analysis.aliveFormula)
                        && candidate.formula().equals(expanded(analysis.aliveFormula.dual()))
                ? Optional.of(new Choice(
                        new SharingFormula(candidate.formula(), model == Model.ASYNCHRONOUS),
                        candidate.words(),
                        candidate.order()))
                : Optional.empty();
    }

    private Optional<Losses> losses(Symmetry symmetry) {
        Optional<List<Long>> quorums = MinimalSets.of(analysis.quorumFormula, symmetry);
        if (quorums.isPresent() && analysis.isPlain()) {
            return quorums.map(sets -> new Losses(symmetry, sets, sets, sets));
        }
        Optional<List<Long>> alive = MinimalSets.of(analysis.aliveFormula, symmetry);
        Optional<List<Long>> honest = MinimalSets.of(analysis.honestFormula, symmetry);
        return quorums.isPresent() && alive.isPresent() && honest.isPresent()
                ? Optional.of(new Losses(symmetry, quorums.get(), alive.get(), honest.get()))
                : Optional.empty();
    }

    private boolean isSecret(CompiledFormula formula, Losses losses) {
        for (long survivors : losses.honest()) {
            if (formula.holds(analysis.all & ~survivors)) {
                return false;
            }
        }
        return true;
    }

    /** A quorum acknowledged its shares, then any tolerated loss happens: what is left must do, at its smallest. */
    private boolean isStrong(CompiledFormula formula, Losses losses) {
        if ((long) losses.quorums().size() * losses.alive().size() > PAIRS_MAX) {
            return false;
        }
        for (long alive : losses.alive()) {
            long low = losses.symmetry().canonical(analysis.all & ~alive);
            for (long quorum : losses.quorums()) {
                if (!formula.holds(quorum & ~low)) {
                    return false;
                }
            }
        }
        return true;
    }
}
