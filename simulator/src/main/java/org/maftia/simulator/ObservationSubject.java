package org.maftia.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A group of whole replicas whose service has the world outside observed. Promised: all replicas come to the same verdict of
 * each question; what all correct replicas see is never denied, and what none of them sees is never affirmed, whatever the
 * corrupted ones say; and what all of them see alike is found out in the end, whoever forgot in between that it was asked.
 */
final class ObservationSubject implements Subject<Input, Output> {
    private static final int CLIENT = ReplicaSet.SIZE_MAX;

    /** Numbers of one session, whose window is no smaller. */
    private static final int QUESTIONS_MAX = 48;

    /** In one step of so many something is asked. */
    private static final int INITIATIVE = 60;

    private final World world;
    private final SortedMap<Integer, Replica> replicas = new TreeMap<>();
    private final SortedMap<Integer, Enquiry> services = new TreeMap<>();
    private final Map<RequestId, Request> asked = new LinkedHashMap<>();
    private final SortedMap<RequestId, Byte> answers = new TreeMap<>();

    /** What shells have looked up and not handed in yet. */
    private final List<Sight> sights = new ArrayList<>();

    private record Sight(int replica, Input.Observed seen) {}

    ObservationSubject(World world) {
        this.world = world;
    }

    @Override
    public Automaton<Input, Output> boot(Boot boot) {
        int index = boot.replica();
        Enquiry service = new Enquiry();
        SortedMap<String, StateMachine> named = new TreeMap<>();
        named.put(Enquiry.NAME, service);
        Genesis genesis = new Genesis(
                world.configuration(),
                boot.certifier(),
                boot.coin(),
                boot.holder(),
                named,
                new TreeMap<>(),
                new TreeMap<>());
        return new Node<>(
                index, world.trust(), world.limits(), boot.nowMicros(), (Port<ReplicaSnapshot, Output> port) -> {
                    Replica replica = new Replica(port, genesis, boot.diskLost(), boot.life() + 1);
                    if (!world.corrupted().contains(index)) {
                        replicas.put(index, replica);
                        services.put(index, service);
                    }
                    return replica;
                });
    }

    @Override
    public Optional<Input> connected(int peer) {
        return Optional.of(new Input.Connected(peer));
    }

    /** Of a third of the questions all correct replicas see that it is so, of a third that it is not. */
    private enum Truth {
        SO,
        NOT_SO,
        DISPUTED
    }

    private static Truth truth(long question) {
        return Truth.values()[(int) Long.remainderUnsigned(Draw.mix(question), Truth.values().length)];
    }

    private byte sight(int replica, long question) {
        boolean so = switch (truth(question)) {
            case SO -> true;
            case NOT_SO -> false;
            case DISPUTED -> (Draw.mix(question + replica) & 1) == 0;
        };
        return so ? Enquiry.YES : Enquiry.NO;
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        if (asked.size() < QUESTIONS_MAX && draw.below(INITIATIVE) == 0) {
            long question = draw.bits();
            // What correct replicas dispute nobody need find out, so it has a deadline.
            boolean patient = truth(question) != Truth.DISPUTED && draw.below(2) == 0;
            byte[] operation = new Writer().u64(question).bool(patient).toBytes();
            RequestId id = new RequestId(CLIENT, 1, asked.size());
            Request request = new Request(
                    id,
                    ServiceCall.codec(world.limits().operationLengthMax())
                            .encode(new ServiceCall(Enquiry.NAME, operation)));
            asked.put(id, request);
            up.forEach(replica -> give.accept(replica, new Input.Submit(request)));
        }
        lie(draw, up, give);
        see(draw, up, give);
    }

    /** Corrupted replicas say what is not so, of what was asked and of what was not. */
    private void lie(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        if (asked.isEmpty() || draw.below(4) != 0) {
            return;
        }
        long number = draw.below(asked.size() + 1);
        for (int liar : world.corrupted().toList()) {
            Request about = asked.get(new RequestId(CLIENT, 1, number));
            byte so = about == null ? Enquiry.YES : sight(liar, question(about));
            byte[] lie = {so == Enquiry.YES ? Enquiry.NO : Enquiry.YES};
            if (up.contains(liar)) {
                give.accept(liar, new Input.Observed(number, lie));
            }
        }
    }

