package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * The rule over one slot of one epoch with two proposals: all that correct replicas may have voted, all that a maximal
 * fault set may claim, all quorums that may be read.
 */
class BoundRuleTest {
    private static final Digest LEFT = Transcript.of("left").digest();
    private static final Digest RIGHT = Transcript.of("right").digest();

    @Attack("trimmed or lying COLLECT")
    @Test
    void decidedDigestsAreBoundAmongFour() {
        Tally tally = enumerate(Structures.FOUR, true);
        assertThat(tally.cases).isEqualTo(22_500);
        assertThat(tally.violations).isEqualTo(new Violations(0, 0, 0));
    }

    @Attack("trimmed or lying COLLECT")
    @Seeds(3)
    void decidedDigestsAreBoundInGeneralStructures(long seed) {
        FaultStructure trust = Structures.general(seed);
        Tally tally = enumerate(trust, true);
        assertThat(tally.violations)
                .as("%s cases of %s", tally.cases, trust.describe())
                .isEqualTo(new Violations(0, 0, 0));
    }

    @Attack("trimmed or lying COLLECT")
    @Test
    void withoutThePreparedClauseDecidedDigestsAreLost() {
        Tally tally = enumerate(Structures.FOUR, false);
        assertThat(tally.violations.lost()).isPositive();
    }

    /**
     * @param lost a decided digest was not what a sound set read
     * @param invented a digest was bound that no correct replica wrote
     * @param unsound all correct replicas were in the set and it was not sound
     */
    record Violations(int lost, int invented, int unsound) {}

    private static final class Tally {
        private int cases;
        private Violations violations = new Violations(0, 0, 0);
    }

    private static Tally enumerate(FaultStructure trust, boolean preparedClause) {
        Tally tally = new Tally();
        BoundRule rule = new BoundRule(trust, preparedClause);
        for (ReplicaSet corrupt : trust.maximalFaultSets()) {
            List<Integer> correct = trust.all().minus(corrupt).toList();
            forAllVotes(correct.size(), wrote -> {
                for (List<@Nullable Digest> prepared : preparations(trust, corrupt, correct, wrote)) {
                    read(trust, rule, corrupt, new Votes(correct, wrote, prepared), tally);
                }
            });
        }
        return tally;
    }

    /** What the correct replicas voted, in the order of {@code members}. */
    private record Votes(List<Integer> members, List<@Nullable Digest> wrote, List<@Nullable Digest> prepared) {
        ReplicaSet wroteFor(Digest digest) {
            return voters(wrote, digest);
        }

        ReplicaSet preparedFor(Digest digest) {
            return voters(prepared, digest);
        }

        private ReplicaSet voters(List<@Nullable Digest> votes, Digest digest) {
            ReplicaSet set = ReplicaSet.EMPTY;
            for (int i = 0; i < members.size(); i++) {
                set = digest.equals(votes.get(i)) ? set.with(members.get(i)) : set;
            }
            return set;
        }
    }

    /** A correct replica prepares only what a quorum, the corrupt ones included, may have written. */
    private static List<List<@Nullable Digest>> preparations(
            FaultStructure trust, ReplicaSet corrupt, List<Integer> correct, List<@Nullable Digest> wrote) {
        Votes votes = new Votes(correct, wrote, wrote);
        boolean left = trust.isQuorum(votes.wroteFor(LEFT).union(corrupt));
        boolean right = trust.isQuorum(votes.wroteFor(RIGHT).union(corrupt));
        List<List<@Nullable Digest>> all = new ArrayList<>();
        forAllVotes(correct.size(), prepared -> {
            if ((left || !prepared.contains(LEFT)) && (right || !prepared.contains(RIGHT))) {
                all.add(prepared);
            }
        });
        return all;
    }

    private static void read(FaultStructure trust, BoundRule rule, ReplicaSet corrupt, Votes votes, Tally tally) {
        List<Integer> liars = corrupt.toList();
        forAllVotes(
                liars.size(),
                claimedWrote -> forAllVotes(liars.size(), claimedPrepared -> {
                    for (long bits = 1; bits <= trust.all().bits(); bits++) {
                        ReplicaSet members = new ReplicaSet(bits);
                        if (trust.isQuorum(members)) {
                            List<Collect> collects = new ArrayList<>();
                            add(collects, members, votes.members(), votes.prepared(), votes.wrote());
                            add(collects, members, liars, claimedPrepared, claimedWrote);
                            judge(trust, rule.read(collects, 1), members, corrupt, votes, tally);
                        }
                    }
                }));
    }

    private static void judge(
            FaultStructure trust,
            Optional<BoundRule.Reading> reading,
            ReplicaSet members,
            ReplicaSet corrupt,
            Votes votes,
            Tally tally) {
        tally.cases++;
        int lost = tally.violations.lost();
        int invented = tally.violations.invented();
        int unsound = tally.violations.unsound();
        if (reading.isEmpty()) {
            unsound += members.containsAll(trust.all().minus(corrupt)) ? 1 : 0;
        } else {
            Digest bound = reading.get().bound().get(1L);
            for (Digest digest : List.of(LEFT, RIGHT)) {
                boolean decidable = trust.isQuorum(votes.preparedFor(digest).union(corrupt));
                lost += decidable && !digest.equals(bound) ? 1 : 0;
            }
            invented += bound != null && votes.wroteFor(bound).isEmpty() ? 1 : 0;
        }
        tally.violations = new Violations(lost, invented, unsound);
    }

    private static void add(
            List<Collect> collects,
            ReplicaSet members,
            List<Integer> replicas,
            List<@Nullable Digest> prepared,
            List<@Nullable Digest> wrote) {
        for (int i = 0; i < replicas.size(); i++) {
            if (members.contains(replicas.get(i))) {
                boolean none = prepared.get(i) == null && wrote.get(i) == null;
                List<Collect.Vote> votes =
                        none ? List.of() : List.of(new Collect.Vote(1, prepared.get(i), wrote.get(i)));
                collects.add(new Collect(replicas.get(i), 0, null, votes, List.of(), 0, new byte[0]));
            }
        }
    }

    /** All ways in which so many replicas vote for nothing or one of two digests. */
    private static void forAllVotes(int replicas, Consumer<List<@Nullable Digest>> action) {
        int count = 1;
        for (int i = 0; i < replicas; i++) {
            count *= 3;
        }
        for (int number = 0; number < count; number++) {
            List<@Nullable Digest> votes = new ArrayList<>();
            for (int rest = number, i = 0; i < replicas; i++, rest /= 3) {
                votes.add(rest % 3 == 0 ? null : rest % 3 == 1 ? LEFT : RIGHT);
            }
            action.accept(votes);
        }
    }
}
