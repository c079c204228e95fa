package org.maftia.simulator;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;

/** Holds what clients were told, at the end of a run, to the one log that replicas executed. */
final class Audit {
    private final ServiceTrial trial;
    private final Clients clients;
    private final Witness witness;

    Audit(ServiceTrial trial, Clients clients, Witness witness) {
        this.trial = trial;
        this.clients = clients;
        this.witness = witness;
    }

    /** @param views the root of the service's certified view, by slot */
    void check(SortedMap<Long, Digest> views) {
        checkOrder();
        checkResults(views);
    }

    /** What was answered before something else was asked for comes before it. */
    private void checkOrder() {
        List<Clients.Sent> byInvocation = clients.answered().stream()
                .sorted(Comparator.comparingLong(Clients.Sent::invoked))
                .toList();
        List<Clients.Sent> byResponse = clients.answered().stream()
                .sorted(Comparator.comparingLong(Clients.Sent::responded))
                .toList();
        long highest = -1;
        int next = 0;
        for (Clients.Sent later : byInvocation) {
            for (; next < byResponse.size() && byResponse.get(next).responded() < later.invoked(); next++) {
                highest = Math.max(highest, place(byResponse.get(next).id()));
            }
            Violation.unless(
                    place(later.id()) > highest,
                    later.id() + " takes effect before something that was answered when it was sent");
        }
    }

    private long place(RequestId id) {
        Long place = witness.place(id);
        Violation.unless(place != null, id + " is answered, but was executed nowhere");
        return place == null ? -1 : place;
    }

    /** One copy of the service that executes the log alone gives the results that clients accepted. */
    private void checkResults(SortedMap<Long, Digest> views) {
        StateMachine model = trial.create();
        Map<RequestId, byte[]> results = new HashMap<>();
        ReadHistory history = new ReadHistory(trial.questions(), views);
        history.executed(model);
        for (Witness.Entry entry : witness.all()) {
            history.reached(entry.slot(), model);
            byte[] result = model.apply(entry.command(), new ModelContext(entry, results));
            history.executed(model);
            if (result != null) {
                results.put(entry.command().id(), result);
            }
        }
        history.reached(Long.MAX_VALUE, model);
        history.check(
                clients.readings(),
                clients.answeredByQuorum(),
                clients.answered(),
                request -> witness.slot(request.id()));
        for (Clients.Sent request : clients.answered()) {
            Violation.unless(
                    Arrays.equals(results.get(request.id()), request.result()),
                    "the answer to " + request.id() + " is not what one copy of the service gives");
        }
    }

    /** What the log gave to a command. */
    private record ModelContext(Witness.Entry entry, Map<RequestId, byte[]> results) implements Context {
        @Override
        public long timeMicros() {
            return entry.timeMicros();
        }

        @Override
        public long index() {
            return entry.slot();
        }

        @Override
        public boolean sign(String keyId, byte[] message, long reference) {
            throw new IllegalStateException("a simulated group has no keys");
        }

        @Override
        public boolean decrypt(byte[] ciphertext, byte[] label, long reference) {
            throw new IllegalStateException("the services of the simulation hold no secrets");
        }

        @Override
        public Asked evaluate(String keyId, byte[] user, byte[] blinded, long reference) {
            throw new IllegalStateException("the services of the simulation evaluate nothing");
        }

        @Override
        public boolean draw(long reference) {
            throw new IllegalStateException("the services of the simulation evaluate nothing");
        }

        @Override
        public Asked observe(byte[] question, long reference, long deadlineMicros) {
            throw new IllegalStateException("the services of the simulation evaluate nothing");
        }

        @Override
        public void complete(RequestId id, byte[] result) {
            results.put(id, result);
        }
    }
}
