package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.MemoryKeeper;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;

/** Whole replicas that renew a key of theirs through their own log. */
class KeyRenewalTest {
    private static final String KEY = "shared";
    private static final KeyUpkeep.Pace PACE = new KeyUpkeep.Pace(0, 1, 2_000_000, 30_000_000);
    private static final int SCALAR_LENGTH = 32;
    private static final int STEPS_MAX = 40_000;

    private final List<MemoryKeeper> keepers = new ArrayList<>();
    private final DiscreteLogDealer.Dealing dealing =
            DiscreteLogDealer.deal("group", KEY, CellGroup.TRUST.sharing(), new SeededEntropy(1));
    private long sequence;

    private CellGroup group(TestGroup.Scheduler scheduler, long seed) {
        return group(scheduler, seed, Limits.DEFAULT.batchCountMax());
    }

    private CellGroup group(TestGroup.Scheduler scheduler, long seed, int batchCountMax) {
        for (int i = 0; i < 4; i++) {
            // Nothing is erased: so that all secrets that there ever were can be looked for where none must be.
            MemoryKeeper keeper = new MemoryKeeper(true);
            keeper.keep(KEY, 0, DiscreteLogShares.CODEC.encode(dealing.sharesOf(i)));
            keepers.add(keeper);
        }
        KeyUpkeep upkeep = new KeyUpkeep("group", KEY, CellGroup.TRUST.sharing(), dealing.key(), PACE);
        return new CellGroup(
                scheduler,
                seed,
                batchCountMax,
                replica -> new KeyCare(List.of(upkeep), keepers.get(replica), new SeededEntropy(seed * 10 + replica)));
    }

    private static boolean holds(CellGroup cells, int replica, long epoch) {
        return cells.outputs(replica, Output.Renewed.class).stream()
                .anyMatch(renewed -> renewed.key().epoch() == epoch && renewed.holds());
    }

    private static void untilAllHold(CellGroup cells, long epoch, int... replicas) {
        assertThat(cells.group.run(400_000, () -> {
                    for (int replica : replicas) {
                        if (!holds(cells, replica, epoch)) {
                            return false;
                        }
                    }
                    return true;
                }))
                .as("all hold epoch %d", epoch)
                .isTrue();
    }

    @Seeds(4)
    void aWishAtOneReplicaGivesAllNewSharesOfTheSameSecret(long seed) {
        CellGroup cells = group(TestGroup.Scheduler.drawn(seed, 4), seed);
        untilAllHold(cells, 0, 0, 1, 2, 3);
        cells.group.input((int) (seed % 4), new Input.Renew(KEY));
        untilAllHold(cells, 1, 0, 1, 2, 3);
        for (int i = 0; i < 4; i++) {
            for (Output.Renewed renewed : cells.outputs(i, Output.Renewed.class)) {
                assertThat(renewed.key().publicKey()).isEqualTo(dealing.key().publicKey());
                assertThat(renewed.key().isConsistent()).isTrue();
            }
            assertThat(cells.group.blames(i)).isEmpty();
        }
    }

    /** Somebody wishes at every step, at all replicas, and slots hold one request: what the replicas say of it comes through. */
    @Test
    void whoWishesWithoutEndDoesNotKeepMembersFromTakingPart() {
        CellGroup cells = group(TestGroup.Scheduler.OLDEST_FIRST, 1, 1);
        untilAllHold(cells, 0, 0, 1, 2, 3);
        int[] steps = {0};
        boolean renewed = cells.group.run(STEPS_MAX, () -> {
            cells.group.input(steps[0]++ % 4, new Input.Renew(KEY));
            return holds(cells, 0, 1) && holds(cells, 1, 1) && holds(cells, 2, 1) && holds(cells, 3, 1);
        });
        assertThat(renewed).as(cells.replicas.getFirst().status().toString()).isTrue();
    }

