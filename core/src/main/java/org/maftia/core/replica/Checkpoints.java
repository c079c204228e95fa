package org.maftia.core.replica;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Collects signatures of a quorum under the same state: what comes out is held by a kernel of correct replicas and
 * proves itself to anybody.
 */
final class Checkpoints implements Protocol<Checkpoints.Vote> {
    /** Votes of one replica that are kept: the newest ones, as older checkpoints are of no use beside newer ones. */
    private static final int VOTES_PER_REPLICA_MAX = 4;

    private final Port<Vote, StableCheckpoint> port;
    private final Genesis genesis;

    /** By replica, then by slot. */
    private final SortedMap<Integer, TreeMap<Long, Vote>> votes = new TreeMap<>();

    private @Nullable StableCheckpoint stable;

    Checkpoints(Port<Vote, StableCheckpoint> port, Genesis genesis) {
        this.port = port;
        this.genesis = genesis;
    }

    /** A replica's signature under the state after a slot. */
    record Vote(StableCheckpoint.Claim claim, byte[] signature) {}

    /** The slot of the newest certified checkpoint; 0 before the first. */
    long stableSlot() {
        return stable == null ? 0 : stable.claim().slot();
    }

    /** This replica reached the state. */
    void vote(StableCheckpoint.Claim claim) {
        byte[] signature = genesis.certifier().sign(claim.digest(genesis.configuration()));
        port.sendAll(new Vote(claim, signature));
    }

    /** Repeats the own newest vote to a peer that may have missed it. */
    void repeat(int peer) {
        TreeMap<Long, Vote> own = votes.get(port.self());
        if (own != null && !own.isEmpty()) {
            port.send(peer, own.lastEntry().getValue());
        }
    }

    /** A certificate from elsewhere. True when it is valid and newer than what is known. */
    boolean learn(StableCheckpoint checkpoint) {
        if (checkpoint.claim().slot() <= stableSlot() || !isValid(checkpoint)) {
            return false;
        }
        settle(checkpoint);
        return true;
    }

    /** Whether a quorum signed it. */
    boolean isValid(StableCheckpoint checkpoint) {
        Digest digest = checkpoint.claim().digest(genesis.configuration());
        ReplicaSet signers = checkpoint.certificate().signers();
        return port.trust().all().containsAll(signers)
                && port.trust().isQuorum(signers)
                && checkpoint.certificate().verify(genesis.certifier(), digest);
    }

    @Override
    public Codec<Vote> codec() {
        return CODEC;
    }

    @Override
    public void receive(int from, Vote vote) {
        long slot = vote.claim.slot();
        TreeMap<Long, Vote> ofSender = votes.computeIfAbsent(from, key -> new TreeMap<>());
        if (slot <= stableSlot() || ofSender.containsKey(slot)) {
            return;
        }
        Digest digest = vote.claim.digest(genesis.configuration());
        if (from != port.self() && !genesis.certifier().verify(from, digest, vote.signature)) {
            port.blame(from, "sends a checkpoint with a false signature");
            return;
        }
        ofSender.put(slot, vote);
        if (ofSender.size() > VOTES_PER_REPLICA_MAX) {
            ofSender.remove(ofSender.firstKey());
        }
        collect(vote.claim);
    }

    private void collect(StableCheckpoint.Claim claim) {
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        ReplicaSet signers = ReplicaSet.EMPTY;
        for (var entry : votes.entrySet()) {
            Vote vote = entry.getValue().get(claim.slot());
            if (vote != null && vote.claim.equals(claim)) {
                signatures.put(entry.getKey(), vote.signature);
                signers = signers.with(entry.getKey());
            }
        }
        if (port.trust().isQuorum(signers)) {
            StableCheckpoint checkpoint = new StableCheckpoint(claim, Certificate.of(signatures));
            settle(checkpoint);
            port.output(checkpoint);
        }
    }

    private void settle(StableCheckpoint checkpoint) {
        stable = checkpoint;
        long slot = checkpoint.claim().slot();
        for (var entry : votes.entrySet()) {
            // The own vote stays to be repeated to those who still collect.
            entry.getValue()
                    .headMap(entry.getKey() == port.self() ? slot : slot + 1)
                    .clear();
        }
    }

    private static final Codec<Vote> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Vote value) {
            StableCheckpoint.Claim.CODEC.write(writer, value.claim);
            writer.opaque8(value.signature);
        }

        @Override
        public Vote read(Reader reader) {
            return new Vote(StableCheckpoint.Claim.CODEC.read(reader), reader.opaque8(128));
        }
    };
}
