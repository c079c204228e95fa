package org.maftia.core.replica;

import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.protocol.Port;

/**
 * Says this replica's part of what the log wants evaluated, through the log and nowhere else. A part is an oracle: none is
 * made of anything but what a service asked for in the state that this replica has reached.
 */
final class Evaluating {
    private final Port<?, Output> port;
    private final Genesis genesis;
    private final Execution execution;
    private final OwnRequests own;

    /** Requests whose part is under way to the log; forgotten by a crash, and then said again, as the first word counts. */
    private final SortedSet<Long> said = new TreeSet<>();

    Evaluating(Port<?, Output> port, Genesis genesis, Execution execution, OwnRequests own) {
        this.port = port;
        this.genesis = genesis;
        this.execution = execution;
        this.own = own;
    }

    /** The state has moved on, or was replaced. */
    void act() {
        var wanted = execution.evaluations().without(port.self());
        said.retainAll(wanted.keySet());
        wanted.forEach((number, evaluation) -> {
            ObliviousFunction.Holder holder = genesis.evaluators().get(evaluation.keyId());
            if (holder != null && said.add(number)) {
                port.<byte[]>compute(
                        () -> holder.part(evaluation.user(), evaluation.blinded()),
                        part -> own.command(new GroupCommand.Part(number, part)));
            }
        });
    }
}
