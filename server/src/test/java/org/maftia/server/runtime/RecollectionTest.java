package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.journal.Position;
import org.maftia.server.runtime.Recollection.Verdict;

/** Who may believe its memory: with liars and without, in thresholds and general structures. */
class RecollectionTest {
    private static final Position OLDER = new Position(1, 2, 99);
    private static final Position MINE = new Position(1, 3, 7);
    private static final Position LATER = new Position(1, 3, 8);

    private static Recollection of(FaultStructure trust, int self) {
        return new Recollection(Recollection.Jury.of(trust), self, MINE);
    }

    @Test
    void aKernelThatHeardOfMoreMakesTheMemoryOldAndOneWordDoesNot() {
        Recollection recollection = of(Structures.FOUR, 0);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(1, LATER);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(3, new Position(2, 0, 0));
        assertThat(recollection.verdict()).isEqualTo(Verdict.OLD);
        assertThat(recollection.later()).containsExactly(1, 3);
    }

    @Test
    void withThoseWhoHeardOfNoMoreItIsAQuorumThatLetsItGoOn() {
        Recollection recollection = of(Structures.FOUR, 0);
        recollection.heard(1, MINE);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(2, Position.NONE);
        assertThat(recollection.verdict()).isEqualTo(Verdict.NEWEST);
    }

    /** One correct word that it is old, and a liar that says nothing of it: the others must speak first. */
    @Test
    void doubtIsWaitedOut() {
        Recollection recollection = of(Structures.FOUR, 0);
        recollection.heard(1, LATER);
        recollection.heard(2, Position.NONE);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OPEN);
        recollection.heard(3, LATER);
        assertThat(recollection.verdict()).isEqualTo(Verdict.OLD);
    }

    /** A group of one has nobody to ask. */
    @Test
    void aReplicaThatIsAQuorumByItselfGoesOn() {
        assertThat(of(FaultStructure.threshold(1, 0), 0).verdict()).isEqualTo(Verdict.NEWEST);
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
        Recollection recollection = of(trust, self);
        for (int peer : trust.all().without(self).toList()) {
            Position truth = random.nextBoolean() ? OLDER : MINE;
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
        Recollection recollection = of(trust, self);
        Verdict verdict = Verdict.OPEN;
        for (int peer : trust.all().without(self).toList()) {
            recollection.heard(peer, liars.contains(peer) ? Position.NONE : LATER);
            verdict = recollection.verdict();
            assertThat(verdict).isNotEqualTo(Verdict.NEWEST);
        }
        assertThat(verdict).isEqualTo(Verdict.OLD);
    }
}
