package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;

/** What a policy came to, in a few lines for its operator; and where its replicas stand. */
final class Description {
    private final TrustPolicy policy;
    private final Classes classes;
    private final PolicyCompiler.Checked checked;
    private final SharingChoice.Choice choice;

    Description(TrustPolicy policy, Classes classes, PolicyCompiler.Checked checked, SharingChoice.Choice choice) {
        this.policy = policy;
        this.classes = classes;
        this.checked = checked;
        this.choice = choice;
    }

    String name(ReplicaSet set) {
        return classes.name(set.bits());
    }

    String text() {
        Analysis analysis = checked.analysis();
        List<String> lines = new ArrayList<>();
        lines.add("trust: " + checked.form() + ", " + policy.model().condition() + " holds, " + faultSets(analysis)
                + "; quorum >= " + figure(analysis.smallestQuorum()) + ", kernel >= "
                + figure(analysis.smallestKernel()));
        lines.add("  survives: " + survives(analysis));
        lines.add("  sharing: " + choice.words() + ", "
                + SharingChoice.shares(choice.sharing().formula()) + " shares, "
                + (choice.sharing().strong() ? "strong" : "plain"));
        wider().forEach(lines::add);
        warnings().forEach(warning -> lines.add("  warning: " + warning));
        return String.join("\n", lines);
    }

    private static String figure(OptionalInt value) {
        return value.isPresent() ? Integer.toString(value.getAsInt()) : "?";
    }

    private String survives(Analysis analysis) {
        List<String> asked = policy.tolerate().stream()
                .map(clause -> Words.survived(clause, classes.attributes()) + " (asked)")
                .collect(Collectors.toCollection(ArrayList::new));
        int any = any(analysis);
        boolean said = policy.tolerate().stream()
                .anyMatch(clause ->
                        clause instanceof Clause.Joint joint && joint.classes().isEmpty() && joint.any() == any);
        if (any > 0 && !said) {
            asked.add("any " + Words.replicas(any));
        }
        return String.join("; ", asked);
    }

    /** One less than the smallest kernel: so many replicas, whichever they are, lie in a fault set. */
    private static int any(Analysis analysis) {
        return analysis.smallestKernel().orElse(1) - 1;
    }

    /** "16 maximal fault sets of 7", "448 maximal fault sets of 5 to 7". */
    private static String faultSets(Analysis analysis) {
        String count =
                analysis.maximalFaultSetCount().map(Object::toString).orElse("more than " + MinimalSets.COUNT_MAX);
        Symmetry symmetry = analysis.symmetry();
        List<Integer> sizes = analysis.maximalFaultKinds(symmetry).orElse(List.of()).stream()
                .map(Long::bitCount)
                .distinct()
                .sorted()
                .toList();
        String of = sizes.isEmpty() ? "" : " of " + sizes.getFirst();
        String to = sizes.size() > 1 ? " to " + sizes.getLast() : "";
        return count + " maximal fault set" + (count.equals("1") ? "" : "s") + of + to;
    }

    /** What the first other form that passes would survive besides. */
    private List<String> wider() {
        if (policy.formula().isPresent() || !(policy.form() instanceof Form.Exact)) {
            return List.of();
        }
        List<Form> forms = new ArrayList<>();
        classes.attributes().forEach(attribute -> forms.add(new Form.Nested(attribute)));
        forms.add(Form.BOTH);
        for (Form form : forms) {
            try {
                Analysis other =
                        PolicyCompiler.check(policy.inForm(form), classes).analysis();
                if (any(other) > any(checked.analysis())) {
                    String classesToo = form instanceof Form.Nested nested ? spread(nested.attribute()) : "";
                    return List.of("  form " + form + " also survives any " + Words.replicas(any(other)) + classesToo
                            + "; kernel >= " + figure(other.smallestKernel()) + "; "
                            + other.maximalFaultSetCount().map(Object::toString).orElse("too many")
                            + " maximal fault sets");
                }
            } catch (TrustException e) {
                // A form that does not pass is no alternative; the operator asked for another one.
                continue;
            }
        }
        return List.of();
    }

    /** Of a single joint clause: the classes that may fall whole, with how many of every other one. */
    private String spread(String attribute) {
        if (policy.tolerate().size() != 1
                || !(policy.tolerate().getFirst() instanceof Clause.Joint joint)
                || !joint.classes().containsKey(attribute)) {
            return "";
        }
        int whole = Words.present(joint.classes().get(attribute));
        TreeMap<String, Integer> others = new TreeMap<>(joint.classes());
        others.remove(attribute);
        List<Long> rest = Coverage.classUnions(new Clause.Joint(others, 0), classes);
        List<Integer> taken = classes.of(attribute).stream()
                .map(members -> rest.stream()
                                .mapToInt(union -> Long.bitCount(members & union))
                                .max()
                                .orElse(0)
                        + joint.any())
                .distinct()
                .toList();
        return taken.size() != 1
                ? ""
                : ", and " + (whole == 1 ? "1 " + attribute : whole + " " + Words.plural(attribute)) + " with "
                        + Words.replicas(taken.getFirst()) + " of every other " + attribute;
    }

    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        ReplicaSet named = checked.analysis().quorumFormula.replicas();
        for (int i = 0; i < classes.size(); i++) {
            if (!named.contains(i)) {
                warnings.add(
                        "replica " + classes.ids().get(i) + " stands at no leaf of the formula and counts nothing");
            }
        }
        return warnings;
    }

    List<Headroom.WholeClass> mayFall(long lost) {
        List<Headroom.WholeClass> whole = new ArrayList<>();
        for (String attribute : classes.attributes()) {
            for (Map.Entry<String, Long> entry : classes.byValue(attribute).entrySet()) {
                if (checked.analysis().mayBeLost(lost | entry.getValue())) {
                    whole.add(new Headroom.WholeClass(attribute, entry.getKey(), new ReplicaSet(entry.getValue())));
                }
            }
        }
        return whole;
    }
}
