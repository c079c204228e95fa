package org.maftia.core.replica;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Port;
import org.maftia.core.wire.Codec;

/**
 * What this replica's gateway, and the replica itself, want ordered. A gateway talks to its own replica only, so nobody
 * else can repeat what a broken link lost, or answer it.
 */
final class OwnRequests {
    private final Port<?, Output> port;
    private final AtomicBroadcast ordering;
    private final Execution execution;
    private final Codec<ServiceCall> calls;

    /** Not executed yet: peers that reconnect are told again. */
    private final Map<RequestId, Request> open = new LinkedHashMap<>();

    /** What says who is ready for the next configuration, by member. */
    private final SortedMap<Integer, RequestId> readyCommands = new TreeMap<>();

    private long session;
    private long sequence;

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

    /** Submits any request, and keeps an own one until it is executed. */
    void order(Request request) {
        if (request.id().client() == port.self() && open.size() < port.limits().pooledRequestsPerClient()) {
            open.put(request.id(), request);
        }
        ordering.submit(request);
    }

    /** Orders what this replica itself has to say. */
    RequestId command(GroupCommand command) {
        RequestId next = new RequestId(port.self(), session, sequence);
        if (execution.standing(next) == AtomicBroadcast.Standing.REFUSED) {
            // Its window is full, or younger sessions of this replica's gateway retired it.
            session++;
            sequence = 0;
        }
        byte[] operation = calls.encode(new ServiceCall(GroupCommand.SERVICE, GroupCommand.CODEC.encode(command)));
        Request request = new Request(new RequestId(port.self(), session, sequence++), operation);
        order(request);
        return request.id();
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
        RequestId before = readyCommands.get(readiness.member());
        boolean underWay = before != null && execution.standing(before) == AtomicBroadcast.Standing.OPEN;
        if (!underWay && execution.succession().isProved(readiness)) {
            readyCommands.put(readiness.member(), command(new GroupCommand.Ready(readiness)));
        }
    }

    /** Tells the peers again. */
    void repeat() {
        open.values().forEach(ordering::submit);
    }

    void executed(RequestId id) {
        open.remove(id);
    }

    /** Answers what others executed while this replica was away. */
    void answer() {
        for (RequestId id : List.copyOf(open.keySet())) {
            if (execution.standing(id) != AtomicBroadcast.Standing.OPEN) {
                open.remove(id);
                ClientSessions.Executed executed = execution.executed(id);
                if (executed != null) {
                    port.output(new Output.Reply(id, executed.slot(), executed.result()));
                }
            }
        }
    }

    Collection<Request> all() {
        return Collections.unmodifiableCollection(open.values());
    }
}
