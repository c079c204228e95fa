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

/** Keys without a dealer: what comes out is a key; what a dealer does wrong is seen, and the right one is blamed. */
class DistributedKeyTest {
    private static final ReplicaSet FOUR = ReplicaSet.firstOf(4);
    private static final SharingFormula TWO_OF_FOUR = TestKeys.threshold(2, 4);

    private static SharingFormula formula(long seed) {
        return switch ((int) (seed % 3)) {
            case 0 -> TWO_OF_FOUR;
            case 1 -> Structures.guarded(seed).sharing();
            default -> TestKeys.replicated(Structures.guarded(seed));
        };
    }

    private static ReplicaSet members(SharingFormula formula) {
        return ReplicaSet.firstOf(
                formula.owners().stream().max(Integer::compare).orElseThrow() + 1);
    }

    private static SortedMap<Integer, BigInteger> values(KeyMakers.Made made) {
        SortedMap<Integer, BigInteger> values = new TreeMap<>();
        SharingScheme scheme = new SharingScheme(made.key().formula());
        made.shares()
                .forEach((replica, own) -> scheme.leavesOf(replica).forEach(leaf -> values.put(leaf, own.value(leaf))));
        return values;
    }

    /** Every set of members is tried: exactly the qualified ones have the secret. */
    private static void assertExactlyQualifiedSetsHaveTheSecret(KeyMakers.Made made, ReplicaSet members) {
        SharingScheme scheme = new SharingScheme(made.key().formula());
        FieldSharing sharing = new FieldSharing(CurvePoint.ORDER);
        SortedMap<Integer, BigInteger> values = values(made);
        CurvePoint publicKey = CurvePoint.decoded(made.key().publicKey());
        List<BigInteger> secrets = new ArrayList<>();
        int qualified = 0;
        for (long bits = 0; bits <= members.bits(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            var coefficients = sharing.coefficients(scheme.tree(), scheme.leavesOf(set));
            assertThat(coefficients.isPresent()).isEqualTo(made.key().formula().isQualified(set));
            if (coefficients.isPresent()) {
                qualified++;
                BigInteger sum = BigInteger.ZERO;
                for (var factor : coefficients.get().entrySet()) {
                    sum = sum.add(factor.getValue().multiply(values.getOrDefault(factor.getKey(), BigInteger.ZERO)));
                }
                sum = sum.mod(CurvePoint.ORDER);
                secrets.add(sum);
                assertThat(sum).isEqualTo(secrets.getFirst());
            }
        }
        assertThat(qualified).isPositive();
        assertThat(CurvePoint.GENERATOR.times(secrets.getFirst())).isEqualTo(publicKey);
    }

    @Seeds(9)
    void aGroupMakesItselfAKeyWhoseSecretExactlyItsQualifiedSetsHold(long seed) {
        SharingFormula formula = formula(seed);
        ReplicaSet members = members(formula);
        KeyMakers.Made made =
                KeyMakers.generating(formula, members, seed).deal(members).make();
        assertExactlyQualifiedSetsHaveTheSecret(made, members);
        assertThat(made.key().epoch()).isZero();
        CodecCheck.accepts(DiscreteLogKey.CODEC, DiscreteLogKey.CODEC.encode(made.key()));
    }

    /** All 65,536 sets of members. */
    @Test
    void inAGridOfSixteenExactlyTheQualifiedSetsHaveTheSecretBeforeAndAfterARefresh() {
        SharingFormula formula = TestKeys.grid();
        ReplicaSet members = ReplicaSet.firstOf(16);
        KeyMakers.Made made =
                KeyMakers.generating(formula, members, 5).deal(members).make();
        assertExactlyQualifiedSetsHaveTheSecret(made, members);
        KeyMakers.Made next =
                KeyMakers.refreshing(made, members, 6).deal(members).make();
        assertExactlyQualifiedSetsHaveTheSecret(next, members);
        assertThat(next.key().publicKey()).isEqualTo(made.key().publicKey());
    }

    @Seeds(6)
    void aRefreshKeepsTheSecretAndMakesEveryShareAnother(long seed) {
        SharingFormula formula = formula(seed);
        ReplicaSet members = members(formula);
        KeyMakers.Made made = KeyMakers.dealt(formula, seed);
        KeyMakers.Made next =
                KeyMakers.refreshing(made, members, seed).deal(members).make();
        assertExactlyQualifiedSetsHaveTheSecret(next, members);
        assertThat(next.key().publicKey()).isEqualTo(made.key().publicKey());
        assertThat(next.key().epoch()).isEqualTo(made.key().epoch() + 1);
        assertThat(KeyMakers.toss(next, members)).isEqualTo(KeyMakers.toss(made, members));
        values(made).forEach((leaf, value) -> assertThat(values(next)).doesNotContainEntry(leaf, value));
    }

    /** What a fault set has of one epoch and another fault set of the next together determine nothing. */
    @Attack("mobile adversary gathers shares over time")
    @Test
    void sharesOfDifferentEpochsDoNotAddUp() {
        KeyMakers.Made made = KeyMakers.dealt(TWO_OF_FOUR, 1);
        KeyMakers.Made next = KeyMakers.refreshing(made, FOUR, 1).deal(FOUR).make();
        CurvePoint publicKey = CurvePoint.decoded(made.key().publicKey());
        assertThat(CurvePoint.GENERATOR.times(line(value(made, 0), value(next, 1))))
                .isNotEqualTo(publicKey);
        assertThat(CurvePoint.GENERATOR.times(line(value(next, 0), value(next, 1))))
                .isEqualTo(publicKey);
    }

    private static BigInteger value(KeyMakers.Made made, int leaf) {
        return values(made).getOrDefault(leaf, BigInteger.ZERO);
    }

    /** The value at 0 of the line through the values at 1 and 2. */
    private static BigInteger line(BigInteger one, BigInteger two) {
        return one.add(one).subtract(two).mod(CurvePoint.ORDER);
    }

    /** To other formulas, more or fewer members, from no more dealers than it takes. */
    @Seeds(9)
    void aResharingHandsTheSecretToOthersOverAnotherFormula(long seed) {
        SharingFormula from = formula(seed);
        SharingFormula to = seed % 2 == 0 ? formula(seed + 1) : TestKeys.grid();
        KeyMakers.Made made = KeyMakers.dealt(from, seed);
        ReplicaSet dealers = members(from);
        for (int replica : dealers.toList()) {
            dealers = from.isQualified(dealers.without(replica)) ? dealers.without(replica) : dealers;
        }
        KeyMakers makers = KeyMakers.resharing(made, to, members(to), seed).deal(dealers);
        assertThat(makers.attempt.plan().suffices(dealers, Structures.FOUR)).isTrue();
        assertThat(makers.attempt.plan().suffices(dealers.without(dealers.first()), Structures.FOUR))
                .isFalse();
        KeyMakers.Made next = makers.make();
        assertThat(next.key().publicKey()).isEqualTo(made.key().publicKey());
        assertThat(KeyMakers.toss(next, members(to))).isEqualTo(KeyMakers.toss(made, members(from)));
        if (!to.equals(TestKeys.grid())) {
            assertExactlyQualifiedSetsHaveTheSecret(next, members(to));
        }
    }

    @Test
    void aMemberThatLostItsShareGetsOneByResharingOverTheSameFormula() {
        KeyMakers.Made made = KeyMakers.dealt(TWO_OF_FOUR, 1);
        SortedMap<Integer, DiscreteLogShares> left = new TreeMap<>(made.shares());
        left.remove(2);
        KeyMakers.Made next = KeyMakers.resharing(new KeyMakers.Made(made.key(), left), TWO_OF_FOUR, FOUR, 1)
                .deal(ReplicaSet.of(0, 3))
                .make();
        assertThat(next.shares().keySet()).containsExactly(0, 1, 2, 3);
        assertThat(KeyMakers.toss(next, ReplicaSet.of(1, 2))).isEqualTo(KeyMakers.toss(made, FOUR));
    }

    @Test
    void whoGaveNoKeyGetsNoShareAndTheOthersDo() {
        KeyMakers makers =
                KeyMakers.generating(TWO_OF_FOUR, ReplicaSet.of(0, 1, 3), 2).deal(FOUR);
        KeyMakers.Made made = makers.make();
        assertThat(made.shares().keySet()).containsExactly(0, 1, 3);
        assertThat(KeyMakers.toss(made, ReplicaSet.of(0, 1))).isEqualTo(KeyMakers.toss(made, ReplicaSet.of(1, 3)));
    }

    private static byte[] spoiled(KeyMakers makers, int dealer, int leaf, byte[] inside) {
        byte[] dealing = makers.dealings.get(dealer);
        assertThat(dealing).isNotNull();
        KeyDealing parts = makers.attempt.shape(dealer).read(dealing);
        SortedMap<Integer, byte[]> sealed = new TreeMap<>(parts.sealed());
        sealed.put(leaf, inside);
        return new KeyDealing(
                        parts.blinding(), parts.proof(), parts.roots(), parts.twists(), parts.commitments(), sealed)
                .toBytes();
    }

    /** As the dealer, who shares the secret point with each recipient, could seal it. */
    private static byte[] sealed(KeyMakers makers, int dealer, int leaf, BigInteger share) {
        byte[] dealing = makers.dealings.get(dealer);
        RecipientKey secret = makers.secrets.get(leaf);
        assertThat(dealing).isNotNull();
        assertThat(secret).isNotNull();
        CurvePoint blinding = makers.attempt.shape(dealer).read(dealing).blinding();
        byte[] bytes = RsaKey.toBytes(share, CurvePoint.SCALAR_LENGTH);
        return PointSeal.seal(blinding.times(secret.value()), makers.attempt.context(dealer, blinding, leaf), bytes);
    }

    @Attack("false dealing of a key")
    @Test
    void aFalseShareIsRefutedByWhoGotItAndByNobodyElse() {
        KeyMakers makers = KeyMakers.generating(TWO_OF_FOUR, FOUR, 3).deal(FOUR);
        assertThat(makers.justComplaints()).isEmpty();
        BigInteger order = CurvePoint.ORDER;
        for (byte[] inside : List.of(
                sealed(makers, 1, 2, BigInteger.TEN),
                sealed(makers, 1, 2, BigInteger.ZERO),
                sealed(makers, 1, 2, order),
                sealed(makers, 1, 2, BigInteger.TWO.pow(256).subtract(BigInteger.ONE)),
                new byte[CurvePoint.SCALAR_LENGTH + PointSeal.OVERHEAD])) {
            byte[] good = makers.dealings.get(1);
            makers.dealings.put(1, spoiled(makers, 1, 2, inside));
            assertThat(makers.attempt.isWellFormed(1, makers.dealings.get(1)))
                    .as("nobody else can see it")
                    .isTrue();
            assertThat(makers.justComplaints()).containsExactly("2>1");
            makers.dealings.put(1, good);
        }
    }

    @Attack("false dealing of a key")
    @Test
    void aShareWrittenAsANumberAboveTheOrderIsRefutedThoughItIsTheRightOne() {
        KeyMakers makers =
                KeyMakers.refreshing(KeyMakers.dealt(TWO_OF_FOUR, 1), FOUR, 3).deal(FOUR);
        var right = new SharingPolynomials(
                        ShareTree.of(TWO_OF_FOUR.formula()), BigInteger.ZERO, new Skipped(new SeededEntropy(77 * 2)))
                .shares()
                .getOrDefault(2, BigInteger.ZERO);
        byte[] same = sealed(makers, 1, 2, right);
        assertThat(spoiled(makers, 1, 2, same)).isEqualTo(makers.dealings.get(1));
        makers.dealings.put(1, spoiled(makers, 1, 2, sealed(makers, 1, 2, right.add(CurvePoint.ORDER))));
        assertThat(makers.justComplaints()).containsExactly("2>1");
    }

    /** A dealing's first draw is its exponent; the polynomials come after it. */
    private record Skipped(SeededEntropy rest) implements Entropy {
        Skipped {
            SharingPolynomials.drawn(rest);
        }

        @Override
        public byte[] bytes(int count) {
            return rest.bytes(count);
        }
    }

    /** A refresh that would move the secret: its shares belong to a number other than 0. */
    @Attack("false dealing of a key")
    @Test
    void aRefreshThatWouldMoveTheSecretIsRefutedByEveryRecipient() {
        KeyMakers makers =
                KeyMakers.refreshing(KeyMakers.dealt(TWO_OF_FOUR, 1), FOUR, 4).deal(FOUR);
        byte[] dealing = makers.dealings.get(0);
        assertThat(dealing).isNotNull();
        var polynomials =
                new SharingPolynomials(ShareTree.of(TWO_OF_FOUR.formula()), BigInteger.ONE, new SeededEntropy(9));
        KeyDealing parts = makers.attempt.shape(0).read(dealing);
        SortedMap<Integer, byte[]> sealed = new TreeMap<>();
        polynomials.shares().forEach((leaf, share) -> sealed.put(leaf, sealed(makers, 0, leaf, share)));
        makers.dealings.put(
                0,
                new KeyDealing(
                                parts.blinding(),
                                parts.proof(),
                                List.of(),
                                List.of(),
                                List.of(polynomials.commitment()),
                                sealed)
                        .toBytes());
        assertThat(makers.justComplaints()).containsExactly("0>0", "1>0", "2>0", "3>0");
    }

    @Attack("false dealing of a key")
    @Test
    void aResharingOfSomethingElseThanOnesShareIsRefuted() {
        KeyMakers.Made made = KeyMakers.dealt(TWO_OF_FOUR, 1);
        SortedMap<Integer, DiscreteLogShares> confused = new TreeMap<>(made.shares());
        confused.put(1, DiscreteLogShares.of(made.key(), 1, new TreeMap<>(java.util.Map.of(1, BigInteger.TEN))));
        KeyMakers makers = KeyMakers.resharing(
                        new KeyMakers.Made(made.key(), confused), TestKeys.threshold(3, 4), FOUR, 1)
                .deal(ReplicaSet.of(0, 1));
        assertThat(makers.justComplaints()).containsExactly("0>1", "1>1", "2>1", "3>1");
    }

    @Attack("false dealing of a key")
    @Test
    void everyFlippedBitOfADealingIsRefusedOrRefuted() {
        KeyMakers makers = KeyMakers.generating(TWO_OF_FOUR, FOUR, 3).deal(FOUR);
        byte[] dealing = makers.dealings.get(1);
        assertThat(dealing).isNotNull();
        int sealedFrom = dealing.length - 4 * (CurvePoint.SCALAR_LENGTH + PointSeal.OVERHEAD);
        int refuted = 0;
        for (int bit = 0; bit < dealing.length * 8; bit += 5) {
            byte[] flipped = dealing.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            if (makers.attempt.isWellFormed(1, flipped)) {
                makers.dealings.put(1, flipped);
                // The proof stands for the blinding, so only what follows it can be changed unseen.
                assertThat(bit / 8).isGreaterThanOrEqualTo(CurvePoint.LENGTH + KnownLogarithm.LENGTH);
                int expected = bit / 8 < sealedFrom ? 4 : 1;
                assertThat(makers.justComplaints()).as("bit %d", bit).hasSize(expected);
                refuted++;
            }
        }
        assertThat(refuted).isPositive();
        for (int length : List.of(0, 1, dealing.length - 1, dealing.length + 1, 2 * dealing.length)) {
            assertThat(makers.attempt.isWellFormed(1, Arrays.copyOf(dealing, length)))
                    .isFalse();
        }
    }

    @Attack("false dealing of a key")
    @Test
    void aDealingServesOneDealerAndOneAttempt() {
        KeyMakers makers = KeyMakers.generating(TWO_OF_FOUR, FOUR, 3).deal(FOUR);
        byte[] dealing = makers.dealings.get(1);
        assertThat(dealing).isNotNull();
        assertThat(makers.attempt.isWellFormed(1, dealing)).isTrue();
        assertThat(makers.attempt.isWellFormed(2, dealing)).as("a copied one").isFalse();
        KeyMakers later = KeyMakers.generating(TWO_OF_FOUR, FOUR, 4);
        assertThat(later.attempt.isWellFormed(1, dealing)).isFalse();
    }

    @Attack("false complaint about a dealing")
    @Test
    void aFalseComplaintFallsBackOnWhoMakesIt() {
        KeyMakers makers = KeyMakers.generating(TWO_OF_FOUR, FOUR, 3).deal(FOUR);
        byte[] good = makers.dealings.get(1);
        assertThat(good).isNotNull();
        byte[] bad = spoiled(makers, 1, 2, sealed(makers, 1, 2, BigInteger.TEN));
        makers.dealings.put(1, bad);
        assertThat(makers.receive(2)).isInstanceOf(DistributedKey.Receipt.Faulty.class);
        if (makers.receive(2) instanceof DistributedKey.Receipt.Faulty faulty) {
            KeyComplaint just = faulty.complaints().getFirst();
            assertThat(makers.attempt.isJustified(2, just, bad)).isTrue();
            assertThat(makers.attempt.isJustified(2, just, good))
                    .as("of a right dealing")
                    .isFalse();
            assertThat(makers.attempt.isJustified(3, just, bad))
                    .as("in another's name")
                    .isFalse();
            assertThat(makers.attempt.isJustified(9, just, bad))
                    .as("of no member")
                    .isFalse();
            for (int leaf : List.of(0, 3, 4, 65_535)) {
                KeyComplaint other = new KeyComplaint(1, leaf, just.opening(), just.proof());
                assertThat(makers.attempt.isJustified(2, other, bad))
                        .as("of a leaf that is not its own")
                        .isFalse();
            }
            byte[] opening = CurvePoint.GENERATOR.times(BigInteger.TEN).toBytes();
            assertThat(makers.attempt.isJustified(2, new KeyComplaint(1, 2, opening, just.proof()), bad))
                    .as("opened falsely")
                    .isFalse();
            assertThat(makers.attempt.isJustified(2, new KeyComplaint(1, 2, new byte[48], just.proof()), bad))
                    .isFalse();
            byte[] proof = just.proof().clone();
            proof[3] ^= 1;
            assertThat(makers.attempt.isJustified(2, new KeyComplaint(1, 2, just.opening(), proof), bad))
                    .isFalse();
        }
    }

    /** Who deals last, and has an accomplice, knows the accomplice's share and can make it 0: then the key is not made. */
    @Attack("false dealing of a key")
    @Test
    void aShareOfZeroMakesNoKey() {
        KeyMakers makers = KeyMakers.generating(TWO_OF_FOUR, FOUR, 3).deal(ReplicaSet.of(0, 1, 2));
        ShareTree tree = ShareTree.of(TWO_OF_FOUR.formula());
        BigInteger sum = BigInteger.ZERO;
        if (makers.receive(3) instanceof DistributedKey.Receipt.Complete complete) {
            sum = complete.shares().value(3);
        }
        assertThat(sum).isPositive();
        BigInteger drift = new SharingPolynomials(tree, BigInteger.ZERO, new SeededEntropy(5))
                .shares()
                .getOrDefault(3, BigInteger.ZERO);
        BigInteger chosen = sum.add(drift).negate().mod(CurvePoint.ORDER);
        makers.deal(ReplicaSet.of(3));
        byte[] dealing = makers.dealings.get(3);
        assertThat(dealing).isNotNull();
        KeyDealing parts = makers.attempt.shape(3).read(dealing);
        var polynomials = new SharingPolynomials(tree, chosen, new SeededEntropy(5));
        SortedMap<Integer, byte[]> sealed = new TreeMap<>();
        polynomials.shares().forEach((leaf, share) -> sealed.put(leaf, sealed(makers, 3, leaf, share)));
        byte[] last = new KeyDealing(
                        parts.blinding(),
                        parts.proof(),
                        List.of(CurvePoint.GENERATOR.times(chosen)),
                        List.of(),
                        List.of(polynomials.commitment()),
                        sealed)
                .toBytes();
        makers.dealings.put(3, last);
        assertThat(makers.attempt.isWellFormed(3, last)).isTrue();
        assertThat(makers.justComplaints()).isEmpty();
        assertThat(makers.attempt.key(makers.dealings)).isEmpty();
        makers.dealings.remove(3);
        assertThat(makers.attempt.key(makers.dealings)).isPresent();
    }

    /** With what outsiders verify comes out of the same dealings; a dealer cannot give it another number. */
    @Test
    void aKeyThatSignsHasItsPowerInTheSecondGroup() {
        KeyMakers makers =
                KeyMakers.signing(TWO_OF_FOUR, ReplicaSet.of(0, 1, 2, 3), 3).deal(ReplicaSet.of(0, 1, 3));
        KeyMakers.Made made = makers.make();
        BlsKey signing = makers.attempt.signing(makers.dealings, made.key());
        assertThat(signing.isConsistent()).isTrue();
        BlsThreshold scheme = new BlsThreshold(signing);
        byte[] message = {1, 2, 3};
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        made.shares().forEach((replica, own) -> {
            if (replica >= 2) {
                BlsSigner signer = scheme.signer(own);
                signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(message, leaf)));
            }
        });
        byte[] signature = scheme.combine(message, shares).orElseThrow();
        assertThat(BlsSignature.verify(signing.publicKey(), message, signature)).isTrue();
    }

    @Attack("dealer gives the key another number in the second group")
    @Test
    void aDealingOfTwoNumbersIsRefusedOnSight() {
        KeyMakers makers =
                KeyMakers.signing(TWO_OF_FOUR, ReplicaSet.of(0, 1, 2, 3), 3).deal(ReplicaSet.of(0));
        byte[] dealing = makers.dealings.get(0);
        assertThat(dealing).isNotNull();
        KeyDealing parts = makers.attempt.shape(0).read(dealing);
        CurvePoint.Twist other = parts.twists().getFirst().plus(CurvePoint.Twist.GENERATOR);
        byte[] forged = new KeyDealing(
                        parts.blinding(),
                        parts.proof(),
                        parts.roots(),
                        List.of(other),
                        parts.commitments(),
                        parts.sealed())
                .toBytes();
        assertThat(makers.attempt.isWellFormed(0, dealing)).isTrue();
        assertThat(makers.attempt.isWellFormed(0, forged)).isFalse();
        KeyPlan plan = makers.attempt.plan();
        assertThat(KeyPlan.CODEC.decode(KeyPlan.CODEC.encode(plan))).isEqualTo(plan);
        assertThatThrownBy(() -> new KeyPlan(
                        KeyPlan.Kind.REFRESH,
                        "group",
                        "coin",
                        TWO_OF_FOUR,
                        makers.deal(ReplicaSet.of(1, 2)).make().key(),
                        true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aQuorumDrawsAndAQualifiedSetReshares() {
        FaultStructure trust = Structures.FOUR;
        KeyPlan generation = KeyPlan.generation("group", "coin", TWO_OF_FOUR);
        KeyPlan refresh = KeyPlan.refresh(KeyMakers.dealt(TWO_OF_FOUR, 1).key());
        for (long bits = 0; bits < 16; bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            assertThat(generation.suffices(set, trust)).isEqualTo(trust.isQuorum(set));
            assertThat(refresh.suffices(set, trust)).isEqualTo(trust.isQuorum(set));
        }
    }

    @Test
    void plansThatDoNotFitAreRefused() {
        DiscreteLogKey key = KeyMakers.dealt(TWO_OF_FOUR, 1).key();
        assertThatThrownBy(() -> new KeyPlan(KeyPlan.Kind.GENERATION, "group", "coin", TWO_OF_FOUR, key))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeyPlan(KeyPlan.Kind.REFRESH, "group", "coin", TWO_OF_FOUR, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeyPlan(KeyPlan.Kind.REFRESH, "group", "coin", TestKeys.threshold(3, 4), key))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KeyPlan(KeyPlan.Kind.RESHARING, "group", "beacon", TWO_OF_FOUR, key))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void secretsServeUntilTheyAreErased() {
        RecipientKey secret = RecipientKey.generate(new SeededEntropy(1));
        RecipientKey same = RecipientKey.of(secret.secret());
        assertThat(same.publicKey()).isEqualTo(secret.publicKey());
        assertThat(RecipientKey.isPublicKey(secret.publicKey())).isTrue();
        assertThat(RecipientKey.isPublicKey(new byte[48])).isFalse();
        secret.close();
        assertThatThrownBy(secret::publicKey).isInstanceOf(IllegalStateException.class);
        for (byte[] bad : List.of(new byte[32], new byte[31], RsaKey.toBytes(CurvePoint.ORDER, 32))) {
            assertThatThrownBy(() -> RecipientKey.of(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void codecsAreCanonical() {
        DiscreteLogKey key = KeyMakers.dealt(TWO_OF_FOUR, 1).key();
        CodecCheck.check(
                KeyPlan.CODEC,
                List.of(
                        KeyPlan.generation("group", "coin", TWO_OF_FOUR),
                        KeyPlan.refresh(key),
                        KeyPlan.resharing(key, TestKeys.threshold(3, 4))));
        KeyUse use = new KeyUse("group", "coin", 0, "test");
        CurvePoint power = CurvePoint.GENERATOR.times(BigInteger.TEN);
        KnownLogarithm proof = KnownLogarithm.prove(use, power, BigInteger.TEN);
        assertThat(proof.isOf(use, power)).isTrue();
        assertThat(proof.isOf(use, power.plus(power))).isFalse();
        assertThat(proof.isOf(use.acrossEpochs(), power)).isTrue();
        assertThat(proof.isOf(new KeyUse("group", "coin", 1, "test"), power)).isFalse();
        CodecCheck.check(KnownLogarithm.CODEC, List.of(proof));
        List<KeyComplaint> complaints = new ArrayList<>();
        complaints.add(new KeyComplaint(3, 700, new byte[48], new byte[64]));
        CodecCheck.check(KeyComplaint.CODEC, complaints);
        assertThat(complaints.getFirst()).isEqualTo(new KeyComplaint(3, 700, new byte[48], new byte[64]));
    }

    /** Arbitrary bytes neither pass nor break anything. */
    @Seeds(3)
    void noiseIsNoDealing(long seed) {
        KeyMakers makers = KeyMakers.generating(TWO_OF_FOUR, FOUR, 3);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[i % 2 == 0 ? (int) makers.attempt.dealingLength(0) : random.nextInt(1000)];
            random.nextBytes(noise);
            assertThat(makers.attempt.isWellFormed(0, noise)).isFalse();
        }
    }
}
