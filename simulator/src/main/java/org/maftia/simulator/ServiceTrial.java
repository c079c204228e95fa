package org.maftia.simulator;

import java.util.List;
import org.maftia.core.replica.StateMachine;

/**
 * A service to be tried out in a simulated group: how it is made, and what clients ask of it. What is checked needs no
 * knowledge of the service: that all replicas execute the same commands in one order that respects real time, each once
 * and none that no client sent, and that every result is the one that a single copy of the service gives in that order.
 * That is linearizability.
 *
 * <pre>{@code
 * Scenario<?, ?> scenario = Scenarios.replica(new ServiceTrial() {
 *     public String name() { return "register"; }
 *     public StateMachine create() { return new Register(); }
 *     public byte[] operation(Draw draw) { return RegisterOperation.CODEC.encode(...); }
 * });
 * assertThat(Simulations.run(scenario, 0, 1000, outcome -> {}).failures()).isEmpty();
 * }</pre>
 */
public interface ServiceTrial {
    /** The name under which a group runs the service, and the name of the scenario. */
    String name();

    /** A new copy without state. */
    StateMachine create();

    /** An operation that a client may ask for. A tenth of what clients send is random bytes in any case. */
    byte[] operation(Draw draw);

    /**
     * Operations that the service answers without the log ({@link StateMachine#read}), a few. Where there are any, half of
     * the runs have clients that ask them of the replicas, and believe quorums only.
     */
    default List<byte[]> questions() {
        return List.of();
    }
}
