package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.ReplicaSet;

/** Requests under their clients' signatures: given to one replica, half-sent, altered, and used against others. */
class SignedRequestsTest {
    private static final int STEPS_MAX = 400_000;
    private static final int CLIENT = 80;
    private static final ReplicaSet ALL = Structures.FOUR.all();

    private static LogGroup four(long seed) {
        return new LogGroup(Structures.FOUR, Scheduler.drawn(seed, 4), seed);
    }

    private static void load(LogGroup group, int first, int last) {
        for (int i = first; i < last; i++) {
            group.submit(LogGroup.request(90, i));
        }
    }

    private static Request signed(int sequence) {
        return LogGroup.signed(LogGroup.request(CLIENT, sequence)).getFirst();
    }

    private static boolean saysSuspect(LogGroup group) {
        return group.group.flights().stream()
                .anyMatch(flight -> Twisted.message(flight.frame()) instanceof Message.Suspect);
    }

    @Seeds(12)
    void aRequestGivenToOneReplicaIsDeliveredByAll(long seed) {
        LogGroup group = four(seed);
        for (int i = 0; i < 10; i++) {
            List<Request> batch = LogGroup.signed(
                    LogGroup.request(CLIENT + i, 0), LogGroup.request(CLIENT + i, 1), LogGroup.request(CLIENT + i, 2));
            for (Request request : batch) {
                group.carryTo(i % 4, request);
                group.expect(request);
            }
        }
        group.runUntilDelivered(ALL, STEPS_MAX);
        group.checkBlames(ALL);
    }

    @Seeds(4)
    void whatWasHandedOnIsDeliveredThoughTheFirstReplicaCrashesThen(long seed) {
        LogGroup group = four(4 * seed + 3);
        Request request = signed(1);
        group.carryTo(3, request);
        // Its word has left for everybody, and so have the bodies.
        group.group.run(3, () -> false);
        group.group.crash(3);
        group.expect(request);
        group.runUntilDelivered(ALL.without(3), STEPS_MAX);
    }

    /** The true seal of another request under an altered one, in another session, and with another number. */
    @Attack("leader forges, alters, replays requests")
    @Seeds(12)
    void aLeaderCannotUseASignatureForWhatItsClientDidNotSign(long seed) {
        LogGroup group = four(seed);
        Request real = signed(1);
        Seal seal = real.seal();
        List<Request> forged = List.of(
                new Request(real.id(), new byte[] {66}, seal),
                new Request(new RequestId(CLIENT, 2, 1), real.operation(), seal),
                new Request(new RequestId(CLIENT, 1, 2), real.operation(), seal),
                new Request(new RequestId(CLIENT + 1, 1, 1), real.operation(), seal));
        Request one = forged.get((int) (seed % forged.size()));
        group.twist(0, (to, message) -> {
            if (message instanceof Message.Propose propose) {
                Proposal p = propose.proposal();
                return new Message.Propose(Proposal.of(
                        LogReplica.CONFIGURATION,
                        p.epoch(),
                        p.slot(),
                        p.timeMicros(),
                        List.of(new Entry(Reference.to(one), one))));
            }
            return message;
        });
        ReplicaSet correct = ALL.without(0);
        group.submit(real);
        load(group, 0, 20);
        group.runUntilDelivered(correct, STEPS_MAX);
        // No slot holds what its client did not send: runUntilDelivered checks that, but for an altered operation.
        assertThat(group.executedDigests(correct)).doesNotContain(one.digest());
        assertThat(group.isBlamed(0, correct)).isTrue();
        group.checkBlames(correct);
    }

    /** The leader is convinced by the signature, and shows it to the others: they need not ask. */
    @Attack("partial authentication (\"big MAC\"), half-sent requests")
    @Seeds(12)
    void aSignedRequestShownToTheLeaderOnlyIsDeliveredAndStallsNothing(long seed) {
        LogGroup group = four(4 * seed + 3);
        for (int i = 0; i < 20; i++) {
            Request request = signed(i);
            group.submitTo(ReplicaSet.of(0), request);
            group.expect(request);
            load(group, i, i + 1);
        }
        group.runUntilDelivered(ALL, STEPS_MAX);
        assertThat(group.progress(1).epoch()).isZero();
        group.checkBlames(ALL);
    }

