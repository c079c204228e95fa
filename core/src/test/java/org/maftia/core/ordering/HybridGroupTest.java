package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;

/** Groups that order with trusted components: fewer replicas, the same promises. */
class HybridGroupTest {
    private static final int STEPS_MAX = 400_000;

    private static LogGroup group(FaultStructure trust, long seed) {
        return new LogGroup(
                trust,
                Scheduler.drawn(seed, trust.size()),
                seed,
                LogGroup.LIMITS,
                new IdealComponents(seed, trust.size()),
                1 + (int) (seed % 3));
    }

    /** Three replicas, five, the 3 x 3 grid that loses a site and a system, or any structure with Q2. */
    private static FaultStructure structure(long seed) {
        return switch ((int) (seed % 5)) {
            case 0, 1 -> FaultStructure.threshold(3, 1);
            case 2 -> FaultStructure.threshold(5, 2);
            case 3 -> grid();
            default -> general(seed);
        };
    }

    static FaultStructure grid() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            SortedMap<String, String> attributes = new TreeMap<>();
            attributes.put("site", "s" + i / 3);
            attributes.put("os", "o" + i % 3);
            members.add(new Member("r" + i, attributes));
        }
        SortedMap<String, Integer> classes = new TreeMap<>();
        classes.put("site", 1);
        classes.put("os", 1);
        return FaultStructure.compile(
                TrustPolicy.of(TrustPolicy.Model.HYBRID, List.of("site", "os"), List.of(new Clause.Joint(classes, 0))),
                members);
    }

    private static FaultStructure general(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int size = 3 + random.nextInt(4);
        for (int attempt = 0; attempt < 1000; attempt++) {
            List<Member> members = new ArrayList<>();
            List<List<String>> sets = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                members.add(new Member("r" + i, new TreeMap<>(Map.of("host", "h" + i))));
            }
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                List<String> set = new ArrayList<>();
                for (int replica = 0; replica < size; replica++) {
                    if (random.nextInt(2) == 0) {
                        set.add("r" + replica);
                    }
                }
                sets.add(set);
            }
            try {
                return FaultStructure.compile(
                        TrustPolicy.of(TrustPolicy.Model.HYBRID, List.of("host"), List.of(new Clause.Sets(sets))),
                        members);
            } catch (TrustException refused) {
                // Two of the sets cover the group: draw again.
                continue;
            }
        }
        throw new IllegalStateException("no structure found");
    }

    @Seeds(10)
    void allDeliverTheSameWhateverTheScheduler(long seed) {
        LogGroup group = group(structure(seed), seed);
        group.group.loss(seed % 2 == 0 ? 0 : 100);
        for (int number = 0; number < 30; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
        }
        group.runUntilDelivered(group.trust.all(), STEPS_MAX);
        group.checkBlames(group.trust.all());
    }

    @Attack("one malicious of three")
    @Seeds(10)
    void afterALeaderFellSilentTheOthersGoOn(long seed) {
        LogGroup group = group(structure(seed), seed);
        ReplicaSet lost = group.trust.maximalFaultSets().stream()
                .filter(set -> set.contains(0))
                .findFirst()
                .orElse(group.trust.maximalFaultSets().getFirst());
        for (int number = 0; number < 10; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
        }
        group.group.run(20 + (int) (seed * 7 % 200), () -> false);
        lost.forEach(group.group::crash);
        for (int number = 10; number < 30; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
        }
        group.runUntilDelivered(group.trust.all().minus(lost), STEPS_MAX);
        group.checkBlames(group.trust.all());
    }

    @Seeds(10)
    void impatientReplicasChangeViewsAndLoseNothing(long seed) {
        LogGroup group = group(structure(seed), seed);
        group.group.earlyAlarms(300);
        for (int number = 0; number < 20; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
            group.group.run(30, () -> false);
        }
        group.group.earlyAlarms(0);
        group.runUntilDelivered(group.trust.all(), STEPS_MAX);
        group.checkBlames(group.trust.all());
    }

    @Seeds(15)
    void aCrashAtAnyRecordContradictsNothing(long seed) {
        LogGroup group = group(FaultStructure.threshold(3, 1), seed);
        SplittableRandom random = new SplittableRandom(seed);
        group.group.earlyAlarms(100);
        for (int number = 0; number < 20; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
            int victim = random.nextInt(3);
            if (number % 3 == 0) {
                group.group.crashAfterRecords(victim, group.group.records(victim) + random.nextInt(8));
            }
            group.group.run(30, () -> false);
            for (int replica = 0; replica < 3; replica++) {
                if (!group.group.isUp(replica)) {
                    group.group.restart(replica);
                }
            }
        }
        group.group.earlyAlarms(0);
        for (int replica = 0; replica < 3; replica++) {
            // The limit may strike later; then it is lifted now.
            group.group.crash(replica);
            group.group.restart(replica);
        }
        group.connectAll();
        // Requests live in memory only where nobody voted for them: their clients repeat them.
        for (int number = 0; number < 20; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
        }
        group.runUntilDelivered(group.trust.all(), STEPS_MAX);
        group.checkBlames(group.trust.all());
    }

    @Attack("journal lost, counters kept")
    @Seeds(5)
    void whoLostItsJournalIsMuteUntilACheckpointCoversIt(long seed) {
        LogGroup group = group(FaultStructure.threshold(3, 1), seed);
        for (int number = 0; number < 12; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
            group.group.run(30, () -> false);
        }
        group.runUntilDelivered(group.trust.all(), STEPS_MAX);
        int victim = (int) (seed % 3);
        group.loseJournal(victim);
        group.group.restart(victim);
        assertThat(group.progress(victim).abstaining()).isTrue();
        for (int number = 12; number < 60; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
            group.group.run(60, () -> false);
        }
        group.runUntilDelivered(group.trust.all(), STEPS_MAX);
        assertThat(group.progress(victim).abstaining()).isFalse();
        // Now another one may fall, and the one that forgot is needed.
        group.group.crash((victim + 1) % 3);
        for (int number = 60; number < 70; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
        }
        group.runUntilDelivered(group.trust.all().without((victim + 1) % 3), STEPS_MAX);
        group.checkBlames(group.trust.all());
    }

    @Attack("counters lost, epoch not announced")
    @Seeds(6)
    void whoLostItsCountersTakesPartAgainOnceTheLogKnowsItsEpoch(long seed) {
        FaultStructure trust = structure(seed);
        IdealComponents components = new IdealComponents(seed, trust.size());
        LogGroup group = new LogGroup(
                trust, Scheduler.drawn(seed, trust.size()), seed, LogGroup.LIMITS, components, 1 + (int) (seed % 3));
        int victim = (int) (seed % trust.size());
        group.submit(LogGroup.request(100, 0));
        group.runUntilDelivered(trust.all(), STEPS_MAX);
        components.lose(victim);
        if (seed % 2 == 0) {
            group.loseJournal(victim);
        }
        group.group.crash(victim);
        group.group.restart(victim);
        group.connect(victim);
        for (int number = 1; number < 40; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
            group.group.run(20, () -> false);
        }
        group.runUntilDelivered(trust.all(), STEPS_MAX);
        assertThat(group.group.run(STEPS_MAX, () -> !group.progress(victim).abstaining()))
                .isTrue();
        // Now others fall, and what its component certifies is needed.
        ReplicaSet lost = trust.maximalFaultSets().stream()
                .filter(set -> !set.contains(victim) && set.size() > 0)
                .findFirst()
                .orElse(ReplicaSet.EMPTY);
        lost.forEach(group.group::crash);
        for (int number = 40; number < 60; number++) {
            group.submit(LogGroup.request(100 + number % 3, number));
        }
        group.runUntilDelivered(trust.all().minus(lost), STEPS_MAX);
        group.checkBlames(trust.all());
    }

    @Attack("all trusted components restart, one after the other")
    @Seeds(6)
    void componentsBeginNewEpochsUnderLoadAndNothingIsLost(long seed) {
        IdealComponents components = new IdealComponents(seed, 3);
        LogGroup group = new LogGroup(
                FaultStructure.threshold(3, 1), Scheduler.drawn(seed, 3), seed, LogGroup.LIMITS, components, 1);
        for (int number = 0; number < 60; number++) {
            int victim = number / 20;
            if (number % 20 == 5) {
                components.lose(victim);
            }
            if (number % 20 == 5 && seed % 2 == 0) {
                group.group.crash(victim);
                group.group.restart(victim);
                group.connect(victim);
            }
            group.submit(LogGroup.request(100 + number % 3, number));
            group.group.run(60, () -> false);
            if (number % 20 == 19) {
                group.runUntilDelivered(group.trust.all(), STEPS_MAX);
                assertThat(group.group.run(STEPS_MAX, () -> group.isRenewed(victim)))
                        .isTrue();
            }
        }
        group.runUntilDelivered(group.trust.all(), STEPS_MAX);
        group.checkBlames(group.trust.all());
    }
}
