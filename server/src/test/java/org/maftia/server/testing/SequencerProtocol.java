package org.maftia.server.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The three steps of an ordering while nobody is faulty, with the records and frames of a real one: what the shell under
 * it can do at most. Replica 0 leads for ever, nothing is ever forgotten or repaired; for measurements only.
 */
public final class SequencerProtocol implements Protocol.Root<Input, SequencerProtocol.Message> {
    /** What replicas tell each other. */
    public sealed interface Message {}

    record Propose(long slot, List<Request> requests) implements Message {}

    record Write(long slot, Digest digest) implements Message {}

    record Accept(long slot, Digest digest) implements Message {}

    private static final int PIPELINE = 8;

    private final Port<Message, Output> port;
    private final Codec<Message> codec;
    private final Map<RequestId, Request> waiting = new LinkedHashMap<>();
    private final Set<RequestId> taken = new HashSet<>();
    private final TreeMap<Long, Slot> slots = new TreeMap<>();
    private long proposed;
    private long executed;
    private boolean proposing;

    private static final class Slot {
        private List<Request> requests = List.of();
        private boolean known;
        private boolean accepted;
        private ReplicaSet writes = ReplicaSet.EMPTY;
        private ReplicaSet accepts = ReplicaSet.EMPTY;
    }

    public SequencerProtocol(Port<Message, Output> port) {
        this.port = port;
        this.codec = new MessageCodec(Request.codec(port.limits().operationLengthMax()));
    }

    @Override
    public Codec<Message> codec() {
        return codec;
    }

    @Override
    public void input(Input input) {
        if (input instanceof Input.Submit submit
                && !taken.contains(submit.request().id())) {
            waiting.put(submit.request().id(), submit.request());
            if (port.self() == 0 && !proposing) {
                // At the end of the turn, when all that came in is there.
                proposing = true;
                port.wake(1, this::propose);
            }
        }
    }

    private void propose() {
        proposing = false;
        while (!waiting.isEmpty() && proposed - executed < PIPELINE) {
            List<Request> batch = new ArrayList<>();
            for (Request request : waiting.values()) {
                if (batch.size() < port.limits().batchCountMax()) {
                    batch.add(request);
                }
            }
            batch.forEach(request -> waiting.remove(request.id()));
            port.sendAll(new Propose(++proposed, batch));
        }
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Propose propose -> {
                Slot slot = slots.computeIfAbsent(propose.slot, key -> new Slot());
                slot.requests = propose.requests;
                slot.known = true;
                port.persist(propose);
                Transcript transcript = Transcript.of("toy");
                propose.requests.forEach(request -> transcript.field(request.digest()));
                port.sendAll(new Write(propose.slot, transcript.digest()));
                accept(propose.slot, slot);
            }
            case Write write -> {
                Slot slot = slots.computeIfAbsent(write.slot, key -> new Slot());
                slot.writes = slot.writes.with(from);
                accept(write.slot, slot);
            }
            case Accept accept -> {
                Slot slot = slots.computeIfAbsent(accept.slot, key -> new Slot());
                slot.accepts = slot.accepts.with(from);
                execute();
            }
        }
    }

    private void accept(long number, Slot slot) {
        if (slot.known && !slot.accepted && port.trust().isQuorum(slot.writes)) {
            slot.accepted = true;
            Accept accept = new Accept(number, Digest.ZERO);
            port.persist(accept);
            port.sendAll(accept);
        }
    }

    private void execute() {
        for (Slot slot = slots.get(executed + 1);
                slot != null && slot.known && port.trust().isQuorum(slot.accepts);
                slot = slots.get(executed + 1)) {
            executed++;
            for (Request request : slot.requests) {
                taken.add(request.id());
                waiting.remove(request.id());
                port.output(new Output.Reply(request.id(), executed, new byte[0]));
            }
            slots.remove(executed);
            if (executed % port.limits().checkpointInterval() == 0) {
                taken.clear();
                port.compact();
            }
        }
        if (port.self() == 0) {
            propose();
        }
    }

    private record MessageCodec(Codec<Request> requests) implements Codec<Message> {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Propose m -> writer.u8(1).u64(m.slot).list(m.requests, requests::write);
                case Write m -> writer.u8(2).u64(m.slot).digest(m.digest);
                case Accept m -> writer.u8(3).u64(m.slot).digest(m.digest);
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Propose(reader.count(), reader.list(4096, 22, requests::read));
                case 2 -> new Write(reader.count(), reader.digest());
                case 3 -> new Accept(reader.count(), reader.digest());
                default -> throw new MalformedException("no message");
            };
        }
    }
}
