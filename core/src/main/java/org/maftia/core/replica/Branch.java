package org.maftia.core.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * A replica in one configuration: its own tree of instances, in which members go by their indices. Outside they go by
 * their seats; this is where the two meet.
 */
final class Branch {
    private final Configuration configuration;
    private final Node<Input, Output> node;
    private final Replica replica;

    /** Members that said something here. */
    private ReplicaSet heard = ReplicaSet.EMPTY;

    /**
     * @param self index of this replica in the configuration
     * @param genesis of this replica in it, with its tenure
     * @param amnesiac whether it may have voted there before it lost its journal
     * @param session for its own requests, see {@link Replica}
     */
    Branch(
            Configuration configuration,
            FaultStructure trust,
            int self,
            Genesis genesis,
            Limits limits,
            boolean amnesiac,
            long nowMicros,
            long session) {
        this.configuration = configuration;
        Replica[] made = new Replica[1];
        this.node = new Node<>(self, trust, limits, nowMicros, (Port<ReplicaSnapshot, Output> port) -> {
            made[0] = new Replica(port, genesis, amnesiac, session);
            return made[0];
        });
        this.replica = made[0];
    }

    Configuration configuration() {
        return configuration;
    }

    Node<Input, Output> node() {
        return node;
    }

    Replica replica() {
        return replica;
    }

    int seat(int index) {
        return configuration.seats().get(index).number();
    }

    /** What is not finished here, in the words of seats. */
    List<Request> unfinished() {
        return replica.unfinished().stream().map(this::outward).toList();
    }

    private Request outward(Request request) {
        return new Request(outward(request.id()), request.operation());
    }

    private RequestId outward(RequestId id) {
        return id.client() >= ReplicaSet.SIZE_MAX ? id : new RequestId(seat(id.client()), id.session(), id.sequence());
    }

    Output outward(Output output) {
        return switch (output) {
            case Output.Reply reply -> new Output.Reply(outward(reply.id()), reply.slot(), reply.result());
            case Output.Reading reading -> new Output.Reading(outward(reading.id()), reading.reading());
            case Output.Unread unread -> new Output.Unread(outward(unread.id()), unread.reason());
            case Output.Refused refused -> new Output.Refused(outward(refused.id()), refused.reason());
            case Output.Certified certified -> certified;
            case Output.HeldOff held -> held;
            case Output.Renewed renewed -> renewed;
            case Output.Observe observe -> observe;
            case Output.Signature signature -> new Output.Signature(outward(signature.id()), signature.signature());
            case Output.Peeked peeked -> peeked;
            case Output.Broken broken -> broken;
            case Output.Excluded out ->
                new Output.Excluded(
                        seat(out.replica()), out.by().stream().map(this::seat).toList(), out.slot());
            case Output.TrustedView view ->
                new Output.TrustedView(
                        view.number(), view.members().stream().map(this::seat).toList());
            case Output.Delivered delivered -> new Output.Delivered(seat(delivered.peer()), delivered.bytes());
            case Output.Notice notice -> notice;
        };
    }

    /** The name with its gateway's index in the place of the seat; clients have their own numbers. Null: no member. */
    @Nullable
    RequestId inward(RequestId id) {
        if (id.client() >= ReplicaSet.SIZE_MAX) {
            return id;
        }
        int index = configuration.indexOf(id.client());
        return index < 0 ? null : new RequestId(index, id.session(), id.sequence());
    }

    /**
     * A frame of a member. The first one says that it takes part by now: what was said to it before is lost, as if a link
     * had come up.
     */
    void received(int index, byte[] frame, long nowMicros) {
        if (!heard.contains(index)) {
            heard = heard.with(index);
            node.input(new Input.Connected(index), nowMicros);
        }
        node.received(index, frame, nowMicros);
    }
}
