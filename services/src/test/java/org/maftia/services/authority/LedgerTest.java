package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The ledger when it is full. */
class LedgerTest {
    private static Order order(int number) {
        Order order = new Order(number, 1, List.of(), List.of(), Profile.CLASSIC, "", Long.MAX_VALUE);
        order.serial = ByteBuffer.allocate(16)
                .put((byte) (1 + number % Ledger.SHARDS))
                .putInt(number)
                .array();
        order.toSeconds = Long.MAX_VALUE / 2;
        return order;
    }

    private static byte[] written(Ledger ledger) {
        Writer writer = new Writer();
        ledger.write(writer);
        return writer.toBytes();
    }

    /** Orders that were open when it became full come to their certificates: of that state replicas make checkpoints, too. */
    @Attack("a state so full that nobody can take it over")
    @Test
    void whatIsIssuedForTheLastOrdersIsTakenOver() {
        Ledger ledger = new Ledger();
        int issued = 0;
        while (ledger.hasRoom(1)) {
            ledger.add(order(issued++), new byte[0], 1);
        }
        assertThat(issued).isEqualTo(Ledger.ISSUED_MAX);
        for (int open = 0; open < Orders.ORDERS_MAX; open++) {
            ledger.add(order(issued++), new byte[0], 1);
        }
        byte[] state = written(ledger);
        Ledger other = new Ledger();
        other.read(new Reader(state));
        assertThat(written(other)).isEqualTo(state);
    }
}
