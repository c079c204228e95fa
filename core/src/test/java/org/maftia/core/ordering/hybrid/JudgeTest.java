package org.maftia.core.ordering.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.Account.Entry;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** What convinces a correct replica, and what an intruder with a component of its own cannot make up. */
class JudgeTest {
    private static final int STREAM = 3;
    private static final int WINDOW = 16;
    private static final Digest CONFIGURATION = Transcript.of("test").digest();
    private static final Digest X = Transcript.of("x").digest();
    private static final Digest Y = Transcript.of("y").digest();

    private static final Era ERA = new Era(0, Collections.nCopies(3, 0L), 0, 0);

    private final IdealComponents components = new IdealComponents(1, 3);
    private final Statements statements = new Statements(CONFIGURATION);
    private final Placement placement = new Placement(1, 8, ReplicaSet.firstOf(3));
    private final Judge judge = new Judge(
            FaultStructure.threshold(3, 1),
            new IdealCertifier(1),
            components,
            STREAM,
            ERA,
            CONFIGURATION,
            placement,
            WINDOW);

    private Ui ui(int replica, int lane, Digest digest) {
        return (Ui) components
                .call(replica, new TrustedCall.CreateUi(STREAM, lane, digest))
                .orElseThrow();
    }

    private Vote prepare(int leader, long view, long slot, Digest batch) {
        Ui ui = ui(leader, 0, statements.prepare(view, slot, batch));
        return new Vote(view, slot, batch, ui, ui);
    }

    private Vote commit(int replica, Vote proposal) {
        Ui ui = ui(
                replica, 1, statements.commit(proposal.view(), proposal.slot(), proposal.batch(), proposal.proposal()));
        return new Vote(proposal.view(), proposal.slot(), proposal.batch(), proposal.proposal(), ui);
    }

    private ViewChange move(int replica, long view, List<Entry> entries) {
        Account account = new Account(replica, view, null, null, null, List.of(), entries);
        Attestation fence = components
                .call(replica, new TrustedCall.Raise(STREAM, Mark.VIEW, view, statements.account(account)))
                .orElseThrow();
        return new ViewChange(account, (Fence) fence);
    }

    @Test
    void anAccountOfAllThatWasCertifiedIsValid() {
        Vote proposal = prepare(0, 0, 1, X);
        ViewChange change = move(2, 1, List.of(new Entry.Voted(commit(2, proposal))));
        assertThat(judge.isValid(change)).isTrue();
        CodecCheck.check(ViewChange.CODEC, List.of(change));
    }

    @Attack("trimmed VIEW-CHANGE")
    @Test
    void anAccountThatLeavesAVoteOutIsNot() {
        Vote first = commit(2, prepare(0, 0, 1, X));
        Vote second = commit(2, prepare(0, 0, 2, Y));
        List<List<Entry>> lies = new ArrayList<>();
        lies.add(List.of());
        lies.add(List.of(new Entry.Voted(first)));
        lies.add(List.of(new Entry.Voted(second)));
        lies.add(List.of(new Entry.Voted(second), new Entry.Voted(first)));
        lies.add(List.of(new Entry.Voted(first), new Entry.Voted(first)));
        for (int i = 0; i < lies.size(); i++) {
            assertThat(judge.isValid(move(2, i + 1, lies.get(i))))
                    .as("lie " + i)
                    .isFalse();
        }
    }

    @Attack("burned counters")
    @Test
    void anAccountThatCannotShowWhatACounterWasGivenToIsNot() {
        ui(2, 1, X);
        Vote vote = commit(2, prepare(0, 0, 1, X));
        assertThat(judge.isValid(move(2, 1, List.of(new Entry.Voted(vote))))).isFalse();
    }

    @Test
    void anAccountWithAVoteForWhatTheLeaderNeverProposedIsNot() {
        Vote real = prepare(0, 0, 1, X);
        Vote invented = commit(2, new Vote(0, 1, Y, real.proposal(), real.ui()));
        assertThat(judge.isValid(move(2, 1, List.of(new Entry.Voted(invented)))))
                .isFalse();
    }

    @Test
    void anAccountWithASlotBeyondTheWindowIsNot() {
        // The corrupt leader jumps ahead by a checkpoint that nobody has.
        components.call(0, new TrustedCall.Raise(STREAM, Mark.CHECKPOINT, 1L << 40, statements.checkpoint(1L << 40)));
        components.call(2, new TrustedCall.Raise(STREAM, Mark.CHECKPOINT, 1L << 40, statements.checkpoint(1L << 40)));
        Vote far = commit(2, prepare(0, 0, (1L << 40) + 1, X));
        assertThat(judge.isVote(far)).isTrue();
        assertThat(judge.isValid(move(2, 1, List.of(new Entry.Voted(far))))).isFalse();
    }

    @Attack("vote for the old view after its fence")
    @Test
    void aVoteForTheOldViewAfterTheFenceIsNone() {
        Vote proposal = prepare(0, 0, 1, X);
        assertThat(judge.isVote(commit(2, proposal))).isTrue();
        move(2, 1, List.of());
        Vote late = commit(2, proposal);
        assertThat(late.ui().view()).isEqualTo(1);
        assertThat(judge.isVote(late)).isFalse();
        assertThat(judge.isDecision(List.of(proposal, late))).isFalse();
    }

    @Test
    void aVoteUpToACheckpointAfterItsFenceIsNone() {
        Vote proposal = prepare(0, 0, 1, X);
        components.call(2, new TrustedCall.Raise(STREAM, Mark.CHECKPOINT, 8, statements.checkpoint(8)));
        assertThat(judge.isVote(commit(2, proposal))).isFalse();
    }

    @Attack("two PREPAREs for one slot")
    @Test
    void theSecondOfTwoProposalsForASlotStandsForAnother() {
        Vote first = prepare(0, 0, 1, X);
        Vote second = prepare(0, 0, 1, Y);
        Placement.Origin origin = Objects.requireNonNull(placement.origin(Summary.first(ERA), 0, null));
        assertThat(placement.slot(origin, first.ui())).isEqualTo(1);
        assertThat(placement.slot(origin, second.ui())).isEqualTo(2);
        assertThat(judge.isValid(move(2, 1, List.of(new Entry.Voted(commit(2, second))))))
                .isFalse();
    }

    @Test
    void aQuorumOfVotesForTheSameProposalDecides() {
        Vote proposal = prepare(0, 0, 1, X);
        Vote vote = commit(2, proposal);
        assertThat(judge.isDecision(List.of(proposal, vote))).isTrue();
        assertThat(judge.isDecision(List.of(vote, vote))).isFalse();
        assertThat(judge.isDecision(List.of(proposal))).isFalse();
        Vote other = commit(1, prepare(0, 0, 2, Y));
        assertThat(judge.isDecision(List.of(vote, other))).isFalse();
    }

    @Attack("UI of another group, protocol, lane or epoch")
    @Test
    void identifiersOfAnotherStreamLaneOrEpochAreNoVotes() {
        Digest statement = statements.prepare(0, 1, X);
        Ui otherStream = (Ui) components
                .call(0, new TrustedCall.CreateUi(STREAM + 1, 0, statement))
                .orElseThrow();
        assertThat(judge.isGenuine(otherStream)).isFalse();
        Ui otherLane = ui(0, 5, statement);
        assertThat(judge.isVote(new Vote(0, 1, X, otherLane, otherLane))).isFalse();
        components.lose(0);
        assertThat(judge.isGenuine(ui(0, 0, statement))).isFalse();
    }
}
