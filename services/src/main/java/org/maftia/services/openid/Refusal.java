package org.maftia.services.openid;

/** A command gives nobody anything, for a reason. It carries no stack trace: hostile commands must be cheap to refuse. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ProviderAnswer answer;

    private Refusal(ProviderAnswer answer) {
        super("refused", null, false, false);
        this.answer = answer;
    }

    static Refusal of(ProviderAnswer.Fault fault, String sentence) {
        return new Refusal(new ProviderAnswer.Refused(fault, sentence));
    }

    static Refusal busy(long seconds) {
        return new Refusal(new ProviderAnswer.Busy(seconds));
    }

    ProviderAnswer answer() {
        return answer;
    }
}
