package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.hash2curve.OPRFHashToScalar;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.MalformedException;

/** The published function, computed by a group of which a fault set lies, and by no fault set alone. */
class ReplicatedOprfTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] ALICE = "alice".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BOB = "bob".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PASSWORD = "correct horse".getBytes(StandardCharsets.UTF_8);

    /** RFC 9497, appendix A.3.1.1: inputs, blinded and evaluated elements, outputs; one blind and one key for both. */
    private static final BigInteger BLIND =
            new BigInteger("3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364", 16);

    private static final BigInteger KEY =
            new BigInteger("159749d750713afe245d2d39ccfaae8381c53ce92d098a9375ee70739c7ac0bf", 16);
    private static final List<List<String>> VECTORS = List.of(
            List.of(
                    "00",
                    "03723a1e5c09b8b9c18d1dcbca29e8007e95f14f4732d9346d490ffc195110368d",
                    "030de02ffec47a1fd53efcdd1c6faf5bdc270912b8749e783c7ca75bb412958832",
                    "a0b34de5fa4c5b6da07e72af73cc507cceeb48981b97b7285fc375345fe495dd"),
            List.of(
                    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a",
                    "03cc1df781f1c2240a64d1c297b3f3d16262ef5d4cf102734882675c26231b0838",
                    "03a0395fe3828f2476ffcd1f4fe540e5a8489322d398be3c4e5a869db7fcb7c52c",
                    "c748ca6dd327f0ce85f4ae3a8cd6d4d5390bbb804c9e12dcf94f853fece3dcce"));

    /** A key with all its holders. */
    private record Group(ReplicatedOprf function, SortedMap<Integer, ReplicatedOprf.KeyHolder> holders) {
        static Group of(FaultStructure trust, long seed) {
            var dealing = ObliviousDealer.deal(
                    "group", "passwords", trust.copiedSharing().orElseThrow(), new SeededEntropy(seed));
            ReplicatedOprf function = new ReplicatedOprf(dealing.key(), trust);
            SortedMap<Integer, ReplicatedOprf.KeyHolder> holders = new TreeMap<>();
            dealing.shares().forEach((replica, own) -> holders.put(replica, function.holder(own)));
            return new Group(function, holders);
        }

        SortedMap<Integer, byte[]> parts(byte[] user, byte[] blinded) {
            SortedMap<Integer, byte[]> parts = new TreeMap<>();
            holders.forEach((replica, holder) -> parts.put(replica, holder.part(user, blinded)));
            return parts;
        }

        byte[] value(byte[] user, byte[] password, long seed) {
            try (BlindedInput input = BlindedInput.of(password, new SeededEntropy(seed))) {
                var evaluation = function.combine(parts(user, input.toBytes())).orElseThrow();
                assertThat(evaluation.liars()).isEqualTo(ReplicaSet.EMPTY);
                return input.finish(evaluation.element()).orElseThrow();
            }
        }
    }

    private static FaultStructure structure(long seed) {
        return switch ((int) seed) {
            case 0 -> Structures.FOUR;
            case 1 -> FaultStructure.threshold(7, 2);
            case 2 -> Structures.grid();
            default -> Structures.general(seed);
        };
    }

    @Test
    void thePublishedVectorsComeOut() {
        for (List<String> vector : VECTORS) {
            BlindedInput input = BlindedInput.of(HEX.parseHex(vector.get(0)), BLIND);
            assertThat(HEX.formatHex(input.toBytes())).isEqualTo(vector.get(1));
            NistPoint evaluated = NistPoint.decoded(input.toBytes()).times(KEY);
            assertThat(evaluated).hasToString(vector.get(2));
            assertThat(input.finish(evaluated.toBytes())).hasValue(HEX.parseHex(vector.get(3)));
        }
    }

    /** RFC 9380, appendix J.1.1: the messages, and P in compressed form. */
    @Test
    void hashingToP256GivesThePublishedPoints() {
        String tag = "QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_";
        List<String> messages =
                List.of("", "abc", "abcdef0123456789", "q128_" + "q".repeat(128), "a512_" + "a".repeat(512));
        List<String> points = List.of(
                "032c15230b26dbc6fc9a37051158c95b79656e17a1a920b11394ca91c44247d3e4",
                "020bb8b87485551aa43ed54f009230450b492fead5f1cc91658775dac4a3388a0f",
                "0365038ac8f2b1def042a5df0b33b1f4eca6bff7cb0f9c6c1526811864e544ed80",
                "024be61ee205094282ba8a2042bcb48d88dfbb609301c49aa8b078533dc65a0b5d",
                "02457ae2981f70ca85d8e24c308b14db22f3e3862c5ea0f652ca38b5e49cd64bc5");
        for (int i = 0; i < messages.size(); i++) {
            byte[] message = messages.get(i).getBytes(StandardCharsets.US_ASCII);
            assertThat(NistPoint.hashed(message, tag)).as("message %d", i).hasToString(points.get(i));
        }
    }

    /** So the key above is the one that the appendix derives, section 3.2.1. */
    @Test
    void theKeyOfTheVectorsIsDerivedAsPublished() {
        byte[] input = HEX.parseHex("a3".repeat(32) + "0008" + "74657374206b6579" + "00");
        byte[] tag = "DeriveKeyPairOPRFV1-\0-P256-SHA256".getBytes(StandardCharsets.US_ASCII);
        var toScalar = new OPRFHashToScalar(CustomNamedCurves.getByName("P-256").getCurve(), new SHA256Digest(), 128);
        assertThat(toScalar.process(input, tag)).isEqualTo(KEY);
    }

    /** Any kernel of honest keepers suffices for each summand, whatever a whole fault set says. */
    @Attack("false shares")
    @Seeds(12)
    void aLyingFaultSetChangesNothingAndIsNamed(long seed) {
        FaultStructure trust = structure(seed);
        Group group = Group.of(trust, seed);
        BlindedInput input = BlindedInput.of(PASSWORD, new SeededEntropy(seed));
        var parts = group.parts(ALICE, input.toBytes());
        byte[] expected = group.function().combine(parts).orElseThrow().element();
        var others = group.parts(BOB, input.toBytes());
        List<ReplicaSet> sets = trust.maximalFaultSets();
        for (ReplicaSet faults : sets.subList(0, Math.min(sets.size(), 8))) {
            var told = new TreeMap<>(parts);
            faults.forEach(liar -> told.put(liar, lie(liar, others, parts)));
            var evaluation = group.function().combine(told).orElseThrow();
            assertThat(evaluation.element()).isEqualTo(expected);
            // Who keeps no summand has nothing to lie about.
            ReplicaSet expectedLiars = ReplicaSet.EMPTY;
            for (int liar : faults.toList()) {
                expectedLiars =
                        parts.getOrDefault(liar, new byte[0]).length == 0 ? expectedLiars : expectedLiars.with(liar);
            }
            assertThat(evaluation.liars()).isEqualTo(expectedLiars);
            told.keySet().removeIf(faults::contains);
            assertThat(group.function().combine(told).orElseThrow().element()).isEqualTo(expected);
        }
    }

    /** Another user's part, no points, or nothing. */
    private static byte[] lie(int liar, SortedMap<Integer, byte[]> others, SortedMap<Integer, byte[]> parts) {
        byte[] own = parts.getOrDefault(liar, new byte[0]);
        return switch (liar % 3) {
            case 0 -> others.getOrDefault(liar, new byte[0]);
            case 1 -> new byte[own.length];
            default -> own.length == 0 ? own : Arrays.copyOf(own, own.length - 1);
        };
    }

    /** It lacks a summand that every user's key has, and alone it is no kernel for any. */
    @Attack("stolen key files of a fault set")
    @Seeds(6)
    void aFaultSetEvaluatesNothing(long seed) {
        FaultStructure trust = structure(seed);
        Group group = Group.of(trust, seed);
        byte[] blinded = BlindedInput.of(PASSWORD, new SeededEntropy(1)).toBytes();
        var parts = group.parts(ALICE, blinded);
        var keepers =
                new ObliviousKey("group", "passwords", 0, trust.copiedSharing().orElseThrow()).keepers();
        for (ReplicaSet faults : trust.maximalFaultSets()) {
            assertThat(keepers).anyMatch(set -> set.intersection(faults).isEmpty());
            var stolen = new TreeMap<>(parts);
            stolen.keySet().removeIf(replica -> !faults.contains(replica));
            assertThat(group.function().combine(stolen)).isEmpty();
        }
    }

    /** Else a guesser would spend another user's attempts on one password. */
    @Test
    void everyUserHasAFunctionOfItsOwn() {
        Group group = Group.of(Structures.FOUR, 1);
        byte[] alice = group.value(ALICE, PASSWORD, 1);
        assertThat(group.value(ALICE, PASSWORD, 2)).as("whatever the blind").isEqualTo(alice);
        assertThat(group.value(BOB, PASSWORD, 1)).isNotEqualTo(alice);
        assertThat(group.value(ALICE, BOB, 1)).isNotEqualTo(alice);
        assertThat(Group.of(Structures.FOUR, 2).value(ALICE, PASSWORD, 1)).isNotEqualTo(alice);
        assertThat(BlindedInput.of(PASSWORD, new SeededEntropy(1)).toBytes())
                .isNotEqualTo(BlindedInput.of(PASSWORD, new SeededEntropy(2)).toBytes());
    }

    @Test
    void onlyPointsAreTaken() {
        Group group = Group.of(Structures.FOUR, 1);
        byte[] good = BlindedInput.of(PASSWORD, new SeededEntropy(1)).toBytes();
        List<byte[]> bad = new ArrayList<>();
        bad.add(new byte[0]);
        bad.add(new byte[1]);
        bad.add(new byte[33]);
        bad.add(Arrays.copyOf(good, 32));
        bad.add(Arrays.copyOf(good, 34));
        // Hybrid and uncompressed forms, and x of no point, of p, and beyond.
        for (int first : List.of(0, 1, 4, 5, 6, 7, 0x82)) {
            byte[] other = good.clone();
            other[0] = (byte) first;
            bad.add(other);
        }
        bad.add(HEX.parseHex("02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"));
        bad.add(HEX.parseHex("02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"));
        int offCurve = 0;
        for (int x = 0; x < 64; x++) {
            byte[] small = new byte[33];
            small[0] = 2;
            small[32] = (byte) x;
            offCurve += group.function().accepts(small) ? 0 : 1;
        }
        assertThat(offCurve).as("about half of all numbers are no x of a point").isBetween(16, 48);
        assertThat(group.function().accepts(good)).isTrue();
        for (byte[] bytes : bad) {
            assertThat(group.function().accepts(bytes)).as(HEX.formatHex(bytes)).isFalse();
            assertThatThrownBy(() -> NistPoint.decoded(bytes)).isInstanceOf(MalformedException.class);
            assertThat(BlindedInput.of(PASSWORD, BLIND).finish(bytes)).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> group.holders().firstEntry().getValue().part(ALICE, bytes));
        }
    }

    @Test
    void sharesServeTheirKeyAndNotAfterTheyAreErased() {
        var formula = Structures.FOUR.copiedSharing().orElseThrow();
        var dealing = ObliviousDealer.deal("group", "passwords", formula, new SeededEntropy(1));
        var other = ObliviousDealer.deal("group", "other", formula, new SeededEntropy(1));
        ReplicatedOprf function = new ReplicatedOprf(dealing.key(), Structures.FOUR);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> function.holder(other.shares().firstEntry().getValue()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReplicatedOprf(dealing.key(), FaultStructure.threshold(7, 2)));
        assertThatIllegalArgumentException()
                .as("a polynomial is no sum of copies")
                .isThrownBy(() -> new ObliviousKey("group", "passwords", 0, TestKeys.grid()));
        ReplicatedOprf.KeyHolder holder =
                function.holder(dealing.shares().firstEntry().getValue());
        byte[] blinded = BlindedInput.of(PASSWORD, BLIND).toBytes();
        holder.close();
        assertThatThrownBy(() -> holder.part(ALICE, blinded)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void thereAreNoPasswordsWhereTooManySetsMayFall() {
        // 10 choose 3 sets, each of which would cost its keepers an exponentiation.
        assertThat(FaultStructure.threshold(10, 3).copiedSharing()).isEmpty();
        assertThat(FaultStructure.threshold(7, 2).copiedSharing()).isPresent();
    }

    @Test
    void codecsAreCanonical() {
        var dealing = ObliviousDealer.deal(
                "group", "passwords", Structures.FOUR.copiedSharing().orElseThrow(), new SeededEntropy(1));
        CodecCheck.check(ObliviousKey.CODEC, List.of(dealing.key()));
        CodecCheck.check(ObliviousShares.CODEC, List.copyOf(dealing.shares().values()));
    }
}
