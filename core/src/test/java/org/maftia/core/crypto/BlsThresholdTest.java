package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bouncycastle.crypto.bls.BLS12_381G1;
import org.bouncycastle.crypto.bls.BLS12_381G2;
import org.bouncycastle.crypto.bls.BLS12_381G2Point;
import org.bouncycastle.crypto.bls.BLS12_381Pairing;
import org.bouncycastle.crypto.bls.BLS12_381Serialization;
import org.bouncycastle.crypto.bls.Fp12Element;
import org.bouncycastle.crypto.hash2curve.HashToCurveProfile;
import org.bouncycastle.crypto.hash2curve.HashToEllipticCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.MalformedException;

/** One signature from every qualified set, as others verify it; none from any fault set; every false share is convicted. */
class BlsThresholdTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);
    private static final HexFormat HEX = HexFormat.of();

    /** Of drand's network quicknet. */
    private static final byte[] QUICKNET = HEX.parseHex(
            "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
                    + "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a");

    /** Round 1000 of it. */
    private static final byte[] ROUND = HEX.parseHex(
            "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39");

    /** A key with the signers of all replicas. */
    private record Group(BlsThreshold key, SortedMap<Integer, BlsSigner> signers) {
        static Group of(SharingFormula formula, long seed) {
            var dealing = DiscreteLogDealer.deal("group", "beacon", formula, new SeededEntropy(seed));
            BlsThreshold key = new BlsThreshold(BlsKey.of(dealing));
            SortedMap<Integer, BlsSigner> signers = new TreeMap<>();
            dealing.shares().forEach((replica, own) -> signers.put(replica, key.signer(own)));
            return new Group(key, signers);
        }

        SortedMap<Integer, byte[]> shares(byte[] message) {
            SortedMap<Integer, byte[]> shares = new TreeMap<>();
            signers.values()
                    .forEach(signer -> signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(message, leaf))));
            return shares;
        }
    }

    private static SortedMap<Integer, byte[]> some(SortedMap<Integer, byte[]> shares, Iterable<Integer> leaves) {
        SortedMap<Integer, byte[]> some = new TreeMap<>();
        leaves.forEach(leaf -> some.put(leaf, of(shares, leaf)));
        return some;
    }

    private static byte[] of(SortedMap<Integer, byte[]> shares, int leaf) {
        return Invariant.present(shares.get(leaf), "every leaf has a share");
    }

    private static byte[] roundMessage(long round) {
        return Transcript.sha256(ByteBuffer.allocate(8).putLong(round).array()).toBytes();
    }

    /** The verification of the other library, which shares no line with the first: e(signature, g2) = e(H(m), key). */
    private static boolean isAcceptedElsewhere(byte[] publicKey, byte[] message, byte[] signature) {
        ECPoint base = HashToEllipticCurve.getInstance(
                        HashToCurveProfile.BLS12_381_G1_XMD_SHA_256_SSWU_RO,
                        "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_")
                .hashToCurve(message);
        ECPoint point = BLS12_381Serialization.decompressG1(signature, BLS12_381G1.createCurve());
        BLS12_381G2Point key = BLS12_381Serialization.decompressG2(publicKey);
        return BLS12_381Pairing.multiPair(
                        new ECPoint[] {point, base.negate()}, new BLS12_381G2Point[] {BLS12_381G2.getGenerator(), key})
                .equals(Fp12Element.ONE);
    }

    @Test
    void theRoundOfAPublicBeaconVerifies() {
        assertThat(BlsSignature.verify(QUICKNET, roundMessage(1000), ROUND)).isTrue();
        assertThat(isAcceptedElsewhere(QUICKNET, roundMessage(1000), ROUND)).isTrue();
        assertThat(BlsSignature.verify(QUICKNET, roundMessage(1001), ROUND)).isFalse();
        assertThat(isAcceptedElsewhere(QUICKNET, roundMessage(1001), ROUND)).isFalse();
        for (int bit = 0; bit < ROUND.length * 8; bit++) {
            byte[] flipped = ROUND.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(BlsSignature.verify(QUICKNET, roundMessage(1000), flipped))
                    .as("bit %d", bit)
                    .isFalse();
        }
        assertThat(BlsSignature.verify(QUICKNET, roundMessage(1000), new byte[0]))
                .isFalse();
        assertThat(BlsSignature.verify(new byte[96], roundMessage(1000), ROUND)).isFalse();
    }

    @Seeds(3)
    void anotherLibraryAcceptsWhatTheGroupSigns(long seed) {
        Group group = Group.of(Structures.general(seed).sharing(), seed);
        byte[] signature = group.key().combine(MESSAGE, group.shares(MESSAGE)).orElseThrow();
        byte[] publicKey = group.key().key().publicKey();
        assertThat(isAcceptedElsewhere(publicKey, MESSAGE, signature)).isTrue();
        assertThat(isAcceptedElsewhere(QUICKNET, MESSAGE, signature)).isFalse();
    }

    @Test
    void everyMinimalSetGivesTheOneSignature() {
        for (SharingFormula formula :
                List.of(Structures.FOUR.sharing(), TestKeys.grid(), TestKeys.replicated(Structures.FOUR))) {
            Group group = Group.of(formula, 7);
            var shares = group.shares(MESSAGE);
            byte[] signature = group.key().combine(MESSAGE, shares).orElseThrow();
            assertThat(group.key().verify(MESSAGE, signature)).isTrue();
            var sets = group.key().scheme().minimalSets();
            assertThat(sets).isNotEmpty();
            for (List<Integer> set : sets) {
                assertThat(group.key().combine(MESSAGE, some(shares, set))).hasValue(signature);
            }
        }
    }

    @Attack("stolen key files of a fault set")
    @Seeds(4)
    void theSharesOfAFaultSetSignNothing(long seed) {
        FaultStructure trust = seed == 0 ? Structures.grid() : Structures.general(seed);
        Group group = Group.of(trust.sharing(), seed);
        var shares = group.shares(MESSAGE);
        for (ReplicaSet faults : trust.maximalFaultSets()) {
            var stolen = some(shares, group.key().scheme().leavesOf(faults));
            assertThat(group.key().combine(MESSAGE, stolen)).isEmpty();
            var others = some(shares, group.key().scheme().leavesOf(trust.all().minus(faults)));
            assertThat(group.key().combine(MESSAGE, others)).isPresent();
        }
    }

    @Attack("false shares")
    @Test
    void aFlippedBitAnywhereInAShareIsFoundWithoutItsOwner() {
        Group group = Group.of(Structures.FOUR.sharing(), 3);
        byte[] share = of(group.shares(MESSAGE), 0);
        assertThat(group.key().sharesAreProved()).isTrue();
        assertThat(group.key().verifyShare(MESSAGE, 0, share, new byte[0])).isTrue();
        for (int bit = 0; bit < share.length * 8; bit++) {
            byte[] flipped = share.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(group.key().verifyShare(MESSAGE, 0, flipped, new byte[0]))
                    .as("bit %d", bit)
                    .isFalse();
        }
        assertThat(group.key().verifyShare(MESSAGE, 1, share, new byte[0])).isFalse();
        assertThat(group.key().verifyShare(MESSAGE, 4, share, new byte[0])).isFalse();
        assertThat(group.key().verifyShare(MESSAGE, 0, share, new byte[1])).isFalse();
        assertThat(group.key().verifyShare(roundMessage(1), 0, share, new byte[0]))
                .isFalse();
    }

    /** The shape is right and the proof genuine, but of another message: the result is refused, not released. */
    @Attack("false shares")
    @Test
    void nothingLeavesThatDoesNotVerify() {
        Group group = Group.of(Structures.FOUR.sharing(), 3);
        var shares = group.shares(MESSAGE);
        var others = group.shares(roundMessage(5));
        for (int liar = 0; liar < 4; liar++) {
            var mixed = new TreeMap<>(shares);
            mixed.put(liar, others.get(liar));
            var chosen = some(mixed, List.of(liar, (liar + 1) % 4));
            assertThat(group.key().combine(MESSAGE, chosen)).isEmpty();
            assertThat(group.key().verifyShare(MESSAGE, liar, of(mixed, liar), new byte[0]))
                    .isFalse();
        }
        var garbage = new TreeMap<>(shares);
        garbage.put(0, new byte[48]);
        garbage.put(1, new byte[0]);
        assertThat(group.key().combine(MESSAGE, garbage))
                .as("what is no share at all is left out")
                .hasValue(group.key().combine(MESSAGE, shares).orElseThrow());
    }

    @Test
    void aKeyTellsWhetherItsHalvesBelongTogether() {
        var dealing = DiscreteLogDealer.deal("group", "beacon", TestKeys.grid(), new SeededEntropy(1));
        BlsKey key = BlsKey.of(dealing);
        assertThat(key.isConsistent()).isTrue();
        BlsKey foreign = new BlsKey(dealing.key(), QUICKNET);
        assertThat(foreign.isConsistent()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new BlsKey(dealing.key(), new byte[96]));
        var other = DiscreteLogDealer.deal("group", "beacon", TestKeys.grid(), new SeededEntropy(2));
        assertThatIllegalArgumentException().isThrownBy(() -> new BlsThreshold(key).signer(other.sharesOf(0)));
        BlsSigner signer = new BlsThreshold(key).signer(dealing.sharesOf(0));
        signer.close();
        assertThatThrownBy(() -> signer.share(MESSAGE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theCodecIsCanonical() {
        var dealing = DiscreteLogDealer.deal("group", "beacon", Structures.FOUR.sharing(), new SeededEntropy(1));
        CodecCheck.check(BlsKey.CODEC, List.of(BlsKey.of(dealing)));
    }

    /** The second group in the other library. */
    @Seeds(5)
    void theTwistIsTheOneOfTheOtherLibrary(long seed) {
        BigInteger factor = Uniform.below(CurvePoint.ORDER, new SeededEntropy(seed));
        CurvePoint.Twist point = CurvePoint.Twist.GENERATOR.times(factor);
        BLS12_381G2Point same = BLS12_381G2.getGenerator().multiply(factor);
        assertThat(point.toBytes()).isEqualTo(BLS12_381Serialization.compressG2(same));
        assertThat(CurvePoint.Twist.decoded(point.toBytes())).isEqualTo(point);
        assertThat(point.plus(CurvePoint.Twist.GENERATOR))
                .isEqualTo(CurvePoint.Twist.GENERATOR.times(factor.add(BigInteger.ONE)));
        assertThat(point.pairs(CurvePoint.GENERATOR, CurvePoint.GENERATOR.times(factor), CurvePoint.Twist.GENERATOR))
                .isTrue();
        assertThat(point.pairs(CurvePoint.GENERATOR, CurvePoint.GENERATOR, CurvePoint.Twist.GENERATOR))
                .isFalse();
    }

    @Test
    void whatIsNoCanonicalPointOfTheTwistsGroupIsRefused() {
        byte[] good = CurvePoint.Twist.GENERATOR.toBytes();
        List<byte[]> bad = new ArrayList<>();
        bad.add(new byte[0]);
        bad.add(new byte[96]);
        bad.add(Arrays.copyOf(good, 95));
        bad.add(Arrays.copyOf(good, 97));
        bad.add(Arrays.copyOf(good, 48));
        bad.add(CurvePoint.Twist.IDENTITY.toBytes());
        byte[] uncompressed = good.clone();
        uncompressed[0] &= 0x7f;
        bad.add(uncompressed);
        byte[] infinite = good.clone();
        infinite[0] |= 0x40;
        bad.add(infinite);
        // The cofactor has 507 bits: none of these, half of which are on the twist, is in the group.
        for (int x = 0; x < 64; x++) {
            byte[] small = new byte[96];
            small[0] = (byte) 0x80;
            small[95] = (byte) x;
            bad.add(small);
        }
        for (byte[] bytes : bad) {
            assertThatThrownBy(() -> CurvePoint.Twist.decoded(bytes)).isInstanceOf(MalformedException.class);
        }
    }
}
