package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.TrustPolicy.Clause;

/** Fault structures in English. */
final class Words {
    private Words() {}

    static <T> T present(@Nullable T value) {
        return Optional.ofNullable(value).orElseThrow();
    }

    /** As the configuration writes it. */
    static String clause(Clause.Joint joint) {
        List<String> parts = new ArrayList<>();
        joint.classes().forEach((attribute, count) -> parts.add(attribute + " = " + count));
        if (joint.any() > 0) {
            parts.add("any = " + joint.any());
        }
        return "{ " + String.join(", ", parts) + " }";
    }

    /** "1 site and 1 os together". */
    static String survived(Clause clause, List<String> attributes) {
        return switch (clause) {
            case Clause.Joint joint -> {
                List<String> parts = new ArrayList<>();
                attributes.stream().filter(joint.classes()::containsKey).forEach(attribute -> {
                    int count = present(joint.classes().get(attribute));
                    parts.add(count == 1 ? "1 " + attribute : count + " " + plural(attribute));
                });
                if (joint.any() > 0) {
                    parts.add((parts.isEmpty() ? "any " : "any other ") + replicas(joint.any()));
                }
                yield String.join(" and ", parts) + (parts.size() > 1 ? " together" : "");
            }
            case Clause.Sets literal ->
                literal.sets().size() == 1
                        ? "the named set"
                        : "any of " + literal.sets().size() + " named sets";
            case Clause.Crashing crashing ->
                survived(crashing.corrupted(), attributes) + " corrupted while "
                        + survived(crashing.crashed(), attributes) + " crashed";
        };
    }

    static String replicas(int count) {
        return count == 1 ? "1 replica" : count + " replicas";
    }

    /** Attributes are the operator's words; some, such as os, have no plural of their own. */
    static String plural(String attribute) {
        return attribute.endsWith("s") ? "classes of " + attribute : attribute + "s";
    }

    static String number(int sets) {
        return sets == 2 ? "two" : "three";
    }
}
