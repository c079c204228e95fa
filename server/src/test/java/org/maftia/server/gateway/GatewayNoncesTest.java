package org.maftia.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.server.gateway.GatewayNonces.Standing;

class GatewayNoncesTest {
    private static final int PERIOD = 500_000;

    private final GatewayNonces nonces = new GatewayNonces(2, new SecureRandom());

    @Test
    void eachIsAnotherOneAndSaysItsPeriodAndItsGateway() {
        TreeSet<String> all = new TreeSet<>();
        for (int i = 0; i < 1_000; i++) {
            String nonce = nonces.next(PERIOD + i % 2);
            assertThat(nonce).hasSize(28).matches("[A-Za-z0-9_-]+");
            byte[] bytes = Base64.getUrlDecoder().decode(nonce);
            assertThat(new byte[] {bytes[0], bytes[1], bytes[2], (byte) (bytes[3] - i % 2), bytes[4]})
                    .containsExactly(0, 7, (byte) 0xa1, 0x20, 2);
            all.add(nonce);
        }
        assertThat(all).hasSize(1_000);
    }

    @Attack("a request is sent twice")
    @Test
    void oneIsGoodForOneReading() {
        String first = nonces.next(PERIOD);
        String second = nonces.next(PERIOD);
        assertThat(nonces.standing(first)).isEqualTo(Standing.OPEN);
        assertThat(nonces.spend(first, PERIOD)).isTrue();
        assertThat(nonces.spend(first, PERIOD)).isFalse();
        assertThat(nonces.standing(first)).isEqualTo(Standing.SPENT);
        assertThat(nonces.standing(second)).isEqualTo(Standing.OPEN);
        assertThat(nonces.spend(second, PERIOD + 1)).isTrue();
    }

    @Attack("a request is sent twice")
    @Test
    void whatIsOldOrWasMadeByNobodyHereIsLeftToTheGroup() {
        String old = nonces.next(PERIOD);
        assertThat(nonces.spend(old, PERIOD + 2)).isFalse();
        String others = new GatewayNonces(2, new SecureRandom()).next(PERIOD);
        assertThat(nonces.standing(others)).isEqualTo(Standing.UNKNOWN);
        assertThat(nonces.spend(others, PERIOD)).isFalse();
        for (String text : new String[] {"", "AAAA", "not base64!", nonces.next(PERIOD) + "AAAA"}) {
            assertThat(nonces.standing(text)).isEqualTo(Standing.UNKNOWN);
        }
        byte[] altered = Base64.getUrlDecoder().decode(nonces.next(PERIOD));
        altered[3]++;
        assertThat(nonces.standing(Base64.getUrlEncoder().withoutPadding().encodeToString(altered)))
                .isEqualTo(Standing.UNKNOWN);
    }
}
