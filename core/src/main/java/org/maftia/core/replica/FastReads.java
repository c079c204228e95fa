package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;

/**
 * Answers reads from the present state: never from an older one than this replica has answered from before, in whatever
 * life.
 *
 * <p>A crash may throw the state back: results leave when the votes that led to them are durable, which is before the
 * decision is, so a restarted replica may know less than clients have seen from it, and would complete a quorum for a
 * value of the past. Therefore it first has a mark of its own ordered. What it executed in earlier lives was decided
 * before the mark was made, so it stands below it in the log.
 */
final class FastReads {
    private final Codec<ServiceCall> calls;
    private final Execution execution;
    private final OwnRequests own;
    private OwnRequests.@Nullable Statement mark;
    private boolean current;
    private long certifyMicros = Long.MIN_VALUE / 2;

    FastReads(Codec<ServiceCall> calls, Execution execution, OwnRequests own) {
        this.calls = calls;
        this.execution = execution;
        this.own = own;
    }

    /** After the last slot of a configuration its state is of the past: others may have gone on. */
    Output answer(RequestId id, byte[] operation) {
        if (execution.isOver()) {
            return new Output.Unread(id, "the configuration has ended");
        }
        ServiceCall call;
        try {
            call = calls.decode(operation);
        } catch (MalformedException e) {
            return new Output.Unread(id, "no call of a service");
        }
        if (!isCurrent()) {
            return new Output.Unread(id, "this replica began lately: ask the log");
        }
        StateMachine.Reading reading = execution.read(call);
        return reading == null ? new Output.Unread(id, "only the log can answer it") : new Output.Reading(id, reading);
    }

    /** The shell asks what is its own business. */
    Output.Peeked peek(Input.Peek question) {
        try {
            return new Output.Peeked(question.number(), execution.peek(calls.decode(question.operation())));
        } catch (MalformedException e) {
            return new Output.Peeked(question.number(), null);
        }
    }

    /** Readers want a checkpoint younger than the stable one; the log grants it once in a while. */
    void certify(long nowMicros) {
        if (nowMicros - certifyMicros >= Execution.CERTIFY_INTERVAL_MICROS) {
            certifyMicros = nowMicros;
            own.command(new GroupCommand.Mark(true));
        }
    }

    /** A request of this replica was executed here. */
    void executed(RequestId id) {
        current = current || mark != null && mark.is(id);
    }

    /** Orders the mark when it is first asked for: who is never read orders none. */
    private boolean isCurrent() {
        if (!current) {
            // Its slot may have been passed over by a state that was fetched.
            current = mark != null && mark.isExecuted();
            if (!current && (mark == null || !mark.isUnderWay())) {
                mark = own.command(new GroupCommand.Mark(false));
            }
        }
        return current;
    }
}
