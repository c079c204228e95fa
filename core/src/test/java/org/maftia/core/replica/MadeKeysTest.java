package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Writer;

/** Four whole replicas make the key with which they sign, as soon as their log begins, without anybody who deals it. */
class MadeKeysTest {
    private static final int[] EVERYBODY = {0, 1, 2, 3};
    private static final List<String> DEALT = List.of(KeptKeys.COIN, KeptKeys.CONFIDENTIAL);

    private static KeptKeys group(TestGroup.Scheduler scheduler, long seed) {
        return group(scheduler, seed, (replica, correct) -> correct);
    }

    private static KeptKeys group(
            TestGroup.Scheduler scheduler,
            long seed,
            BiFunction<Integer, Automaton<Input, Output>, Automaton<Input, Output>> conduct) {
        return new KeptKeys(scheduler, seed, false, DEALT, conduct);
    }

    private static void awaitKey(KeptKeys keys, int... replicas) {
        keys.runUntil(
                () -> Arrays.stream(replicas)
                        .allMatch(replica ->
                                keys.holds(replica, KeptKeys.BEACON, 0) || keys.holds(replica, KeptKeys.BEACON, 1)),
                "the group made its key");
    }

    /** Nobody wishes for anything: the first slot, which a replica asks for when time has come, begins it. */
    @Seeds(6)
    void theKeyComesByItselfAndIsTheSameEverywhere(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.drawn(seed, 4), seed);
        awaitKey(keys, EVERYBODY);
        keys.assertSigned("round", keys.answer(keys.sign("round"), EVERYBODY));
        for (int replica : EVERYBODY) {
            keys.runUntil(() -> keys.shownBy(replica).isPresent(), "a quorum certified it to r" + replica);
            assertThat(keys.onDisk(replica, KeptKeys.BEACON)).containsExactly(1L);
        }
        keys.madeKey();
        keys.assertNobodyIsBlamed();
    }

    @Test
    void untilItIsThereNothingIsSignedAndNobodyHolds() {
        KeptKeys keys = group(TestGroup.Scheduler.OLDEST_FIRST, 1);
        // Whose first operation comes before the key is answered at once: the desk echoes what it cannot have signed.
        byte[] echoed = keys.answer(keys.sign("early"), EVERYBODY);
        assertThat(echoed).isEqualTo(KeptKeys.text("searly"));
        assertThat(keys.shownBy(0)).isEmpty();
        awaitKey(keys, EVERYBODY);
        keys.assertSigned("later", keys.answer(keys.sign("later"), EVERYBODY));
    }

    @Seeds(4)
    void itIsRenewedLikeEveryOther(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.drawn(seed, 4), seed);
        awaitKey(keys, EVERYBODY);
        byte[] first = keys.answer(keys.sign("round"), EVERYBODY);
        for (int epoch = 1; epoch <= 2; epoch++) {
            keys.renew(KeptKeys.BEACON, epoch, EVERYBODY);
            assertThat(keys.answer(keys.sign("round"), EVERYBODY)).isEqualTo(first);
        }
        keys.assertSigned("round", first);
        keys.assertNobodyIsBlamed();
    }

    /** The one that is killed as it writes its n-th record starts again: the key came without it, or waited, and it has its share. */
    @Seeds(16)
    void aReplicaThatIsKilledWhileTheKeyIsMadeHasItsShareInTheEnd(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.UNIFORM, seed);
        int victim = (int) (seed % 4);
        keys.group.crashAfterRecords(victim, (int) seed);
        keys.group.run(3_000, () -> false);
        keys.group.crash(victim);
        keys.group.restart(victim);
        keys.connectAll(victim);
        awaitKey(keys, EVERYBODY);
        keys.assertSigned("round", keys.answer(keys.sign("round"), EVERYBODY));
    }

    /** Whoever does not come is waited for as long as patience lasts, and no longer; when he is back he asks for a share. */
    @Test
    void aQuorumMakesItWithoutWhoIsAway() {
        KeptKeys keys = group(TestGroup.Scheduler.OLDEST_FIRST, 3);
        keys.group.crash(2);
        awaitKey(keys, 0, 1, 3);
        keys.assertSigned("round", keys.answer(keys.sign("round"), 0, 1, 3));
        keys.group.restart(2);
        keys.connectAll(2);
        keys.assertSigned("again", keys.answer(keys.sign("again"), EVERYBODY));
        assertThat(keys.holds(2, KeptKeys.BEACON, 0)).isFalse();
        keys.runUntil(
                () -> Arrays.stream(EVERYBODY).allMatch(replica -> keys.holds(replica, KeptKeys.BEACON, 1)),
                "all have shares, and nobody had to ask for that but who had none");
        keys.assertSigned("all", keys.answer(keys.sign("all"), EVERYBODY));
    }

    /** A group of which all crash goes on, be the key made or not, and never makes another one. */
    @Seeds(5)
    void aGroupThatCrashesGoesOnWithTheKeyThatItMade(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.UNIFORM, seed);
        keys.group.run((int) (400 * seed), () -> false);
        for (int replica : EVERYBODY) {
            keys.group.crash(replica);
        }
        keys.group.flights().clear();
        for (int replica : EVERYBODY) {
            keys.group.restart(replica);
        }
        for (int replica : EVERYBODY) {
            keys.connectAll(replica);
        }
        awaitKey(keys, EVERYBODY);
        keys.assertSigned("round", keys.answer(keys.sign("round"), EVERYBODY));
        keys.runUntil(() -> keys.shownBy(0).isPresent(), "certified");
        keys.madeKey();
    }

    @Attack("dealer of a key that the group makes deals falsely")
    @Seeds(12)
    void aFalseDealerSpoilsNothing(long seed) {
        Manner manner = Manner.values()[(int) (seed % Manner.values().length)];
        int dealer = (int) (seed % 4);
        KeptKeys keys = group(
                TestGroup.Scheduler.drawn(seed, 4),
                seed,
                (replica, correct) -> replica == dealer ? new FalseDealer(correct, manner) : correct);
        int[] others =
                Arrays.stream(EVERYBODY).filter(replica -> replica != dealer).toArray();
        awaitKey(keys, others);
        keys.assertSigned("round", keys.answer(keys.sign("round"), others));
        for (int replica : others) {
            assertThat(keys.group.blames(replica)).allMatch(blame -> blame.replica() == dealer);
        }
    }

    private enum Manner {
        WITHHELD,
        SAME_FOR_ALL,
        DIFFERENT,

        /** The power in the second group is that of the opposite number: a point like any other, and of another key. */
        OPPOSITE_TWIST
    }

    /**
     * Alters its own DEAL on the way out: what is sealed for the last recipients, so that only they see it, or what all see but
     * only a pairing tells from the truth.
     */
    private static final class FalseDealer implements Automaton<Input, Output> {
        private static final byte[] DEAL =
                new Writer().u8(3).string(KeptKeys.BEACON).toBytes();

        /** As many bytes from the end as the sealed shares of one recipient have, and more. */
        private static final int END = 60;

        /** Where the power in the second group is: behind a point, a proof of two numbers, and the power in the first. */
        private static final int TWIST = 48 + 64 + 48;

        private final Automaton<Input, Output> correct;
        private final Manner manner;

        FalseDealer(Automaton<Input, Output> correct, Manner manner) {
            this.correct = correct;
            this.manner = manner;
        }

        @Override
        public void start(List<byte[]> journal) {
            correct.start(journal);
        }

        @Override
        public void received(int from, byte[] frame, long now) {
            correct.received(from, frame, now);
        }

        @Override
        public void input(Input input, long now) {
            correct.input(input, now);
        }

        @Override
        public void tick(long now) {
            correct.tick(now);
        }

        @Override
        public void computed(long id, Object result, long now) {
            correct.computed(id, result, now);
        }

        @Override
        public long nextWakeMicros() {
            return correct.nextWakeMicros();
        }

        @Override
        public Ready<Output> drain() {
            Ready<Output> ready = correct.drain();
            List<Ready.Outgoing> instead = new ArrayList<>();
            for (Ready.Outgoing outgoing : ready.sends()) {
                int end = end(outgoing.frame());
                if (end < 0) {
                    instead.add(outgoing);
                } else if (manner != Manner.WITHHELD) {
                    byte[] frame = outgoing.frame().clone();
                    if (manner == Manner.OPPOSITE_TWIST) {
                        frame[begin(frame) + TWIST] ^= 0x20; // which of two opposite points a compressed one is
                    } else {
                        frame[end - 1 - (manner == Manner.DIFFERENT ? outgoing.to() : 0)] ^= 1;
                    }
                    instead.add(new Ready.Outgoing(outgoing.to(), frame));
                }
            }
            return ready.with(instead);
        }

        /** Where the dealing in the frame ends; -1: there is none. */
        private static int end(byte[] frame) {
            int begin = begin(frame);
            return begin < 0
                    ? -1
                    : begin
                            + java.nio.ByteBuffer.wrap(frame, begin - Integer.BYTES, Integer.BYTES)
                                    .getInt();
        }

        /** Where it begins; -1: there is none. */
        private static int begin(byte[] frame) {
            for (int start = 0; start + DEAL.length + Long.BYTES + Integer.BYTES < frame.length; start++) {
                if (Arrays.equals(frame, start, start + DEAL.length, DEAL, 0, DEAL.length)) {
                    int at = start + DEAL.length + Long.BYTES;
                    int length =
                            java.nio.ByteBuffer.wrap(frame, at, Integer.BYTES).getInt();
                    int end = at + Integer.BYTES + length;
                    if (length > END && end > 0 && end <= frame.length) {
                        return at + Integer.BYTES;
                    }
                }
            }
            return -1;
        }
    }
}
