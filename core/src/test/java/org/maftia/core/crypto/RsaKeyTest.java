package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.MalformedException;

class RsaKeyTest {
    private static final RsaDealer.Dealing GRID = RsaThresholdTest.deal(TestKeys.grid(), 1);
    private static final RsaDealer.Dealing REPLICATED =
            RsaThresholdTest.deal(TestKeys.replicated(FaultStructure.threshold(4, 1)), 1);

    @Test
    void everyPublishedNumberCounts() {
        for (RsaDealer.Dealing dealing : List.of(GRID, REPLICATED)) {
            RsaKey key = dealing.key();
            assertThat(key.isConsistent()).isTrue();
            for (int i = 0; i < key.commitments().size(); i++) {
                List<BigInteger> changed = new ArrayList<>(key.commitments());
                changed.set(i, other(key, changed.get(i)));
                assertThat(with(key, key.base(), key.root(), changed, key.verificationKeys())
                                .isConsistent())
                        .isFalse();
            }
            for (int i = 0; i < key.verificationKeys().size(); i++) {
                List<BigInteger> changed = new ArrayList<>(key.verificationKeys());
                changed.set(i, other(key, changed.get(i)));
                assertThat(with(key, key.base(), key.root(), key.commitments(), changed)
                                .isConsistent())
                        .isFalse();
            }
            assertThat(with(key, other(key, key.base()), key.root(), key.commitments(), key.verificationKeys())
                            .isConsistent())
                    .isFalse();
            assertThat(with(key, key.base(), other(key, key.root()), key.commitments(), key.verificationKeys())
                            .isConsistent())
                    .isFalse();
        }
    }

    private static BigInteger other(RsaKey key, BigInteger value) {
        return value.multiply(BigInteger.TWO).mod(key.modulus());
    }

    private static RsaKey with(
            RsaKey key, BigInteger base, BigInteger root, List<BigInteger> commitments, List<BigInteger> keys) {
        return new RsaKey(key.keyId(), key.encoding(), key.formula(), key.modulus(), base, root, commitments, keys);
    }

    @Test
    void changedSharesDoNotMatch() {
        GRID.shares().forEach((replica, shares) -> {
            assertThat(shares.match(GRID.key(), ModularPower.JAVA)).isTrue();
            byte[] bytes = RsaShares.CODEC.encode(shares);
            bytes[bytes.length - 1] ^= 1;
            assertThat(RsaShares.CODEC.decode(bytes).match(GRID.key(), ModularPower.JAVA))
                    .isFalse();
        });
        assertThat(GRID.sharesOf(0).match(REPLICATED.key(), ModularPower.JAVA)).isFalse();
    }

    @Test
    void aRehearsalFindsAWrongShare() {
        for (RsaDealer.Dealing dealing : List.of(GRID, REPLICATED)) {
            assertThat(dealing.rehearse(ModularPower.JAVA)).isTrue();
            assertThat(dealing.sharesOf(2).match(dealing.key(), ModularPower.JAVA))
                    .as("the dealing is still there")
                    .isTrue();
            TreeMap<Integer, RsaShares> shares = new TreeMap<>(dealing.shares());
            byte[] bytes = RsaShares.CODEC.encode(dealing.sharesOf(2));
            bytes[bytes.length - 1] ^= 1;
            shares.put(2, RsaShares.CODEC.decode(bytes));
            assertThat(new RsaDealer.Dealing(dealing.key(), shares).rehearse(ModularPower.JAVA))
                    .isFalse();
        }
    }

    @Test
    void sharesOfAnotherKeyMakeNoSigner() {
        RsaThreshold threshold = new RsaThreshold(REPLICATED.key());
        assertThatIllegalArgumentException().isThrownBy(() -> threshold.signer(GRID.sharesOf(0), ModularPower.JAVA));
    }

    @Test
    void closedSharesAreGone() {
        RsaDealer.Dealing dealing = RsaThresholdTest.deal(TestKeys.threshold(2, 4), 9);
        dealing.close();
        dealing.shares().values().forEach(shares -> {
            assertThat(shares.value(shares.replica())).isZero();
            assertThat(shares).hasToString("shares [" + shares.replica() + "] of test");
        });
    }

