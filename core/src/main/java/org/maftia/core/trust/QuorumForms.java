package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;

/** Quorum formulas for clauses, in each of the forms. */
final class QuorumForms {
    /** Fault sets that an exact formula spells out; past that nobody evaluates or reviews it. */
    private static final int EXACT_MAX = 4096;

    private final Classes classes;
    private final Form form;

    QuorumForms(Classes classes, Form form) {
        this.classes = classes;
        this.form = form;
    }

    /** Clauses are joined by or. */
    Formula formula(List<Clause> clauses) {
        return Formula.anyOf(clauses.stream().map(this::formula).distinct().toList());
    }

    /** What may be corrupted. */
    static Clause corrupted(Clause clause) {
        return clause instanceof Clause.Crashing crashing ? crashing.corrupted() : clause;
    }

    /** What may be missing, for either reason. */
    static Clause lost(Clause clause) {
        if (!(clause instanceof Clause.Crashing crashing)) {
            return clause;
        }
        if (crashing.corrupted() instanceof Clause.Joint a && crashing.crashed() instanceof Clause.Joint b) {
            TreeMap<String, Integer> sum = new TreeMap<>(a.classes());
            b.classes().forEach((attribute, count) -> sum.merge(attribute, count, Integer::sum));
            return new Clause.Joint(sum, a.any() + b.any());
        }
        if (crashing.corrupted() instanceof Clause.Sets a && crashing.crashed() instanceof Clause.Sets b) {
            List<List<String>> unions = new ArrayList<>();
            for (List<String> first : a.sets()) {
                for (List<String> second : b.sets()) {
                    LinkedHashSet<String> union = new LinkedHashSet<>(first);
                    union.addAll(second);
                    unions.add(List.copyOf(union));
                }
            }
            return new Clause.Sets(unions);
        }
        throw new TrustException(
                "a clause mixes literal sets and counts of classes in crash",
                "write both sides as sets, or both as counts");
    }

    static long set(List<String> ids, Classes classes) {
        long bits = 0;
        for (String id : ids) {
            int index = classes.ids().indexOf(id);
            if (index < 0) {
                throw new TrustException(
                        "a tolerate clause names " + id + ", which is no replica",
                        "replicas are " + String.join(", ", classes.ids()));
            }
            bits |= 1L << index;
        }
        return bits;
    }

    private Formula formula(Clause clause) {
        return switch (clause) {
            case Clause.Joint joint -> joint(joint);
            case Clause.Sets literal ->
                survivors(literal.sets().stream().map(ids -> set(ids, classes)).toList());
            case Clause.Crashing crashing -> formula(lost(crashing));
        };
    }

    private Formula joint(Clause.Joint joint) {
        int parts = joint.classes().size() + (joint.any() > 0 ? 1 : 0);
        if (parts == 0) {
            throw new TrustException("a tolerate clause asks for nothing", "write { any = 1 }, or { site = 1 }");
        }
        if (joint.classes().isEmpty()) {
            return Formula.select(atLeastOne(classes.size() - joint.any(), joint), new ReplicaSet(classes.all()));
        }
        if (parts == 1) {
            return nested(joint.classes().firstKey(), joint);
        }
        return switch (form) {
            case Form.Nested named -> {
                String attribute = named.attribute();
                if (!joint.classes().containsKey(attribute)) {
                    throw new TrustException(
                            "form " + form + " does not fit the clause " + Words.clause(joint)
                                    + ", which does not name " + attribute,
                            "use form = \"exact\" or \"both\"");
                }
                yield nested(attribute, joint);
            }
            case Form.Both() -> both(joint);
            case Form.Exact() -> exact(joint);
            case Form.Widest() -> throw new IllegalArgumentException("widest stands for several forms");
        };
    }

    private Formula both(Clause.Joint joint) {
        List<Formula> all = classes.attributes().stream()
                .filter(joint.classes()::containsKey)
                .map(attribute -> nested(attribute, joint))
                .toList();
        return all.size() == 1 ? all.getFirst() : Formula.select(all.size(), all);
    }

    private Formula exact(Clause.Joint joint) {
        List<Long> singles = new ArrayList<>();
        for (int i = 0; i < classes.size(); i++) {
            singles.add(1L << i);
        }
        List<Long> sets = new ArrayList<>();
        for (long union : Coverage.classUnions(joint, classes)) {
            List<Long> free =
                    singles.stream().filter(single -> (single & union) == 0).toList();
            sets.addAll(Classes.unions(List.of(union), free, joint.any()));
        }
        return survivors(sets);
    }

    /** 1 of [all of P\B], for the maximal B among the sets. */
    private Formula survivors(List<Long> faultSets) {
        List<Long> distinct = List.copyOf(new LinkedHashSet<>(faultSets));
        if (distinct.isEmpty() || distinct.size() > EXACT_MAX) {
            throw new TrustException(
                    "a tolerate clause stands for " + distinct.size() + " fault sets; the exact form lists 1 to "
                            + EXACT_MAX,
                    "use a nested form or an explicit formula");
        }
        List<Formula> gates = new ArrayList<>();
        for (long set : distinct) {
            if (distinct.stream().noneMatch(other -> other != set && (set & ~other) == 0)) {
                long rest = classes.all() & ~set;
                if (rest == 0) {
                    throw new TrustException(
                            "a tolerate clause lets every replica fall", "leave replicas outside of each fault set");
                }
                gates.add(Formula.allOf(new ReplicaSet(rest)));
            }
        }
        return Formula.anyOf(gates);
    }

    /**
     * Enough classes of one attribute, in each enough members: as many as the rest of the clause must leave. A class
     * that the rest can take whole promises nothing and counts as held.
     */
    private Formula nested(String attribute, Clause.Joint joint) {
        Map<String, Integer> others = new TreeMap<>(joint.classes());
        int fall = Words.present(others.remove(attribute));
        List<Long> rest = Coverage.classUnions(new Clause.Joint(new TreeMap<>(others), 0), classes);
        List<Formula> gates = new ArrayList<>();
        int outer = classes.of(attribute).size() - fall;
        for (long members : classes.of(attribute)) {
            int inner = Long.bitCount(members) - mostTaken(members, rest) - joint.any();
            if (inner > 0) {
                gates.add(Formula.select(inner, new ReplicaSet(members)));
            } else {
                outer--;
            }
        }
        return Formula.select(atLeastOne(outer, joint), gates);
    }

    private static int mostTaken(long members, List<Long> unions) {
        return unions.stream()
                .mapToInt(union -> Long.bitCount(members & union))
                .max()
                .orElse(0);
    }

    private int atLeastOne(int threshold, Clause.Joint joint) {
        if (threshold < 1) {
            throw new TrustException(
                    "the clause " + Words.clause(joint) + " leaves no quorum in form " + form,
                    "tolerate less, use more classes, or form = \"exact\"");
        }
        return threshold;
    }
}
