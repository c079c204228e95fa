package org.maftia.core.replica;

import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.protocol.Port;

/**
 * Has the shell look up what the log wants to know of the world outside, and says through the log, and nowhere else, what
 * this replica sees. Which questions are open the state says, so that a replica that restarts looks again where its answer is
 * not in the log.
 */
final class Observing {
    private final Port<?, Output> port;
    private final Execution execution;
    private final OwnRequests own;

    /** Questions that the shell has; forgotten by a crash, and then asked again. */
    private final SortedSet<Long> asked = new TreeSet<>();

    /** Answers under way to the log; the first one counts. */
    private final SortedSet<Long> said = new TreeSet<>();

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
        said.retainAll(wanted.keySet());
        wanted.forEach((number, question) -> {
            if (asked.add(number)) {
                port.output(new Output.Observe(number, question.service(), question.question()));
            }
        });
    }

    /** The shell has looked. */
    void observed(Input.Observed observed) {
        boolean open = execution.observations().without(port.self()).containsKey(observed.number());
        if (open && observed.answer().length <= PendingObservations.ANSWER_LENGTH_MAX && said.add(observed.number())) {
            own.command(new GroupCommand.Observed(observed.number(), observed.answer()));
        }
    }
}
