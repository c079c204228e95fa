package org.maftia.services.authority;

import org.maftia.core.replica.Observations;
import org.maftia.services.authority.acme.Problem;

/** What to tell a client whose name the replicas did not find in order. */
final class Verdicts {
    private Verdicts() {}

    /** Of the failures that replicas saw the one that a correct one saw for sure, or else that of the first. */
    static Problem against(Observations observations) {
        Problem first = null;
        for (byte[] vote : observations.answers().values()) {
            if (ProbeFinding.isGood(vote)) {
                continue;
            }
            Problem problem = ProbeFinding.problem(vote);
            if (observations.isKernel(other ->
                    !ProbeFinding.isGood(other) && ProbeFinding.problem(other).kind() == problem.kind())) {
                return problem;
            }
            first = first == null ? problem : first;
        }
        return first != null
                ? first
                : new Problem(Problem.Kind.CONNECTION, "too few replicas came to see the name in time");
    }
}
