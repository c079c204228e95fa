package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;

/** The keys that a group uses are renewed while it uses them: nobody who relies on them notices. */
class RenewedKeysTest {
    private static final int[] EVERYBODY = {0, 1, 2, 3};

    private static KeptKeys group(TestGroup.Scheduler scheduler, long seed) {
        return new KeptKeys(scheduler, seed, false);
    }

    private static String path(byte[] frame) {
        return new String(new Reader(frame).opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
    }

    /** Every replica leaves out what this holds for: of whom, and what. */
    private static void drop(KeptKeys keys, BiPredicate<Integer, Ready.Outgoing> lost) {
        for (int replica : EVERYBODY) {
            keys.group.filter(replica, outgoing -> !lost.test(replica, outgoing));
        }
    }

    private static void dropNothing(KeptKeys keys) {
        drop(keys, (from, outgoing) -> false);
    }

    private static boolean isOf(Ready.Outgoing outgoing, String tag) {
        return path(outgoing.frame()).startsWith(tag);
    }

    /** Nobody shows replica 3 what others hide, and nobody gets a certificate that would do instead. */
    private static void keepBehind(KeptKeys keys) {
        drop(
                keys,
                (from, outgoing) -> isOf(outgoing, "ckpt")
                        || isOf(outgoing, "state")
                        || outgoing.to() == 3 && from != 3 && isOf(outgoing, "disclose"));
    }

    private static byte[] echo(String what) {
        return KeptKeys.text("e" + what);
    }

    @Seeds(4)
    void everythingIsAnsweredWhileAllKeysAreRenewed(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.drawn(seed, 4), seed);
        for (int epoch = 1; epoch <= 2; epoch++) {
            SortedMap<RequestId, String> open = new TreeMap<>();
            SortedMap<RequestId, String> hidden = new TreeMap<>();
            SortedMap<RequestId, String> signed = new TreeMap<>();
            for (String keyId : KeptKeys.ALL) {
                keys.group.input((int) (seed % 4), new Input.Renew(keyId));
            }
            for (int i = 0; i < 12; i++) {
                open.put(keys.open("secret " + i), "secret " + i);
                hidden.put(keys.confidential("hidden " + i), "hidden " + i);
                signed.put(keys.sign("round " + i), "round " + i);
                keys.group.run(60, () -> false);
            }
            for (String keyId : KeptKeys.ALL) {
                keys.renewForQuorum(keyId, epoch);
            }
            open.forEach((id, what) -> assertThat(keys.answerOfQuorum(id)).isEqualTo(KeptKeys.text(what)));
            hidden.forEach((id, what) -> assertThat(keys.answerOfQuorum(id)).isEqualTo(echo(what)));
            signed.forEach((id, what) -> keys.assertSigned(what, keys.answerOfQuorum(id)));
        }
        keys.assertNobodyIsBlamed();
    }

