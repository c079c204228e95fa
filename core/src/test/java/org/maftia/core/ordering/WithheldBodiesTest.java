package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.ReplicaSet;

/**
 * What a corrupt owner of a lane could try, against bodies by reference: a replica's own gateway is its lane, and what
 * belongs there reaches the others by its word and theirs. It hides requests from the leader so that others suspect it,
 * shows each another one, or withholds what others voted for.
 */
class WithheldBodiesTest {
    private static final int STEPS_MAX = 400_000;
    private static final ReplicaSet ALL = Structures.FOUR.all();

    /** Too long to travel inside a proposal. */
    private static final int LENGTH = 600;

    private static LogGroup group(Scheduler scheduler, long seed) {
        return new LogGroup(Structures.FOUR, scheduler, seed);
    }

    private static void load(LogGroup group, int first, int last) {
        for (int i = first; i < last; i++) {
            group.submit(LogGroup.request(90, i));
        }
    }

    /** A request of a replica's own gateway. */
    private static Request own(int replica, int sequence, int content) {
        byte[] operation = new byte[LENGTH];
        operation[0] = (byte) content;
        return new Request(new RequestId(replica, 1, sequence), operation);
    }

    private static boolean says(LogGroup group, Class<? extends Message> kind) {
        return group.group.flights().stream().anyMatch(flight -> kind.isInstance(Twisted.message(flight.frame())));
    }

    private static List<RequestId> ids(List<Request> requests) {
        return requests.stream().map(Request::id).toList();
    }

    /**
     * Replica 3 gives the requests of its gateway to everybody but the leader, and all vouch for them. So all wait for the
     * leader, which has nothing; but it hears of them from the others, and gets them there, before anybody loses patience.
     */
    @Attack("corrupt lane owner frames the leader")
    @Seeds(8)
    void whatItsOwnerHidesFromTheLeaderTheLeaderGetsFromOthersBeforeAnybodySuspectsIt(long seed) {
        LogGroup group = group(Scheduler.OLDEST_FIRST, seed);
        group.twist(3, (to, message) -> {
            boolean tells = message instanceof Message.Bodies || message instanceof Message.Have;
            return tells && to == 0 ? null : message;
        });
        List<Request> hidden = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            hidden.add(own(3, i, i));
            group.submitTo(ReplicaSet.of(3), hidden.getLast());
            group.expect(hidden.getLast());
        }
        ReplicaSet correct = ALL.without(3);
        boolean[] suspected = {false};
        boolean done = group.group.run(40_000, () -> {
            suspected[0] |= says(group, Message.Suspect.class);
            return group.hasDelivered(correct, ids(hidden));
        });
        assertThat(done).isTrue();
        assertThat(suspected[0]).as("somebody gave up on the leader").isFalse();
        group.runUntilDelivered(correct, STEPS_MAX);
        assertThat(group.progress(1).epoch()).isZero();
        group.checkBlames(correct);
    }

    /**
     * A fork: the leader's gateway shows replica 3 other requests under the same names. The leader proposes by reference
     * what it showed to 1 and 2, has their votes, and answers no question about it from then on.
     */
    @Attack("lane fork, data withheld after vote")
    @Seeds(12)
    void whoeverVotedHasTheBodiesAndGivesThemToWhoWasShownOthers(long seed) {
        LogGroup group = group(Scheduler.drawn(seed, 4), seed);
        ReplicaSet correct = ALL.without(0);
        group.twist(0, (to, message) -> withheld(to, message, 3));
        List<Request> shown = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            shown.add(own(0, i, i));
            group.submitTo(ReplicaSet.of(0), shown.getLast());
            group.expect(shown.getLast());
            load(group, i, i + 1);
        }
        group.runUntilDelivered(correct, STEPS_MAX);
        for (Request one : shown) {
            assertThat(group.isExecuted(3, one.id())).isTrue();
        }
        group.checkBlames(correct);
    }

    /** Own bodies go to all but the victim, which gets others in their place; questions are not answered. */
    private static @Nullable Message withheld(int to, Message message, int victim) {
        return switch (message) {
            case Message.Bodies bodies
            when to == victim ->
                new Message.Bodies(bodies.requests().stream()
                        .map(request -> request.id().client() == 0
                                ? own(0, (int) request.id().sequence(), 99)
                                : request)
                        .toList());
            case Message.Fetched fetched -> null;
            default -> message;
        };
    }

    /** The leader names what it shows to nobody: who does not hold a body does not vote for it, and others lead. */
    @Attack("lane fork, data withheld after vote")
    @Seeds(12)
    void whatNobodyButTheLeaderHoldsGetsNoVoteAndStallsNobody(long seed) {
        LogGroup group = group(Scheduler.drawn(seed, 4), seed);
        ReplicaSet correct = ALL.without(0);
        Request secret = own(0, 7, 7);
        group.twist(
                0,
                (to, message) -> message instanceof Message.Propose propose
                        ? new Message.Propose(naming(propose.proposal(), secret))
                        : message);
        load(group, 0, 20);
        group.runUntilDelivered(correct, STEPS_MAX);
        assertThat(group.executedDigests(correct)).doesNotContain(secret.digest());
        assertThat(group.progress(1).epoch()).isPositive();
        group.checkBlames(correct);
    }

    private static Proposal naming(Proposal proposal, Request secret) {
        return Proposal.of(
                LogReplica.CONFIGURATION,
                proposal.epoch(),
                proposal.slot(),
                proposal.timeMicros(),
                List.of(new Entry(Reference.to(secret), null)));
    }

    /**
     * The same at a recovery: nobody leads, replica 3 vouches with one other for what only these two hold, and answers nobody
     * then. Where the COLLECTs of both are chosen the recovery orders it, and the other one has it on its disk.
     */
    @Attack("lane fork, data withheld after vote")
    @Test
    void whatARecoveryOrdersIsHadFromTheOnlyCorrectOneWhoVouched() {
        int ordered = 0;
        for (long seed = 0; seed < 8; seed++) {
            LogGroup group = group(Scheduler.drawn(seed, 4), seed);
            ReplicaSet correct = ALL.without(3);
            for (int replica = 0; replica < 3; replica++) {
                group.group.filter(
                        replica, outgoing -> !(Twisted.message(outgoing.frame()) instanceof Message.Propose));
            }
            group.twist(3, (to, message) -> {
                boolean body = message instanceof Message.Bodies || message instanceof Message.Have;
                return body && to != 1 || message instanceof Message.Fetched ? null : message;
            });
            Request shared = own(3, 0, 0);
            group.submitTo(ReplicaSet.of(3), shared);
            load(group, 0, 10);
            // Whatever was ordered before the last of these is delivered by all then, or nobody goes on.
            group.runUntilDelivered(correct, STEPS_MAX);
            ordered += group.isExecuted(0, shared.id()) && group.isExecuted(2, shared.id()) ? 1 : 0;
            group.checkBlames(correct);
        }
        assertThat(ordered).as("runs in which it was ordered").isPositive();
    }
}
