package org.maftia.core.ordering.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** What convinces a replica across eras, where one component has begun a new epoch. */
class EraTest {
    private static final int STREAM = 3;
    private static final int INTERVAL = 8;
    private static final Digest CONFIGURATION = Transcript.of("test").digest();
    private static final Digest X = Transcript.of("x").digest();
    private static final Era FIRST = new Era(0, Collections.nCopies(3, 0L), 0, 0);
    private static final Era SECOND = FIRST.after(1, 1, 12, 1_000);

    private final IdealComponents components = new IdealComponents(1, 3);
    private final Judge before = judge(FIRST);
    private final Judge after = judge(SECOND);

    private Judge judge(Era era) {
        return new Judge(
                FaultStructure.threshold(3, 1),
                new IdealCertifier(1),
                components,
                STREAM,
                era,
                CONFIGURATION,
                new Placement(1, INTERVAL, ReplicaSet.firstOf(3)),
                32);
    }

    private Vote prepare(Judge judge, int leader, long view, long slot) {
        Ui ui = (Ui) components
                .call(
                        leader,
                        new TrustedCall.CreateUi(STREAM, 0, judge.statements().prepare(view, slot, X)))
                .orElseThrow();
        return new Vote(view, slot, X, ui, ui);
    }

    private Fence raise(int replica, Mark mark, long value, Digest digest) {
        return (Fence) components
                .call(replica, new TrustedCall.Raise(STREAM, mark, value, digest))
                .orElseThrow();
    }

    private ViewChange move(int replica, long view, @Nullable Fence base, List<Entry> entries) {
        Account account = new Account(replica, view, null, base, null, List.of(), entries);
        return new ViewChange(
                account, raise(replica, Mark.VIEW, view, after.statements().account(account)));
    }

    private Fence begin(int replica) {
        long view = SECOND.firstView();
        return raise(replica, Mark.VIEW, view, after.statements().beginning(view));
    }

    @Attack("votes of an old epoch after the era in which it counted")
    @Test
    void whatAnOldEpochCertifiesCountsInItsOwnEraOnly() {
        raise(1, Mark.CHECKPOINT, 8, before.statements().checkpoint(8));
        Vote old = prepare(before, 1, 0, 13);
        assertThat(before.isGenuine(old.ui())).isTrue();
        assertThat(after.isGenuine(old.ui())).isFalse();
        components.lose(1);
        begin(1);
        Vote late = prepare(after, 1, SECOND.firstView() + 1, 13);
        assertThat(before.isGenuine(late.ui())).isFalse();
        assertThat(after.isGenuine(late.ui())).isTrue();
    }

    @Attack("votes of an old era in the next one")
    @Test
    void whatWasCertifiedInAnEraBindsNothingInAnother() {
        raise(0, Mark.CHECKPOINT, 8, before.statements().checkpoint(8));
        Vote old = prepare(before, 0, 0, 13);
        assertThat(before.isVote(old)).isTrue();
        assertThat(after.isVote(old)).isFalse();
        // Nor under a mark of the new era, for what the old one binds.
        long view = SECOND.firstView() + (3 - SECOND.firstView() % 3) + 3;
        raise(0, Mark.VIEW, view, X);
        Ui ui = (Ui) components
                .call(0, new TrustedCall.CreateUi(STREAM, 0, before.statements().prepare(view, 13, X)))
                .orElseThrow();
        assertThat(after.isVote(new Vote(view, 13, X, ui, ui))).isFalse();
        Ui right = (Ui) components
                .call(0, new TrustedCall.CreateUi(STREAM, 0, after.statements().prepare(view, 13, X)))
                .orElseThrow();
        assertThat(after.isVote(new Vote(view, 13, X, right, right))).isTrue();
    }

    @Test
    void nothingIsVotedForInTheViewInWhichAnEraBeginsNorBelowItsFirstSlot() {
        int leader = (int) (SECOND.firstView() % 3);
        raise(leader, Mark.CHECKPOINT, 8, X);
        begin(leader);
        assertThat(after.isVote(prepare(after, leader, SECOND.firstView(), 13))).isFalse();
        long view = SECOND.firstView() + 3;
        raise(leader, Mark.VIEW, view, X);
        assertThat(after.isVote(prepare(after, leader, view, 12))).isFalse();
        assertThat(after.isVote(prepare(after, leader, view, 13))).isTrue();
    }

