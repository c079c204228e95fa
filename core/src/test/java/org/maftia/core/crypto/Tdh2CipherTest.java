package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/** Every qualified set reads it, no other does; nobody alters or relabels it; and no false share goes unnoticed. */
class Tdh2CipherTest {
    private static final byte[] MESSAGE = "the highest bid".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LABEL = "auction 7, client 64".getBytes(StandardCharsets.UTF_8);

    private static DiscreteLogDealer.Dealing deal(SharingFormula formula, long seed) {
        return DiscreteLogDealer.deal("group", "confidential", formula, new SeededEntropy(seed));
    }

    private static byte[] encrypt(Tdh2Cipher cipher, long seed) {
        return cipher.encrypt(MESSAGE, LABEL, new SeededEntropy(seed));
    }

    private static SortedMap<Integer, byte[]> shares(DiscreteLogDealer.Dealing dealing, byte[] ciphertext) {
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        dealing.shares()
                .forEach(
                        (replica, own) -> shares.put(replica, cipher.holder(own).share(ciphertext, LABEL)));
        return shares;
    }

    private static SortedMap<Integer, byte[]> of(SortedMap<Integer, byte[]> shares, ReplicaSet set) {
        SortedMap<Integer, byte[]> some = new TreeMap<>(shares);
        some.keySet().removeIf(replica -> !set.contains(replica));
        return some;
    }

    private static SharingFormula formula(long seed) {
        return (seed % 2 == 0 ? Structures.FOUR : Structures.general(seed)).sharing();
    }

