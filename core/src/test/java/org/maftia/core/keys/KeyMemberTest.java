package org.maftia.core.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.KeyComplaint;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.Mutation;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Members make and renew a key through the log, whatever crashes, waits or lies. */
class KeyMemberTest {
    private static final FaultStructure FOUR = Structures.FOUR;

    private static FaultStructure structure(long seed) {
        return seed % 3 == 0 ? Structures.guarded(seed) : FOUR;
    }

    private static KeyGroup generating(FaultStructure trust, long seed) {
        return new KeyGroup(
                trust, new KeyUpkeep("group", KeyGroup.KEY, trust.sharing(), null, KeyGroup.PACE), null, seed);
    }

    private static KeyGroup dealt(FaultStructure trust, long seed) {
        return KeyGroup.dealt(trust, KeyGroup.PACE, seed, false);
    }

    /** A drawn fault set. */
    private static ReplicaSet faults(FaultStructure trust, long seed) {
        List<ReplicaSet> sets = trust.maximalFaultSets();
        return sets.get((int) (seed % sets.size()));
    }

    private static void assertAllHold(KeyGroup group) {
        group.calm();
        for (KeyGroup.Member member : group.members) {
            if (!group.corrupted.contains(member.index)) {
                assertThat(member.hasSharesOf(group.key(group.epoch())))
                        .as("r%d", member.index)
                        .isTrue();
                assertThat(member.holds).as("r%d was told", member.index).isTrue();
            }
        }
    }

    @Seeds(8)
    void aGroupMakesItsKeyAndEveryMemberGetsItsShares(long seed) {
        KeyGroup group = generating(structure(seed), seed);
        assertThat(group.run(100_000, () -> group.epoch() == 0)).isTrue();
        assertAllHold(group);
        assertThat(group.isEverywhere(group.key(0).publicKey())).isTrue();
        assertThat(group.cancelled).isZero();
    }

    @Seeds(8)
    void aRefreshGivesNewSharesToAllAndOldOnesAreErased(long seed) {
        KeyGroup group = dealt(structure(seed), seed);
        for (int epoch = 1; epoch <= 3; epoch++) {
            group.renew();
            assertAllHold(group);
            assertThat(group.key(epoch).publicKey()).isEqualTo(group.genesis.publicKey());
        }
        // One more slot with a checkpoint everywhere, and nothing but the present shares is left on any disk.
        for (int i = 0; i < 40; i++) {
            group.inject(0, new KeyMessage.Deal(KeyGroup.KEY, 99, new byte[0]));
            group.calm();
        }
        for (KeyGroup.Member member : group.members) {
            assertThat(member.keeper.all(KeyGroup.KEY).keySet()).containsExactly(group.makers.get(3L));
            assertThat(member.keeper.all(KeyGroup.KEY + "/recipient")).isEmpty();
        }
    }

    /** After every computation, and at any other moment, some of them lose their memory and what they had not written. */
    @Seeds(12)
    void crashesAtEveryStepLoseNothing(long seed) {
        KeyGroup group = seed % 2 == 0 ? dealt(structure(seed), seed) : generating(structure(seed), seed);
        group.crashPerMille = 60;
        for (int i = 0; i < 3; i++) {
            group.renew();
        }
        group.crashPerMille = 0;
        group.renew();
        assertAllHold(group);
    }

    /** What corrupted members deal: nothing, noise, a share that is false for some, two dealings, the dealing of another. */
    private static KeyGroup.Lie lies(long seed) {
        return (truth, random) -> switch (truth) {
            case KeyMessage.Deal deal -> dealings(deal, seed, random);
            case KeyMessage.Acknowledge ack
            when seed % 4 == 3 ->
                List.of(new KeyMessage.Acknowledge(ack.keyId(), ack.attempt(), Digest.ZERO), ack, ack);
            case KeyMessage.Enrol enrol
            when seed % 7 == 5 -> List.of(new KeyMessage.Enrol(enrol.keyId(), enrol.attempt(), new byte[48], false));
            default -> List.of(truth);
        };
    }

