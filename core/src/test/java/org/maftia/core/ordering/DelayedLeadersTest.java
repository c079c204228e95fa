package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.maftia.core.protocol.Path;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Flight;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;

/**
 * An adversary who delays every leader until nobody has patience with it any more: the leader of each epoch in the
 * ordering, and the given leader of each recovery in its agreement. No epoch orders anything; the recoveries do.
 */
class DelayedLeadersTest {
    private static final FaultStructure FOUR = Structures.FOUR;
    private static final int STEPS_MAX = 60_000;

    private static LogGroup delayed(long seed) {
        return delayed(seed, true);
    }

    /** @param recoveriesToo whether the given leader of a recovery is held up as well */
    private static LogGroup delayed(long seed, boolean recoveriesToo) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed);
        Adversary adversary = new Adversary(group, recoveriesToo);
        group.group.delay(adversary::holds);
        return group;
    }

    /** Knows who leads, and looks again as time passes. */
    private static final class Adversary {
        private final LogGroup group;
        private final boolean recoveriesToo;
        private AtomicBroadcast.Progress latest;
        private long lookedMicros;

        /** By frame: a frame that is held is looked at again at every step. */
        private final Map<byte[], Boolean> fastPath = new IdentityHashMap<>();

        Adversary(LogGroup group, boolean recoveriesToo) {
            this.group = group;
            this.recoveriesToo = recoveriesToo;
            this.latest = group.progress(0);
        }

        boolean holds(Flight flight) {
            if (lookedMicros != group.group.nowMicros()) {
                lookedMicros = group.group.nowMicros();
                for (int replica = 0; replica < FOUR.size(); replica++) {
                    AtomicBroadcast.Progress other = group.progress(replica);
                    latest = other.epoch() > latest.epoch() ? other : latest;
                }
            }
            int leader = latest.leader();
            int next = (leader + 1) % FOUR.size();
            return flight.from() == leader && fastPath.computeIfAbsent(flight.frame(), Adversary::isOfFastPath)
                    || recoveriesToo && flight.from() == next && path(flight).equals("order/mvba" + latest.epoch());
        }

        /** The rest of what it says belongs to the recovery, which needs three of four. */
        private static boolean isOfFastPath(byte[] frame) {
            Message message = Twisted.message(frame);
            return message instanceof Message.Propose
                    || message instanceof Message.Write
                    || message instanceof Message.Accept;
        }

        private static String path(Flight flight) {
            return new String(new Reader(flight.frame()).opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
        }
    }

    private static void load(LogGroup group, int first, int last) {
        for (int i = first; i < last; i++) {
            group.submit(LogGroup.request(64 + i % 5, i / 5));
            group.group.run(20, () -> false);
        }
    }

    @Attack("flooded or cut-off leader")
    @Seeds(12)
    void allIsOrderedThoughNoLeaderIsHeardInTime(long seed) {
        LogGroup group = delayed(seed);
        load(group, 0, 40);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        group.checkBlames(FOUR.all());
        assertThat(group.executed(0).values().stream()
                        .filter(slot -> !slot.requests().isEmpty())
                        .count())
                .isPositive();
    }

    /** More than one slot holds, from clients of which one asks for much. */
    @Attack("leader censors")
    @Seeds(8)
    void noClientIsStarvedByAnother(long seed) {
        LogGroup group = delayed(seed);
        for (int i = 0; i < 3 * LogGroup.LIMITS.batchCountMax(); i++) {
            group.submit(LogGroup.request(64, i));
        }
        group.submit(LogGroup.request(90, 0));
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        List<LogReplica.Executed> full = group.executed(0).values().stream()
                .filter(slot -> !slot.requests().isEmpty())
                .toList();
        assertThat(full.getFirst().requests()).contains(LogGroup.request(90, 0).id());
    }

    /** All crash as soon as one of them knows how the epoch ended: nobody but the journals remembers the request. */
    @Seeds(12)
    void whatARecoveryOrderedSurvivesACrashOfAll(long seed) {
        LogGroup group = delayed(seed);
        group.submit(LogGroup.request(64, 0));
        assertThat(group.group.run(STEPS_MAX, () -> begun(group).contains(1L))).isTrue();
        for (int replica = 0; replica < FOUR.size(); replica++) {
            group.group.crash(replica);
        }
        group.group.flights().clear();
        group.group.delay(flight -> false);
        for (int replica = 0; replica < FOUR.size(); replica++) {
            group.group.restart(replica);
        }
        group.connectAll();
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
    }

    /** No leader says anything: after two of them most epochs do without. */
    @Seeds(8)
    void whereLeadersAreMuteEpochsDoWithoutThem(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed);
        muteLeaders(group);
        load(group, 0, 60);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.executed(0).values())
                .anyMatch(
                        slot -> slot.epoch().isLeaderless() && !slot.requests().isEmpty());
        group.checkBlames(FOUR.all());
    }

    /** Who comes by a checkpoint must know which epochs have no leader: two would wait for each other otherwise. */
    @Seeds(12)
    void whoComesByStateGoesOnWithoutLeadersToo(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed);
        muteLeaders(group);
        group.group.crash(3);
        for (int i = 0; group.progress(0).decided() < 3L * LogGroup.LIMITS.checkpointInterval(); i++) {
            group.submit(LogGroup.request(64, i));
            group.runUntilDelivered(FOUR.all().without(3), STEPS_MAX);
        }
        group.group.restart(3);
        group.connectAll();
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        group.group.crash(1);
        load(group, 100, 140);
        group.runUntilDelivered(FOUR.all().without(1), STEPS_MAX);
        group.checkBlames(FOUR.all());
    }

    private static void muteLeaders(LogGroup group) {
        for (int replica = 0; replica < FOUR.size(); replica++) {
            group.group.filter(replica, outgoing -> !(Twisted.message(outgoing.frame()) instanceof Message.Propose));
        }
    }

    private static TreeSet<Long> begun(LogGroup group) {
        TreeSet<Long> epochs = new TreeSet<>();
        for (int replica = 0; replica < FOUR.size(); replica++) {
            epochs.add(group.progress(replica).epoch());
        }
        return epochs;
    }

    /** The bodies that a replica lacks are pulled from those who vouched. */
    @Seeds(8)
    void whoNeverSawTheRequestsDeliversThemToo(long seed) {
        LogGroup group = delayed(seed);
        ReplicaSet shown = FOUR.all().without(3);
        for (int i = 0; i < 10; i++) {
            group.submitTo(shown, LogGroup.request(64, i));
            group.expect(LogGroup.request(64, i));
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
    }

    @Seeds(8)
    void whoWasAwayDuringRecoveriesCatchesUp(long seed) {
        LogGroup group = delayed(seed);
        load(group, 0, 5);
        group.group.crash(3);
        group.group.delay(flight -> false);
        load(group, 5, 10);
        ReplicaSet present = FOUR.all().without(3);
        group.runUntilDelivered(present, STEPS_MAX);
        group.group.restart(3);
        group.connectAll();
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        group.checkBlames(FOUR.all());
    }

    /**
     * A corrupt replica vouches for what no client sent, in COLLECTs that are properly signed. Nobody gets the COLLECT that
     * its own proposals name, so it cannot end a recovery, and with another one held up there too no quorum would be left.
     */
    @Attack("trimmed or lying COLLECT")
    @Seeds(8)
    void whatOnlyOneVouchesForIsNotOrdered(long seed) {
        LogGroup group = delayed(seed, false);
        Request forged = LogGroup.request(99, 1);
        IdealCertifier certifier = new IdealCertifier(3);
        group.twist(3, (to, message) -> {
            if (message instanceof Message.Collected collected
                    && collected.collect().replica() == 3) {
                Collect c = collected.collect();
                List<Collect.Waiting> backlog = new ArrayList<>(c.backlog());
                backlog.add(Collect.Waiting.of(Reference.to(forged), forged));
                backlog = backlog.stream().sorted().distinct().toList();
                Collect lie = new Collect(3, c.epoch(), c.stable(), c.votes(), backlog, c.clockMicros(), new byte[0]);
                return new Message.Collected(lie.signed(certifier.sign(lie.digest(LogReplica.CONFIGURATION))));
            }
            return message;
        });
        load(group, 0, 20);
        // Checks that no slot holds what no client sent.
        group.runUntilDelivered(FOUR.all().without(3), STEPS_MAX);
        group.checkBlames(FOUR.all().without(3));
    }
}
