package org.maftia.server.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private static Stamp stamp(long asked, long got, long serial, long millis) {
        return new Stamp("r" + serial, asked, got, BigInteger.valueOf(serial), Instant.ofEpochMilli(millis));
    }

    @Test
    void honestTokensGiveNoFinding() {
        assertThat(Findings.of(List.of(stamp(0, 10, 1, 100), stamp(20, 30, 2, 100), stamp(40, 50, 3, 105))))
                .isEmpty();
    }

    @Test
    void tokensThatOverlapMayStandInAnyOrder() {
        assertThat(Findings.of(List.of(stamp(0, 30, 1, 200), stamp(10, 40, 2, 100))))
                .isEmpty();
    }

    @Test
    void timeThatGoesBackIsFound() {
        assertThat(Findings.of(List.of(stamp(20, 30, 2, 99), stamp(0, 10, 1, 100))))
                .containsExactly("token 2 of gateway r2 is older than one that was in hand before it was asked for");
    }

    @Test
    void aSerialThatIsUsedTwiceIsFound() {
        assertThat(Findings.of(List.of(stamp(0, 10, 7, 100), stamp(20, 30, 7, 101))))
                .containsExactly("gateways r7 and r7 handed out serial 7 twice");
    }
}
