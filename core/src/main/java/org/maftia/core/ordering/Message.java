package org.maftia.core.ordering;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;

/** What the replicas say to each other while they order, and ({@link Wrote}, {@link Begun}, {@link Abstention}) to their journals. */
public sealed interface Message {
    /** I hold these requests, and vouch for them. */
    record Have(List<Reference> references) implements Message {}

    /**
     * Bodies: of own requests, of signed ones that a client gave to this replica alone, answers to {@link Want}, and what a
     * holder relays to the leader; with the client's signature where the sender has judged one. Also the journal's record of
     * what the own COLLECT vouches for.
     */
    record Bodies(List<Request> requests) implements Message {
        @Override
        public String toString() {
            return "Bodies" + requests.stream().map(Reference::to).toList();
        }
    }

    /** Send me these bodies. */
    record Want(List<Reference> references) implements Message {}

    /** Step 1: the leader wants this in the slot. */
    record Propose(Proposal proposal) implements Message {}

    /** Step 2: I hold the first valid proposal for the slot, and have this digest for it. */
    record Write(long epoch, long slot, Digest digest) implements Message {
        @Override
        public String toString() {
            return "Write[e" + epoch + " s" + slot + " " + Brief.of(digest) + "]";
        }
    }

    /** Step 3: a quorum wrote the digest. Also the journal's record of an own ACCEPT. */
    record Accept(long epoch, long slot, Digest digest) implements Message {
        @Override
        public String toString() {
            return "Accept[e" + epoch + " s" + slot + " " + Brief.of(digest) + "]";
        }
    }

    /** Step 4: I delivered these slots. */
    record Decided(List<Outcome> outcomes) implements Message {}

    /** Send me the proposal with this digest. */
    record WantProposal(long slot, Digest digest) implements Message {
        @Override
        public String toString() {
            return "WantProposal[s" + slot + " " + Brief.of(digest) + "]";
        }
    }

    /** The answer, with all bodies. */
    record Fetched(Proposal proposal) implements Message {}

    /** I give up on the leader of the epoch. */
    record Suspect(long epoch) implements Message {}

    /** I stopped voting in the epoch. Own ones, and those of others that I vouched for, are journal records too. */
    record Collected(Collect collect) implements Message {}

    /** Send me this COLLECT. */
    record WantCollect(long epoch, int replica, Digest digest) implements Message {
        @Override
        public String toString() {
            return "WantCollect[e" + epoch + " of " + replica + " " + Brief.of(digest) + "]";
        }
    }

    /**
     * Where I stand; tell me what I lack.
     *
     * @param delivered the last slot that I delivered
     * @param reply whether an own Status is wanted back
     */
    record Status(Epoch epoch, long delivered, long stable, boolean reply) implements Message {}

    /** What you lack was forgotten; here is what stands in its place. Also the journal's record of the checkpoint. */
    record Forgotten(StableCheckpoint checkpoint) implements Message {
        @Override
        public String toString() {
            return "Forgotten[s" + checkpoint.claim().slot() + " e"
                    + checkpoint.claim().epoch().number() + "]";
        }
    }

    /** Journal only: my WRITE is for this proposal, all bodies with it; or I keep it, as it was decided. */
    record Wrote(Proposal proposal) implements Message {}

    /**
     * Journal only: an epoch began.
     *
     * @param settled the slots that the recovery before it settled
     * @param backlog by reference, what the last of these slots holds; null if that is nothing
     */
    record Begun(
            Epoch epoch, List<Outcome> settled, @Nullable Proposal backlog) implements Message {}

    /** Journal only: whether this replica, having lost its journal, abstains from voting. */
    record Abstention(boolean abstaining) implements Message {}
}
