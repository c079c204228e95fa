package org.maftia.core.agreement;

/** What the replicas of one {@link BinaryAgreement} send each other, and what its journal keeps of the own ones. */
public sealed interface BinaryMessage {
    /**
     * Lines 1 and 2: a value that the sender holds, or that a correct replica holds.
     *
     * @param proof why the value may be decided; in round 0 only, empty later
     */
    record Val(int round, boolean value, byte[] proof) implements BinaryMessage {}

    /** Line 4: the first value that the sender approved in the round. */
    record Echo(int round, boolean value) implements BinaryMessage {}

    /** Line 5: what the echoes of a quorum amount to. */
    record Echo2(int round, Ballot ballot) implements BinaryMessage {}

    /** Line 7: the sender's share of the round's coin. */
    record Share(int round, byte[] share) implements BinaryMessage {}

    /** Line 9: the end, with the proof of the value. */
    record Decide(boolean value, byte[] proof) implements BinaryMessage {}

    /** One of the two values, or ?: both are still possible. */
    enum Ballot {
        NO,
        YES,
        EITHER;

        static Ballot of(boolean value) {
            return value ? YES : NO;
        }
    }
}
