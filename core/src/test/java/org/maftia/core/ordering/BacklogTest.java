package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.Collect.Waiting;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/** What a recovery orders: all that the correct replicas hold, nothing that only a fault set vouches for. */
class BacklogTest {
    private static final Limits LIMITS = LogGroup.LIMITS;

    private static Waiting waiting(int client, int sequence) {
        Request request = LogGroup.request(client, sequence);
        return Waiting.of(Reference.to(request), request);
    }

    private static Collect collect(int replica, Set<Waiting> backlog) {
        return new Collect(replica, 0, null, List.of(), List.copyOf(new TreeSet<>(backlog)), 0, new byte[0]);
    }

    private static List<ReplicaSet> subsets(ReplicaSet of) {
        List<ReplicaSet> subsets = new ArrayList<>();
        for (long bits = 0; bits <= of.bits(); bits++) {
            if (of.containsAll(new ReplicaSet(bits))) {
                subsets.add(new ReplicaSet(bits));
            }
        }
        return subsets;
    }

    /** For every fault set, every quorum that is read, and every set of correct replicas that hold a request. */
    private static int enumerate(FaultStructure trust) {
        Waiting forged = waiting(64, 0);
        Waiting common = waiting(65, 0);
        Waiting partial = waiting(66, 0);
        int cases = 0;
        for (ReplicaSet liars : trust.maximalFaultSets()) {
            ReplicaSet correct = trust.all().minus(liars);
            for (ReplicaSet read : subsets(trust.all())) {
                for (ReplicaSet holders : trust.isQuorum(read) ? subsets(correct) : List.<ReplicaSet>of()) {
                    List<Collect> collects = read.toList().stream()
                            .map(replica -> collect(
                                    replica,
                                    liars.contains(replica)
                                            ? Set.of(forged, partial)
                                            : holders.contains(replica) ? Set.of(common, partial) : Set.of(common)))
                            .toList();
                    Set<Reference> slot =
                            new Backlog(trust, LIMITS).read(collects, 0).keySet();
                    assertThat(slot).contains(common.reference()).doesNotContain(forged.reference());
                    ReplicaSet vouchers = read.intersection(holders.union(liars));
                    assertThat(slot.contains(partial.reference())).isEqualTo(trust.isKernel(vouchers));
                    cases++;
                }
            }
        }
        return cases;
    }

    @Test
    void kernelsDecideAmongFour() {
        // 4 liars, the 5 sets of at least three replicas, the 8 sets of correct holders.
        assertThat(enumerate(Structures.FOUR)).isEqualTo(160);
    }

    @Seeds(4)
    void kernelsDecideInGeneralStructures(long seed) {
        assertThat(enumerate(Structures.general(seed))).isPositive();
    }

    @Test
    void aFalseLengthVouchesForNothing() {
        Waiting real = waiting(64, 0);
        Waiting false2 = new Waiting(real.reference(), real.length() + 1);
        Backlog backlog = new Backlog(Structures.FOUR, LIMITS);
        List<Collect> one = List.of(collect(0, Set.of(real)), collect(1, Set.of(false2)), collect(2, Set.of()));
        assertThat(backlog.read(one, 0)).isEmpty();
        List<Collect> two = List.of(collect(0, Set.of(real)), collect(1, Set.of(false2)), collect(2, Set.of(real)));
        assertThat(backlog.read(two, 0)).containsOnlyKeys(real.reference());
        assertThat(backlog.read(two, 0)).containsValue(ReplicaSet.of(0, 2));
    }

    @Test
    void theOrderOfTheCollectsChangesNothing() {
        List<Collect> collects = new ArrayList<>();
        for (int replica = 0; replica < 4; replica++) {
            collects.add(collect(replica, Set.of(waiting(64, 0), waiting(65, replica / 2), waiting(66, 0))));
        }
        Backlog backlog = new Backlog(Structures.FOUR, LIMITS);
        List<Reference> slot = List.copyOf(backlog.read(collects, 3).keySet());
        collects.sort(Comparator.comparingInt(Collect::replica).reversed());
        assertThat(backlog.read(collects, 3).keySet()).containsExactlyElementsOf(slot);
    }

