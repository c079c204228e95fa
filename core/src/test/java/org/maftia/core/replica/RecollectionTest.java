package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.replica.Recollection.Verdict;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/** Who may believe its memory: with liars and without, in thresholds and general structures. */
class RecollectionTest {
    private static final long NONE = 0;
    private static final long OLDER = 6;
    private static final long MINE = 7;
    private static final long LATER = 8;

    private static Recollection<Long> of(FaultStructure trust, int self) {
        return new Recollection<>(Recollection.Jury.of(trust), self, MINE);
    }

    @Test
    void aKernelThatHeardOfMoreMakesTheMemoryOldAndOneWordDoesNot() {
        Recollection<Long> recollection = of(Structures.FOUR, 0);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(1, LATER);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(3, LATER + 1);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OLD);
        assertThat(recollection.later()).containsExactly(1, 3);
    }

    @Test
    void withThoseWhoHeardOfNoMoreItIsAQuorumThatLetsItGoOn() {
        Recollection<Long> recollection = of(Structures.FOUR, 0);
        recollection.heard(1, MINE);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(2, NONE);
        assertThat(recollection.verdict()).isEqualTo(Verdict.NEWEST);
    }

    /** One correct word that it is old, and a liar that says nothing of it: the others must speak first. */
    @Test
    void doubtIsWaitedOut() {
        Recollection<Long> recollection = of(Structures.FOUR, 0);
        recollection.heard(1, LATER);
        recollection.heard(2, NONE);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(3, LATER);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OLD);
    }

    /** A group of one has nobody to ask. */
    @Test
    void aReplicaThatIsAQuorumByItselfGoesOn() {
        assertThat(of(FaultStructure.threshold(1, 0), 0).verdict()).isEqualTo(Verdict.NEWEST);
    }

    /** Four of which three left: seats 0 and 1 to 3, then 0, 3, 4 and 5. */
    @Test
    void afterAChangeThoseSayWhoAreMembersNow() {
        Recollection<Long> recollection = of(Structures.FOUR, 0);
        recollection.heard(3, MINE);
        recollection.heard(4, NONE);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.judgedBy(Recollection.Jury.of(Structures.FOUR, List.of(0, 3, 4, 5)::indexOf));
        assertThat(recollection.verdict()).isEqualTo(Verdict.NEWEST);
        recollection.left(3);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
    }

    /** Two of before who know better are no kernel of a group of seven; one of them is correct all the same. */
    @Test
    void aKernelOfThoseOfBeforeStillTellsThatTheMemoryIsOld() {
        Recollection<Long> recollection = of(Structures.FOUR, 0);
        recollection.judgedBy(
                Recollection.Jury.of(FaultStructure.threshold(7, 2), List.of(0, 3, 2, 4, 5, 6, 7)::indexOf));
        for (int newcomer = 4; newcomer <= 6; newcomer++) {
            recollection.heard(newcomer, NONE);
        }
        recollection.heard(2, LATER);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(3, LATER);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OLD);
    }

    private static FaultStructure drawn(long seed) {
        return switch ((int) (seed % 3)) {
            case 0 -> Structures.general(seed);
            case 1 -> FaultStructure.threshold(7, 2);
            default -> Structures.grid();
        };
    }

    private static ReplicaSet faultSet(FaultStructure trust, SplittableRandom random) {
        ReplicaSet faults = ReplicaSet.EMPTY;
        for (int i : trust.all().toList()) {
            ReplicaSet more = faults.with(i);
            faults = random.nextBoolean() && !trust.isKernel(more) ? more : faults;
        }
        return faults;
    }

    /** In any order of words, whatever a fault set says. */
    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(200)
    void noFaultSetHoldsUpTheNewestMemoryNorMakesItOld(long seed) {
        FaultStructure trust = drawn(seed);
        SplittableRandom random = new SplittableRandom(seed);
        ReplicaSet liars = faultSet(trust, random);
        int self = trust.all().minus(liars).first();
        Recollection<Long> recollection = of(trust, self);
        for (int peer : trust.all().without(self).toList()) {
            long truth = random.nextBoolean() ? OLDER : MINE;
            recollection.heard(peer, liars.contains(peer) ? LATER : truth);
            assertThat(recollection.verdict()).isNotEqualTo(Verdict.OLD);
        }
        assertThat(recollection.verdict()).isEqualTo(Verdict.NEWEST);
    }

    /** Where all correct peers heard of what it forgot, no order of words and no liar lets it go on. */
    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(200)
    void anOldMemoryThatTheCorrectKnowOfNeverGoesOn(long seed) {
        FaultStructure trust = drawn(seed);
        SplittableRandom random = new SplittableRandom(seed);
        // With the replica itself, which is as good as corrupted until it knows.
        ReplicaSet liars = faultSet(trust, random);
        int self = liars.isEmpty() ? 0 : liars.first();
        Recollection<Long> recollection = of(trust, self);
        Verdict verdict = Verdict.OPEN;
        for (int peer : trust.all().without(self).toList()) {
            recollection.heard(peer, liars.contains(peer) ? NONE : LATER);
            verdict = recollection.verdict();
            assertThat(verdict).isNotEqualTo(Verdict.NEWEST);
        }
        assertThat(verdict).isEqualTo(Verdict.OLD);
    }
}
