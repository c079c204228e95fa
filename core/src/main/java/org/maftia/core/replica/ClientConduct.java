package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/** What clients did wrong in their own sessions at this replica, and that they are told so and held off for it. */
final class ClientConduct {
    private final Port<?, Output> port;
    private final Quarantine quarantine;

    ClientConduct(Port<?, Output> port) {
        this.port = port;
        // A correct client may send all that is open to a replica that is behind, again and again, but not so often.
        this.quarantine = new Quarantine(3 * port.limits().pooledRequestsPerClient());
    }

    /** Why nothing is taken from the client at present; null if it is not held off. */
    @Nullable
    String refusal(int client) {
        String held = quarantine.reason(client, port.nowMicros());
        return held == null ? null : "held off: " + held;
    }

    void offended(int client, String rule) {
        long micros = quarantine.offence(client, rule, port.nowMicros());
        if (micros > 0) {
            port.output(new Output.HeldOff(client, micros, rule));
        }
    }

    /** A request lies outside of the window of its session: an offence only if there are too many. */
    void outside(int client) {
        if (client >= ReplicaSet.SIZE_MAX && quarantine.outside(client, port.nowMicros())) {
            offended(client, "a client keeps to the windows of its sessions");
        }
    }
}
