package org.maftia.core.trust;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.maftia.core.trust.TrustPolicy.Clause;

/** Whether a structure survives all that a clause asks for; by exhaustion, up to symmetry. */
final class Coverage {
    private final Classes classes;
    private final Symmetry symmetry;
    private final LongPredicate survived;
    private long budget = CoverCheck.BUDGET;

    private Coverage(Classes classes, Symmetry symmetry, LongPredicate survived) {
        this.classes = classes;
        this.symmetry = symmetry;
        this.survived = survived;
    }

    /** A set that the clause asks for and {@code survived} lacks. */
    static Optional<Long> gap(Clause clause, Classes classes, Symmetry symmetry, LongPredicate survived) {
        return new Coverage(classes, symmetry, survived).gap(clause);
    }

    private Optional<Long> gap(Clause clause) {
        return switch (clause) {
            case Clause.Joint joint -> {
                for (long set : classUnions(joint, classes)) {
                    Optional<Long> gap = gap(set, 0, joint.any());
                    if (gap.isPresent()) {
                        yield gap;
                    }
                }
                yield Optional.empty();
            }
            case Clause.Sets literal ->
                literal.sets().stream()
                        .map(ids -> QuorumForms.set(ids, classes))
                        .filter(set -> !survived.test(set))
                        .findFirst();
            case Clause.Crashing crashing -> gap(QuorumForms.lost(crashing));
        };
    }

    /** All unions of the whole classes that a joint clause names. */
    static List<Long> classUnions(Clause.Joint joint, Classes classes) {
        List<Long> unions = List.of(0L);
        for (Map.Entry<String, Integer> entry : joint.classes().entrySet()) {
            unions = Classes.unions(unions, classes.of(entry.getKey()), entry.getValue());
        }
        return unions;
    }

    /** Adds {@code any} members, group by group, to a set that is whole classes so far. */
    private Optional<Long> gap(long set, int at, int any) {
        if (--budget < 0) {
            throw new TrustException(
                    "could not establish that a clause is covered within " + CoverCheck.BUDGET + " steps",
                    "use a simpler formula");
        }
        if (any == 0 || at == symmetry.groups().size()) {
            return survived.test(set) ? Optional.empty() : Optional.of(set);
        }
        long free = symmetry.groups().get(at) & ~set;
        for (int here = Math.min(any, Long.bitCount(free)); here >= 0; here--) {
            Optional<Long> gap = gap(set | Symmetry.lowest(free, here), at + 1, any - here);
            if (gap.isPresent()) {
                return gap;
            }
        }
        return Optional.empty();
    }
}
