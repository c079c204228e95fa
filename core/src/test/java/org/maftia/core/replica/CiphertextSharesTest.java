package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.ReplicaSet;

/** What replica 0 of four gathers that puts shares together before it verifies any. */
class CiphertextSharesTest {
    private static final byte[] SECRET = {1, 2, 3};
    private static final byte[] LABEL = {9};
    private static final byte[] MADE_UP = new byte[32];
    private static final Lenient CIPHER = new Lenient(new IdealCipher(1, Structures.FOUR));

    private final RecordingPort<Disclosure.Message, Disclosure.Event> port = new RecordingPort<>(0, Structures.FOUR);
    private final byte[] ciphertext = CIPHER.encrypt(SECRET, LABEL, new SeededEntropy(1));
    private final List<String> heard = new ArrayList<>();
    private final CiphertextShares shares = new CiphertextShares(
            port, UsedKey.fixed(CIPHER.holder(0), true), ciphertext, LABEL, () -> true, new CiphertextShares.Events() {
                @Override
                public void made(long epoch, byte[] share) {
                    heard.add("made");
                }

                @Override
                public void grown() {
                    heard.add("grown");
                }

                @Override
                public boolean triesTogether() {
                    return true;
                }
            });

    /** A cipher to which a share that was made up opens what true ones do, as the share of another made up for it. */
    private record Lenient(IdealCipher ideal) implements ThresholdCipher {
        Holder holder(int self) {
            return new Holder() {
                @Override
                public ThresholdCipher cipher() {
                    return Lenient.this;
                }

                @Override
                public byte[] share(byte[] ciphertext, byte[] label) {
                    return ideal.holder(self).share(ciphertext, label);
                }
            };
        }

        @Override
        public Optional<byte[]> open(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
            return shares.values().stream().anyMatch(share -> Arrays.equals(share, MADE_UP))
                    ? Optional.of(SECRET)
                    : ideal.open(ciphertext, label, shares);
        }

        @Override
        public byte[] encrypt(byte[] message, byte[] label, Entropy entropy) {
            return ideal.encrypt(message, label, entropy);
        }

        @Override
        public int overhead() {
            return ideal.overhead();
        }

        @Override
        public boolean isValid(byte[] ciphertext, byte[] label) {
            return ideal.isValid(ciphertext, label);
        }

        @Override
        public int shareLength(int replica) {
            return ideal.shareLength(replica);
        }

        @Override
        public boolean verify(byte[] ciphertext, byte[] label, int replica, byte[] share) {
            return ideal.verify(ciphertext, label, replica, share);
        }

        @Override
        public boolean isQualified(ReplicaSet replicas) {
            return ideal.isQualified(replicas);
        }

        @Override
        public Optional<byte[]> combine(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
            return ideal.combine(ciphertext, label, shares);
        }
    }

    private byte[] share(int replica) {
        return CIPHER.holder(replica).share(ciphertext, LABEL);
    }

    @Test
    void whatSharesOpenTogetherIsRememberedForTheseAlone() {
        shares.begin();
        assertThat(shares.isComplete()).isFalse();
        shares.receive(2, 0, share(2));
        assertThat(shares.isComplete()).isTrue();
        SortedMap<Integer, byte[]> opening = shares.opening();
        assertThat(opening).containsOnlyKeys(0, 2);
        assertThat(Objects.requireNonNull(shares.message(0, opening))).isEqualTo(SECRET);
        assertThat(shares.message(1, opening)).isNull();
        opening.put(2, share(3));
        assertThat(shares.message(0, opening)).isNull();
        opening.remove(2);
        assertThat(shares.message(0, opening)).isNull();
        assertThat(heard).containsExactly("made", "grown", "grown");
    }

    @Attack("false shares")
    @Test
    void aShareThatOnlyWorkedWithOthersIsNotTakenForTrueAlone() {
        shares.begin();
        shares.receive(2, 0, MADE_UP);
        assertThat(shares.isComplete()).isTrue();
        assertThat(shares.isKnown(0, 2, MADE_UP)).isFalse();
        assertThat(shares.isKnown(0, 0, share(0))).as("the own one").isTrue();
        assertThat(port.lines).noneMatch(line -> line.startsWith("blame"));
    }

    @Attack("false shares")
    @Test
    void whereTheyOpenNothingEachIsVerifiedAndTheFalseOneIsBlamed() {
        byte[] wrong = new byte[32];
        wrong[0] = 1;
        shares.begin();
        shares.receive(2, 0, wrong);
        assertThat(shares.isComplete()).isFalse();
        assertThat(port.lines).contains("blame 2 sends a false share of a ciphertext");
        shares.receive(3, 0, share(3));
        assertThat(shares.isComplete()).isTrue();
        assertThat(shares.opening()).containsOnlyKeys(0, 3);
        assertThat(shares.isKnown(0, 3, share(3))).isTrue();
        assertThat(shares.message(0, new TreeMap<>(shares.opening()))).isNull();
    }
}
