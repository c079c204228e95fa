package org.maftia.core.replica;

/** An answer to a reader is not to be believed; the message is the sentence that says why. */
public final class RefusedReadException extends Exception {
    private final Reason reason;

    public RefusedReadException(Reason reason) {
        super(reason.sentence);
        this.reason = reason;
    }

    /** What is wrong with the answer. */
    public Reason reason() {
        return reason;
    }

    /** All that can be wrong. */
    public enum Reason {
        OTHER_QUESTION("it answers another question"),
        OTHER_CONFIGURATION("it is of another group, or of another configuration of this one"),
        UNKNOWN_SIGNER("somebody who is no replica of the group signed its checkpoint"),
        NO_QUORUM("no quorum of the group signed its checkpoint"),
        FALSE_SIGNATURE("a signature under its checkpoint does not verify"),
        NOT_IN_STATE("the certified state does not say so"),
        TOO_OLD("its checkpoint is older than asked for");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }
    }
}