    @Test
    void clientsTakeTurnsAndEachGoesByItsNumbers() {
        TreeSet<Waiting> waiting = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(waiting(64, i));
        }
        waiting.addAll(List.of(waiting(65, 5), waiting(65, 9), waiting(70, 0)));
        List<Waiting> taken = new Backlog(Structures.FOUR, LIMITS).inTurn(waiting, 64);
        assertThat(taken)
                .hasSize(LIMITS.batchCountMax())
                .startsWith(waiting(64, 0), waiting(65, 5), waiting(70, 0), waiting(64, 1), waiting(65, 9))
                .endsWith(waiting(64, 12));
    }

    @Test
    void whenNotEvenOneOfEachFitsEveryClientComesFirstOnceInSoManyEpochs() {
        TreeSet<Waiting> waiting = new TreeSet<>();
        for (int client = 64; client < 128; client++) {
            waiting.add(waiting(client, 0));
        }
        Set<Integer> first = new TreeSet<>();
        for (long epoch = 1000; epoch < 1064; epoch++) {
            List<Waiting> taken = new Backlog(Structures.FOUR, LIMITS).inTurn(waiting, epoch);
            first.add(taken.getFirst().reference().id().client());
        }
        assertThat(first).hasSize(64);
    }

    @Test
    void aSlotKeepsToItsLength() {
        TreeSet<Waiting> waiting = new TreeSet<>();
        for (int client = 64; client < 80; client++) {
            waiting.add(new Waiting(waiting(client, 0).reference(), LIMITS.batchLengthMax() / 4));
        }
        assertThat(new Backlog(Structures.FOUR, LIMITS).inTurn(waiting, 0)).hasSize(3);
        Waiting huge = new Waiting(waiting(64, 0).reference(), 2 * LIMITS.batchLengthMax());
        assertThat(new Backlog(Structures.FOUR, LIMITS).inTurn(new TreeSet<>(Set.of(huge)), 0))
                .as("what does not fit even alone must not hold up others")
                .containsExactly(huge);
    }

    @Test
    void encodingIsCanonical() {
        List<Waiting> backlog = List.copyOf(new TreeSet<>(Set.of(waiting(64, 0), waiting(65, 0))));
        Collect ascending = new Collect(1, 2, null, List.of(), backlog, 7, new byte[64]);
        CodecCheck.check(Collect.codec(LIMITS, 4), List.of(ascending));
        for (List<Waiting> bad : List.of(backlog.reversed(), List.of(backlog.getFirst(), backlog.getFirst()))) {
            Collect wrong = new Collect(1, 2, null, List.of(), bad, 7, new byte[64]);
            byte[] bytes = Collect.codec(LIMITS, 4).encode(wrong);
            assertThat(CodecCheck.accepts(Collect.codec(LIMITS, 4), bytes)).isFalse();
        }
    }

    @Test
    void whatACollectNamesIsSigned() {
        Collect one = collect(1, Set.of(waiting(64, 0)));
        Collect other = collect(1, Set.of(waiting(64, 1)));
        assertThat(one.digest(LogReplica.CONFIGURATION)).isNotEqualTo(other.digest(LogReplica.CONFIGURATION));
    }

    /** A replica that lies in no fault set is a kernel alone; without its disk it has nobody else to ask. */
    @Test
    void whoVouchedAloneAndLostTheBodyAsksTheOthers() {
        ReplicaSet all = Structures.FOUR.all();
        assertThat(Harvest.holders(ReplicaSet.of(2), all, 2)).containsExactly(0, 1, 3);
        assertThat(Harvest.holders(null, all, 2)).containsExactly(0, 1, 3);
        assertThat(Harvest.holders(ReplicaSet.of(1, 2), all, 2)).containsExactly(1);
    }
}
