package org.maftia.core.replica;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AsynchronousOrdering;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Coins;
import org.maftia.core.ordering.Message;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.EraMessage;
import org.maftia.core.ordering.hybrid.HybridEras;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * Which order a group has: with trusted components beside its replicas the one that needs Q2 only, else the one that needs
 * nothing but the replicas, under Q3. All that stands on it is the same.
 *
 * @param coins of recoveries, where there are any
 * @param base where the configuration before ended; null: there was none
 */
record Ordering(
        Port<ReplicaSnapshot, Output> port,
        Genesis genesis,
        Coins coins,
        AtomicBroadcast.Sessions sessions,
        @Nullable StableCheckpoint base) {
    private static final String TAG = "order";

    /** Two quorums of a group with trusted components may have nobody correct in common: one may not know the newest answer. */
    static final String NO_READS = "a group with trusted components orders what it reads";

    /** Makes the instance. */
    AtomicBroadcast nest(boolean amnesiac, Consumer<AtomicBroadcast.Event> sink) {
        TrustedComponents components = genesis.components();
        StableCheckpoint.Claim begin = base == null ? null : base.claim();
        if (components == null) {
            return port.<Message, AtomicBroadcast.Event, AsynchronousOrdering>nest(
                    TAG,
                    Path.NO_INDEX,
                    child -> new AsynchronousOrdering(
                            child,
                            genesis.certifier(),
                            coins,
                            genesis.clients(),
                            genesis.configuration(),
                            sessions,
                            amnesiac,
                            begin),
                    sink);
        }
        // Whether the journal is whole the trusted component tells.
        return port.<EraMessage, AtomicBroadcast.Event, HybridEras>nest(
                TAG,
                Path.NO_INDEX,
                child -> new HybridEras(
                        child,
                        components,
                        genesis.certifier(),
                        genesis.clients(),
                        genesis.configuration(),
                        sessions,
                        begin),
                sink);
    }

    /** Why the order of this group takes no such request; null: it does. */
    static @Nullable String refusal(Genesis genesis, Request request, String service) {
        if (genesis.components() == null) {
            return null;
        }
        if (service.equals(ConfidentialCall.SERVICE)) {
            return "a group with trusted components takes no confidential requests";
        }
        boolean bare = request.seal() == null && request.id().client() >= ReplicaSet.SIZE_MAX;
        return bare ? "a group with trusted components takes requests that their clients signed" : null;
    }
}
