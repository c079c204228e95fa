package org.maftia.core.replica;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Port;
import org.maftia.core.wire.Codec;

/**
 * What this replica's gateway, and the replica itself, want ordered. A gateway talks to its own replica only, so nobody
 * else can repeat what a broken link lost, or answer it.
 *
 * <p>Pools keep so many requests of one client and no more, and whoever says more than that is heard in part. So the replica
 * says so much at once as is half of it, as the other half is its gateway's, and the rest as the log takes what came before:
 * nothing that a protocol here says once is lost while others have much to say.
 */
final class OwnRequests {
    /** Commands under way at once, in bytes: half of the batches that a pool keeps of one client. */
    private static final int BATCHES_UNDER_WAY = 8;

    /** Commands that wait for their turn, in pools of one client: more than all protocols together have to say. */
    private static final int POOLS_WAITING = 16;

    private final Port<?, Output> port;
    private final AtomicBroadcast ordering;
    private final Execution execution;
    private final Codec<ServiceCall> calls;

    /** Not executed yet: peers that reconnect are told again. */
    private final Map<RequestId, Request> open = new LinkedHashMap<>();

    /** The commands among them, the oldest first. */
    private final Map<RequestId, Statement> underWay = new LinkedHashMap<>();

    private long underWayBytes;

    /** Commands whose turn has not come. */
    private final ArrayDeque<Statement> waiting = new ArrayDeque<>();

    /** Commands that the log does not have, by what they say: none is said twice at once. */
    private final SortedMap<byte[], Statement> unheard = new TreeMap<>(Arrays::compareUnsigned);

    /** What says who is ready for the next configuration, by member. */
    private final SortedMap<Integer, Statement> readyCommands = new TreeMap<>();

    private long session;
    private long sequence;
    private boolean overflowing;

    /** @param session the first for what the replica itself has to say; later ones follow, and none was used before */
    OwnRequests(
            Port<?, Output> port,
            AtomicBroadcast ordering,
            Execution execution,
            Codec<ServiceCall> calls,
            long session) {
        this.port = port;
        this.ordering = ordering;
        this.execution = execution;
        this.calls = calls;
        this.session = session;
    }

    /** Something that this replica itself says. */
    final class Statement {
        private final byte[] operation;

        /** As it is under way; null before its turn. */
        private @Nullable RequestId id;

        private Statement(byte[] operation) {
            this.operation = operation;
        }

        /** Whether it is still to come into the log, so that nobody needs to say it again. */
        boolean isUnderWay() {
            return unheard.get(operation) == this && !isExecuted();
        }

        /** Whether it is known to have been executed; that is forgotten with its session. */
        boolean isExecuted() {
            RequestId said = id;
            return said != null && execution.standing(said) == AtomicBroadcast.Standing.EXECUTED;
        }

        /** Whether the request carries it. */
        boolean is(RequestId request) {
            return request.equals(id);
        }
    }

    /** Submits any request, and keeps an own one until it is executed. */
    void order(Request request) {
        int ofGateway = open.size() - underWay.size();
        if (request.id().client() == port.self() && ofGateway < pool() - underWayMax()) {
            open.put(request.id(), request);
        }
        ordering.submit(request);
    }

    private int pool() {
        return port.limits().pooledRequestsPerClient();
    }

    private int underWayMax() {
        return Math.max(1, pool() / 2);
    }

    /** Orders what this replica itself has to say. What it says already, and the log does not have, it says once. */
    Statement command(GroupCommand command) {
        byte[] operation = calls.encode(new ServiceCall(GroupCommand.SERVICE, GroupCommand.CODEC.encode(command)));
        Statement said = unheard.get(operation);
        if (said != null) {
            return said;
        }
        Statement fresh = new Statement(operation);
        if (waiting.size() >= POOLS_WAITING * pool()) {
            if (!overflowing) {
                port.output(new Output.Notice("this replica has more to say than it keeps: some of it stays unsaid"));
            }
            overflowing = true;
            return fresh;
        }
        unheard.put(operation, fresh);
        waiting.add(fresh);
        proceed();
        return fresh;
    }

