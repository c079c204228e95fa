package org.maftia.server.runtime;

import java.util.List;
import org.maftia.core.crypto.DiscreteLogKey;

/** What an operator should know of a running replica, one method each. Called on its thread: must not block. */
public interface RuntimeEvents {
    /** The journal is gone or damaged: the replica abstains until the group lets it in again. */
    default void journalLost(String reason) {}

    /**
     * The replica says nothing yet: it waits for the word of enough peers that its data are the newest that it had.
     *
     * @param heard peers that have spoken
     * @param later those of them that heard of newer data; too few to believe it, and they keep it from going on
     */
    default void waitsForWord(List<Integer> heard, List<Integer> later) {}

    default void linkUp(int peer) {}

    default void linkDown(int peer, String reason) {}

    /** A connection to the port for links or clients was refused. */
    default void refused(String port, String address, String reason) {}

    /**
     * A peer broke a rule.
     *
     * @param path of the protocol instance, or {@code link}
     * @param count how often it broke it, this time included
     */
    default void blamed(int replica, String rule, String path, long count) {}

    /**
     * An epoch of a key that the group renews by itself; the newest, and perhaps the one before it, also after a start.
     *
     * @param holds whether this replica has its shares of it
     */
    default void renewed(DiscreteLogKey key, boolean holds) {}

    /**
     * A service broke at a command, at news that it waited for, or at a question; that was undone. Told of the first failure of a
     * service, and at every doubling.
     *
     * @param count how often the service broke, this time included
     */
    default void broke(String service, long slot, long count, Throwable cause) {}

    /**
     * The log excludes a replica whose trusted component certified what no correct one asks it to, or takes it back.
     *
     * @param by who has proof; nobody where it is taken back
     * @param slot above which that counts
     */
    default void excluded(int replica, List<Integer> by, long slot) {}

    /**
     * The trusted component of this replica works in the view that the log names.
     *
     * @param number of the view
     * @param members by their seats
     */
    default void trustedView(long number, List<Integer> members) {}

    default void notice(String text) {}

    /** Storage failed: nothing leaves this replica any more, and it stops. */
    default void storageFailed(String reason) {}

    /** The trusted component beside the replica does not answer any more: nothing leaves the replica, and it stops. */
    default void componentLost(String reason) {}

    /** The replica broke an invariant of its own, and stops. */
    default void failed(Throwable failure) {}
}
