package org.maftia.core.trust;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which replicas may be corrupted at the same time, and what follows for those who wait: {@link #isQuorum} is the most
 * that one may wait for, {@link #isKernel} the least that holds a correct replica. No other class compares counts of
 * replicas. Immutable; its tests make no objects and may run on any thread.
 *
 * <p>Of an asynchronous group protocols may rely on three facts: two quorums meet in a kernel (L1), the correct replicas
 * form a quorum (L2), a quorum less any fault set is a kernel (L4).
 *
 * <p>Source: Hirt, Maurer (J. Cryptology 2000); Cachin (DSN 2001); Alpos, Cachin (SRDS 2020).
 */
public final class FaultStructure {
    /** Up to here the list of fault sets competes with the formula; both took about 20 ns at 16 replicas. */
    private static final int LISTED_MAX = 64;

    /** Of {@link #copiedSharing}: each costs its keepers an exponentiation. */
    public static final int COPIED_SUMMANDS_MAX = 64;

    /** What {@link #maximalFaultSets} lists at most. */
    public static final int MAXIMAL_FAULT_SETS_MAX = MinimalSets.COUNT_MAX;

    private final Analysis analysis;
    private final long all;
    private final SharingFormula sharing;
    private final CompiledFormula sharingCompiled;
    private final Formula kernels;
    private final Optional<Description> description;
    private final Membership quorumTest;
    private final Membership honestTest;

    FaultStructure(Analysis analysis, SharingFormula sharing, Optional<Description> description) {
        this.analysis = analysis;
        this.all = analysis.all;
        this.sharing = sharing;
        this.sharingCompiled = CompiledFormula.of(sharing.formula());
        this.kernels = analysis.honestFormula.dual();
        this.description = description;
        this.quorumTest = Membership.of(analysis.size, analysis.quorumFormula, LISTED_MAX);
        this.honestTest =
                analysis.isPlain() ? quorumTest : Membership.of(analysis.size, analysis.honestFormula, LISTED_MAX);
    }

    /**
     * Any {@code faults} of {@code size} replicas; secrets are shared {@code faults + 1} of {@code size}. For tests and
     * examples: it does not check the condition of a model.
     */
    public static FaultStructure threshold(int size, int faults) {
        ReplicaSet all = ReplicaSet.firstOf(size);
        boolean strong = size - 2 * faults > faults;
        return new FaultStructure(
                Analysis.of(size, Formula.select(size - faults, all)),
                new SharingFormula(Formula.select(faults + 1, all), strong),
                Optional.empty());
    }

    /**
     * Compiles the policy over the members, who get the indices of the list.
     *
     * @throws TrustException when the policy is inconsistent or its model's condition fails; the message names the
     *     fault sets that cover the group
     */
    public static FaultStructure compile(TrustPolicy policy, List<Member> members) {
        return PolicyCompiler.compile(policy, members);
    }

    /** The number of replicas; for indexing, never for counting votes. */
    public int size() {
        return analysis.size;
    }

    public ReplicaSet all() {
        return new ReplicaSet(all);
    }

    /** Whether the set contains every replica outside some fault set. */
    public boolean isQuorum(ReplicaSet set) {
        return quorumTest.holds(set.bits());
    }

    /** {@link #isQuorum(ReplicaSet)} of the set's word. */
    public boolean isQuorum(long bits) {
        return quorumTest.holds(bits);
    }

    /** Whether the set lies in no fault set, so that at least one member is correct. */
    public boolean isKernel(ReplicaSet set) {
        return !honestTest.holds(all & ~set.bits());
    }

    /** {@link #isKernel(ReplicaSet)} of the set's word. */
    public boolean isKernel(long bits) {
        return !honestTest.holds(all & ~bits);
    }

    /** Whether all members of the set may be corrupted at the same time. */
    public boolean isFaultSet(ReplicaSet set) {
        return honestTest.holds(all & ~set.bits());
    }

    /** Whether the shares of these replicas suffice to use a secret. */
    public boolean isQualified(ReplicaSet set) {
        return sharingCompiled.holds(set.bits());
    }

    /** Holds for the quorums. */
    public Formula quorums() {
        return analysis.quorumFormula;
    }

    /** Holds for the kernels: the dual of what holds for the survivors of a corruption. */
    public Formula kernels() {
        return kernels;
    }

    /** Replicas that may be corrupted together at most; for people and plans, not for protocols. */
    public int largestFaultSet() {
        return analysis.largestFaultSet().orElseThrow(() -> new IllegalStateException("too many fault sets"));
    }

    /** So many replicas may be corrupted whichever they are: one less than the smallest kernel. */
    public int survivesAny() {
        return analysis.smallestKernel().orElse(1) - 1;
    }

    /** Whether any two fault sets together leave somebody of the set; false where there are too many of them to tell. */
    public boolean outlastsTwo(ReplicaSet set) {
        return set.equals(all())
                || isListable() && maximalFaultSets().stream().allMatch(faults -> isKernel(set.minus(faults)));
    }

    /** Whether something holds whatever maximal fault set it is about; false where there are too many of them to tell. */
    public boolean holdsForEach(Predicate<ReplicaSet> ofFaultSet) {
        return isListable() && maximalFaultSets().stream().allMatch(ofFaultSet);
    }

    /** So many replicas, whichever they are, that any two such sets meet in a correct one: for formats that only count. */
    public int countThatMeets() {
        int size = all().size();
        return Math.min(size, (size + largestFaultSet()) / 2 + 1);
    }

    /** Whether {@link #maximalFaultSets} can list them. */
    public boolean isListable() {
        return analysis.maximalFaultSetCount()
                .filter(count -> count <= MAXIMAL_FAULT_SETS_MAX)
                .isPresent();
    }

    /**
     * The fault sets that lie in no other, in the order of the policy's clauses.
     *
     * @throws IllegalStateException when there are more than {@link #MAXIMAL_FAULT_SETS_MAX}
     */
    public List<ReplicaSet> maximalFaultSets() {
        return analysis
                .maximalFaultSets(MAXIMAL_FAULT_SETS_MAX)
                .orElseThrow(() -> new IllegalStateException("too many maximal fault sets to list"))
                .stream()
                .map(ReplicaSet::new)
                .toList();
    }

    /** The formula over which this group shares its secrets. */
    public SharingFormula sharing() {
        return sharing;
    }

    /**
     * Shares a secret by copies: one summand for each maximal fault set, which exactly the other replicas keep. For what
     * must be computed summand by summand, and checked by comparing what several say. Empty where there are more than
     * {@link #COPIED_SUMMANDS_MAX}.
     */
    public Optional<SharingFormula> copiedSharing() {
        return analysis.maximalFaultSets(COPIED_SUMMANDS_MAX).map(sets -> {
            List<Formula> summands = sets.stream()
                    .map(set -> (Formula) Formula.select(1, new ReplicaSet(all & ~set)))
                    .toList();
            return new SharingFormula(Formula.select(summands.size(), summands), sharing.strong());
        });
    }

    /** What may still fall when these replicas are lost, for whatever reason. */
    public Headroom headroom(ReplicaSet lost) {
        long bits = lost.bits() & all;
        ReplicaSet alone = ReplicaSet.EMPTY;
        for (int i = 0; i < analysis.size; i++) {
            if (!lost.contains(i) && analysis.mayBeLost(bits | 1L << i)) {
                alone = alone.with(i);
            }
        }
        return new Headroom(
                analysis.mayBeLost(bits),
                alone,
                description.map(text -> text.mayFall(bits)).orElse(List.of()));
    }

    /** The set in the words of the configuration: whole classes by their values, other members by id. */
    public String name(ReplicaSet set) {
        return description.map(text -> text.name(set)).orElseGet(set::toString);
    }

    /** A few lines for the operator: what is survived, how large quorums are, how secrets are shared. */
    public String describe() {
        return description
                .map(Description::text)
                .orElseGet(() -> "trust: quorums " + FormulaText.json(quorums(), names(analysis.size)));
    }

    /** What the operator should look at although it is no error. */
    public List<String> warnings() {
        return description.map(Description::warnings).orElse(List.of());
    }

    private static List<String> names(int size) {
        return ReplicaSet.firstOf(size).toList().stream()
                .map(i -> "r" + (i + 1))
                .toList();
    }
}
