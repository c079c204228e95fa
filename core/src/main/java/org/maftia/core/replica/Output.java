package org.maftia.core.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.ordering.RequestId;

/** What a replica hands to the shell, besides messages to its peers. */
public sealed interface Output {
    /**
     * The result of a request, executed here. Every correct replica gives the same one.
     *
     * @param slot where it was executed, or completed
     */
    record Reply(RequestId id, long slot, byte[] result) implements Output {}

    /** The answer to a {@link Input.Read}: believed from a quorum of equal ones only. */
    record Reading(RequestId id, StateMachine.Reading reading) implements Output {}

    /** The present state does not answer the {@link Input.Read}: the log must. */
    record Unread(RequestId id, String reason) implements Output {}

    /**
     * The answer to an {@link Input.Peek}.
     *
     * @param value null where there is none
     */
    record Peeked(long number, byte @Nullable [] value) implements Output {}

    /** A signature that {@link Context#signFor} asked for: for the gateway of this replica alone, beside the result of its command. */
    record Signature(RequestId id, byte[] signature) implements Output {}

    /** A newer state is certified: from now on readers are answered from this one. */
    record Certified(CertifiedView view) implements Output {}

    /** The request was not taken: outside its session's window, or too many of the client are waiting. */
    record Refused(RequestId id, String reason) implements Output {}

    /**
     * The client sent what no correct one sends: it is told so, and nothing is taken from it for a while.
     *
     * @param micros from now on
     * @param rule which it broke, for people
     */
    record HeldOff(int client, long micros, String rule) implements Output {}

    /**
     * An epoch of a key that the group keeps by itself: each that the log comes to; the newest, and perhaps the one before it,
     * also after a start; and once more when this replica's shares of it come later. The shares stay inside.
     *
     * @param holds whether this replica has its shares of the epoch; not where it was away when they were made
     */
    record Renewed(DiscreteLogKey key, boolean holds) implements Output {}

    /**
     * The log wants to know what this replica sees in the world outside: an {@link Input.Observed} is to follow, within the
     * time that the service has set. Asked again after a restart where the log has no answer of this replica.
     *
     * @param number given back with the answer
     * @param service which asks
     * @param question the service's own encoding
     */
    record Observe(long number, String service, byte[] question) implements Output {}

    /**
     * A service broke at a command, at news that it waited for, or at a question: that was undone. An error of the service,
     * which its authors should hear of.
     *
     * @param slot in which, or after which
     */
    record Broken(String service, long slot, Throwable cause) implements Output {}

    /**
     * The log excludes a replica that is corrupt, or takes it back: of what its trusted component certifies nothing counts above the slot, or
     * all that is of its new epoch.
     *
     * @param replica by index; by its seat where configurations follow each other
     * @param by who has proof, in the same way; nobody where it is taken back
     */
    record Excluded(int replica, List<Integer> by, long slot) implements Output {
        public Excluded {
            by = List.copyOf(by);
        }
    }

    /**
     * The trusted component of this replica works in the view that the log names.
     *
     * @param number of the view
     * @param members whose components are in it, by index; by their seats where configurations follow each other
     */
    record TrustedView(long number, List<Integer> members) implements Output {
        public TrustedView {
            members = List.copyOf(members);
        }
    }

    /**
     * The host of another member's component sends this to the component here, or to its host. Whatever it is, the host may have
     * made it up.
     *
     * @param peer by index; by its seat where configurations follow each other
     */
    record Delivered(int peer, byte[] bytes) implements Output {}

    /** Something that an operator should read, such as {@code "epoch 3 begins, leader r2"}. */
    record Notice(String text) implements Output {}
}
