package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;

/**
 * From a policy to a structure: a quorum formula in the form named, checked to cover what was asked and to satisfy the
 * model's condition, or a refusal. The form is never silently replaced.
 */
final class PolicyCompiler {
    private final TrustPolicy policy;
    private final Classes classes;

    private PolicyCompiler(TrustPolicy policy, Classes classes) {
        this.policy = policy;
        this.classes = classes;
    }

    /** A structure that passed, and the form it is in. */
    record Checked(Analysis analysis, String form) {}

    static FaultStructure compile(TrustPolicy policy, List<Member> members) {
        Classes classes = classes(policy, members);
        Checked checked = check(policy, classes);
        SharingChoice.Choice choice =
                new SharingChoice(checked.analysis(), policy.model(), classes).choose(policy.sharing());
        Description description = new Description(policy, classes, checked, choice);
        return new FaultStructure(checked.analysis(), choice.sharing(), Optional.of(description));
    }

    /** Everything but the choice of a sharing formula. */
    static Checked check(TrustPolicy policy, Classes classes) {
        PolicyCompiler compiler = new PolicyCompiler(policy, classes);
        compiler.checkClauses();
        if (policy.formula().isPresent()) {
            return new Checked(compiler.checked(policy.formula().get()), "explicit formula");
        }
        if (policy.form() instanceof Form.Widest) {
            return compiler.widest();
        }
        QuorumForms forms = new QuorumForms(classes, policy.form());
        return new Checked(
                compiler.checked(forms.formula(compiler.corrupted())),
                policy.form().toString());
    }

    static Classes classes(TrustPolicy policy, List<Member> members) {
        List<String> attributes = new ArrayList<>(policy.attributes());
        for (Clause clause : policy.tolerate()) {
            if (QuorumForms.lost(clause) instanceof Clause.Joint joint) {
                attributes.addAll(joint.classes().keySet());
            }
        }
        return new Classes(members, attributes);
    }

    private List<Clause> corrupted() {
        return policy.tolerate().stream().map(QuorumForms::corrupted).toList();
    }

    private void checkClauses() {
        if (policy.tolerate().isEmpty() && policy.formula().isEmpty()) {
            throw new TrustException("nothing is tolerated", "write tolerate = [ { any = 1 } ], for example");
        }
        for (Clause clause : policy.tolerate()) {
            if (QuorumForms.lost(clause) instanceof Clause.Joint joint) {
                for (Map.Entry<String, Integer> entry : joint.classes().entrySet()) {
                    if (entry.getValue() < 1) {
                        throw new TrustException(
                                "the clause " + Words.clause(joint) + " asks for " + entry.getValue() + " "
                                        + entry.getKey(),
                                "a clause counts classes from 1");
                    }
                }
                if (joint.any() < 0) {
                    throw new TrustException(
                            "the clause " + Words.clause(joint) + " asks for " + joint.any() + " replicas",
                            "a clause counts replicas from 1");
                }
            }
        }
    }

    private Checked widest() {
        List<Form> forms = new ArrayList<>();
        classes.attributes().forEach(attribute -> forms.add(new Form.Nested(attribute)));
        forms.add(Form.BOTH);
        forms.add(Form.EXACT);
        TrustException refusal = new TrustException("no form fits", "use form = \"exact\"");
        for (Form form : forms) {
            try {
                return check(policy.inForm(form), classes);
            } catch (TrustException e) {
                // Narrower forms may pass where this one does not; the narrowest one's refusal is the most telling.
                refusal = e;
            }
        }
        throw refusal;
    }

    private Analysis checked(Formula honest) {
        boolean crashes = policy.tolerate().stream().anyMatch(Clause.Crashing.class::isInstance);
        Formula alive = crashes && policy.formula().isEmpty()
                ? new QuorumForms(classes, policy.form()).formula(policy.tolerate())
                : honest;
        Formula quorums = policy.quorums().orElse(alive);
        for (Formula formula : List.of(quorums, alive, honest)) {
            if (!new ReplicaSet(classes.all()).containsAll(formula.replicas())) {
                throw new TrustException(
                        "the formula names replica " + formula.replicas().minus(new ReplicaSet(classes.all())),
                        "the group has " + classes.size() + ", counted from 0");
            }
        }
        Analysis analysis = new Analysis(classes.size(), quorums, alive, honest);
        checkCoverage(analysis);
        checkAvailability(analysis);
        checkCover(analysis);
        return analysis;
    }