    private static List<KeyMessage> dealings(KeyMessage.Deal deal, long seed, SplittableRandom random) {
        byte[] spoiled = deal.dealing().clone();
        return switch ((int) (seed % 5)) {
            case 0 -> List.of();
            case 1 -> {
                // The last bytes are what is sealed for the last leaf, those before them for the one before, and so on.
                spoiled[spoiled.length - 1 - random.nextInt(100)] ^= 1;
                yield List.of(new KeyMessage.Deal(deal.keyId(), deal.attempt(), spoiled));
            }
            case 2 -> {
                random.nextBytes(spoiled);
                yield List.of(new KeyMessage.Deal(deal.keyId(), deal.attempt(), spoiled));
            }
            case 3 -> {
                spoiled[spoiled.length - 1] ^= 1;
                yield List.of(new KeyMessage.Deal(deal.keyId(), deal.attempt(), spoiled), deal);
            }
            default -> {
                KeyComplaint complaint =
                        new KeyComplaint(random.nextInt(4), random.nextInt(4), new byte[48], new byte[64]);
                yield List.of(deal, new KeyMessage.Complain(deal.keyId(), deal.attempt(), complaint));
            }
        };
    }

    @Attack("false dealing of a key")
    @Attack("false complaint about a dealing")
    @Seeds(20)
    void aCorruptedFaultSetThatDealsFalselyStopsNothing(long seed) {
        FaultStructure trust = structure(seed);
        KeyGroup group = seed % 2 == 0 ? dealt(trust, seed) : generating(trust, seed);
        group.corrupted = faults(trust, seed);
        group.lie = lies(seed);
        group.crashPerMille = seed % 3 == 0 ? 20 : 0;
        for (int i = 0; i < 2; i++) {
            group.renew();
        }
        assertAllHold(group);
    }

    /** Anything that can be read as a message about the key, and complaints about everybody. */
    private static KeyGroup.Lie anything(long seed) {
        Mutation mutation = new Mutation(seed);
        return (truth, random) -> {
            byte[] complaint = new byte[1 + 2 + 48 + 64];
            random.nextBytes(complaint);
            complaint[0] = (byte) random.nextInt(5);
            complaint[1] = 0;
            complaint[2] = (byte) random.nextInt(8);
            List<KeyMessage> said = new ArrayList<>();
            said.add(new KeyMessage.Complain(
                    truth.keyId(), 1 + random.nextInt(3), KeyComplaint.CODEC.decode(complaint)));
            for (int i = 0; i < 6; i++) {
                try {
                    said.add(KeyMessage.CODEC.decode(mutation.of(KeyMessage.CODEC.encode(truth))));
                } catch (MalformedException e) {
                    said.add(truth); // what cannot be read no replica says
                }
            }
            return said;
        };
    }

    @Attack("group commands that are anything")
    @Seeds(6)
    void whateverCorruptedMembersSayOfAKeyNobodyStopsAndItIsRenewed(long seed) {
        FaultStructure trust = structure(seed);
        KeyGroup group = seed % 2 == 0 ? dealt(trust, seed) : generating(trust, seed);
        group.corrupted = faults(trust, seed);
        group.lie = anything(seed);
        for (int i = 0; i < 2; i++) {
            group.renew();
        }
        assertAllHold(group);
    }

    @Seeds(6)
    void membersThatAreSilentThroughoutAreWaitedForAndThenLeftOut(long seed) {
        FaultStructure trust = structure(seed);
        KeyGroup group = dealt(trust, seed);
        group.corrupted = faults(trust, seed);
        group.lie = (truth, random) -> List.of();
        group.renew();
        group.renew();
        assertAllHold(group);
        assertThat(group.blamed).isEmpty();
    }

    /** A lost disk of secrets: such a member tells so, and the next renewal is one that gives it shares again. */
    @Seeds(6)
    void aMemberThatLostItsSecretsHasSharesAgainAfterTheNextRenewal(long seed) {
        KeyGroup group = dealt(structure(seed), seed);
        KeyGroup.Member unlucky = group.members.get((int) (seed % 4));
        unlucky.keeper.lose();
        group.renew();
        assertAllHold(group);
        assertThat(unlucky.hasSharesOf(group.key(1))).isTrue();
    }

    @Seeds(6)
    void aKeyMovesToTheFormulaThatItShouldHave(long seed) {
        var from = TestKeys.threshold(2, 4);
        var dealing = DiscreteLogDealer.deal("group", KeyGroup.KEY, from, new SeededEntropy(seed));
        var to = TestKeys.replicated(FOUR);
        KeyUpkeep upkeep = new KeyUpkeep("group", KeyGroup.KEY, to, dealing.key(), KeyGroup.PACE);
        KeyGroup group = new KeyGroup(FOUR, upkeep, dealing, seed);
        assertThat(group.run(100_000, () -> group.epoch() == 1)).isTrue();
        assertAllHold(group);
        assertThat(group.key(1).formula()).isEqualTo(to);
        assertThat(group.key(1).publicKey()).isEqualTo(dealing.key().publicKey());
    }

