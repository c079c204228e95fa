package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.Account.Entry;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * Whether what a peer sent is valid: the same question has the same answer at every correct replica, now and later. Changes
 * nothing, so that any thread may ask.
 */
final class Judge {
    private final FaultStructure trust;
    private final Certifier certifier;
    private final AttestationVerifier verifier;
    private final int stream;
    private final Era era;
    private final Digest configuration;
    private final Placement placement;
    private final Statements statements;

    /** Slots above a certified state for which a correct replica votes. */
    private final int window;

    Judge(
            FaultStructure trust,
            Certifier certifier,
            AttestationVerifier verifier,
            int stream,
            Era era,
            Digest configuration,
            Placement placement,
            int window) {
        this.trust = trust;
        this.certifier = certifier;
        this.verifier = verifier;
        this.stream = stream;
        this.era = era;
        this.configuration = configuration;
        this.placement = placement;
        this.statements = new Statements(era.digest(configuration));
        this.window = window;
    }

    Statements statements() {
        return statements;
    }

    /** Whether the component of that replica, which is not excluded, made it in this stream, in the epoch in force. */
    boolean isGenuine(Attestation attestation) {
        int replica = attestation.replica();
        return trust.all().contains(replica) && isOfPresentEpoch(attestation) && verifier.verify(stream, attestation);
    }

    /** What an old component goes on certifying counts for nothing, in whatever hands it is. */
    private boolean isOfPresentEpoch(Attestation attestation) {
        int replica = attestation.replica();
        return attestation.epoch() == era.epochs().get(replica)
                && !era.excluded().contains(replica);
    }

    /** Whether it has the form of a vote; its identifiers may be false. */
    boolean isVote(Vote vote) {
        Ui ui = vote.ui();
        boolean lane = vote.isProposal()
                ? placement.isProposalLane(ui.lane()) && ui.replica() == placement.leader(vote.view())
                : placement.isVoteLane(ui.lane());
        boolean led = era.beginsLed() || vote.view() > era.firstView();
        return vote.slot() > era.beginning()
                && led
                && lane
                && ui.view() == vote.view()
                && ui.checkpoint() == placement.mark(vote.slot())
                && vote.proposal().replica() == placement.leader(vote.view())
                && statements.binds(vote);
    }

    /**
     * Whether a quorum votes for the batch. Somebody correct is among them, who has seen that the leader proposed it and
     * might do so.
     */
    boolean isDecision(List<Vote> votes) {
        ReplicaSet voters = ReplicaSet.EMPTY;
        for (Vote vote : votes) {
            boolean same = vote.slot() == votes.getFirst().slot()
                    && vote.choice().equals(votes.getFirst().choice());
            if (!same || !isVote(vote) || !isGenuine(vote.ui())) {
                return false;
            }
            voters = voters.with(vote.voter());
        }
        return trust.isQuorum(voters);
    }

    boolean isStable(StableCheckpoint checkpoint) {
        ReplicaSet signers = checkpoint.certificate().signers();
        return trust.all().containsAll(signers)
                && trust.isQuorum(signers)
                && checkpoint.certificate().verify(certifier, checkpoint.claim().digest(configuration));
    }

    boolean isCheckpoint(Fence fence) {
        return fence.mark() == Mark.CHECKPOINT
                && fence.digest().equals(statements.checkpoint(fence.checkpoint()))
                && isGenuine(fence);
    }

    byte[] sign(Summary summary) {
        return certifier.sign(statements.entering(summary));
    }

    boolean isSigned(int replica, Digest entering, byte[] signature) {
        return certifier.verify(replica, entering, signature);
    }

    /** Whether a kernel found the NEW-VIEW valid. */
    boolean isEntered(Entered entered) {
        Certificate certificate = entered.certificate();
        return trust.all().containsAll(certificate.signers())
                && trust.isKernel(certificate.signers())
                && certificate.verify(certifier, statements.entering(entered.summary()));
    }

    /** Whether the account is whole, and its author moved to its view. */
    boolean isValid(ViewChange change) {
        return verdict(change) == Verdict.VALID;
    }

    /** What an account is. */
    enum Verdict {
        VALID,
        /** Its author's component certified what no correct replica gives: that proves it corrupt to everybody. */
        LIE,
        /** It is not its author's. */
        FORGED
    }

    Verdict verdict(ViewChange change) {
        if (!isSworn(change)) {
            return Verdict.FORGED;
        }
        boolean valid = isWellFounded(change.account()) && isWhole(change.account(), change.fence());
        return valid ? Verdict.VALID : Verdict.LIE;
    }

    /** Whether it is its author's. */
    private boolean isSworn(ViewChange change) {
        Account account = change.account();
        Fence fence = change.fence();
        return fence.replica() == account.replica()
                && fence.mark() == Mark.VIEW
                && fence.view() == account.view()
                && fence.digest().equals(statements.account(account))
                && isGenuine(fence);
    }

