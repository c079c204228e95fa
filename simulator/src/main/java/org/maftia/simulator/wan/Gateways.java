package org.maftia.simulator.wan;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.ServiceCall;
import org.maftia.simulator.Draw;
import org.maftia.simulator.ServiceTrial;

/**
 * The clients: each stands beside the gateway of a replica and asks at its own rhythm, whether answers come or not, as many
 * independent users do; or some of them ask again whenever they are answered, as busy programs do.
 */
final class Gateways {
    /** Above those of a replica's own commands, as in production. */
    private static final long SESSION = 1L << 60;

    private final WideArea world;
    private final ServiceTrial trial;
    private final long intervalMicros;

    /** Busy ones beside each gateway; 0: they keep to their rhythm. */
    private final int busy;

    private final Draw draw;
    private final SortedMap<RequestId, Long> open = new TreeMap<>();
    private final long[] sequences;
    private final List<Answer> answers = new ArrayList<>();
    private boolean stopped;

    /** An answer: at which gateway, when it came, how long it took. */
    record Answer(int gateway, long atMicros, long tookMicros) {}

    /** @param intervalMicros between two requests at one gateway, on average */
    Gateways(WideArea world, ServiceTrial trial, long intervalMicros, Draw draw) {
        this(world, trial, intervalMicros, 0, draw);
    }

    private Gateways(WideArea world, ServiceTrial trial, long intervalMicros, int busy, Draw draw) {
        this.world = world;
        this.trial = trial;
        this.intervalMicros = intervalMicros;
        this.busy = busy;
        this.draw = draw;
        this.sequences = new long[world.profile().size()];
    }

    /** So many clients beside each gateway, each of which asks again as soon as it is answered. */
    static Gateways busy(WideArea world, ServiceTrial trial, int clients, Draw draw) {
        return new Gateways(world, trial, 0, clients, draw);
    }

    /** They begin, not all at once. */
    void start() {
        for (int gateway = 0; gateway < sequences.length; gateway++) {
            if (busy == 0) {
                next(gateway);
            }
            for (int client = 0; client < busy; client++) {
                again(gateway);
            }
        }
    }

    private void again(int gateway) {
        // Not at once: whoever brings the answer is in the middle of something.
        world.at(world.nowMicros(), () -> {
            if (!stopped && world.alive().contains(gateway)) {
                ask(gateway);
            }
        });
    }

    /** Nobody asks any more; what was asked is still answered. */
    void stop() {
        stopped = true;
    }

    private void next(int gateway) {
        world.at(world.nowMicros() + draw.between(intervalMicros / 2, intervalMicros * 3 / 2), () -> {
            if (!stopped && world.alive().contains(gateway)) {
                ask(gateway);
                next(gateway);
            }
        });
    }

    private void ask(int gateway) {
        RequestId id = new RequestId(gateway, SESSION, sequences[gateway]++);
        ServiceCall call = new ServiceCall(trial.name(), trial.operation(draw));
        byte[] operation =
                ServiceCall.codec(world.limits().operationLengthMax()).encode(call);
        open.put(id, world.nowMicros());
        world.input(gateway, new Input.Submit(new Request(id, operation)));
    }

    /** The gateway's own replica gives the result. */
    void replied(int replica, RequestId id) {
        Long asked = id.client() == replica ? open.remove(id) : null;
        if (asked != null) {
            answers.add(new Answer(replica, world.nowMicros(), world.nowMicros() - asked));
            if (busy > 0) {
                again(replica);
            }
        }
    }

    List<Answer> answers() {
        return answers;
    }

    /** Requests at gateways that live whose answer is owed. */
    long unanswered() {
        return open.keySet().stream()
                .filter(id -> world.alive().contains(id.client()))
                .count();
    }
}
