package org.maftia.server.ceremony;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.testing.Attack;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustPolicy;

/**
 * An intruder copies the private files of every replica of one fault set, here a whole site with a whole operating
 * system, 7 replicas of 16, with the keys that open them. He signs no time-stamp with them.
 */
final class StolenKeysTest {
    private static final int CLASSES = 4;
    private static final byte[] STATEMENT = "signed attributes of a token that nobody ordered".getBytes(UTF_8);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private static FaultStructure grid() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < CLASSES * CLASSES; i++) {
            members.add(new Member(
                    "r" + (i + 1), new TreeMap<>(Map.of("site", "site" + i / CLASSES, "os", "os" + i % CLASSES))));
        }
        TrustPolicy policy = TrustPolicy.of(
                TrustPolicy.Model.ASYNCHRONOUS,
                List.of("site", "os"),
                List.of(new TrustPolicy.Clause.Joint(new TreeMap<>(Map.of("site", 1, "os", 1)), 0)));
        return FaultStructure.compile(policy, members);
    }

    @Attack("stolen key files of a fault set")
    @Test
    void theFilesOfAWholeFaultSetSignNothing() {
        FaultStructure trust = grid();
        RsaThreshold scheme =
                SmallGroup.make(directory, trust).key(ServiceKey.TIME_STAMP).scheme();
        List<SortedMap<Integer, byte[]>> sharesOf = IntStream.range(0, trust.size())
                .mapToObj(replica -> shares(replica))
                .toList();
        assertThat(trust.maximalFaultSets()).hasSize(16).allMatch(set -> set.size() == 7);
        for (ReplicaSet stolen : trust.maximalFaultSets()) {
            SortedMap<Integer, byte[]> known = of(stolen, sharesOf);
            assertThat(scheme.combine(STATEMENT, known)).isEmpty();
            for (SortedMap<Integer, byte[]> guess : completions(scheme, known)) {
                assertThat(scheme.combine(STATEMENT, guess)).isEmpty();
            }
            // The test bites: the others have what the intruder lacks.
            assertThat(scheme.combine(STATEMENT, of(trust.all().minus(stolen), sharesOf)))
                    .isPresent();
        }
    }

    private SortedMap<Integer, byte[]> shares(int replica) {
        ReplicaKeys keys = ReplicaKeys.load(LocalCeremony.keys(directory, "r" + (replica + 1)));
        ThresholdSignature.Signer signer = Objects.requireNonNull(keys.signers().get(ServiceKey.TIME_STAMP));
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(STATEMENT, leaf)));
        return shares;
    }

    private static SortedMap<Integer, byte[]> of(ReplicaSet set, List<SortedMap<Integer, byte[]>> sharesOf) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        set.forEach(replica -> shares.putAll(sharesOf.get(replica)));
        return shares;
    }

    /** Every missing share replaced by what an intruder has at hand: each of his own, and numbers he knows roots of. */
    private static List<SortedMap<Integer, byte[]>> completions(RsaThreshold scheme, SortedMap<Integer, byte[]> known) {
        RsaKey key = scheme.key();
        List<byte[]> candidates = new ArrayList<>(known.values());
        for (BigInteger number :
                List.of(BigInteger.TWO, key.base(), key.root(), key.modulus().subtract(BigInteger.ONE))) {
            byte[] bytes =
                    number.add(BigInteger.ONE.shiftLeft(8 * key.length())).toByteArray();
            candidates.add(Arrays.copyOfRange(bytes, bytes.length - key.length(), bytes.length));
        }
        List<SortedMap<Integer, byte[]>> guesses = new ArrayList<>();
        for (byte[] candidate : candidates) {
            SortedMap<Integer, byte[]> guess = new TreeMap<>(known);
            for (int leaf = 0; leaf < scheme.scheme().leafCount(); leaf++) {
                guess.putIfAbsent(leaf, candidate);
            }
            guesses.add(guess);
        }
        return guesses;
    }
}