    /** A dealer whose share for the first leaf is false, once, and a member that executes nothing until the epoch has begun. */
    private static KeyGroup.Member lateForAFalseShare(KeyGroup group) {
        group.corrupted = ReplicaSet.of(3);
        int sealed = 32 + 16;
        group.lie = (truth, random) -> {
            if (truth instanceof KeyMessage.Deal deal && deal.attempt() == 1) {
                byte[] spoiled = deal.dealing().clone();
                spoiled[spoiled.length - 4 * sealed] ^= 1; // in what is sealed for the first leaf
                return List.of(new KeyMessage.Deal(deal.keyId(), deal.attempt(), spoiled));
            }
            return List.of(truth);
        };
        KeyGroup.Member late = group.members.getFirst();
        group.inject(1, new KeyMessage.Wish(KeyGroup.KEY));
        assertThat(group.run(20_000, () -> group.hasSaid(0))).isTrue();
        late.cutOff = true;
        assertThat(group.run(50_000, () -> group.epoch() == 1)).isTrue();
        assertThat(late.hasSharesOf(group.key(1))).isFalse();
        assertThat(group.blamed).isEmpty();
        late.cutOff = false;
        return late;
    }

    /**
     * Three of four have the new shares before the fourth sees that its own is false: the key is in use by then, so it is
     * renewed once more, without the dealer.
     */
    @Attack("false dealing of a key")
    @Test
    void aComplaintThatComesAfterTheEpochBeganHasTheKeyRenewedWithoutTheDealer() {
        KeyGroup group = dealt(FOUR, 7);
        lateForAFalseShare(group);
        assertThat(group.run(50_000, () -> group.epoch() == 2)).isTrue();
        assertAllHold(group);
        assertThat(group.blamed).contains("3 deals a share that is not the one it committed to");
        for (KeyGroup.Member member : group.members) {
            KeyLife life = member.ledger().life(KeyGroup.KEY);
            assertThat(life.madeBy()).isEqualTo(2);
        }
    }

    /** The dealer who was found out enrols like everybody: it does not take the place of the member that he left without. */
    @Attack("false dealing of a key")
    @Seeds(4)
    void whoWasFoundOutDoesNotCountAmongThoseWithWhomARenewalGoesOn(long seed) {
        KeyGroup group = dealt(FOUR, seed + 7);
        KeyGroup.Member late = lateForAFalseShare(group);
        waitForTheRenewalWithout(group, late);
        long patienceIsOver = group.nowMicros() + 2 * KeyGroup.PACE.patience();
        group.run(200_000, () -> group.nowMicros() > patienceIsOver);
        late.cutOff = false;
        assertThat(group.run(50_000, () -> group.epoch() == 2)).isTrue();
        assertAllHold(group);
        assertThat(group.cancelled).isZero();
    }

    /** The member is away again for longer than an attempt may last: there is another one without anybody's wish. */
    @Attack("false dealing of a key")
    @Seeds(4)
    void aRenewalWithoutAFalseDealerThatCameToNothingIsTriedAgain(long seed) {
        KeyGroup group = dealt(FOUR, seed + 7);
        KeyGroup.Member late = lateForAFalseShare(group);
        waitForTheRenewalWithout(group, late);
        assertThat(group.run(400_000, () -> group.cancelled >= 3)).isTrue();
        late.cutOff = false;
        assertThat(group.run(100_000, () -> group.epoch() == 2)).isTrue();
        assertAllHold(group);
    }

    /** Two of seven deal falsely to a member that is late each time. Who was found out in one renewal stays out of the next ones. */
    @Attack("false dealing of a key")
    @Seeds(6)
    void falseDealersWhoTakeTurnsLeaveAMemberOutOnceEach(long seed) {
        KeyGroup group = dealt(FaultStructure.threshold(7, 2), seed);
        group.corrupted = ReplicaSet.of(5).with(6);
        int sealed = 32 + 16;
        group.lie = (truth, random) -> {
            if (truth instanceof KeyMessage.Deal deal) {
                byte[] spoiled = deal.dealing().clone();
                spoiled[spoiled.length - 7 * sealed] ^= 1; // in what is sealed for the first leaf
                return List.of(new KeyMessage.Deal(deal.keyId(), deal.attempt(), spoiled));
            }
            return List.of(truth);
        };
        KeyGroup.Member late = group.members.getFirst();
        group.inject(1, new KeyMessage.Wish(KeyGroup.KEY));
        long epoch = 0;
        while (epoch == 0 || !late.hasSharesOf(group.key(epoch))) {
            long next = ++epoch;
            assertThat(next).isLessThanOrEqualTo(3);
            assertThat(group.run(200_000, () -> isDealing(late, next))).isTrue();
            late.cutOff = true;
            assertThat(group.run(200_000, () -> group.epoch() == next)).isTrue();
            late.cutOff = false;
            assertThat(group.run(200_000, () -> late.ledger().life(KeyGroup.KEY).madeBy() >= next))
                    .isTrue();
        }
        assertAllHold(group);
    }