    @Seeds(6)
    void everyQualifiedSetDecryptsAndNoOtherSetDoes(long seed) {
        SharingFormula formula = formula(seed);
        var dealing = deal(formula, seed);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, seed);
        assertThat(ciphertext).hasSize(MESSAGE.length + cipher.overhead());
        assertThat(cipher.isValid(ciphertext, LABEL)).isTrue();
        var shares = shares(dealing, ciphertext);
        shares.forEach((replica, share) -> assertThat(share).hasSize(cipher.shareLength(replica)));
        shares.forEach((replica, share) ->
                assertThat(cipher.verify(ciphertext, LABEL, replica, share)).isTrue());
        int qualified = 0;
        ReplicaSet all = ReplicaSet.firstOf(shares.lastKey() + 1);
        for (long bits = 0; bits <= all.bits(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            assertThat(cipher.isQualified(set)).isEqualTo(formula.isQualified(set));
            if (formula.isQualified(set)) {
                qualified++;
                assertThat(cipher.combine(ciphertext, LABEL, of(shares, set))).hasValue(MESSAGE);
            } else {
                assertThatThrownBy(() -> cipher.combine(ciphertext, LABEL, of(shares, set)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(qualified).isBetween(1, (int) all.bits());
    }

    /** A site and a system of the grid may fall: what they know is no qualified set; any quorum's rest is one. */
    @Test
    void wholeFaultSetOfTheGridDecryptsNothing() {
        FaultStructure trust = Structures.grid();
        var dealing = deal(trust.sharing(), 2);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, 2);
        var shares = shares(dealing, ciphertext);
        for (ReplicaSet faults : trust.maximalFaultSets()) {
            assertThatThrownBy(() -> cipher.combine(ciphertext, LABEL, of(shares, faults)))
                    .isInstanceOf(IllegalArgumentException.class);
            ReplicaSet correct = trust.all().minus(faults);
            assertThat(cipher.combine(ciphertext, LABEL, of(shares, correct))).hasValue(MESSAGE);
        }
    }

    @Test
    void everyMinimalSetOfReplicatedSharesDecrypts() {
        var dealing = deal(TestKeys.replicated(Structures.general(3)), 3);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, 3);
        var shares = shares(dealing, ciphertext);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 40; i++) {
            ReplicaSet set = new ReplicaSet(random.nextLong()).intersection(ReplicaSet.firstOf(7));
            if (cipher.isQualified(set)) {
                assertThat(cipher.combine(ciphertext, LABEL, of(shares, set))).hasValue(MESSAGE);
            }
        }
    }

    /** In u, ū, ε, f, the length or the payload: whoever flips it has another ciphertext without a proof. */
    @Attack("copied or altered ciphertext")
    @Test
    void aFlippedBitAnywhereInACiphertextIsRefused() {
        Tdh2Cipher cipher = new Tdh2Cipher(deal(Structures.FOUR.sharing(), 3).key());
        byte[] ciphertext = encrypt(cipher, 3);
        for (int bit = 0; bit < ciphertext.length * 8; bit++) {
            byte[] flipped = ciphertext.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.isValid(flipped, LABEL)).as("bit %d", bit).isFalse();
        }
        for (int bit = 0; bit < LABEL.length * 8; bit++) {
            byte[] flipped = LABEL.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.isValid(ciphertext, flipped))
                    .as("label bit %d", bit)
                    .isFalse();
        }
    }

    @Test
    void hostileBytesAreNoCiphertext() {
        Tdh2Cipher cipher = new Tdh2Cipher(deal(Structures.FOUR.sharing(), 3).key());
        byte[] ciphertext = encrypt(cipher, 3);
        for (int length = 0; length <= ciphertext.length + 1; length++) {
            boolean whole = length == ciphertext.length;
            assertThat(cipher.isValid(Arrays.copyOf(ciphertext, length), LABEL)).isEqualTo(whole);
        }
        // The identity, a point outside the group and one off the curve, in the place of u and of ū.
        for (int place : List.of(0, CurvePoint.LENGTH)) {
            for (int[] ends : new int[][] {{0xc0, 0}, {0x80, 0}, {0x80, 1}}) {
                byte[] bytes = ciphertext.clone();
                Arrays.fill(bytes, place, place + CurvePoint.LENGTH, (byte) 0);
                bytes[place] = (byte) ends[0];
                bytes[place + CurvePoint.LENGTH - 1] = (byte) ends[1];
                assertThat(cipher.isValid(bytes, LABEL)).isFalse();
            }
        }
        CodecCheck.check(Tdh2Ciphertext.CODEC, List.of(Tdh2Ciphertext.CODEC.decode(ciphertext)));
    }

    /** Multiplying u and ū keeps one exponent, so all but the proof would hold: the classic attack on ElGamal. */
    @Attack("copied or altered ciphertext")
    @Test
    void aCiphertextThatIsMadeFromAnotherIsRefused() {
        Tdh2Cipher cipher = new Tdh2Cipher(deal(Structures.FOUR.sharing(), 3).key());
        Tdh2Ciphertext victim = Tdh2Ciphertext.CODEC.decode(encrypt(cipher, 3));
        BigInteger three = BigInteger.valueOf(3);
        Tdh2Ciphertext related = new Tdh2Ciphertext(
                victim.u().times(three), victim.uBar().times(three), victim.proof(), victim.payload());
        assertThat(cipher.isValid(Tdh2Ciphertext.CODEC.encode(related), LABEL)).isFalse();
        Tdh2Ciphertext own = Tdh2Ciphertext.CODEC.decode(cipher.encrypt(MESSAGE, LABEL, new SeededEntropy(4)));
        for (Tdh2Ciphertext mixed : List.of(
                new Tdh2Ciphertext(own.u(), own.uBar(), own.proof(), victim.payload()),
                new Tdh2Ciphertext(victim.u(), own.uBar(), own.proof(), victim.payload()),
                new Tdh2Ciphertext(victim.u(), victim.uBar(), own.proof(), victim.payload()))) {
            assertThat(cipher.isValid(Tdh2Ciphertext.CODEC.encode(mixed), LABEL))
                    .isFalse();
        }
    }

    @Test
    void aCiphertextServesOneGroupAndOneKeyInEveryEpoch() {
        DiscreteLogKey key = deal(Structures.FOUR.sharing(), 3).key();
        byte[] ciphertext = encrypt(new Tdh2Cipher(key), 3);
        assertThat(at(key, "other", "confidential", 0).isValid(ciphertext, LABEL))
                .isFalse();
        assertThat(at(key, "group", "escrow", 0).isValid(ciphertext, LABEL)).isFalse();
        assertThat(at(key, "group", "confidential", 1).isValid(ciphertext, LABEL))
                .as("what was encrypted before a refresh is read after it")
                .isTrue();
    }

    private static Tdh2Cipher at(DiscreteLogKey key, String group, String keyId, long epoch) {
        return new Tdh2Cipher(
                new DiscreteLogKey(group, keyId, epoch, key.formula(), key.publicKey(), key.verificationKeys()));
    }

    @Test
    void aShareServesOneReplicaOneCiphertextOneLabelAndOneEpoch() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        DiscreteLogKey key = dealing.key();
        Tdh2Cipher cipher = new Tdh2Cipher(key);
        byte[] ciphertext = encrypt(cipher, 3);
        byte[] other = encrypt(cipher, 4);
        byte[] share = Objects.requireNonNull(shares(dealing, ciphertext).get(0));
        assertThat(cipher.verify(ciphertext, LABEL, 0, share)).isTrue();
        assertThat(cipher.verify(ciphertext, LABEL, 2, share)).isFalse();
        assertThat(cipher.verify(other, LABEL, 0, share)).isFalse();
        assertThat(cipher.verify(ciphertext, new byte[1], 0, share)).isFalse();
        assertThat(at(key, "other", "confidential", 0).verify(ciphertext, LABEL, 0, share))
                .isFalse();
        assertThat(at(key, "group", "escrow", 0).verify(ciphertext, LABEL, 0, share))
                .isFalse();
        assertThat(at(key, "group", "confidential", 1).verify(ciphertext, LABEL, 0, share))
                .isFalse();
    }

    @Test
    void aFlippedBitAnywhereInAShareIsRefusedAndTheShareIsAlwaysTheSame() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, 3);
        byte[] share = Objects.requireNonNull(shares(dealing, ciphertext).get(0));
        assertThat(shares(dealing, ciphertext).get(0)).isEqualTo(share);
        for (int bit = 0; bit < share.length * 8; bit++) {
            byte[] flipped = share.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.verify(ciphertext, LABEL, 0, flipped))
                    .as("bit %d", bit)
                    .isFalse();
        }
        for (int length : List.of(0, 1, share.length - 1, share.length + 1, 2 * share.length)) {
            assertThat(cipher.verify(ciphertext, LABEL, 0, Arrays.copyOf(share, length)))
                    .isFalse();
        }
    }

    /** Why shares are verified: the payload's tag alone does not say which share was wrong, or that one was. */
    @Test
    void aFalseShareSpoilsTheResult() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, 3);
        var shares = of(shares(dealing, ciphertext), ReplicaSet.of(0, 1));
        byte[] wrong =
                Objects.requireNonNull(shares(dealing, encrypt(cipher, 4)).get(0));
        assertThat(cipher.verify(ciphertext, LABEL, 0, wrong)).isFalse();
        shares.put(0, wrong);
        assertThat(cipher.combine(ciphertext, LABEL, shares)).isEmpty();
    }

    /** The sender may put anything in the payload and prove it: valid, and for everybody garbage. */
    @Test
    void garbageInsideIsGarbageForEveryQualifiedSet() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] garbage = garbage(dealing.key());
        assertThat(cipher.isValid(garbage, LABEL)).isTrue();
        var shares = shares(dealing, garbage);
        for (int absent = 0; absent < 4; absent++) {
            ReplicaSet set = ReplicaSet.firstOf(4).without(absent);
            assertThat(cipher.combine(garbage, LABEL, of(shares, set))).isEmpty();
        }
    }

    /** Encrypts to another key under the names of this one: the proof holds, the payload's key is not this group's. */
    private static byte[] garbage(DiscreteLogKey key) {
        DiscreteLogKey stranger = deal(Structures.FOUR.sharing(), 99).key();
        DiscreteLogKey mixed = new DiscreteLogKey(
                key.group(), key.keyId(), 0, key.formula(), stranger.publicKey(), key.verificationKeys());
        return encrypt(new Tdh2Cipher(mixed), 5);
    }

    /** What comes out shows that the shares were right, whichever of the sets that suffice they come from. */
    @Seeds(4)
    void sharesThatNobodyVerifiedOpenIt(long seed) {
        SharingFormula formula = formula(seed);
        var dealing = deal(formula, seed);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, seed);
        var shares = shares(dealing, ciphertext);
        ReplicaSet all = ReplicaSet.firstOf(shares.lastKey() + 1);
        for (long bits = 0; bits <= all.bits(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            if (formula.isQualified(set)) {
                assertThat(cipher.open(ciphertext, LABEL, of(shares, set))).hasValue(MESSAGE);
            }
        }
    }

    @Attack("false shares")
    @Test
    void falseSharesOpenNothing() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, 3);
        var all = shares(dealing, ciphertext);
        byte[] ofAnother =
                Objects.requireNonNull(shares(dealing, encrypt(cipher, 4)).get(0));
        byte[] right = Objects.requireNonNull(all.get(0));
        byte[] ofAnotherReplica = Objects.requireNonNull(all.get(2));
        for (byte[] wrong : List.of(
                ofAnother,
                ofAnotherReplica,
                new byte[right.length],
                new byte[0],
                Arrays.copyOf(right, right.length - 1),
                Arrays.copyOf(right, right.length + 1))) {
            var shares = of(all, ReplicaSet.of(0, 1));
            shares.put(0, wrong);
            assertThat(cipher.open(ciphertext, LABEL, shares)).isEmpty();
        }
        assertThat(cipher.open(ciphertext, new byte[1], of(all, ReplicaSet.of(0, 1))))
                .isEmpty();
        var unproved = of(all, ReplicaSet.of(0, 1));
        byte[] power = right.clone();
        power[right.length - 1] ^= 1;
        unproved.put(0, power);
        assertThat(cipher.verify(ciphertext, LABEL, 0, power)).isFalse();
        assertThat(cipher.open(ciphertext, LABEL, unproved))
                .as("the power is right, whatever is said of it")
                .hasValue(MESSAGE);
    }

    /**
     * A sender and a replica who conspire would choose what was inside when it is opened: the payload is under a key that other
     * powers give. True shares say that it is garbage, and so must theirs.
     */
    @Attack("a sender and a corrupt replica choose what was inside when it is opened")
    @Test
    void whoKnowsPowersThatFitThePayloadOpensNothing() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        var strangers = deal(Structures.FOUR.sharing(), 99);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] garbage = garbage(dealing.key());
        assertThat(cipher.isValid(garbage, LABEL)).isTrue();
        var fitting = of(shares(strangers, garbage), ReplicaSet.of(0, 1));
        assertThat(cipher.open(garbage, LABEL, fitting)).isEmpty();
        assertThat(cipher.combine(garbage, LABEL, fitting)).isEmpty();
        assertThat(cipher.open(garbage, LABEL, shares(dealing, garbage))).isEmpty();
    }

    @Attack("a sender and a corrupt replica choose what was inside when it is opened")
    @Test
    void aPayloadWithoutTheTrueExponentIsGarbage() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        BigInteger r = BigInteger.valueOf(12345);
        CurvePoint u = CurvePoint.GENERATOR.times(r);
        byte[] content = Arrays.copyOf(CurvePoint.scalar(r), 40);
        byte[] another = Arrays.copyOf(CurvePoint.scalar(r.add(BigInteger.ONE)), 40);
        byte[] above = Arrays.copyOf(CurvePoint.scalar(r.add(CurvePoint.ORDER)), 40);
        byte[] honest = cipher.sealed(r, u, content, LABEL);
        assertThat(cipher.open(honest, LABEL, shares(dealing, honest))).hasValue(new byte[8]);
        for (byte[] dishonest : List.of(another, above, new byte[40], new byte[31], new byte[0])) {
            byte[] ciphertext = cipher.sealed(r, u, dishonest, LABEL);
            assertThat(cipher.isValid(ciphertext, LABEL)).isTrue();
            var shares = shares(dealing, ciphertext);
            assertThat(cipher.open(ciphertext, LABEL, shares)).isEmpty();
            assertThat(cipher.combine(ciphertext, LABEL, shares)).isEmpty();
        }
    }

    @Test
    void whatWasFoundOutHoldsInTheNextEpochAndForThisKeyAndLabelOnly() {
        DiscreteLogKey key = deal(Structures.FOUR.sharing(), 3).key();
        Tdh2Cipher cipher = new Tdh2Cipher(key);
        byte[] ciphertext = encrypt(cipher, 3);
        assertThat(cipher.isValid(ciphertext, LABEL)).isTrue();
        for (String keyId : List.of("confidential", "escrow")) {
            DiscreteLogKey later =
                    new DiscreteLogKey("group", keyId, 1, key.formula(), key.publicKey(), key.verificationKeys());
            ThresholdCipher renewed = cipher.bare().in(later, null).cipher();
            assertThat(renewed.isValid(ciphertext, LABEL)).isEqualTo(keyId.equals("confidential"));
            assertThat(renewed.isValid(ciphertext, new byte[1])).isFalse();
        }
        DiscreteLogKey stranger = deal(Structures.FOUR.sharing(), 99).key();
        Tdh2Cipher other = new Tdh2Cipher(stranger);
        byte[] ofOther = other.encrypt(MESSAGE, LABEL, new SeededEntropy(1));
        assertThat(cipher.bare().in(stranger, null).cipher().isValid(ofOther, LABEL))
                .isTrue();
    }

    @Test
    void encryptionIsRandomAndWorksForAnyLength() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        SeededEntropy entropy = new SeededEntropy(1);
        List<byte[]> seen = new ArrayList<>();
        for (int length : List.of(0, 1, 16, 1000, 100_000)) {
            byte[] message = new byte[length];
            byte[] first = cipher.encrypt(message, LABEL, entropy);
            byte[] second = cipher.encrypt(message, LABEL, entropy);
            assertThat(first).isNotEqualTo(second);
            var shares = of(shares(dealing, second), ReplicaSet.of(2, 3));
            assertThat(cipher.combine(second, LABEL, shares)).hasValue(message);
            seen.add(first);
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    void sharesServeTheirKeyAndNotAfterTheyAreErased() {
        var dealing = deal(Structures.FOUR.sharing(), 5);
        Tdh2Cipher other = new Tdh2Cipher(deal(Structures.FOUR.sharing(), 6).key());
        assertThatThrownBy(() -> other.holder(dealing.sharesOf(0))).isInstanceOf(IllegalArgumentException.class);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, 1);
        Tdh2Cipher.KeyHolder holder = cipher.holder(dealing.sharesOf(0));
        holder.close();
        assertThatThrownBy(() -> holder.share(ciphertext, LABEL)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> holder.share(new byte[300], LABEL)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReplicaWithoutALeafReadsWithTheOthers() {
        var dealing = deal(TestKeys.threshold(2, 3), 5);
        Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
        byte[] ciphertext = encrypt(cipher, 1);
        byte[] none = cipher.holder(dealing.sharesOf(3)).share(ciphertext, LABEL);
        assertThat(none).isEmpty();
        assertThat(cipher.verify(ciphertext, LABEL, 3, none)).isTrue();
        assertThat(cipher.verify(ciphertext, LABEL, 0, none)).isFalse();
        assertThat(cipher.isQualified(ReplicaSet.of(2, 3))).isFalse();
    }

    /** Golden: what this code computes today, so that a change of any hash, tag or order of fields is seen. */
    @Test
    void whatAKnownKeyEncryptsStaysWhatItIs() {
        var dealing = deal(TestKeys.grid(), 1);
        byte[] ciphertext = encrypt(new Tdh2Cipher(dealing.key()), 1);
        byte[] share = Objects.requireNonNull(shares(dealing, ciphertext).get(5));
        assertThat(HexFormat.of().formatHex(ciphertext)).isEqualTo(GOLDEN_CIPHERTEXT);
        assertThat(HexFormat.of().formatHex(share)).isEqualTo(GOLDEN_SHARE);
    }

    private static final String GOLDEN_CIPHERTEXT =
            "860f8207f993396fd3a72629e96e6c0323fdc1cb544cb19f95adf2316a1b1d430e69f15044972190e8d44b69637301fd"
                    + "b488f11568c650fb89661ac154441b0d2f65cd9955c1f4c35400d2b5dd42bd61faec9bdb9e8ee954b44a5090acb38e7f"
                    + "02768747b5e57879c2ee980b0889cdbb7f1c34f1252c1bc4da2ce02ff86337353b349e142548f803b6017ade8be962ff"
                    + "ee43035ced180e3b7302e768c40ff2570000003f84fd22d81be2c6877f92a685fe4902b250fd869a8ec08b6974ff37b7"
                    + "61355aef0e327b795f1bb3d0e36f43ebc03c5b30bb65f99eb3280c612b6af4c38a7e1c";

    private static final String GOLDEN_SHARE =
            "87e83794b9e71494a63314bf69003993d15a3cb478ebf08f4255f0d588f0bc55b10aa49d8f7fefc563f9a3a39a266c05"
                    + "0a9ea3b891439fd1be80c4c59fcbfa54944bfedb3a5727d65883db1fa9d966d627e45bfcad69f1cbb1bccd2817882a56"
                    + "7333e3ffba700d6a866734baa6df3d38";

    @Test
    void theIdealCipherKeepsTheSamePromises() {
        IdealCipher cipher = new IdealCipher(9, Structures.FOUR);
        byte[] ciphertext = cipher.encrypt(MESSAGE, LABEL, new SeededEntropy(1));
        assertThat(ciphertext).hasSize(MESSAGE.length + cipher.overhead());
        assertThat(cipher.isValid(ciphertext, LABEL)).isTrue();
        assertThat(cipher.isValid(ciphertext, new byte[1])).isFalse();
        assertThat(new IdealCipher(8, Structures.FOUR).isValid(ciphertext, LABEL))
                .isFalse();
        for (int bit = 0; bit < ciphertext.length * 8; bit++) {
            byte[] flipped = ciphertext.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.isValid(flipped, LABEL)).isFalse();
        }
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            byte[] share = cipher.holder(i).share(ciphertext, LABEL);
            assertThat(cipher.verify(ciphertext, LABEL, i, share)).isTrue();
            assertThat(cipher.verify(ciphertext, LABEL, (i + 1) % 4, share)).isFalse();
            shares.put(i, share);
        }
        assertThat(cipher.combine(ciphertext, LABEL, of(shares, ReplicaSet.of(1, 3))))
                .hasValue(MESSAGE);
        assertThatThrownBy(() -> cipher.combine(ciphertext, LABEL, of(shares, ReplicaSet.of(1))))
                .isInstanceOf(IllegalArgumentException.class);
        shares.put(0, new byte[32]);
        assertThat(cipher.combine(ciphertext, LABEL, shares).orElseThrow()).isNotEqualTo(MESSAGE);
        byte[] garbage = cipher.garbage(LABEL, new SeededEntropy(2));
        assertThat(cipher.isValid(garbage, LABEL)).isTrue();
        SortedMap<Integer, byte[]> ofGarbage = new TreeMap<>();
        ofGarbage.put(0, cipher.holder(0).share(garbage, LABEL));
        ofGarbage.put(1, cipher.holder(1).share(garbage, LABEL));
        assertThat(cipher.combine(garbage, LABEL, ofGarbage)).isEmpty();
    }
}
