package org.maftia.core.crypto;

import java.util.List;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A trusted view as {@link IdealComponents} take it.
 *
 * @param number higher in each later view
 * @param epochs of all replicas' components, by index
 * @param excluded those that are no members
 * @param faultSets the maximal ones over all replicas
 */
public record IdealView(long number, List<Long> epochs, ReplicaSet excluded, List<ReplicaSet> faultSets) {
    public IdealView {
        epochs = List.copyOf(epochs);
        faultSets = List.copyOf(faultSets);
    }

    static IdealView of(byte[] bytes) {
        Reader reader = new Reader(bytes);
        IdealView view = new IdealView(
                reader.count(),
                reader.list(ReplicaSet.SIZE_MAX, 8, Reader::count),
                new ReplicaSet(reader.u64()),
                reader.list(FaultStructure.MAXIMAL_FAULT_SETS_MAX, 8, in -> new ReplicaSet(in.u64())));
        reader.end();
        return view;
    }

    /** Its bytes, and what components certify of them. */
    public record Written(byte[] bytes, Digest digest) {}

    public Written written() {
        Writer writer = new Writer().u64(number).list(epochs, Writer::u64).u64(excluded.bits());
        byte[] bytes = writer.list(faultSets, (out, set) -> out.u64(set.bits())).toBytes();
        return new Written(bytes, Transcript.sha256(bytes));
    }

    /** Whether the component of the replica is a member in this epoch. */
    public boolean isMember(int replica, long epoch) {
        return replica < epochs.size() && epochs.get(replica) == epoch && !excluded.contains(replica);
    }

    /** Whether the most that may be lost is missing, with those who are excluded. */
    public boolean isQuorum(ReplicaSet set) {
        ReplicaSet missing = ReplicaSet.firstOf(epochs.size()).minus(set.minus(excluded));
        return faultSets.stream().anyMatch(faultSet -> faultSet.containsAll(missing));
    }
}