    @Attack("VIEW-CHANGE that hides what was certified since the era began")
    @Test
    void anAccountOfANewEraStandsOnTheFenceThatBeganIt() {
        long view = SECOND.firstView() + 1;
        Fence beginning = begin(2);
        ViewChange honest = move(2, view, beginning, List.of());
        assertThat(after.isValid(honest)).isTrue();
        assertThat(before.isValid(honest)).isFalse();
        // It voted in that view, and says later that it never entered one.
        components.call(2, new TrustedCall.CreateUi(STREAM, 1, X));
        assertThat(after.isValid(move(2, view + 1, beginning, List.of()))).isFalse();
        assertThat(after.isValid(move(2, view + 2, null, List.of()))).isFalse();
        // A fence of its own that is younger covers the vote, and proves nothing.
        assertThat(after.isValid(move(2, view + 4, raise(2, Mark.VIEW, view + 3, X), List.of())))
                .isFalse();
    }

    @Test
    void ofWhomTheLogExcludedNothingCountsAndNoViewWaitsForIt() {
        Era without = FIRST.excluding(1, 12).from(12, 1_000);
        Judge judge = new Judge(
                FaultStructure.threshold(3, 1),
                new IdealCertifier(0),
                components,
                STREAM,
                without,
                CONFIGURATION,
                new Placement(1, INTERVAL, ReplicaSet.firstOf(3).minus(without.excluded())),
                32);
        assertThat(judge.isGenuine(raise(0, Mark.VIEW, 1, X))).isTrue();
        Fence fence = raise(1, Mark.VIEW, 1, X);
        assertThat(before.isGenuine(fence)).isTrue();
        assertThat(judge.isGenuine(fence)).isFalse();
        Placement placement = new Placement(1, INTERVAL, ReplicaSet.firstOf(3).minus(without.excluded()));
        for (long view = without.firstView(); view < without.firstView() + 6; view++) {
            assertThat(placement.leader(view)).isNotEqualTo(1);
            assertThat(placement.leader(view)).isNotEqualTo(placement.leader(view + 1));
        }
        assertThat(Era.CODEC.decode(Era.CODEC.encode(without))).isEqualTo(without);
        assertThat(without.digest(CONFIGURATION))
                .isNotEqualTo(new Era(1, without.epochs(), 12, 1_000).digest(CONFIGURATION));
        assertThat(without.after(1, 1, 20, 0).excluded()).isEqualTo(ReplicaSet.EMPTY);
        assertThat(without.after(0, 1, 20, 0).excluded()).isEqualTo(ReplicaSet.of(1));
    }

    @Test
    void anAccountUnderItsAuthorsFenceThatHidesSomethingProvesALie() {
        long view = SECOND.firstView() + 1;
        Fence beginning = begin(2);
        ViewChange honest = move(2, view, beginning, List.of());
        assertThat(after.verdict(honest)).isEqualTo(Judge.Verdict.VALID);
        components.call(2, new TrustedCall.CreateUi(STREAM, 1, X));
        ViewChange hiding = move(2, view + 1, beginning, List.of());
        assertThat(after.verdict(hiding)).isEqualTo(Judge.Verdict.LIE);
        // Under another fence it is nobody's: whoever passes it on may have made it up.
        assertThat(after.verdict(new ViewChange(hiding.account(), honest.fence())))
                .isEqualTo(Judge.Verdict.FORGED);
        assertThat(before.verdict(hiding)).isEqualTo(Judge.Verdict.FORGED);
    }

    @Test
    void anIntroductionIsOfALaterEpochThanTheEraKnows() {
        Attestation.Introduction same = introduction(1);
        assertThat(FIRST.isOlderThan(same)).isFalse();
        components.lose(1);
        Attestation.Introduction later = introduction(1);
        assertThat(FIRST.isOlderThan(later)).isTrue();
        assertThat(SECOND.isOlderThan(later)).isFalse();
        assertThat(components.verify(STREAM, later)).isTrue();
        assertThat(components.verify(
                        STREAM, new Attestation.Introduction(1, later.epoch() + 1, later.keys(), later.tag())))
                .isFalse();
    }

    private Attestation.Introduction introduction(int replica) {
        return (Attestation.Introduction)
                components.call(replica, new TrustedCall.Introduce(STREAM)).orElseThrow();
    }
}
