package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.SharingFormula;

class RsaThresholdTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);
    private static final BigInteger P = prime(1);
    private static final BigInteger Q = prime(2);

    private static BigInteger prime(long seed) {
        return SafePrimes.generate(256, new SeededEntropy(seed), ModularPower.JAVA, SafePrimes.Progress.NONE);
    }

    /** A dealing with the same two primes every time, so that a test of many formulas need not search. */
    static RsaDealer.Dealing deal(SharingFormula formula, long seed) {
        return RsaDealer.deal(
                "test", RsaEncoding.PKCS1_SHA256, formula, P, Q, new SeededEntropy(seed), ModularPower.JAVA);
    }

    @Test
    void everyMinimalSetOfTwoOfFourSigns() throws GeneralSecurityException {
        everyMinimalSetSigns(TestKeys.threshold(2, 4), 6);
    }

    @Test
    void everyMinimalSetOfTheGridSigns() throws GeneralSecurityException {
        everyMinimalSetSigns(TestKeys.grid(), 216);
    }

    @Test
    void everyMinimalSetOfReplicatedSharesSigns() throws GeneralSecurityException {
        everyMinimalSetSigns(TestKeys.replicated(FaultStructure.threshold(4, 1)), 81);
    }

    private static void everyMinimalSetSigns(SharingFormula formula, int count) throws GeneralSecurityException {
        RsaDealer.Dealing dealing = deal(formula, 1);
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        SortedMap<Integer, byte[]> shares = shares(threshold, dealing, MESSAGE);
        byte[] expected = straightforward(dealing.key(), MESSAGE);
        assertThat(threshold.scheme().minimalSets()).hasSize(count);
        for (List<Integer> set : threshold.scheme().minimalSets()) {
            byte[] signature = threshold.combine(MESSAGE, only(shares, set)).orElseThrow();
            assertThat(signature).isEqualTo(expected);
            assertThat(threshold.verify(MESSAGE, signature)).isTrue();
        }
        assertThat(RsaEncodingTest.platformAccepts(dealing.key(), MESSAGE, expected))
                .isTrue();
    }

    /** The signature as one who knows the factors computes it: DigestInfo spelled out, the inverse of e, one power. */
    private static byte[] straightforward(RsaKey key, byte[] message) {
        String hash = Transcript.sha256(message).toString();
        String info = "3031300d060960864801650304020105000420" + hash;
        String padded = "0001" + "ff".repeat(64 - 3 - 51) + "00" + info;
        BigInteger lambda = P.subtract(BigInteger.ONE).multiply(Q.subtract(BigInteger.ONE));
        BigInteger d = BigInteger.valueOf(65537).modInverse(lambda);
        return key.toBytes(new BigInteger(padded, 16).modPow(d, P.multiply(Q)));
    }

    /** Formulas of gates of all three kinds at every depth, with replicas that own several leaves. */
    @Seeds(60)
    void anyFormulaSignsIsConsistentAndSurvivesItsCodec(long seed) {
        Random random = new Random(seed);
        SharingFormula formula = new SharingFormula(formula(random, 3), false);
        RsaDealer.Dealing dealing = deal(formula, seed);
        assertThat(dealing.key().isConsistent()).isTrue();
        assertThat(RsaKey.CODEC.decode(RsaKey.CODEC.encode(dealing.key()))).isEqualTo(dealing.key());
        dealing.shares().values().forEach(shares -> {
            byte[] bytes = RsaShares.CODEC.encode(shares);
            RsaShares copy = RsaShares.CODEC.decode(bytes);
            assertThat(RsaShares.CODEC.encode(copy)).isEqualTo(bytes);
            assertThat(copy.match(dealing.key(), ModularPower.JAVA)).isTrue();
        });
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        SortedMap<Integer, byte[]> shares = shares(threshold, dealing, MESSAGE);
        byte[] expected = straightforward(dealing.key(), MESSAGE);
        for (int i = 0; i < 3; i++) {
            List<Integer> set = threshold.designated(random.nextInt(1000));
            assertThat(threshold.combine(MESSAGE, only(shares, set))).hasValue(expected);
        }
    }

    private static Formula formula(Random random, int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            return new Formula.Leaf(random.nextInt(6));
        }
        List<Formula> children = new ArrayList<>();
        int fanIn = 1 + random.nextInt(4);
        for (int i = 0; i < fanIn; i++) {
            children.add(formula(random, depth - 1));
        }
        return Formula.select(1 + random.nextInt(fanIn), children);
    }

    @Seeds(6)
    void messagesSignWhetherTheirNumberIsASquareOrNot(long seed) {
        RsaDealer.Dealing dealing = deal(TestKeys.threshold(2, 4), seed);
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        TreeSet<Boolean> squares = new TreeSet<>();
        for (int i = 0; i < 16; i++) {
            byte[] message = {(byte) seed, (byte) i};
            BigInteger x = dealing.key().encode(message);
            squares.add(x.modPow(P.shiftRight(1), P).equals(BigInteger.ONE)
                    && x.modPow(Q.shiftRight(1), Q).equals(BigInteger.ONE));
            assertThat(threshold.combine(message, shares(threshold, dealing, message)))
                    .hasValue(straightforward(dealing.key(), message));
        }
        assertThat(squares).as("both kinds occurred").hasSize(2);
    }

    @Test
    void aFlippedBitInAShareIsCaughtAndNamed() {
        RsaDealer.Dealing dealing = deal(TestKeys.grid(), 3);
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        SortedMap<Integer, byte[]> shares = shares(threshold, dealing, MESSAGE);
        Random random = new Random(3);
        for (int liar : threshold.designated(100)) {
            SortedMap<Integer, byte[]> some = only(shares, threshold.designated(100));
            some.put(liar, flipped(bytesOf(shares, liar), random));
            assertThat(threshold.combine(MESSAGE, some)).isEmpty();

            // What the caller does then: proofs of the leaves used; the one that fails is named, the rest signs.
            List<Integer> false_ = new ArrayList<>();
            for (int leaf : threshold.selection(new TreeSet<>(some.keySet()))) {
                byte[] proof = TestKeys.signer(
                                threshold, dealing, threshold.scheme().owner(leaf))
                        .prove(MESSAGE, leaf);
                if (!threshold.verifyShare(MESSAGE, leaf, bytesOf(some, leaf), proof)) {
                    false_.add(leaf);
                }
            }
            assertThat(false_).containsExactly(liar);
            SortedMap<Integer, byte[]> others = new TreeMap<>(shares);
            others.remove(liar);
            assertThat(threshold.combine(MESSAGE, others)).isPresent();
        }
    }

    @Test
    void aFlippedBitInAProofIsRefused() {
        RsaDealer.Dealing dealing = deal(TestKeys.grid(), 4);
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        RsaSigner signer = TestKeys.signer(threshold, dealing, 5);
        byte[] share = signer.share(MESSAGE, 5);
        byte[] proof = signer.prove(MESSAGE, 5);
        assertThat(threshold.verifyShare(MESSAGE, 5, share, proof)).isTrue();
        assertThat(signer.prove(MESSAGE, 5)).as("deterministic").isEqualTo(proof);
        for (int bit = 0; bit < 8 * proof.length; bit += 5) {
            byte[] changed = proof.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(threshold.verifyShare(MESSAGE, 5, share, changed)).isFalse();
        }
        assertThat(threshold.verifyShare(new byte[] {1}, 5, share, proof)).isFalse();
        assertThat(threshold.verifyShare(MESSAGE, 6, share, proof)).isFalse();
        assertThat(threshold.verifyShare(MESSAGE, -1, share, proof)).isFalse();
        assertThat(threshold.verifyShare(MESSAGE, 16, share, proof)).isFalse();
        assertThat(threshold.verifyShare(MESSAGE, 5, share, new byte[0])).isFalse();
    }

    @Test
    void whatIsNoGroupElementIsNoShare() {
        RsaDealer.Dealing dealing = deal(TestKeys.threshold(2, 4), 5);
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        RsaSigner signer = TestKeys.signer(threshold, dealing, 0);
        byte[] proof = signer.prove(MESSAGE, 0);
        SortedMap<Integer, byte[]> shares = shares(threshold, dealing, MESSAGE);
        List<byte[]> hostile = List.of(
                new byte[0],
                new byte[64],
                dealing.key().toBytes(BigInteger.ONE),
                dealing.key().toBytes(dealing.key().modulus()),
                dealing.key().toBytes(P),
                new byte[65],
                new byte[63]);
        for (byte[] share : hostile) {
            assertThat(threshold.verifyShare(MESSAGE, 0, share, proof)).isFalse();
            SortedMap<Integer, byte[]> two = only(shares, List.of(1));
            two.put(0, share);
            assertThat(threshold.combine(MESSAGE, two)).isEmpty();
        }
        assertThat(threshold.verify(MESSAGE, new byte[64])).isFalse();
        assertThat(threshold.verify(MESSAGE, new byte[0])).isFalse();
    }

    @Test
    void tooLongAMessageIsNotSigned() {
        RsaDealer.Dealing dealing = deal(TestKeys.threshold(2, 4), 6);
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        byte[] long_ = new byte[(4 << 20) + 1];
        assertThat(threshold.accepts(long_)).isFalse();
        assertThat(threshold.verify(long_, new byte[64])).isFalse();
        RsaSigner signer = TestKeys.signer(threshold, dealing, 0);
        assertThatIllegalArgumentException().isThrownBy(() -> signer.share(long_, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> signer.share(MESSAGE, 1));
    }

    static SortedMap<Integer, byte[]> shares(RsaThreshold threshold, RsaDealer.Dealing dealing, byte[] message) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        TestKeys.signers(threshold, dealing)
                .values()
                .forEach(signer -> signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(message, leaf))));
        return shares;
    }

    static SortedMap<Integer, byte[]> only(SortedMap<Integer, byte[]> shares, List<Integer> leaves) {
        SortedMap<Integer, byte[]> some = new TreeMap<>(shares);
        some.keySet().retainAll(leaves);
        return some;
    }

    private static byte[] bytesOf(SortedMap<Integer, byte[]> shares, int leaf) {
        return Invariant.present(shares.get(leaf), "there is a share for each leaf");
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        changed[1 + random.nextInt(bytes.length - 1)] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }
}
