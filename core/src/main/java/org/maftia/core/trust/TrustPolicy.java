package org.maftia.core.trust;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the operator writes under {@code [trust]}: which replicas may fall together, and how that becomes quorums.
 *
 * @param model what the group's protocols need of the fault structure
 * @param attributes in order of preference: decides {@link Form.Widest} and ties between sharing formulas
 * @param tolerate each clause alone must be survived; the list means <em>or</em>
 * @param form how a clause of several attributes becomes a quorum formula
 * @param sharing what secrets need of their formula
 * @param formula an explicit formula of the sets outside some fault set, over member indices; {@code tolerate} is then
 *     only what it must cover
 * @param quorums a separate quorum system, such as weighted voting: smaller quorums over the same fault structure
 */
public record TrustPolicy(
        Model model,
        List<String> attributes,
        List<Clause> tolerate,
        Form form,
        Sharing sharing,
        Optional<Formula> formula,
        Optional<Formula> quorums) {
    public TrustPolicy {
        attributes = List.copyOf(attributes);
        tolerate = List.copyOf(tolerate);
    }

    /** Without a separate quorum system. */
    public TrustPolicy(
            Model model,
            List<String> attributes,
            List<Clause> tolerate,
            Form form,
            Sharing sharing,
            Optional<Formula> formula) {
        this(model, attributes, tolerate, form, sharing, formula, Optional.empty());
    }

    /** The same policy in another form. */
    public TrustPolicy inForm(Form other) {
        return new TrustPolicy(model, attributes, tolerate, other, sharing, formula, quorums);
    }

    /** Clauses only, in the default form and sharing. */
    public static TrustPolicy of(Model model, List<String> attributes, List<Clause> tolerate) {
        return new TrustPolicy(model, attributes, tolerate, Form.EXACT, Sharing.STRONG, Optional.empty());
    }

    /** The condition on the fault structure. */
    public enum Model {
        /** Q3: no three fault sets cover the group. */
        ASYNCHRONOUS(3),
        /** Q2: no two do; the protocols lean on a wormhole. */
        HYBRID(2);

        private final int sets;

        Model(int sets) {
            this.sets = sets;
        }

        /** The number of fault sets that must not cover the group. */
        public int sets() {
            return sets;
        }

        /** How the condition is called in the literature. */
        public String condition() {
            return "Q" + sets;
        }

        /** The fewest classes of which {@code whole} may fall. */
        public int classesNeeded(int whole) {
            return sets * whole + 1;
        }
    }

    /** What a sharing formula must survive. */
    public enum Sharing {
        /** Even the complement of two fault sets qualifies: a sharing may end on a quorum of acknowledgements. */
        STRONG,
        /** The complement of every fault set qualifies: a sharing must end on acknowledgements of all. */
        PLAIN
    }

    /** How a joint clause becomes a quorum formula. */
    public sealed interface Form {
        Form EXACT = new Exact();
        Form BOTH = new Both();
        Form WIDEST = new Widest();

        /** Survives what was asked and nothing more. */
        record Exact() implements Form {
            @Override
            public String toString() {
                return "exact";
            }
        }

        /** So many classes of the attribute, in each so many replicas. */
        record Nested(String attribute) implements Form {
            @Override
            public String toString() {
                return "nested:" + attribute;
            }
        }

        /** The nested form of every attribute of the clause at once. */
        record Both() implements Form {
            @Override
            public String toString() {
                return "both";
            }
        }

        /** The first of the nested forms, both, exact that covers the clauses and passes the check. */
        record Widest() implements Form {
            @Override
            public String toString() {
                return "widest";
            }
        }

        /**
         * The form that the configuration names.
         *
         * @throws TrustException when there is no such form
         */
        static Form parse(String name) {
            return switch (name) {
                case "exact" -> EXACT;
                case "both" -> BOTH;
                case "widest" -> WIDEST;
                default -> {
                    if (name.startsWith("nested:") && name.length() > "nested:".length()) {
                        yield new Nested(name.substring("nested:".length()));
                    }
                    throw new TrustException(
                            "form \"" + name + "\" is unknown", "write exact, nested:ATTRIBUTE, both or widest");
                }
            };
        }
    }

    /** Replicas that may fall at the same time. */
    public sealed interface Clause {
        /** Any {@code count} replicas. */
        static Clause any(int count) {
            return new Joint(Collections.emptySortedMap(), count);
        }

        /** So many whole classes of each attribute, all together, and any {@code any} replicas more. */
        record Joint(SortedMap<String, Integer> classes, int any) implements Clause {
            public Joint {
                classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
            }
        }

        /** Each of these sets of replica ids. */
        record Sets(List<List<String>> sets) implements Clause {
            public Sets {
                sets = sets.stream().map(List::copyOf).toList();
            }
        }

        /**
         * While the first may be corrupted, the second may crash: secrecy and agreement are owed against the first
         * alone, availability against both. Neither is itself of this kind.
         */
        record Crashing(Clause corrupted, Clause crashed) implements Clause {}
    }
}
