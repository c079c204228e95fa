package org.maftia.core.replica;

import java.util.List;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;

/** What the shell feeds a replica with, besides messages of its peers. */
public sealed interface Input {
    /** A request of a client in its own authenticated session here, or of this replica's own gateway. */
    record Submit(Request request) implements Input {}

    /** A signed request that its client gave to this replica alone, which hands it on to the others. */
    record Carry(Request request) implements Input {}

    /**
     * A client broke a rule of its protocol that the shell sees, such as the form of its frames: it is held off.
     *
     * @param rule a constant sentence, which the client is told
     */
    record Offence(int client, String rule) implements Input {}

    /**
     * A client asks for an answer from the present state, which is put out at once: a {@link Output.Reading}, or an
     * {@link Output.Unread} where the log must answer.
     *
     * @param id the client, and two numbers of the shell's by which it knows the question again
     * @param operation an encoded {@link ServiceCall}
     */
    record Read(RequestId id, byte[] operation) implements Input {}

    /**
     * The shell asks this replica's copy of a service, {@link StateMachine#peek}: an {@link Output.Peeked} follows at once.
     *
     * @param number of the shell's, by which it knows the question again
     * @param operation an encoded {@link ServiceCall}
     */
    record Peek(long number, byte[] operation) implements Input {}

    /** A reader finds the certified state too old: a checkpoint is wanted. */
    record Certify() implements Input {}

    /** New shares of a key that the group keeps by itself are wanted now, not only on schedule. */
    record Renew(String keyId) implements Input {}

    /**
     * What this replica sees in the world outside, as an {@link Output.Observe} asked. An answer that nobody waits for, or that
     * is too long, is passed over.
     *
     * @param number of the question
     * @param answer at most {@link Context#ANSWER_LENGTH_MAX} bytes
     */
    record Observed(long number, byte[] answer) implements Input {}

    /** A member of the configuration to come says that it is ready: to be ordered, if the log does not say so yet. */
    record Ready(Readiness readiness) implements Input {}

    /** This replica's keys for a configuration to come are installed, so that it is ready for it. */
    record Installed(Configuration configuration) implements Input {}

    /**
     * How the group went on, as the shell found out because peers of before are gone: certificates in a row, each for the
     * configuration after the last one's. What is known already is passed over.
     *
     * @param certificates verified by the shell; they are verified again
     */
    record Chain(List<ConfigurationCertificate> certificates) implements Input {
        public Chain {
            certificates = List.copyOf(certificates);
        }
    }

    /**
     * The state in which the configuration before ended, for a replica that begins in the next one.
     *
     * @param state as the checkpoint that it inherits certifies
     */
    record Inherit(byte[] state) implements Input {}

    /**
     * The trusted component here, or its host, sends this to that of a peer, where it comes out as {@link Output.Delivered}. It goes
     * only to members of the trusted view.
     *
     * @param bytes at most {@link Replica#RELAYED_LENGTH_MAX}
     */
    record Carried(int peer, byte[] bytes) implements Input {}

    /** The link to a peer is up (again): whatever was under way may be lost. */
    record Connected(int peer) implements Input {}
}