    /** Every leader is cut off, so that recoveries elect by the coin and order everything. */
    @Seeds(4)
    void recoveriesElectByTheCoinWhileItIsRenewed(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.UNIFORM, seed);
        keys.answer(keys.plain("begin"), EVERYBODY);
        drop(
                keys,
                (from, outgoing) -> path(outgoing.frame()).equals("order")
                        && keys.replicas.getFirst().status().leader() == from);
        List<RequestId> ids = new ArrayList<>();
        for (int epoch = 1; epoch <= 2; epoch++) {
            for (int i = 0; i < 3; i++) {
                ids.add(keys.plain("busy " + epoch + i));
            }
            keys.renewForQuorum(KeptKeys.COIN, epoch);
        }
        ids.forEach(keys::answerOfQuorum);
        assertThat(keys.group.blames(1)).isEmpty();
        assertThat(keys.replicas.get(0).status().epoch()).isGreaterThan(4);
    }

    /** They are needed for the recovery that follows, which comes at once, and by nobody after that. */
    @Seeds(4)
    void oldSharesAreOnNoDiskSoonAfterARenewal(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.OLDEST_FIRST, seed);
        for (String keyId : KeptKeys.ALL) {
            keys.renew(keyId, 1, EVERYBODY);
        }
        for (int replica : EVERYBODY) {
            for (String keyId : KeptKeys.ALL) {
                keys.runUntil(() -> keys.onDisk(replica, keyId).equals(List.of(1L)), keyId + " of r" + replica);
            }
        }
        assertThat(keys.replicas.get(0).status().epoch())
                .as("the group left the epoch")
                .isEqualTo(1);
        keys.assertNobodyIsBlamed();
    }

    /** It reads nothing of what is hidden, and hears of no checkpoint, while the others go on into the next epoch. */
    @Seeds(4)
    void whoIsBehindIsAnsweredUnderTheEpochThatItIsIn(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.UNIFORM, seed);
        keys.answer(keys.plain("begin"), EVERYBODY);
        keepBehind(keys);
        RequestId id = keys.confidential("hidden");
        keys.answer(id, 0, 1, 2);
        keys.renew(KeptKeys.CONFIDENTIAL, 1, 0, 1, 2);
        assertThat(keys.reply(3, id)).isNull();
        drop(keys, (from, outgoing) -> isOf(outgoing, "ckpt") || isOf(outgoing, "state"));
        assertThat(keys.answer(id, EVERYBODY)).isEqualTo(echo("hidden"));
        dropNothing(keys);
        keys.answer(keys.confidential("later"), EVERYBODY);
        keys.assertNobodyIsBlamed();
    }

    /** One that executed nothing since before the renewal takes part in the recovery once it knows which coin that is about. */
    @Seeds(4)
    void aRecoveryEndsThoughSomebodyDoesNotKnowYetWhichCoinItIsAbout(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.UNIFORM, seed);
        keys.answer(keys.plain("begin"), EVERYBODY);
        // What it decides it cannot execute, as it lacks what a slot hides.
        keepBehind(keys);
        RequestId id = keys.confidential("hidden");
        keys.answer(id, 0, 1, 2);
        keys.renew(KeptKeys.COIN, 1, 0, 1, 2);
        keys.runUntil(() -> keys.replicas.get(0).status().epoch() > 0, "the recovery that the renewal asks for");
        keys.group.crash(2);
        RequestId two = keys.plain("needs three of four");
        keys.group.run(2_000, () -> false);
        dropNothing(keys);
        keys.answer(two, 0, 1, 3);
        keys.assertNobodyIsBlamed();
    }

    @Seeds(4)
    void aGroupThatCrashesAfterARenewalGoesOnWithWhatItNeedsOfBefore(long seed) {
        KeptKeys keys = group(TestGroup.Scheduler.OLDEST_FIRST, seed);
        keys.answer(keys.plain("begin"), EVERYBODY);
        drop(keys, (from, outgoing) -> isOf(outgoing, "order/mvba"));
        keys.renew(KeptKeys.COIN, 1, EVERYBODY);
        for (int replica : EVERYBODY) {
            keys.group.crash(replica);
        }
        keys.group.flights().clear();
        dropNothing(keys);
        for (int replica : EVERYBODY) {
            keys.group.restart(replica);
        }
        for (int replica : EVERYBODY) {
            keys.connectAll(replica);
        }
        keys.answer(keys.plain("goes on"), EVERYBODY);
        keys.runUntil(() -> keys.replicas.get(0).status().epoch() > 0, "the epoch is passed");
        for (int replica : EVERYBODY) {
            keys.runUntil(() -> keys.onDisk(replica, KeptKeys.COIN).equals(List.of(1L)), "r" + replica);
        }
        keys.renew(KeptKeys.COIN, 2, EVERYBODY);
        keys.assertNobodyIsBlamed();
    }

    /** Its disk was replaced: until the next renewal it verifies and combines what others contribute. */
    @Test
    void aReplicaThatLostItsSharesUsesThoseOfOthers() {
        KeptKeys keys = group(TestGroup.Scheduler.OLDEST_FIRST, 5);
        keys.group.crash(1);
        keys.keepers.get(1).lose();
        keys.group.restart(1);
        keys.connectAll(1);
        assertThat(keys.answer(keys.confidential("hidden"), EVERYBODY)).isEqualTo(echo("hidden"));
        assertThat(keys.answer(keys.open("secret"), EVERYBODY)).isEqualTo(KeptKeys.text("secret"));
        keys.assertSigned("round", keys.answer(keys.sign("round"), EVERYBODY));
        for (String keyId : KeptKeys.ALL) {
            assertThat(keys.holds(1, keyId, 0)).isTrue(); // what it said before the crash
            keys.renew(keyId, 1, EVERYBODY);
        }
        keys.assertNobodyIsBlamed();
    }

    /** Nothing happens after what it fetched: it has its say about the key all the same, before patience with it is over. */
    @Test
    void whoFetchesTheStateOfAnIdleLogEnrolsInTime() {
        KeptKeys keys = group(TestGroup.Scheduler.OLDEST_FIRST, 5);
        keys.group.crash(3);
        keys.answer(keys.plain("begin"), 0, 1, 2);
        keys.group.input(0, new Input.Renew(KeptKeys.BEACON));
        keys.runUntil(() -> keys.group.flights().isEmpty(), "they wait for the fourth");
        while (keys.replicas.get(0).status().executed() % KeptKeys.INTERVAL != 0) {
            keys.answer(keys.plain("more"), 0, 1, 2);
        }
        keys.runUntil(() -> keys.group.flights().isEmpty(), "a checkpoint, and nothing after it");
        keys.group.restart(3);
        keys.connectAll(3);
        keys.runUntil(() -> keys.holds(0, KeptKeys.BEACON, 1), "they go on");
        keys.runUntil(() -> keys.holds(3, KeptKeys.BEACON, 1), "the fourth has its share");
        keys.assertNobodyIsBlamed();
    }

    /** What an intruder has of each key and epoch: the owners of shares that fit. */
    private static final class Loot {
        private final SortedMap<String, ReplicaSet> owners = new TreeMap<>();
        private final KeptKeys keys;

        Loot(KeptKeys keys) {
            this.keys = keys;
        }

        void steal(int replica, long upTo) {
            for (String keyId : KeptKeys.ALL) {
                for (byte[] bytes : keys.keepers.get(replica).all(keyId).values()) {
                    DiscreteLogShares shares = DiscreteLogShares.CODEC.decode(bytes);
                    for (long epoch = 0; epoch <= upTo; epoch++) {
                        DiscreteLogKey key = keys.key(keyId, epoch);
                        if (shares.match(key)) {
                            owners.merge(keyId + epoch, ReplicaSet.of(replica), ReplicaSet::union);
                        }
                    }
                }
            }
        }

        boolean qualifies(String keyId) {
            return owners.entrySet().stream()
                    .anyMatch(
                            entry -> entry.getKey().startsWith(keyId) && KeptKeys.TRUST.isQualified(entry.getValue()));
        }

        @Nullable
        ReplicaSet all(String keyId) {
            return owners.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(keyId))
                    .map(java.util.Map.Entry::getValue)
                    .reduce(ReplicaSet.EMPTY, ReplicaSet::union);
        }
    }

    private static Loot roam(boolean hoarding) {
        KeptKeys keys = new KeptKeys(TestGroup.Scheduler.OLDEST_FIRST, 9, hoarding);
        keys.answer(keys.plain("begin"), EVERYBODY);
        Loot loot = new Loot(keys);
        for (int epoch = 0; epoch < 4; epoch++) {
            loot.steal(epoch, epoch);
            keys.answer(keys.confidential("hidden"), EVERYBODY);
            for (String keyId : KeptKeys.ALL) {
                keys.renew(keyId, epoch + 1L, EVERYBODY);
            }
            keys.group.run(20_000, () -> !hoarding && isForgotten(keys));
        }
        return loot;
    }

    private static boolean isForgotten(KeptKeys keys) {
        return KeptKeys.ALL.stream()
                .allMatch(keyId -> KeptKeys.TRUST.all().toList().stream()
                        .allMatch(replica -> keys.onDisk(replica, keyId).size() == 1));
    }

    @Attack("mobile adversary gathers shares over time")
    @Test
    void whoHoldsAnotherReplicaInEachEpochHasNoKeyThatIsInUse() {
        Loot loot = roam(false);
        for (String keyId : KeptKeys.ALL) {
            assertThat(loot.qualifies(keyId)).as(keyId).isFalse();
            assertThat(loot.all(keyId)).as("he did get around").isEqualTo(KeptKeys.TRUST.all());
        }
    }

    @Attack("mobile adversary gathers shares over time")
    @Test
    void withDisksThatDoNotForgetHeHasThemAll() {
        Loot loot = roam(true);
        for (String keyId : KeptKeys.ALL) {
            assertThat(loot.qualifies(keyId)).as(keyId).isTrue();
        }
    }
}
