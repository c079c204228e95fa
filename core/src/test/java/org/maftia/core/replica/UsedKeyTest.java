package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.keys.HeldKey;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;

/** Which epochs a replica has, and when it forgets its shares. */
class UsedKeyTest {
    private static final byte[] LABEL = {1};

    private final DiscreteLogDealer.Dealing dealing =
            DiscreteLogDealer.deal("group", "key", Structures.FOUR.sharing(), new SeededEntropy(1));
    private final Tdh2Cipher cipher = new Tdh2Cipher(dealing.key());
    private final byte[] ciphertext = cipher.encrypt(new byte[] {5}, LABEL, new SeededEntropy(2));
    private final DiscreteLogShares own = dealing.sharesOf(0);
    private final RecordingPort<Integer, Integer> port = new RecordingPort<>(0, Structures.FOUR);
    private final List<byte[]> made = new ArrayList<>();
    private final UsedKey<ThresholdCipher.Holder> key = UsedKey.renewed(cipher.bare(), dealing.key());

    /** The same numbers as those of another epoch: what it is about here is their names. */
    private static DiscreteLogKey epoch(DiscreteLogKey key, long epoch) {
        return new DiscreteLogKey(
                key.group(), key.keyId(), epoch, key.formula(), key.publicKey(), key.verificationKeys());
    }

    private void share(long epoch) {
        key.<byte[]>compute(port, epoch, holder -> holder.share(ciphertext, LABEL), made::add);
    }

    @Test
    void sharesComeAfterTheKeyAndUntilThenThereAreNone() {
        assertThat(key.isSought(0)).isFalse();
        share(0);
        assertThat(made).containsExactly(new byte[0]);
        assertThat(key.told(dealing.key(), Optional.of(new HeldKey(dealing.key(), own))))
                .isTrue();
        assertThat(key.holds(0)).isTrue();
        share(0);
        assertThat(cipher.verify(ciphertext, LABEL, 0, made.getLast())).isTrue();
        assertThat(key.told(dealing.key(), Optional.empty())).as("no news").isFalse();
        assertThat(key.holds(0)).isTrue();
    }

    @Test
    void theOldEpochServesUntilItIsReleasedAndItsSharesAreOverwrittenThen() {
        key.told(dealing.key(), Optional.of(new HeldKey(dealing.key(), own)));
        assertThat(key.begin(epoch(dealing.key(), 1))).isTrue();
        assertThat(key.begin(epoch(dealing.key(), 1))).as("no news").isFalse();
        assertThat(key.epoch()).isEqualTo(1);
        assertThat(key.holds(1)).isFalse();
        assertThat(key.holds(0)).isTrue();
        key.release(1);
        assertThat(key.knows(0)).isFalse();
        assertThatThrownBy(() -> cipher.holder(own)).hasMessageContaining("erased");
    }

    @Test
    void sharesAreNotOverwrittenUnderAComputation() {
        key.told(dealing.key(), Optional.of(new HeldKey(dealing.key(), own)));
        port.holdComputations();
        share(0);
        share(0);
        key.begin(epoch(dealing.key(), 1));
        key.release(1);
        assertThat(port.finishComputation()).isTrue();
        assertThat(port.finishComputation()).isTrue();
        for (byte[] share : made) {
            assertThat(cipher.verify(ciphertext, LABEL, 0, share)).isTrue();
        }
        assertThat(made).hasSize(2);
        assertThatThrownBy(() -> cipher.holder(own)).hasMessageContaining("erased");
    }

    @Test
    void sharesThatComeForAnEpochThatIsOverAreOverwritten() {
        key.begin(epoch(dealing.key(), 1));
        key.release(1);
        assertThat(key.told(dealing.key(), Optional.of(new HeldKey(dealing.key(), own))))
                .isFalse();
        assertThatThrownBy(() -> cipher.holder(own)).hasMessageContaining("erased");
    }
}