    /** The state has moved on: what waited may have its turn. */
    void act() {
        while (!underWay.isEmpty()) {
            RequestId oldest = underWay.keySet().iterator().next();
            AtomicBroadcast.Standing standing = execution.standing(oldest);
            if (standing == AtomicBroadcast.Standing.OPEN) {
                break; // sessions are retired the oldest first, so the others stand, too
            }
            end(oldest, standing == AtomicBroadcast.Standing.EXECUTED);
        }
        proceed();
    }

    private void proceed() {
        while (!waiting.isEmpty() && fits(waiting.element())) {
            Statement next = waiting.remove();
            RequestId id = nextId();
            next.id = id;
            underWay.put(id, next);
            underWayBytes += next.operation.length;
            Request request = new Request(id, next.operation);
            open.put(id, request);
            ordering.submit(request);
        }
        overflowing &= !waiting.isEmpty();
    }

    private boolean fits(Statement next) {
        long bytesMax = (long) BATCHES_UNDER_WAY * port.limits().batchLengthMax();
        return underWay.isEmpty()
                || underWay.size() < underWayMax() && underWayBytes + next.operation.length <= bytesMax;
    }

    private RequestId nextId() {
        if (execution.standing(new RequestId(port.self(), session, sequence)) == AtomicBroadcast.Standing.REFUSED) {
            // Its window is full, or younger sessions of this replica's gateway retired it.
            session++;
            sequence = 0;
        }
        return new RequestId(port.self(), session, sequence++);
    }

    /** A request came to its end: what was executed is heard, and what fell with its session is said under another number. */
    private void end(RequestId id, boolean executed) {
        open.remove(id);
        Statement statement = underWay.remove(id);
        if (statement == null) {
            return;
        }
        underWayBytes -= statement.operation.length;
        if (executed) {
            unheard.remove(statement.operation);
        } else {
            statement.id = null;
            waiting.addFirst(statement);
        }
    }

    /** Orders a signature that is made; or hands it to the gateway that alone is to see it, and orders that it has it. */
    void signed(Signing.Finished finished) {
        PendingSignatures.Wanted wanted = execution.signatures().get(finished.number());
        PendingSignatures.Recipient only = wanted == null ? null : wanted.recipient();
        if (only != null) {
            port.output(new Output.Signature(only.id(), finished.signature()));
            command(new GroupCommand.Taken(finished.number()));
        } else if (wanted != null) {
            long contributors = finished.contributors().bits();
            command(new GroupCommand.Signed(finished.number(), finished.signature(), contributors));
        }
    }

    /** Brings to the log that a member of the next configuration is ready: once, while that is news. */
    void ready(Readiness readiness) {
        Statement before = readyCommands.get(readiness.member());
        boolean underWay = before != null && before.isUnderWay();
        if (!underWay && execution.succession().isProved(readiness)) {
            readyCommands.put(readiness.member(), command(new GroupCommand.Ready(readiness)));
        }
    }

    /** Tells the peers again. */
    void repeat() {
        open.values().forEach(ordering::submit);
    }

    void executed(RequestId id) {
        end(id, true);
    }

    /** Answers what others executed while this replica was away. */
    void answer() {
        for (RequestId id : List.copyOf(open.keySet())) {
            AtomicBroadcast.Standing standing = execution.standing(id);
            if (standing != AtomicBroadcast.Standing.OPEN) {
                end(id, standing == AtomicBroadcast.Standing.EXECUTED);
                ClientSessions.Executed executed = execution.executed(id);
                if (executed != null) {
                    port.output(new Output.Reply(id, executed.slot(), executed.result()));
                }
            }
        }
        act();
    }

    Collection<Request> all() {
        return Collections.unmodifiableCollection(open.values());
    }
}
