package org.maftia.server.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Lineage;
import org.maftia.core.replica.Output;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;

/**
 * A toy that needs all that a replica needs: whoever gets a request records and repeats it to all, and answers it with its
 * own operation once a quorum repeated it. It orders nothing: the slot of a reply is the request's number.
 */
public final class EchoProtocol implements Protocol.Root<Input, Request> {
    /** A request that ends so is refused when it comes for the first time. */
    public static final String REFUSED_FIRST = "refused first";

    private static final long HELD_MICROS = 1_000_000;

    private final Port<Request, Output> port;
    private final Map<RequestId, ReplicaSet> echoes = new HashMap<>();
    private final Map<RequestId, Request> done = new HashMap<>();
    private final List<Request> recorded = new ArrayList<>();

    /** What was refused once, as by a replica without which the group went on. */
    private final Set<RequestId> refused = new HashSet<>();

    public EchoProtocol(Port<Request, Output> port) {
        this.port = port;
    }

    @Override
    public Codec<Request> codec() {
        return Request.codec(port.limits().operationLengthMax());
    }

    @Override
    public void input(Input input) {
        switch (input) {
            case Input.Submit submit -> {
                if (isToBeRefused(submit.request())) {
                    port.output(new Output.Refused(submit.request().id(), Lineage.NO_MEMBER));
                } else if (done.containsKey(submit.request().id())) {
                    answer(submit.request());
                } else {
                    echo(submit.request());
                }
            }
            case Input.Carry carry -> input(new Input.Submit(carry.request()));
            case Input.Offence offence ->
                port.output(new Output.HeldOff(offence.client(), HELD_MICROS, offence.rule()));
            case Input.Read read -> port.output(new Output.Unread(read.id(), "an echo has no state"));
            case Input.Certify certify -> {}
            case Input.Renew renew -> {}
            case Input.Observed observed -> {}
            case Input.Peek peek -> port.output(new Output.Peeked(peek.number(), null));
            case Input.Ready ready -> {}
            case Input.Installed installed -> {}
            case Input.Chain chain -> {}
            case Input.Inherit inherit -> {}
            case Input.Carried carried -> {}
            case Input.Connected connected -> recorded.forEach(request -> port.send(connected.peer(), request));
        }
    }

    private boolean isToBeRefused(Request request) {
        String operation = new String(request.operation(), StandardCharsets.ISO_8859_1);
        return operation.endsWith(REFUSED_FIRST) && refused.add(request.id());
    }

    private void echo(Request request) {
        if (echoes.putIfAbsent(request.id(), ReplicaSet.EMPTY) == null) {
            record(request);
            port.sendAll(request);
        }
    }

    private void record(Request request) {
        recorded.add(request);
        port.persist(request);
    }

    @Override
    public void receive(int from, Request message) {
        echo(message);
        ReplicaSet set = echoes.merge(message.id(), ReplicaSet.of(from), ReplicaSet::union);
        if (port.trust().isQuorum(set) && done.putIfAbsent(message.id(), message) == null) {
            answer(message);
        }
    }

    private void answer(Request request) {
        port.output(new Output.Reply(request.id(), request.id().sequence(), request.operation()));
    }

    @Override
    public void restore(Request record) {
        recorded.add(record);
        echoes.put(record.id(), ReplicaSet.of(port.self()));
    }

    @Override
    public void journal(Consumer<Request> sink) {
        recorded.forEach(sink);
    }
}