    private void checkCoverage(Analysis analysis) {
        Symmetry symmetry = analysis.symmetry();
        for (Clause clause : policy.tolerate()) {
            Coverage.gap(QuorumForms.corrupted(clause), classes, symmetry, analysis::isFaultSet)
                    .or(() -> Coverage.gap(clause, classes, symmetry, analysis::mayBeLost))
                    .ifPresent(gap -> {
                        throw new TrustException(
                                classes.name(gap) + " is to be tolerated, but the formula lets no quorum remain",
                                "widen the formula, or take " + Words.survived(clause, classes.attributes())
                                        + " out of tolerate");
                    });
        }
    }

    /** Whatever is tolerated, some quorum remains; true of every structure whose quorums are not listed apart. */
    private void checkAvailability(Analysis analysis) {
        if (!analysis.isQuorum(analysis.all)) {
            throw new TrustException("not even all replicas are a quorum", "lower the thresholds of the formula");
        }
        if (!analysis.isFaultSet(0)) {
            throw new TrustException("no set of replicas may fall", "lower the thresholds of the formula");
        }
        if (analysis.quorumFormula.equals(analysis.aliveFormula)) {
            return;
        }
        List<Long> alive = MinimalSets.of(analysis.aliveFormula, analysis.symmetry())
                .orElseThrow(() ->
                        new TrustException("too many fault sets for a separate quorum system", "leave quorums out"));
        for (long set : alive) {
            if (!analysis.isQuorum(set)) {
                throw new TrustException(
                        "no quorum avoids " + classes.name(analysis.all & ~set), "lower the thresholds in quorums");
            }
        }
    }

    private void checkCover(Analysis analysis) {
        Optional<List<Long>> cover = CoverCheck.counterexample(analysis, policy.model());
        if (cover.isPresent()) {
            List<String> names = cover.get().stream().map(classes::name).toList();
            String what = policy.quorums().isPresent() && policy.model() == Model.ASYNCHRONOUS
                    ? "two quorums can meet in a fault set, for what they leave out and it cover every replica: "
                    : Words.number(policy.model().sets()) + " fault sets cover every replica: ";
            throw new TrustException(what + String.join(", ", names), cure());
        }
    }

    /** What would help: the first count in the clauses that is too high, else more diversity. */
    private String cure() {
        if (policy.quorums().isPresent()) {
            return "raise the thresholds in quorums until any two quorums share more than one fault set";
        }
        for (Clause clause : policy.tolerate()) {
            if (QuorumForms.lost(clause) instanceof Clause.Joint joint) {
                for (String attribute : classes.attributes()) {
                    int whole = joint.classes().getOrDefault(attribute, 0);
                    int given = classes.of(attribute).size();
                    if (whole > 0 && given < policy.model().classesNeeded(whole)) {
                        return attribute + " has " + given + " classes; "
                                + (whole == 1 ? "a whole class" : whole + " whole classes") + " may fall only where "
                                + "there are at least " + bounds(whole);
                    }
                }
                if (joint.any() > 0 && classes.size() < policy.model().classesNeeded(joint.any())) {
                    return "there are " + Words.replicas(classes.size()) + "; any " + joint.any()
                            + " may fall only where there are at least " + bounds(joint.any());
                }
            }
        }
        if (policy.formula().isEmpty() && !(policy.form() instanceof Form.Exact)) {
            return "form " + policy.form() + " survives more than was asked; try form = \"exact\"";
        }
        return "add replicas that differ from these sets, or tolerate less; maftia plan finds the fewest";
    }

    private static String bounds(int whole) {
        return Model.ASYNCHRONOUS.classesNeeded(whole) + " (asynchronous) or " + Model.HYBRID.classesNeeded(whole)
                + " (hybrid)";
    }
}
