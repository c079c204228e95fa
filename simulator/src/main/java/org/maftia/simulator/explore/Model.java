package org.maftia.simulator.explore;

import java.util.Collection;
import java.util.Optional;

/**
 * A small system whose every schedule is to be tried.
 *
 * @param <E> what may happen to a process: immutable, compared by value, printed in counterexamples
 * @param <M> what processes say: immutable, compared by value
 */
public interface Model<E, M> {
    /** Processes are numbered from 0. */
    int processes();

    /** A process that nothing has happened to yet. Same history, same behaviour. */
    Process<E, M> start(int process);

    /**
     * What may happen to the process next, in any order and any number of times. An event that is offered must stay on
     * offer as the board grows, unless it has become one that changes nothing.
     */
    Collection<E> events(int process, Board<M> board);

    /**
     * Concerns of the event, a bit each; at most 62. A process may take in events of one concern in silence before one of
     * the same concern makes it speak; what it takes in of another concern can wait. The default, one concern for all, is
     * always right. Finer ones are right if, whenever some events make a process speak, those of one concern among them do,
     * and the rest can follow.
     */
    default long concerns(E event) {
        return 1;
    }

    /** The promise that this board breaks. */
    Optional<String> broken(Board<M> board);

    /** Up to 62 facts that hold on this board; for promises about what can still happen. A fact never ceases to hold. */
    default long facts(Board<M> board) {
        return 0;
    }

    /** The promise that is broken where these facts can hold, each in one of the futures of this board. */
    default Optional<String> brokenFuture(Board<M> board, long possible) {
        return Optional.empty();
    }

    /** What is wrong if nothing new can happen on this board any more. */
    default Optional<String> brokenEnd(Board<M> board) {
        return Optional.empty();
    }
}