    private long question(Request request) {
        byte[] operation = ServiceCall.codec(world.limits().operationLengthMax())
                .decode(request.operation())
                .operation();
        return new Reader(operation, 0, Long.BYTES).u64();
    }

    /** Shells look in their own time; a look that a crash overtakes is handed in to who restarted. */
    private void see(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        if (sights.isEmpty()) {
            return;
        }
        int at = draw.below(sights.size());
        Sight next = sights.get(at);
        if (up.contains(next.replica)) {
            sights.remove(at);
            give.accept(next.replica, next.seen);
        }
    }

    @Override
    public void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input> give) {
        see(draw, core, give);
        for (Request request : List.copyOf(asked.values())) {
            if (draw.below(INITIATIVE) == 0) {
                core.forEach(replica -> {
                    if (!isAnswered(replica, request.id())) {
                        give.accept(replica, new Input.Submit(request));
                    }
                });
            }
        }
    }

    private boolean isAnswered(int replica, RequestId id) {
        Enquiry service = services.get(replica);
        return service != null && service.verdicts().containsKey(id);
    }

    @Override
    public void output(int replica, Output output) {
        if (output instanceof Output.Observe question) {
            long about = new Reader(question.question(), 0, Long.BYTES).u64();
            sights.add(new Sight(replica, new Input.Observed(question.number(), new byte[] {sight(replica, about)})));
        } else if (output instanceof Output.Reply reply && reply.id().client() == CLIENT) {
            replied(replica, reply);
        } else if (output instanceof Output.Broken broken) {
            throw Violation.of(replica, broken);
        }
    }

    private void replied(int replica, Output.Reply reply) {
        Request request = asked.get(reply.id());
        Violation.unless(request != null && reply.result().length == 1, "r" + replica + " answers what nobody asked");
        byte verdict = reply.result()[0];
        byte first = answers.getOrDefault(reply.id(), verdict);
        Violation.unless(first == verdict, "r" + replica + " comes to another verdict");
        answers.put(reply.id(), verdict);
        if (request == null) {
            return;
        }
        Truth truth = truth(question(request));
        Violation.unless(
                truth != Truth.SO || verdict != Enquiry.NO, "what all correct replicas see is denied: " + request.id());
        Violation.unless(
                truth != Truth.NOT_SO || verdict != Enquiry.YES,
                "what no correct replica sees is affirmed: " + request.id());
    }

    @Override
    public boolean settled(ReplicaSet core) {
        long slot = -1;
        for (int replica : core.toList()) {
            Replica known = replicas.get(replica);
            Enquiry service = services.get(replica);
            if (known == null || service == null || !service.verdicts().keySet().containsAll(asked.keySet())) {
                return false;
            }
            Status status = known.status();
            boolean level = slot < 0 || status.executed() == slot;
            if (!level || status.fetching() || status.abstaining()) {
                return false;
            }
            slot = status.executed();
        }
        return true;
    }

    @Override
    public void conclude(ReplicaSet core) {
        Enquiry first = services.get(core.first());
        for (int replica : core.toList()) {
            Enquiry service = services.get(replica);
            Violation.unless(
                    first != null && service != null && service.root().equals(first.root()),
                    "r" + core.first() + " and r" + replica + " hold different states after the same slot");
        }
    }

    @Override
    public String standing(ReplicaSet core) {
        StringBuilder text = new StringBuilder("asked ").append(asked.size());
        core.forEach(replica -> {
            Enquiry service = services.get(replica);
            text.append("\n  r").append(replica);
            text.append(" verdicts ")
                    .append(service == null ? 0 : service.verdicts().size());
        });
        return text.toString();
    }
}
