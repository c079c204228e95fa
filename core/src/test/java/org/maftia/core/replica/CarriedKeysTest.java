package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.FaultStructure;

/** Keys that outlive the configuration that they were dealt for: same public key, other members, other shares. */
class CarriedKeysTest {
    private static final Configuration FOUR = LineageGroup.threshold(null, 1, 0, 1, 2, 3);

    private static Configuration next(Configuration plain) {
        return LineageGroup.carrying(plain, CarriedKeys.ALL);
    }

    private static void changeWithWork(
            CarriedKeys keys, Configuration before, Configuration after, long epoch, int... members) {
        byte[] early = keys.encrypted("early");
        RequestId opened = keys.open(keys.encrypted("during"));
        RequestId signed = keys.sign("during");
        keys.change(before, after, members);
        // With the old sharing, as far as the new one is not there yet: nobody waits for it.
        RequestId late = keys.open(early);
        RequestId next = keys.sign("after");
        assertThat(keys.group.answered(opened, before, after)).isEqualTo(KeptKeys.text("during"));
        keys.assertSigned("during", keys.group.answered(signed, before, after));
        assertThat(keys.group.answered(late, after)).isEqualTo(KeptKeys.text("early"));
        keys.assertSigned("after", keys.group.answered(next, after));
        keys.reshared(after, epoch, members);
        assertThat(keys.group.answered(keys.open(early), after)).isEqualTo(KeptKeys.text("early"));
        keys.assertSigned("later", keys.group.answered(keys.sign("later"), after));
        for (int seat : members) {
            for (String keyId : CarriedKeys.ALL) {
                List<DiscreteLogKey> told = keys.told(seat, keyId);
                assertThat(told)
                        .allSatisfy(key -> assertThat(key.publicKey())
                                .isEqualTo(told.getFirst().publicKey()));
                keys.runUntil(() -> keys.onDisk(seat, keyId).size() == 1, "old shares of r" + seat + " are erased");
            }
        }
        keys.assertNobodyIsBlamed();
    }

    @Seeds(4)
    void aNewcomerGetsSharesOfTheKeysThatTheGroupHas(long seed) {
        CarriedKeys keys = new CarriedKeys(FOUR, 5, seed, false);
        changeWithWork(keys, FOUR, next(LineageGroup.threshold(FOUR, 1, 4, 3, 1, 2)), 1, 1, 2, 3, 4);
    }

    @Seeds(2)
    void theGroupGrowsAndShrinks(long seed) {
        CarriedKeys keys = new CarriedKeys(FOUR, 7, seed, false);
        Configuration seven = next(LineageGroup.threshold(FOUR, 2, 6, 5, 4, 3, 2, 1, 0));
        changeWithWork(keys, FOUR, seven, 1, 0, 1, 2, 3, 4, 5, 6);
        Configuration five = next(LineageGroup.threshold(seven, 1, 2, 3, 4, 5, 6));
        changeWithWork(keys, seven, five, 2, 2, 3, 4, 5, 6);
    }

    @Seeds(2)
    void aThresholdBecomesWholeSites(long seed) {
        Configuration eight = LineageGroup.threshold(null, 2, 0, 1, 2, 3, 4, 5, 6, 7);
        CarriedKeys keys = new CarriedKeys(eight, 8, seed, false);
        changeWithWork(keys, eight, next(LineageGroup.sites(eight, 4)), 1, 0, 1, 2, 3, 4, 5, 6, 7);
    }

