package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Request;
import org.maftia.core.protocol.Port;
import org.maftia.core.wire.MalformedException;

/** What becomes of a request that a client, or the own gateway, brings to this replica. */
final class Admission {
    private final Port<ReplicaSnapshot, Output> port;
    private final Genesis genesis;
    private final Execution execution;
    private final AtomicBroadcast ordering;
    private final SecureCausalOrder log;
    private final ClientConduct conduct;

    Admission(
            Port<ReplicaSnapshot, Output> port,
            Genesis genesis,
            Execution execution,
            AtomicBroadcast ordering,
            SecureCausalOrder log,
            ClientConduct conduct) {
        this.port = port;
        this.genesis = genesis;
        this.execution = execution;
        this.ordering = ordering;
        this.log = log;
        this.conduct = conduct;
    }

    /**
     * A client asks: the request is on its way into the log, or answered.
     *
     * @param alone whether no other replica has it from the client
     */
    void submit(Request request, boolean alone) {
        String refusal = refusal(request);
        if (refusal != null) {
            port.output(new Output.Refused(request.id(), refusal));
            return;
        }
        switch (execution.standing(request.id())) {
            case OPEN -> admit(request, alone);
            case EXECUTED -> {
                ClientSessions.Executed executed = execution.executed(request.id());
                if (executed != null) {
                    port.output(new Output.Reply(request.id(), executed.slot(), executed.result()));
                }
            }
            case REFUSED -> {
                port.output(new Output.Refused(request.id(), "outside the window of its session"));
                conduct.outside(request.id().client());
            }
        }
    }

    /** A signature does not say that a ciphertext is valid, so confidential requests travel without. */
    private void admit(Request request, boolean alone) {
        boolean plain = SecureCausalOrder.isForGateways(request);
        if (!alone || !plain || request.seal() == null) {
            log.submit(plain ? request : request.bare());
        } else if (!log.isWaiting(request.id())) {
            ordering.carry(request);
        }
    }

    /** Why the group does not take it; null where it does. */
    @Nullable
    String refusal(Request request) {
        String held = conduct.refusal(request.id().client());
        if (held != null) {
            return held;
        }
        try {
            String service =
                    ServiceCall.serviceOf(request.operation(), port.limits().operationLengthMax());
            String unfit = Ordering.refusal(genesis, request, service);
            if (unfit != null) {
                return unfit;
            }
            if (service.equals(ConfidentialCall.SERVICE) || service.equals(Reconfiguration.SERVICE)) {
                return null; // who may ask, and for what, is for the log to say
            }
            return genesis.services().containsKey(service) ? null : "the group runs no such service";
        } catch (MalformedException e) {
            return "no call of a service";
        }
    }
}
