package org.maftia.wormhole.clones;

import org.maftia.wormhole.certificate.Certificate;

/**
 * Two certificates that no single component gives in this order.
 *
 * @param kind what is wrong with them
 * @param earlier what was known when the other one was made, or beside it
 * @param later the other one
 */
public record Contradiction(Kind kind, Certificate earlier, Certificate later) {
    /** How they contradict each other. */
    public enum Kind {
        /** One counter, two digests: anybody can check it, and so may exclude the component. */
        EQUIVOCATION("has given one counter to two digests"),
        /** A UI on the wrong side of a FENCE: anybody can check it. */
        MARKS("has given a counter under marks that contradict its FENCE"),
        /** An answer to a fresh nonce that knows less than was seen before: only the asker knows that it was fresh. */
        REGRESSION("answers with counters or marks below those that it gave before");

        private final String sentence;

        Kind(String sentence) {
            this.sentence = sentence;
        }

        /** Whether the two certificates alone convince everybody. */
        public boolean isProof() {
            return this != REGRESSION;
        }
    }

    /** What an operator is told. */
    public String sentence() {
        return "component %d, epoch %d, %s: there are two of it"
                .formatted(later.header().ttcb(), later.header().epoch(), kind.sentence);
    }
}
