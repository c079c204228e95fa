package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.AtomicBroadcast.Standing;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

class ClientSessionsTest {
    private static final int WINDOW = 128;

    private final ClientSessions client = new ClientSessions(WINDOW, 4);

    private static RequestId id(long session, long sequence) {
        return new RequestId(70, session, sequence);
    }

    private static ClientSessions copy(ClientSessions client) {
        return ClientSessions.read(new Reader(bytes(client)), WINDOW, 4);
    }

    private static byte[] bytes(ClientSessions client) {
        Writer writer = new Writer();
        client.write(writer);
        return writer.toBytes();
    }

    /** Against the plainest model: the set of all executed numbers. */
    @Attack("leader forges, alters, replays requests")
    @Seeds(200)
    void everyRequestIsExecutedAtMostOnceInAnyOrder(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeSet<Long> executed = new TreeSet<>();
        long base = 0;
        ClientSessions subject = client;
        for (int step = 0; step < 2000; step++) {
            long sequence = random.nextInt(3) == 0 ? base : Math.max(0, base - 5) + random.nextInt(WINDOW + 10);
            Standing expected = executed.contains(sequence)
                    ? Standing.EXECUTED
                    : sequence < base + WINDOW ? Standing.OPEN : Standing.REFUSED;
            assertThat(subject.standing(id(1, sequence))).isEqualTo(expected);
            if (expected == Standing.OPEN && (sequence == base || random.nextInt(3) == 0)) {
                subject.execute(id(1, sequence));
                executed.add(sequence);
                while (executed.contains(base)) {
                    base++;
                }
            }
            if (random.nextInt(100) == 0) {
                subject = copy(subject);
            }
        }
        assertThat(base).isGreaterThan(WINDOW);
    }

    @Test
    void theOldestSessionIsRetiredAndStaysSo() {
        for (long session = 1; session <= 5; session++) {
            client.execute(id(session, 0));
        }
        assertThat(client.standing(id(1, 1))).isEqualTo(Standing.REFUSED);
        assertThat(client.standing(id(2, 1))).isEqualTo(Standing.OPEN);
        assertThat(copy(client).standing(id(1, 1))).isEqualTo(Standing.REFUSED);
    }

    @Test
    void resultsAreKeptUpToTheirBytesAndTheOldestGoFirst() {
        byte[] result = new byte[100_000];
        for (long sequence = 0; sequence < 4; sequence++) {
            client.execute(id(1, sequence));
            client.keep(id(1, sequence), sequence + 10, result);
        }
        assertThat(client.reply(id(1, 0))).isNull();
        assertThat(client.reply(id(1, 1))).isNull();
        ClientSessions.Executed last = client.reply(id(1, 3));
        assertThat(last).isNotNull();
        assertThat(last.slot()).isEqualTo(13);
        assertThat(bytes(copy(client))).isEqualTo(bytes(client));
    }

    @Test
    void aSingleHugeResultIsStillKept() {
        client.execute(id(1, 0));
        client.keep(id(1, 0), 1, "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII));
        assertThat(client.reply(id(1, 0))).isNotNull();
    }
}