    /** Neither does one without, nor one under a false signature: these are no more than half-sent. */
    @Attack("partial authentication (\"big MAC\"), half-sent requests")
    @Seeds(12)
    void falseSignaturesShownToTheLeaderStallNothingAndTheClientIsNamed(long seed) {
        LogGroup group = four(4 * seed + 3);
        for (int i = 0; i < 20; i++) {
            Request garbage = LogGroup.request(CLIENT, i).with(new Seal(0, 1, List.of(), new byte[] {1}));
            group.submitTo(ReplicaSet.of(0), garbage);
            load(group, i, i + 1);
        }
        group.runUntilDelivered(ALL, STEPS_MAX);
        assertThat(group.progress(1).epoch()).isZero();
        assertThat(group.group.outputs(0)).contains(new AtomicBroadcast.Forged(CLIENT));
        group.checkBlames(ALL);
    }

    /**
     * A corrupt replica hands a signed request to one correct replica only, and not to the leader. That one is convinced,
     * so it waits for the leader; but it shows the request to the leader, with the signature, before it suspects.
     */
    @Attack("corrupt lane owner frames the leader")
    @Seeds(8)
    void whoGetsASignedRequestAloneShowsItToTheLeaderBeforeItSuspects(long seed) {
        LogGroup group = new LogGroup(Structures.FOUR, Scheduler.OLDEST_FIRST, seed);
        int confidant = 1 + (int) (seed % 2);
        group.twist(3, (to, message) -> {
            boolean tells = message instanceof Message.Bodies || message instanceof Message.Have;
            return tells && to != confidant ? null : message;
        });
        Request request = signed(1);
        group.carryTo(3, request);
        group.expect(request);
        boolean[] suspected = {false};
        group.group.run(20_000, () -> {
            suspected[0] |= saysSuspect(group);
            return group.hasDelivered(ALL.without(3), List.of(request.id()));
        });
        group.runUntilDelivered(ALL.without(3), STEPS_MAX);
        assertThat(suspected[0]).as("somebody gave up on the leader").isFalse();
        assertThat(group.progress(1).epoch()).isZero();
        group.checkBlames(ALL.without(3));
    }

    @Attack("leader forges, alters, replays requests")
    @Test
    void aPeerThatHandsOnAFalseSignatureIsBlamedAndNothingComesOfIt() {
        LogGroup group = four(3);
        Request garbage = LogGroup.request(CLIENT, 1).with(new Seal(0, 1, List.of(), new byte[] {1}));
        group.group.inject(2, 1, Twisted.frame(new Message.Bodies(List.of(garbage))));
        load(group, 0, 5);
        group.runUntilDelivered(ALL, STEPS_MAX);
        assertThat(group.isBlamed(2, ReplicaSet.of(1))).isTrue();
        assertThat(group.executedDigests(ALL)).doesNotContain(garbage.digest());
    }

    /** After a crash of all, the log goes on with what was signed: proposals in the journal keep what convinced. */
    @Seeds(8)
    void signedRequestsSurviveACrashOfAll(long seed) {
        LogGroup group = four(seed);
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            requests.add(signed(i));
            group.carryTo(i % 4, requests.getLast());
        }
        group.group.run(100 + 20 * (int) seed, () -> false);
        for (int replica = 0; replica < 4; replica++) {
            group.group.crash(replica);
        }
        for (int replica = 0; replica < 4; replica++) {
            group.group.restart(replica);
        }
        group.connectAll();
        // The client loses patience and goes to all, each request in its own session.
        requests.forEach(group::submit);
        group.runUntilDelivered(ALL, STEPS_MAX);
        group.checkBlames(ALL);
    }
}
