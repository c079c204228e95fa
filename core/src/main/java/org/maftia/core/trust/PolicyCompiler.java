package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.trust.TrustPolicy.Clause;

/** From clauses to the list of maximal fault sets, checked, and to a sharing formula verified on that list. */
final class PolicyCompiler {
    private PolicyCompiler() {}

    static FaultStructure compile(TrustPolicy policy, List<Member> members) {
        List<Long> maximal = maximal(expand(policy.tolerate(), members));
        long all = ReplicaSet.firstOf(members.size()).bits();
        for (long a : maximal) {
            for (long b : policy.model() == TrustPolicy.Model.ASYNCHRONOUS ? maximal : List.of(0L)) {
                long rest = all & ~a & ~b;
                if (maximal.stream().anyMatch(c -> (rest & ~c) == 0)) {
                    throw new TrustException(
                            policy.model().sets() + " fault sets cover every replica", "use replicas of more classes");
                }
            }
        }
        for (String attribute : policy.attributes()) {
            List<Long> classes = List.copyOf(classes(attribute, members).values());
            for (int j = 1; j <= classes.size(); j++) {
                for (int i = 1; i <= members.size(); i++) {
                    Optional<SharingFormula> sharing = verified(nested(classes, j, i), maximal, all);
                    if (sharing.isPresent()) {
                        return new FaultStructure(
                                members.size(),
                                maximal.stream().map(ReplicaSet::new).toList(),
                                sharing.get());
                    }
                }
            }
        }
        throw new TrustException("no sharing formula found", "give every replica an attribute of its own");
    }

    private static Formula nested(List<Long> classes, int j, int i) {
        List<Formula> gates = new ArrayList<>();
        for (long members : classes) {
            List<Formula> leaves = new ArrayList<>();
            new ReplicaSet(members).forEach(replica -> leaves.add(new Formula.Leaf(replica)));
            gates.add(leaves.size() == 1 ? leaves.getFirst() : Formula.select(Math.min(i, leaves.size()), leaves));
        }
        return Formula.select(j, gates);
    }

    private static Optional<SharingFormula> verified(Formula formula, List<Long> maximal, long all) {
        boolean strong = true;
        for (long a : maximal) {
            if (formula.holds(new ReplicaSet(a)) || !formula.holds(new ReplicaSet(all & ~a))) {
                return Optional.empty();
            }
            for (long b : maximal) {
                strong &= formula.holds(new ReplicaSet(all & ~a & ~b));
            }
        }
        return Optional.of(new SharingFormula(formula, strong));
    }

    private static List<Long> maximal(List<Long> sets) {
        return sets.stream()
                .distinct()
                .filter(a -> sets.stream().noneMatch(b -> !a.equals(b) && (a & ~b) == 0))
                .toList();
    }

    private static List<Long> expand(List<Clause> clauses, List<Member> members) {
        List<Long> sets = new ArrayList<>();
        for (Clause clause : clauses) {
            switch (clause) {
                case Clause.Joint joint -> {
                    List<Long> partial = List.of(0L);
                    for (Map.Entry<String, Integer> entry : joint.classes().entrySet()) {
                        List<Long> classes =
                                List.copyOf(classes(entry.getKey(), members).values());
                        partial = unions(partial, classes, entry.getValue());
                    }
                    List<Long> singles = new ArrayList<>();
                    for (int i = 0; i < members.size(); i++) {
                        singles.add(1L << i);
                    }
                    sets.addAll(unions(partial, singles, joint.any()));
                }
                case Clause.Sets literal -> {
                    for (List<String> ids : literal.sets()) {
                        long bits = 0;
                        for (int i = 0; i < members.size(); i++) {
                            bits |= ids.contains(members.get(i).id()) ? 1L << i : 0;
                        }
                        sets.add(bits);
                    }
                }
            }
        }
        return sets;
    }

    private static List<Long> unions(List<Long> partial, List<Long> parts, int count) {
        List<Long> current = partial;
        for (int round = 0; round < count; round++) {
            List<Long> next = new ArrayList<>();
            for (long set : current) {
                for (long part : parts) {
                    if ((part & ~set) != 0) {
                        next.add(set | part);
                    }
                }
            }
            current = next.stream().distinct().toList();
        }
        return current;
    }

    private static Map<String, Long> classes(String attribute, List<Member> members) {
        Map<String, Long> classes = new LinkedHashMap<>();
        for (int i = 0; i < members.size(); i++) {
            String value = members.get(i).attributes().get(attribute);
            if (value == null) {
                throw new TrustException(
                        "replica " + members.get(i).id() + " has no attribute " + attribute,
                        "add " + attribute + " = \"...\" to its attributes");
            }
            classes.merge(value, 1L << i, (a, b) -> a | b);
        }
        return classes;
    }
}
