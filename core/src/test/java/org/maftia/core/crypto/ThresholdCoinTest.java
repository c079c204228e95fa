package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
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

/** The same value from every qualified set, nothing from any other, and no false share goes unnoticed. */
class ThresholdCoinTest {
    private static final Coin.Name NAME = new Coin.Name("order/ba3", 7);

    private static DiscreteLogDealer.Dealing deal(SharingFormula formula, long seed) {
        return DiscreteLogDealer.deal("group", "coin", formula, new SeededEntropy(seed));
    }

    /** The coins of all replicas; those without a leaf hold none. */
    private static SortedMap<Integer, ThresholdCoin> coins(DiscreteLogDealer.Dealing dealing) {
        SortedMap<Integer, ThresholdCoin> coins = new TreeMap<>();
        dealing.shares().forEach((replica, own) -> coins.put(replica, new ThresholdCoin(dealing.key(), own)));
        return coins;
    }

    private static ThresholdCoin at(SortedMap<Integer, ThresholdCoin> coins, int replica) {
        ThresholdCoin coin = coins.get(replica);
        assertThat(coin).as("coin of replica %d", replica).isNotNull();
        return coin;
    }

    private static SortedMap<Integer, byte[]> shares(
            SortedMap<Integer, ThresholdCoin> coins, Coin.Name name, ReplicaSet of) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        coins.forEach((replica, coin) -> {
            if (of.contains(replica)) {
                shares.put(replica, coin.share(name));
            }
        });
        return shares;
    }

    private static SharingFormula formula(long seed) {
        return seed % 2 == 0
                ? Structures.FOUR.sharing()
                : Structures.general(seed).sharing();
    }

    @Seeds(6)
    void everyQualifiedSetGivesTheOneValueAndNoOtherSetGivesAny(long seed) {
        SharingFormula formula = formula(seed);
        var coins = coins(deal(formula, seed));
        Coin anyone = coins.firstEntry().getValue();
        ReplicaSet all = ReplicaSet.firstOf(coins.lastKey() + 1);
        var shares = shares(coins, NAME, all);
        Coin.Value value = anyone.combine(NAME, shares);
        int qualified = 0;
        for (long bits = 0; bits <= all.bits(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            SortedMap<Integer, byte[]> some = new TreeMap<>(shares);
            some.keySet().removeIf(replica -> !set.contains(replica));
            assertThat(anyone.isQualified(set)).isEqualTo(formula.isQualified(set));
            if (formula.isQualified(set)) {
                qualified++;
                assertThat(anyone.combine(NAME, some)).isEqualTo(value);
            } else {
                assertThatThrownBy(() -> anyone.combine(NAME, some)).isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(qualified).isBetween(1, (int) all.bits());
    }

    /** A fault set knows its shares and every polynomial fits them: each secret is as possible as any other. */
    @Attack("predictable, early or corrupt coin")
    @Test
    void theSharesOfAFaultSetFitEverySecret() {
        FaultStructure trust = Structures.FOUR;
        ShareTree tree = ShareTree.of(trust.sharing().formula());
        FieldSharing sharing = new FieldSharing(CurvePoint.ORDER);
        var values = sharing.deal(tree, BigInteger.TEN, new SeededEntropy(1));
        for (ReplicaSet faults : trust.maximalFaultSets()) {
            var leaves = new SharingScheme(trust.sharing()).leavesOf(faults);
            assertThat(sharing.coefficients(tree, leaves)).isEmpty();
            // With one more leaf the set qualifies, and that leaf's coefficient is not 0: its value moves the secret.
            int next = new TreeSet<>(values.keySet())
                    .stream().filter(leaf -> !leaves.contains(leaf)).findFirst().orElseThrow();
            leaves.add(next);
            assertThat(sharing.coefficients(tree, leaves).orElseThrow().get(next))
                    .isNotEqualTo(BigInteger.ZERO);
        }
    }

    @Seeds(20)
    void sharesSumToTheSecretOverNestedGates(long seed) {
        SharingFormula formula = seed % 2 == 0 ? TestKeys.grid() : TestKeys.replicated(Structures.general(seed));
        SharingScheme scheme = new SharingScheme(formula);
        FieldSharing sharing = new FieldSharing(CurvePoint.ORDER);
        SeededEntropy entropy = new SeededEntropy(seed);
        BigInteger secret = Uniform.below(CurvePoint.ORDER, entropy);
        var values = sharing.deal(scheme.tree(), secret, entropy);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 50; i++) {
            ReplicaSet set = new ReplicaSet(random.nextLong()).intersection(ReplicaSet.firstOf(16));
            var coefficients = sharing.coefficients(scheme.tree(), scheme.leavesOf(set));
            assertThat(coefficients.isPresent()).isEqualTo(formula.isQualified(set));
            coefficients.ifPresent(factors -> {
                BigInteger sum = BigInteger.ZERO;
                for (var value : values.entrySet()) {
                    BigInteger factor = factors.getOrDefault(value.getKey(), BigInteger.ZERO);
                    sum = sum.add(value.getValue().multiply(factor));
                }
                assertThat(sum.mod(CurvePoint.ORDER)).isEqualTo(secret);
            });
        }
    }

    @Attack("predictable, early or corrupt coin")
    @Test
    void aFlippedBitAnywhereInAShareIsRefused() {
        var coins = coins(deal(Structures.FOUR.sharing(), 3));
        Coin verifier = at(coins, 1);
        byte[] share = at(coins, 0).share(NAME);
        assertThat(verifier.verify(NAME, 0, share)).isTrue();
        for (int bit = 0; bit < share.length * 8; bit++) {
            byte[] flipped = share.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(verifier.verify(NAME, 0, flipped)).as("bit %d", bit).isFalse();
        }
    }

    @Attack("predictable, early or corrupt coin")
    @Test
    void aShareServesOneReplicaOneNameOneKeyAndOneEpoch() {
        var dealing = deal(Structures.FOUR.sharing(), 3);
        var coins = coins(dealing);
        Coin verifier = at(coins, 1);
        byte[] share = at(coins, 0).share(NAME);
        assertThat(verifier.verify(NAME, 2, share)).isFalse();
        assertThat(verifier.verify(new Coin.Name(NAME.path(), 8), 0, share)).isFalse();
        assertThat(verifier.verify(new Coin.Name("order/ba4", 7), 0, share)).isFalse();
        assertThat(at(coins(deal(Structures.FOUR.sharing(), 4)), 1).verify(NAME, 0, share))
                .isFalse();
        DiscreteLogKey key = dealing.key();
        for (DiscreteLogKey other : List.of(
                new DiscreteLogKey("other", "coin", 0, key.formula(), key.publicKey(), key.verificationKeys()),
                new DiscreteLogKey("group", "beacon", 0, key.formula(), key.publicKey(), key.verificationKeys()),
                new DiscreteLogKey("group", "coin", 1, key.formula(), key.publicKey(), key.verificationKeys()))) {
            var point = CurvePoint.decoded(Arrays.copyOf(share, CurvePoint.LENGTH));
            var proof = EqualLogarithms.CODEC.decode(Arrays.copyOfRange(share, CurvePoint.LENGTH, share.length));
            byte[] message = key.use(NAME.toString())
                    .acrossEpochs()
                    .transcript("coin/point")
                    .digest()
                    .toBytes();
            CurvePoint base = CurvePoint.hashed(message, CurvePoint.suite("COIN"));
            CurvePoint verificationKey =
                    CurvePoint.decoded(key.verificationKeys().get(0));
            assertThat(new EqualLogarithms.Claim(key.use(NAME.toString()), verificationKey, base, point)
                            .isShownBy(proof))
                    .isTrue();
            assertThat(new EqualLogarithms.Claim(other.use(NAME.toString()), verificationKey, base, point)
                            .isShownBy(proof))
                    .isFalse();
        }
    }

    /** What a liar may put where the point belongs, with the proof that goes with the right one. */
    @Test
    void malformedPointsAreRefused() {
        var coins = coins(deal(Structures.FOUR.sharing(), 3));
        Coin verifier = at(coins, 1);
        byte[] share = at(coins, 0).share(NAME);
        byte[] offCurve = share.clone();
        byte[] outside = share.clone();
        byte[] identity = share.clone();
        for (byte[] bytes : List.of(offCurve, outside, identity)) {
            Arrays.fill(bytes, 0, CurvePoint.LENGTH, (byte) 0);
        }
        // x = 0 is on the curve (y = 2), outside the group; x = 1 is not on the curve.
        outside[0] = (byte) 0x80;
        offCurve[0] = (byte) 0x80;
        offCurve[CurvePoint.LENGTH - 1] = 1;
        identity[0] = (byte) 0xc0;
        for (byte[] bytes : List.of(offCurve, outside, identity)) {
            assertThat(verifier.verify(NAME, 0, bytes)).isFalse();
            SortedMap<Integer, byte[]> shares = new TreeMap<>();
            shares.put(0, bytes);
            shares.put(1, verifier.share(NAME));
            assertThatThrownBy(() -> verifier.combine(NAME, shares)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int length : List.of(0, 1, share.length - 1, share.length + 1, 2 * share.length)) {
            assertThat(verifier.verify(NAME, 0, Arrays.copyOf(share, length))).isFalse();
        }
    }

    /** A claim about a base that is no random point is as sound: the proof binds every number in it. */
    @Test
    void aProofHoldsForItsClaimOnly() {
        KeyUse use = new KeyUse("group", "coin", 0, NAME.toString());
        BigInteger secret = BigInteger.valueOf(123_456_789);
        CurvePoint g = CurvePoint.GENERATOR;
        CurvePoint base = CurvePoint.hashed(new byte[1], CurvePoint.suite("TEST"));
        var claim = new EqualLogarithms.Claim(use, g.times(secret), base, base.times(secret));
        EqualLogarithms proof = claim.prove(secret);
        assertThat(claim.isShownBy(proof)).isTrue();
        assertThat(claim.prove(secret)).as("no randomness").isEqualTo(proof);
        CurvePoint wrong = base.times(secret.add(BigInteger.ONE));
        var lie = new EqualLogarithms.Claim(use, g.times(secret), base, wrong);
        assertThat(lie.isShownBy(proof)).isFalse();
        assertThat(lie.isShownBy(lie.prove(secret))).isFalse();
        CodecCheck.check(EqualLogarithms.CODEC, List.of(proof));
    }

    @Test
    void aDealingIsRehearsedAndADamagedOneFails() {
        for (SharingFormula formula : List.of(Structures.FOUR.sharing(), TestKeys.grid())) {
            var dealing = deal(formula, 5);
            assertThat(dealing.rehearse()).isTrue();
            DiscreteLogKey key = dealing.key();
            List<byte[]> swapped = new ArrayList<>(key.verificationKeys());
            swapped.set(0, key.verificationKeys().get(1));
            DiscreteLogKey damaged = new DiscreteLogKey("group", "coin", 0, formula, key.publicKey(), swapped);
            assertThat(damaged.isConsistent()).isFalse();
            assertThat(new DiscreteLogDealer.Dealing(damaged, dealing.shares()).rehearse())
                    .isFalse();
            DiscreteLogKey foreign = new DiscreteLogKey(
                    "group", "coin", 0, formula, key.verificationKeys().get(0), key.verificationKeys());
            assertThat(foreign.isConsistent()).isFalse();
        }
    }

    @Test
    void sharesServeTheirKeyAndNotAfterTheyAreErased() {
        var dealing = deal(Structures.FOUR.sharing(), 5);
        var other = deal(Structures.FOUR.sharing(), 6);
        assertThatThrownBy(() -> new ThresholdCoin(other.key(), dealing.sharesOf(0)))
                .isInstanceOf(IllegalArgumentException.class);
        ThresholdCoin coin = new ThresholdCoin(dealing.key(), dealing.sharesOf(0));
        coin.close();
        assertThatThrownBy(() -> coin.share(NAME)).isInstanceOf(IllegalStateException.class);
        assertThat(DiscreteLogShares.CODEC.encode(dealing.sharesOf(0))).endsWith(new byte[32]);
    }

    @Test
    void aReplicaWithoutALeafTossesWithTheOthers() {
        var dealing = deal(TestKeys.threshold(2, 3), 5);
        var coins = coins(dealing);
        ThresholdCoin poor = new ThresholdCoin(dealing.key(), dealing.sharesOf(3));
        assertThat(poor.share(NAME)).isEmpty();
        assertThat(at(coins, 0).verify(NAME, 3, poor.share(NAME))).isTrue();
        assertThat(poor.verify(NAME, 0, new byte[0])).isFalse();
        var shares = shares(coins, NAME, ReplicaSet.of(0, 2));
        assertThat(poor.combine(NAME, shares)).isEqualTo(at(coins, 0).combine(NAME, shares));
        shares.remove(0);
        shares.put(3, poor.share(NAME));
        assertThat(poor.isQualified(ReplicaSet.of(2, 3))).isFalse();
        assertThatThrownBy(() -> poor.combine(NAME, shares)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void codecsAreCanonical() {
        var dealing = deal(Structures.FOUR.sharing(), 5);
        CodecCheck.check(DiscreteLogKey.CODEC, List.of(dealing.key()));
        CodecCheck.check(DiscreteLogShares.CODEC, List.copyOf(dealing.shares().values()));
    }

    /** Golden: what this code computes today, so that a change of any hash, tag or order of fields is seen. */
    @Test
    void theValueOfAKnownKeyStaysWhatItIs() {
        var coins = coins(deal(TestKeys.grid(), 1));
        Coin.Value value = at(coins, 0).combine(NAME, shares(coins, NAME, ReplicaSet.of(0, 1, 4, 5)));
        assertThat(value.digest()).hasToString("51b25fca4eaca98272827a1f4cc1f43f9e7bc40169ebeba4f8dcde90902ad839");
    }

    @Test
    void valuesAreEvenlySpread() {
        var coins = coins(deal(Structures.FOUR.sharing(), 1));
        int ones = 0;
        int[] chosen = new int[4];
        for (int round = 0; round < 400; round++) {
            Coin.Name name = new Coin.Name("test", round);
            Coin.Value value = at(coins, 0).combine(name, shares(coins, name, ReplicaSet.of(0, 1)));
            ones += value.bit() ? 1 : 0;
            chosen[value.index(4)]++;
        }
        // Five standard deviations.
        assertThat(ones).isBetween(150, 250);
        for (int count : chosen) {
            assertThat(count).isBetween(57, 143);
        }
    }

    @Test
    void theIdealCoinKeepsTheSamePromises() {
        List<Coin> coins = new ArrayList<>();
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            coins.add(new IdealCoin(9, Structures.FOUR, i));
            byte[] share = coins.get(i).share(NAME);
            shares.put(i, share);
            assertThat(coins.get(0).verify(NAME, i, share)).isTrue();
            assertThat(coins.get(0).verify(NAME, (i + 1) % 4, share)).isFalse();
        }
        Coin.Value value = coins.get(0).combine(NAME, shares);
        SortedMap<Integer, byte[]> two = new TreeMap<>(shares.tailMap(2));
        assertThat(coins.get(1).combine(NAME, two)).isEqualTo(value);
        two.remove(2);
        assertThatThrownBy(() -> coins.get(1).combine(NAME, two)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new IdealCoin(8, Structures.FOUR, 0)
                        .verify(NAME, 0, coins.get(0).share(NAME)))
                .isFalse();
    }
}