    /** Whatever a file holds, it is refused as malformed or is the one encoding of a key. */
    @Seeds(300)
    void corruptedFilesAreRefusedOrCanonical(long seed) {
        Random random = new Random(seed);
        byte[] key = corrupted(RsaKey.CODEC.encode(GRID.key()), random);
        try {
            assertThat(RsaKey.CODEC.encode(RsaKey.CODEC.decode(key))).isEqualTo(key);
        } catch (MalformedException e) {
            assertThat(e).isNotNull();
        }
        byte[] shares = corrupted(RsaShares.CODEC.encode(REPLICATED.sharesOf(2)), random);
        try {
            assertThat(RsaShares.CODEC.encode(RsaShares.CODEC.decode(shares))).isEqualTo(shares);
        } catch (MalformedException e) {
            assertThat(e).isNotNull();
        }
    }

    /** A few bytes changed near the beginning, where the structure is, or the end cut off. */
    private static byte[] corrupted(byte[] bytes, Random random) {
        if (random.nextInt(4) == 0) {
            return Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        byte[] changed = bytes.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
            int at = random.nextInt(random.nextBoolean() ? Math.min(80, bytes.length) : bytes.length);
            changed[at] = (byte) random.nextInt(256);
        }
        return changed;
    }

    @Test
    void aShareHasOneForm() {
        byte[] bytes = RsaShares.CODEC.encode(RsaShares.CODEC.decode(file("7f")));
        assertThat(bytes).isEqualTo(file("7f"));
        for (String longer : List.of("", "007f", "ff80")) {
            assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> RsaShares.CODEC.decode(file(longer)));
        }
    }

    /** A file with one share, of leaf 0. */
    private static byte[] file(String share) {
        String length = "%04x".formatted(share.length() / 2);
        return HexFormat.of().parseHex("000161" + "00" + "0001" + "0000" + length + share);
    }

    /** Pins encoding, order of the draws and the sharing itself: a change here makes old files unreadable. */
    @ParameterizedTest
    @CsvSource({
        "flat, 958de004fa99f8ff0ad63c40c6d9ddea059bfd8c183107df13f86dea12603800,"
                + " d3df3a0d1e9c50f1fad4849b0aec8ae2cc3e961d6ec053c8408aa641e8d6722c",
        "nested, ad8fd3b72b3af91df19556b622395e626cc9a51b504a2629909bee6952b89267,"
                + " 4394b76664f68660f7b27184d08b3e39e3a58cf7e58ade095cdb70b31d8815ff",
        "replicated, 9ed756c1b28720ce5512fa94eb671c907f64724e5dea19170d551e1ffb2c7223,"
                + " 80e3a702409b7119fdf7a40a7589f0238af16b2c5d123262d18779a58914df79"
    })
    void dealingIsDeterministicAndItsFormIsPinned(String kind, String keyDigest, String sharesDigest) {
        SharingFormula formula = switch (kind) {
            case "flat" -> TestKeys.threshold(2, 4);
            case "nested" -> TestKeys.grid();
            default -> TestKeys.replicated(FaultStructure.threshold(4, 1));
        };
        RsaDealer.Dealing dealing = RsaThresholdTest.deal(formula, 1);
        assertThat(Transcript.sha256(RsaKey.CODEC.encode(dealing.key()))).hasToString(keyDigest);
        ByteArrayOutputStream shares = new ByteArrayOutputStream();
        dealing.shares().values().forEach(own -> shares.writeBytes(RsaShares.CODEC.encode(own)));
        assertThat(Transcript.sha256(shares.toByteArray())).hasToString(sharesDigest);
        RsaThreshold threshold = new RsaThreshold(dealing.key());
        byte[] message = {1, 2, 3};
        TreeMap<Integer, byte[]> parts = new TreeMap<>();
        for (RsaSigner signer : TestKeys.signers(threshold, dealing).values()) {
            signer.leaves().forEach(leaf -> parts.put(leaf, signer.share(message, leaf)));
        }
        // The key is the same each time, and a message has one signature.
        assertThat(HexFormat.of().formatHex(threshold.combine(message, parts).orElseThrow()))
                .isEqualTo(
                        "7694230f97a647e8451a3f819303846666fd0e03b95fda82e24f71ed336b6a90950dccd09987dfc2055f409cbceaecbafa714a949bcf4c8aa02800a68017531a");
    }
}