    /** Journals are on disks that nobody encrypts, and states are fetched by peers. */
    @Attack("mobile adversary gathers shares over time")
    @Test
    void noSecretOfAKeyIsInAJournalAStateOrAFrame() {
        CellGroup cells = group(TestGroup.Scheduler.OLDEST_FIRST, 1);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            cells.group.filter(i, outgoing -> frames.add(outgoing.frame()));
        }
        for (int epoch = 1; epoch <= 2; epoch++) {
            cells.group.input(0, new Input.Renew(KEY));
            untilAllHold(cells, epoch, 0, 1, 2, 3);
        }
        List<byte[]> open = new ArrayList<>(frames);
        for (int i = 0; i < 4; i++) {
            open.addAll(cells.group.journal(i));
        }
        assertThat(open).anyMatch(bytes -> contains(bytes, dealing.key().publicKey()));
        for (MemoryKeeper keeper : keepers) {
            assertThat(keeper.all(KEY).keySet()).containsExactly(0L, 1L, 2L);
            assertThat(keeper.all(KEY + "/recipient").keySet()).containsExactly(1L, 2L);
            List<byte[]> secrets =
                    new ArrayList<>(keeper.all(KEY + "/recipient").values());
            keeper.all(KEY).values().forEach(bytes -> secrets.add(scalar(bytes)));
            for (byte[] secret : secrets) {
                assertThat(open).noneMatch(bytes -> contains(bytes, secret));
            }
        }
    }

    /** The one share of a replica of four stands at the end of their encoding. */
    private static byte[] scalar(byte[] shares) {
        return Arrays.copyOfRange(shares, shares.length - SCALAR_LENGTH, shares.length);
    }

    private static boolean contains(byte[] bytes, byte[] part) {
        for (int start = 0; start + part.length <= bytes.length; start++) {
            if (Arrays.equals(bytes, start, start + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    /** One that is down while the others renew comes back by its journal, or by a state where they have forgotten. */
    @Seeds(4)
    void aReplicaThatWasAwayKnowsThePresentKeyAndHasSharesAfterTheNextRenewal(long seed) {
        CellGroup cells = group(TestGroup.Scheduler.OLDEST_FIRST, seed);
        untilAllHold(cells, 0, 0, 1, 2, 3);
        cells.group.crash(3);
        cells.group.input(0, new Input.Renew(KEY));
        untilAllHold(cells, 1, 0, 1, 2);
        for (int i = 0; i < seed * CellGroup.INTERVAL; i++) {
            submit(cells, 0, 1, 2);
        }
        cells.group.restart(3);
        cells.connectAll(3);
        submit(cells, 0, 1, 2);
        assertThat(cells.group.run(400_000, () -> knows(cells, 3, 1))).isTrue();
        assertThat(holds(cells, 3, 1)).as("nobody dealt to it").isFalse();
        cells.group.input(1, new Input.Renew(KEY));
        untilAllHold(cells, 2, 0, 1, 2, 3);
    }

    private static boolean knows(CellGroup cells, int replica, long epoch) {
        return cells.outputs(replica, Output.Renewed.class).stream()
                .anyMatch(renewed -> renewed.key().epoch() == epoch);
    }

    private void submit(CellGroup cells, int... replicas) {
        Request request = new Request(new RequestId(64, 1, sequence++), CellGroup.call("x"));
        for (int replica : replicas) {
            cells.group.input(replica, new Input.Submit(request));
        }
        assertThat(cells.group.run(
                        400_000,
                        () -> cells.outputs(replicas[0], Output.Reply.class).stream()
                                .anyMatch(reply -> reply.id().equals(request.id()))))
                .isTrue();
    }

    /** What was decided and not certified is executed again from the journal; what the keeper has is there. */
    @Seeds(4)
    void aGroupThatCrashesAltogetherInTheMidstOfARenewalGoesOnWithIt(long seed) {
        CellGroup cells = group(TestGroup.Scheduler.OLDEST_FIRST, seed);
        untilAllHold(cells, 0, 0, 1, 2, 3);
        cells.group.input(0, new Input.Renew(KEY));
        int steps = 40 + 60 * (int) seed;
        for (int i = 0; i < steps && !holds(cells, 0, 1); i++) {
            cells.group.step();
        }
        for (int i = 0; i < 4; i++) {
            cells.group.crash(i);
        }
        for (int i = 0; i < 4; i++) {
            cells.group.restart(i);
        }
        for (int i = 0; i < 4; i++) {
            cells.connectAll(i);
        }
        cells.group.input(2, new Input.Renew(KEY));
        untilAllHold(cells, 1, 0, 1, 2, 3);
    }
}
