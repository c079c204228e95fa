package org.maftia.core.ordering.hybrid;

import java.util.List;
import org.maftia.core.ordering.Outline;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.wire.Digest;

/** What the replicas say to each other while they order, and (the last ones) to their journals. */
public sealed interface HybridMessage {
    /** Requests under their clients' signatures. */
    record Bodies(List<Request> requests) implements HybridMessage {
        @Override
        public String toString() {
            return "Bodies"
                    + requests.stream()
                            .map(request ->
                                    request.id().client() + "." + request.id().sequence())
                            .toList();
        }
    }

    /** The leader wants this in the slot, and votes for it. */
    record Prepare(long view, Batch batch, Ui ui) implements HybridMessage {
        Vote vote() {
            return new Vote(view, batch.slot(), batch.digest(), ui, ui);
        }

        @Override
        public String toString() {
            return "PREPARE(v" + view + " " + batch + " #" + ui.counter() + ")";
        }
    }

    /** The same, said shorter to whom has what it names. */
    record Outlined(long view, long slot, long timeMicros, Outline outline, Digest batch, Ui ui)
            implements HybridMessage {
        @Override
        public String toString() {
            return "PREPARE(v" + view + " s" + slot + " " + outline.size() + " named " + Words.of(batch) + " #"
                    + ui.counter() + ")";
        }
    }

    /** I found the proposal valid. */
    record Commit(Vote vote) implements HybridMessage {}

    /** A quorum voted. Also the journal's record of what was delivered. */
    record Decided(List<Vote> votes) implements HybridMessage {}

    /**
     * I hold the state of the checkpoint, and vote for nothing up to it any more. Also the journal's record of a leader's
     * checkpoint on which an own vote rests.
     */
    record Checkpointed(Fence fence) implements HybridMessage {}

    /** Send me this batch. */
    record WantBatch(long slot, Digest batch) implements HybridMessage {
        @Override
        public String toString() {
            return "WantBatch(s" + slot + " " + Words.of(batch) + ")";
        }
    }

    /** The answer. Also the journal's record of what own votes vouch for, and of what was delivered. */
    record Held(Batch batch) implements HybridMessage {}

    /** I give up on the leaders of all views below. */
    record Demand(long view) implements HybridMessage {}

    /** I move. */
    record Moved(ViewChange change) implements HybridMessage {}

    /** The leader opens its view. */
    record Opened(NewView opening) implements HybridMessage {}

    /** I found the NEW-VIEW valid that comes to this. */
    record Entering(long view, Digest summary, byte[] signature) implements HybridMessage {
        @Override
        public String toString() {
            return "Entering(v" + view + " " + Words.of(summary) + ")";
        }
    }

    /** A kernel did; also the journal's record of the view in which this replica takes part. */
    record InView(Entered entered) implements HybridMessage {}

    /**
     * Where I stand; tell me what I lack.
     *
     * @param view the one in which I take part
     * @param moved the mark VIEW of my component
     * @param reply whether the same is wanted back
     */
    record Status(long view, long moved, long delivered, long stable, boolean reply) implements HybridMessage {}

    /** What you lack was forgotten; here is what stands in its place. Also the journal's record of it. */
    record Forgotten(StableCheckpoint checkpoint) implements HybridMessage {
        @Override
        public String toString() {
            return "Forgotten(s" + checkpoint.claim().slot() + ")";
        }
    }

    /** Journal only: the component is about to be asked for this. */
    record Intended(Draft draft) implements HybridMessage {}

    /** Journal only: it has answered. */
    record Certified(Attestation attestation) implements HybridMessage {}

    /** What a replica has its component certify. */
    sealed interface Draft {
        record Propose(long view, int lane, Batch batch) implements Draft {}

        record Vote(long view, long slot, Digest batch, Ui proposal) implements Draft {
            @Override
            public String toString() {
                return "Vote(v" + view + " s" + slot + " " + Words.of(batch) + ")";
            }
        }

        record Open(long view, List<Account.Named> changes) implements Draft {}

        record Move(Account account) implements Draft {}

        record Reach(long slot) implements Draft {}

        /** An era begins, in this view. */
        record Begin(long view) implements Draft {}
    }
}
