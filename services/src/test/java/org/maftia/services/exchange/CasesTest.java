package org.maftia.services.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.Case.Settled;
import org.maftia.services.exchange.message.ExchangeToken.Outcome;

/** All decisions, when there is room for no more. */
class CasesTest {
    private static Digest id(int number) {
        return new Digest(number, 0, 0, 1);
    }

    private static void settle(Cases cases, int number) {
        cases.settle(id(number), new Settled(Outcome.ABORTED, Optional.empty(), 1, 1, new byte[0]));
    }

    private static byte[] written(Cases cases) {
        Writer writer = new Writer();
        cases.write(writer);
        return writer.toBytes();
    }

    /** Exchanges whose escrows are being opened found room before the last place was taken: all of them are decided. */
    @Attack("a state so full that nobody can take it over")
    @Test
    void whatIsDecidedAboutTheLastExchangesIsTakenOver() {
        Cases cases = new Cases();
        int decided = 0;
        while (cases.hasRoomFor(id(decided))) {
            settle(cases, decided++);
        }
        assertThat(decided).isEqualTo(Cases.CASES_MAX);
        for (int underWay = 0; underWay < Exchange.PENDING_MAX; underWay++) {
            settle(cases, decided++);
        }
        byte[] state = written(cases);
        Cases other = new Cases();
        other.read(new Reader(state));
        assertThat(written(other)).isEqualTo(state);
    }
}
