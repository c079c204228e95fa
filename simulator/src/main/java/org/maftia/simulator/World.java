package org.maftia.simulator;

import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * What a seed deals before a run begins.
 *
 * @param topology what kind of group, in words
 * @param trust who may be corrupted together
 * @param corrupted who is, in this run: a fault set
 * @param limits the bounds of the protocols, small ones so that runs reach them
 * @param configuration binds the group
 * @param authority makes everybody's signatures
 * @param components the trusted ones beside the replicas; null: there are none
 */
public record World(
        String topology,
        FaultStructure trust,
        ReplicaSet corrupted,
        Limits limits,
        Digest configuration,
        Authority authority,
        @Nullable IdealComponents components) {
    /** Whether clients sign their requests, as in a quarter of the runs, and wherever there are trusted components. Drawn apart, so that the other runs stay as they were. */
    boolean clientsSign() {
        return components != null || new Draw(configuration.b()).below(4) == 0;
    }

    /** What kind of group, where all general structures are of one. */
    String kind() {
        return topology.startsWith(Topology.GENERAL) ? Topology.GENERAL : topology;
    }

    public ReplicaSet correct() {
        return trust.all().minus(corrupted);
    }
}