    /** What it begins with is proved. */
    private boolean isWellFounded(Account account) {
        StableCheckpoint stable = account.stable();
        Entered origin = account.origin();
        if (stable != null && !isStable(stable)) {
            return false;
        }
        long slot = stable == null ? era.beginning() : stable.claim().slot();
        if (origin != null && (origin.summary().start() > slot || !isEntered(origin))) {
            return false;
        }
        long view = originView(account);
        Fence base = account.base();
        if (view >= account.view()) {
            return false;
        }
        if (base == null) {
            return view == 0; // a later era begins with a fence
        }
        boolean byView = base.mark() == Mark.VIEW && base.view() == view;
        // Votes before this one were for slots up to it, which are settled.
        boolean byCheckpoint = base.mark() == Mark.CHECKPOINT && base.checkpoint() <= slot && base.view() >= view;
        boolean before = base.replica() == account.replica() && base.view() < account.view();
        return before && (byView || byCheckpoint) && isGenuine(base);
    }

    /** The view in which its author took part last. */
    private long originView(Account account) {
        return account.origin() == null
                ? era.firstView()
                : account.origin().summary().view();
    }

    /** Every counter of every lane from the base to the fence is there, and what it was given to. */
    private boolean isWhole(Account account, Fence fence) {
        int next = 0;
        List<Entry> entries = account.entries();
        Origins origins = new Origins(account);
        for (int lane = 0; lane < Attestation.LANES; lane++) {
            long from = account.base() == null ? 0 : account.base().counters().get(lane);
            for (long counter = from + 1; counter <= fence.counters().get(lane); counter++) {
                if (next == entries.size()) {
                    return false;
                }
                Entry entry = entries.get(next++);
                Ui ui = entry.ui();
                boolean inPlace = ui.replica() == account.replica() && ui.lane() == lane && ui.counter() == counter;
                if (!inPlace || !isGenuine(ui) || !isValid(entry, account, origins)) {
                    return false;
                }
            }
        }
        return next == entries.size();
    }

    private boolean isValid(Entry entry, Account account, Origins origins) {
        return switch (entry) {
            case Entry.Opened opened ->
                opened.ui().digest().equals(statements.newView(opened.view(), opened.changes()));
            case Entry.Voted voted -> {
                Vote vote = voted.vote();
                long highest = (account.stable() == null ? era.beginning() : account.stableSlot()) + window;
                yield vote.view() == originView(account)
                        && vote.slot() <= highest
                        && isVote(vote)
                        && isProposed(vote, origins);
            }
        };
    }

    /** Whether the leader proposed it in its place. */
    private boolean isProposed(Vote vote, Origins origins) {
        Summary summary = origins.summary;
        Ui proposal = vote.proposal();
        if (proposal.equals(summary.ui())) {
            return vote.batch().equals(summary.slots().get(vote.slot()));
        }
        Vote prepare = new Vote(vote.view(), vote.slot(), vote.batch(), proposal, proposal);
        Placement.Origin origin = origins.find(proposal.checkpoint());
        return isVote(prepare)
                && isGenuine(proposal)
                && origin != null
                && placement.slot(origin, proposal) == vote.slot();
    }

    /** Where the leader of the account's last view counted from, by its marks. */
    private final class Origins {
        private final Summary summary;
        private final SortedMap<Long, Fence> fences = new TreeMap<>();

        Origins(Account account) {
            this.summary = account.origin() == null
                    ? Summary.first(era)
                    : account.origin().summary();
            for (Fence fence : account.leaderFences()) {
                fences.put(fence.checkpoint(), fence);
            }
        }

        Placement.@Nullable Origin find(long mark) {
            Fence fence = fences.get(mark);
            boolean genuine = fence != null && isCheckpoint(fence);
            return placement.origin(summary, mark, genuine ? fence : null);
        }
    }

    /**
     * Whether the leader of the view opened it first of all, with the accounts of a quorum, its own among them. Whether these
     * accounts are valid is not asked.
     */
    boolean isOpened(NewView opening) {
        ReplicaSet movers = ReplicaSet.EMPTY;
        Fence fence = null;
        int before = -1;
        for (ViewChange change : opening.changes()) {
            if (change.view() != opening.view() || change.replica() <= before) {
                return false;
            }
            before = change.replica();
            movers = movers.with(change.replica());
            fence = change.replica() == placement.leader(opening.view()) ? change.fence() : fence;
        }
        Ui ui = opening.ui();
        return fence != null
                && trust.all().containsAll(movers)
                && trust.isQuorum(movers)
                && ui.replica() == fence.replica()
                && ui.lane() == 0
                && ui.counter() == fence.counters().getFirst() + 1
                && ui.view() == opening.view()
                && ui.checkpoint() == fence.checkpoint()
                && ui.digest().equals(statements.newView(opening.view(), opening.names(statements)))
                && isGenuine(ui);
    }

    /** Those of its accounts that are not valid. */
    List<Integer> liars(NewView opening) {
        List<Integer> liars = new ArrayList<>();
        for (ViewChange change : opening.changes()) {
            if (!isValid(change)) {
                liars.add(change.replica());
            }
        }
        return liars;
    }
}