    /** As when another key is rolled: what an intruder knew of the configuration before is worth nothing all the same. */
    @Seeds(2)
    void sharesAreOthersThoughNoMemberChanged(long seed) {
        CarriedKeys keys = new CarriedKeys(FOUR, 4, seed, false);
        changeWithWork(keys, FOUR, next(LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3)), 1, 0, 1, 2, 3);
    }

    /** Of the four that were dealt shares two stay in the end: too few, until the members in between have their own. */
    @Seeds(4)
    void aSecondChangeWaitsUntilTheKeyIsSharedForTheFirst(long seed) {
        Configuration second = next(LineageGroup.threshold(FOUR, 1, 4, 1, 2, 3));
        Configuration third = next(LineageGroup.threshold(second, 1, 2, 3, 4, 5));
        CarriedKeys keys = new CarriedKeys(FOUR, 6, seed, false);
        byte[] early = keys.encrypted("early");
        keys.change(FOUR, second, 1, 2, 3, 4);
        Reconfiguration.Verdict verdict = null;
        for (long serial = 0; verdict == null || !verdict.accepted(); serial++) {
            keys.quiet(); // or a network that prefers what is newest never delivers what a newcomer says of the keys
            verdict = keys.wish(second, LineageGroup.signed(third, serial, 0, 2));
            boolean shared = keys.told(2, KeptKeys.BEACON).stream()
                    .anyMatch(key -> key.epoch() == 1
                            && key.formula().equals(second.trust().sharing()));
            assertThat(verdict.accepted() || verdict.sentence().endsWith(Reconfiguration.CANNOT_GO_ON))
                    .isTrue();
            assertThat(!verdict.accepted() || shared).isTrue();
        }
        keys.begin(second, third, 2, 3, 4, 5);
        keys.reshared(third, 2, 2, 3, 4, 5);
        assertThat(keys.group.answered(keys.open(early), third)).isEqualTo(KeptKeys.text("early"));
        keys.assertSigned("round", keys.group.answered(keys.sign("round"), third));
        keys.assertNobodyIsBlamed();
    }

    @Test
    void aKeyThatTooFewCouldHandOnDoesNotGoOn() {
        CarriedKeys keys = new CarriedKeys(FOUR, 8, 1, false);
        // Three stay, of whom two may be corrupted then: the third alone could hand nothing on.
        Configuration seven = LineageGroup.threshold(FOUR, 2, 1, 2, 3, 4, 5, 6, 7);
        Reconfiguration.Verdict verdict = keys.wish(FOUR, LineageGroup.signed(next(seven), 0, 0, 2));
        assertThat(verdict.accepted()).isFalse();
        assertThat(verdict.sentence()).isEqualTo("key beacon" + Reconfiguration.CANNOT_GO_ON);
        assertThat(keys.wish(FOUR, LineageGroup.signed(seven, 0, 0, 2)).accepted())
                .isTrue();
    }

    @Test
    void aKeyThatNobodyHasDoesNotGoOn() {
        CarriedKeys keys = new CarriedKeys(FOUR, 5, 1, false);
        Configuration plain = LineageGroup.threshold(FOUR, 1, 0, 1, 2, 4);
        Configuration other = LineageGroup.carrying(plain, List.of("other"));
        assertThat(keys.wish(FOUR, LineageGroup.signed(other, 0, 0, 2)).sentence())
                .isEqualTo("key other" + Reconfiguration.CANNOT_GO_ON);
        Configuration twice = LineageGroup.carrying(plain, List.of("beacon", "beacon"));
        assertThat(keys.wish(FOUR, LineageGroup.signed(twice, 0, 0, 2)).sentence())
                .contains("ascending order");
    }

    /** A member that stays crashes when the configuration begins, and another one loses its disk of secrets. */
    @Seeds(4)
    void whoWasAwayOrLostItsSharesGetsNewOnes(long seed) {
        Configuration five = next(LineageGroup.threshold(FOUR, 1, 0, 1, 2, 3, 4));
        CarriedKeys keys = new CarriedKeys(FOUR, 5, seed, false);
        byte[] early = keys.encrypted("early");
        keys.keepers.get(1).lose();
        keys.group.group.crash(2);
        keys.change(FOUR, five, 0, 1, 3, 4);
        keys.group.group.restart(2);
        keys.group.connectAll();
        keys.reshared(five, 1, 0, 1, 3, 4);
        assertThat(keys.group.answered(keys.open(early), five)).isEqualTo(KeptKeys.text("early"));
        keys.assertNobodyIsBlamed();
    }

    /** He reads disk 1 before the change, 2 after it, and that of 0, who left, when the group is done. */
    private static boolean roam(boolean hoarding) {
        CarriedKeys keys = new CarriedKeys(FOUR, 5, 3, hoarding);
        Configuration next = next(LineageGroup.threshold(FOUR, 1, 4, 3, 1, 2));
        CarriedKeys.Loot loot = new CarriedKeys.Loot(keys);
        loot.steal(1);
        keys.change(FOUR, next, 1, 2, 3, 4);
        keys.reshared(next, 1, 1, 2, 3, 4);
        List<Integer> members = new ArrayList<>(List.of(1, 2, 3, 4));
        keys.group.group.run(
                60_000,
                () -> !hoarding
                        && members.stream()
                                .allMatch(seat ->
                                        keys.onDisk(seat, KeptKeys.BEACON).size() == 1
                                                && keys.onDisk(seat, KeptKeys.CONFIDENTIAL)
                                                                .size()
                                                        == 1));
        assertThat(keys.group.lineage(0).live()).isEmpty();
        if (!hoarding) {
            // Its operator destroys what nobody needs, as it is told.
            keys.keepers.get(0).lose();
        }
        loot.steal(2);
        loot.steal(0);
        SortedMap<Long, FaultStructure> epochs = new TreeMap<>();
        epochs.put(0L, FOUR.trust());
        epochs.put(1L, next.trust());
        return CarriedKeys.ALL.stream().anyMatch(keyId -> loot.qualifies(keyId, epochs));
    }

    @Attack("mobile adversary gathers shares over time")
    @Test
    void whoHoldsAnotherReplicaAfterTheChangeHasNoKey() {
        assertThat(roam(false)).isFalse();
    }

    @Attack("mobile adversary gathers shares over time")
    @Test
    void withDisksThatDoNotForgetHeHasTheKeyThoughTheMembersChanged() {
        assertThat(roam(true)).isTrue();
    }
}
