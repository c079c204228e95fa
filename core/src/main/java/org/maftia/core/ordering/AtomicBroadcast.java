package org.maftia.core.ordering;

import java.util.List;
import org.maftia.core.protocol.Attestation;

/**
 * All correct replicas deliver the same {@link Decision}s in the same order, and every request that a correct replica
 * submits for a client is delivered, as long as the corrupted replicas lie in one fault set.
 *
 * <p>What it hands out are {@link Event}s.
 */
public interface AtomicBroadcast {
    /**
     * Takes a request that came in the client's own session at this replica, or of this replica's own gateway. The
     * caller has checked its size and the client's window.
     */
    void submit(Request request);

    /**
     * Takes a signed request that its client gave to this replica alone: once the signature is judged, the others get it
     * from here. A signed one that went to all is for {@link #submit}.
     */
    void carry(Request request);

    /**
     * From here on a restart brings back all that was delivered up to the slot. Whoever signs a checkpoint must do this
     * before: a quorum of signatures lets others forget the slots, so the state must outlive a crash of all signers.
     */
    void vouch(long slot);

    /** Forgets what lies below a checkpoint that a quorum certified, and moves the vote window. */
    void stable(StableCheckpoint checkpoint);

    /** Continues above a checkpoint whose state was fetched from others: the next decision is its slot + 1. */
    void install(StableCheckpoint checkpoint);

    /** A checkpoint is wanted soon: the leader fills slots, empty ones if need be, up to this one. */
    void fill(long slot);

    /**
     * Ends epochs until one above {@code epoch} has begun, as an ordered REJOIN asks. The leader of that one opens it
     * with a slot, empty if need be, so that a checkpoint can name it.
     */
    void passEpoch(long epoch);

    /** The coin of the recovery that is under way may have become known. Nothing where none is tossed. */
    default void tossable() {}

    /**
     * Slots up to this one are filled, empty ones if need be, and none above it is voted for or delivered: other replicas
     * go on from there. What is submitted after that waits, and {@link #waiting} gives it.
     */
    void end(long lastSlot);

    /**
     * Up to the era's beginning slots are ordered as before, and those above it with components in the epochs that it
     * names. Nothing where there are no trusted components.
     *
     * @param executed all up to this slot is executed
     */
    default void renew(Era era, long executed) {}

    /** Requests that came here from their clients, and are not delivered. */
    List<Request> waiting();

    /** The link to a peer is up (again): what was under way may be lost, so both tell where they stand. */
    void connected(int peer);

    /** Where the ordering stands. */
    Progress progress();

    /**
     * @param epoch the current epoch
     * @param leader its leader; where it has none, who leads after it
     * @param decided the last slot decided without a gap
     * @param known the highest slot that a kernel of peers claims to have decided
     * @param timeoutMicros the patience with a leader that is in force here
     * @param abstaining whether this replica, having lost its journal, casts no vote yet
     */
    record Progress(long epoch, int leader, long decided, long known, long timeoutMicros, boolean abstaining) {}

    /** What comes out. */
    sealed interface Event permits Decision, Behind, Certified, Rejoin, Forged, Introduced, Convicted {}

    /** The group forgot the slots that this replica needs next: fetch the state of this checkpoint. */
    record Behind(StableCheckpoint checkpoint) implements Event {}

    /** A quorum signed this checkpoint of a slot that was delivered here: perhaps the signatures did not get through. */
    record Certified(StableCheckpoint checkpoint) implements Event {}

    /** This replica abstains until the group passes an epoch: order a REJOIN for it, once in a while. */
    record Rejoin(long epoch) implements Event {}

    /** The trusted component beside this replica works in another epoch than the log knows: order that, once in a while. */
    record Introduced(Attestation.Introduction introduction) implements Event {}

    /**
     * What a replica's trusted component certified proves here that the replica is corrupt.
     *
     * @param stream that of the order in this configuration, as the same index is another replica in another one
     * @param replica by index
     * @param epoch of its component
     */
    record Convicted(int stream, int replica, long epoch) implements Event {}

    /** A client sent, in its own session here, a request under a signature that is not its own: it is corrupt, or broken. */
    record Forged(int client) implements Event {}

    /** What the execution knows of a request: asked before work is spent on it. */
    interface Sessions {
        Standing standing(RequestId id);

        /** Whether this may come from a gateway, or under a signature, by a peer: a correct replica tells nobody of the rest. */
        default boolean isForGateways(Request request) {
            return true;
        }
    }

    /** Whether a request may still be executed. */
    enum Standing {
        /** Not executed, and inside its session's window. */
        OPEN,
        /** Executed already: ordering it again does nothing. */
        EXECUTED,
        /** Outside the window, or of no client of the group. */
        REFUSED
    }
}