    /** Whether its log tells who makes the shares of that epoch, as far as there was an attempt for each epoch. */
    private static boolean isDealing(KeyGroup.Member member, long attempt) {
        Attempt open = member.ledger().life(KeyGroup.KEY).open();
        return open != null && open.number() == attempt && !open.isEnrolling();
    }

    /** It has complained, which somebody has just heard, and then it says nothing more. */
    private static void waitForTheRenewalWithout(KeyGroup group, KeyGroup.Member late) {
        assertThat(group.run(50_000, () -> !group.blamed.isEmpty())).isTrue();
        late.cutOff = true;
        assertThat(group.run(50_000, () -> group.members.get(1).ledger().attempt(KeyGroup.KEY) == 2))
                .isTrue();
    }

    /** Where the formula is not strong a member that does not come keeps the epoch as it is: better than a share too few. */
    @Test
    void withAPlainFormulaAnAttemptThatMissesAMemberIsGivenUpAndEverythingStays() {
        var plain = new SharingFormula(FOUR.sharing().formula(), false);
        var dealing = DiscreteLogDealer.deal("group", KeyGroup.KEY, plain, new SeededEntropy(1));
        KeyUpkeep upkeep = new KeyUpkeep("group", KeyGroup.KEY, plain, dealing.key(), KeyGroup.PACE);
        KeyGroup group = new KeyGroup(FOUR, upkeep, dealing, 1);
        group.corrupted = ReplicaSet.of(2);
        group.lie = (truth, random) -> truth instanceof KeyMessage.Acknowledge ? List.of() : List.of(truth);
        group.begin();
        assertThat(group.run(100_000, () -> group.cancelled == 4)).isTrue();
        group.calm();
        assertThat(group.epoch()).isZero();
        assertAllHold(group);
        for (KeyGroup.Member member : group.members) {
            assertThat(member.keeper.all(KeyGroup.KEY).keySet()).containsExactly(0L);
            assertThat(member.keeper.all(KeyGroup.KEY + "/recipient")).isEmpty();
        }
        group.corrupted = ReplicaSet.EMPTY;
        group.renew();
        assertAllHold(group);
    }

    @Test
    void renewalsComeByThemselvesOnSchedule() {
        KeyGroup group = KeyGroup.dealt(FOUR, KeyGroup.PACE.every(60_000_000), 1, false);
        assertThat(group.run(300_000, () -> group.epoch() == 3)).isTrue();
        assertAllHold(group);
    }

    @Test
    void wishesInARowAreOneWish() {
        KeyUpkeep.Pace slow = new KeyUpkeep.Pace(0, 3_600_000_000L, 2_000_000, 20_000_000);
        KeyGroup group = KeyGroup.dealt(FOUR, slow, 1, false);
        for (int i = 0; i < 5; i++) {
            group.wish();
            group.calm();
            assertThat(group.epoch()).isEqualTo(1);
        }
        group.pass(slow.rest());
        group.wish();
        group.calm();
        assertThat(group.epoch()).isEqualTo(2);
    }

    @Test
    void codecsAreCanonicalAndTheLedgerReadsWhatItWrote() {
        CodecCheck.check(
                KeyMessage.CODEC,
                List.of(
                        new KeyMessage.Wish("coin"),
                        new KeyMessage.Enrol("coin", 3, new byte[48], true),
                        new KeyMessage.Deal("coin", 3, new byte[7]),
                        new KeyMessage.Complain("coin", 3, new KeyComplaint(1, 2, new byte[48], new byte[64])),
                        new KeyMessage.Acknowledge("coin", 3, Digest.ZERO)));
        KeyGroup group = dealt(FOUR, 3);
        List<byte[]> states = new ArrayList<>();
        group.begin();
        group.run(20_000, () -> {
            Writer writer = new Writer();
            group.members.getFirst().ledger().write(writer);
            states.add(writer.toBytes());
            return group.epoch() == 1;
        });
        for (int i = 0; i < states.size(); i += 20) {
            KeyGroup other = dealt(FOUR, 3);
            Reader reader = new Reader(states.get(i));
            KeyLedger ledger = other.members.getFirst().ledger();
            ledger.read(reader);
            reader.end();
            Writer writer = new Writer();
            ledger.write(writer);
            assertThat(writer.toBytes()).isEqualTo(states.get(i));
        }
        assertThat(group.epoch()).isEqualTo(1);
    }
}
