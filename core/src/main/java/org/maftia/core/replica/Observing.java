package org.maftia.core.replica;

import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
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

    /** Answers that the log does not have yet. */
    private final SortedMap<Long, byte[]> answers = new TreeMap<>();

    /** The last that was said. What comes while it is under way goes together in the next one: a busy group says less often. */
    private OwnRequests.@Nullable Statement said;

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
        wanted.forEach((number, question) -> {
            if (asked.add(number)) {
                port.output(new Output.Observe(number, question.service(), question.question()));
            }
        });
        say();
    }

    /** The shell has looked; its first answer is the one. */
    void observed(Input.Observed observed) {
        boolean open = execution.observations().isWanted(observed.number(), port.self());
        if (open && observed.answer().length <= PendingObservations.ANSWER_LENGTH_MAX) {
            answers.putIfAbsent(observed.number(), observed.answer());
            say();
        }
    }

    private void say() {
        OwnRequests.Statement last = said;
        if (answers.isEmpty() || last != null && last.isUnderWay()) {
            return;
        }
        SortedMap<Long, byte[]> together = new TreeMap<>();
        for (Map.Entry<Long, byte[]> one : answers.entrySet()) {
            if (together.size() < GroupCommand.Observed.ANSWERS_MAX) {
                together.put(one.getKey(), one.getValue());
            }
        }
        said = own.command(new GroupCommand.Observed(together));
    }
}
