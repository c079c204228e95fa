package org.maftia.services.authority.acme;

/** A request is refused: thrown where that is found, caught once, where the answer is made. Cheap, as strangers cause it. */
public final class Refusal extends RuntimeException {
    private final transient Problem problem;
    private final long retryAfterSeconds;

    public Refusal(Problem.Kind kind, String detail) {
        this(new Problem(kind, detail), 0);
    }

    /** @param retryAfterSeconds when it is worth while to ask again; 0: that is not said */
    public Refusal(Problem problem, long retryAfterSeconds) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    public Problem problem() {
        return problem;
    }

    public long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
