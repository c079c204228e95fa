package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

class NoncesTest {
    private static final long NOW = 1_900_000_200_000_000L;
    private static final long SECOND = Agreed.SECOND_MICROS;
    private static final long PERIOD = Nonces.PERIOD_SECONDS * SECOND;

    private final Nonces nonces = new Nonces();

    private static byte[] written(Nonces nonces) {
        Writer writer = new Writer();
        nonces.write(writer);
        return writer.toBytes();
    }

    /** Fifty orders a second are some 350 requests. */
    @Test
    void aBusyAuthorityTakesNoncesForAsLongAsItIsBusy() {
        int longest = 0;
        for (int second = 0; second < 1_500; second++) {
            long now = NOW + second * SECOND;
            for (int i = 0; i < 350; i++) {
                assertThat(nonces.spend(TestClient.nonce(now), now)).isEqualTo(Nonces.Standing.TAKEN);
            }
            if (second % 299 == 0) {
                longest = Math.max(longest, written(nonces).length);
            }
        }
        // With each checkpoint: two periods at most, and sixteen bytes of each.
        assertThat(longest).isBetween(16 * 350 * 300, 16 * 350 * 600 + 100);
    }

    @Test
    void oneIsGoodForOnePeriodAtLeastAndForTwoAtMost() {
        long begin = NOW / PERIOD * PERIOD;
        String early = TestClient.nonce(begin);
        String late = TestClient.nonce(begin + PERIOD - 1);
        long end = begin + 2 * PERIOD;
        assertThat(nonces.isOpen(early, end - 1)).isTrue();
        assertThat(nonces.isOpen(early, end)).isFalse();
        assertThat(nonces.spend(early, end)).isEqualTo(Nonces.Standing.BAD);
        assertThat(nonces.spend(late, end)).isEqualTo(Nonces.Standing.BAD);
        assertThat(nonces.spend(early, end - 1)).isEqualTo(Nonces.Standing.TAKEN);
        assertThat(nonces.spend(late, begin + PERIOD)).isEqualTo(Nonces.Standing.TAKEN);
    }

    /** Who signs on his own, and gateways, which count the periods by the same length. */
    @Test
    void whatIsMadeNowIsTakenNow() {
        assertThat(nonces.spend(Authority.nonce(NOW, new byte[16]), NOW)).isEqualTo(Nonces.Standing.TAKEN);
        assertThat(nonces.spend(Authority.nonce(NOW, new byte[16]), NOW)).isEqualTo(Nonces.Standing.BAD);
        byte[] bytes = Base64.getUrlDecoder().decode(Authority.nonce(NOW, new byte[16]));
        assertThat(ByteBuffer.wrap(bytes).getInt()).isEqualTo((int) (NOW / SECOND / Authority.NONCE_SECONDS));
        assertThat(bytes).hasSize(21);
    }

    @Attack("a request is sent twice")
    @Test
    void oneIsGoodOnceForWhoTookTheStateOverToo() {
        String nonce = TestClient.nonce(NOW);
        assertThat(nonces.spend(nonce, NOW)).isEqualTo(Nonces.Standing.TAKEN);
        assertThat(nonces.spend(nonce, NOW)).isEqualTo(Nonces.Standing.BAD);
        byte[] state = written(nonces);
        Nonces other = new Nonces();
        other.read(new Reader(state));
        assertThat(written(other)).isEqualTo(state);
        assertThat(other.isOpen(nonce, NOW + PERIOD)).isFalse();
        assertThat(other.spend(nonce, NOW + PERIOD)).isEqualTo(Nonces.Standing.BAD);
    }

    @Attack("a state so full that nobody can take it over")
    @Test
    void aFullPeriodIsTakenOverAndTheNextOneIsOpen() {
        for (int i = 0; i < Nonces.SPENT_MAX; i++) {
            nonces.spend(TestClient.nonce(NOW), NOW);
        }
        assertThat(nonces.spend(TestClient.nonce(NOW), NOW)).isEqualTo(Nonces.Standing.FULL);
        assertThat(nonces.spend(TestClient.nonce(NOW + PERIOD), NOW + PERIOD)).isEqualTo(Nonces.Standing.TAKEN);
        Nonces other = new Nonces();
        other.read(new Reader(written(nonces)));
        assertThat(other.spend(TestClient.nonce(NOW), NOW)).isEqualTo(Nonces.Standing.FULL);
    }
}
