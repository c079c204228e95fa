package org.maftia.core.replica;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.protocol.Port;

/**
 * Has the shell look up what the log wants to know of the world outside, and says through the log, and nowhere else, what
 * this replica sees. Which questions are open the state says, so that a replica that restarts looks again where its answer is
 * not in the log.
 */
final class Observing {
    /** Answers that are under way to the log at once: the replica and its gateway have other things to order, too. */
    private static final int UNDER_WAY_MAX = 8;

    private final Port<?, Output> port;
    private final Execution execution;
    private final OwnRequests own;

    /** Questions that the shell has; forgotten by a crash, and then asked again. */
    private final SortedSet<Long> asked = new TreeSet<>();

    /** Answers that the log does not have yet. */
    private final SortedMap<Long, byte[]> answers = new TreeMap<>();

    /** Those of them that are on their way there. */
    private final SortedSet<Long> underWay = new TreeSet<>();

    /** What is still being read from the journal may be long over. */
    private boolean started;

    Observing(Port<?, Output> port, Execution execution, OwnRequests own) {
        this.port = port;
        this.execution = execution;
        this.own = own;
    }

    void start() {
        started = true;
        act();
    }

    /** The state has moved on, or was replaced. */
    void act() {
        if (!started) {
            return;
        }
        var wanted = execution.observations().without(port.self());
        asked.retainAll(wanted.keySet());
        answers.keySet().retainAll(wanted.keySet());
        underWay.retainAll(wanted.keySet());
        wanted.forEach((number, question) -> {
            if (asked.add(number)) {
                port.output(new Output.Observe(number, question.service(), question.question()));
            }
        });
        say();
    }

    /** The shell has looked; its first answer is the one. */
    void observed(Input.Observed observed) {
        boolean open = execution.observations().without(port.self()).containsKey(observed.number());
        if (open && observed.answer().length <= PendingObservations.ANSWER_LENGTH_MAX) {
            answers.putIfAbsent(observed.number(), observed.answer());
            say();
        }
    }

    private void say() {
        answers.forEach((number, answer) -> {
            if (underWay.size() < UNDER_WAY_MAX && underWay.add(number)) {
                own.command(new GroupCommand.Observed(number, answer));
            }
        });
    }
}
