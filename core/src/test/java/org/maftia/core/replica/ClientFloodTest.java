package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.TestGroup;

/**
 * Attack register: client flood. Twenty clients that keep a few requests open, together more than all slots under way hold,
 * beside one that sends as much as it can. Counted in slots, not in time.
 */
class ClientFloodTest {
    private static final int FIRST = 64;
    private static final int MODEST = 20;
    private static final int OPEN = 4;
    private static final int BATCH = 8;
    private static final int PIPELINE = 4;
    private static final int SLOTS = 120;
    private static final int BURST = 400;
    private static final int PAUSE = 400;
    private static final int FLOODER = FIRST + MODEST;

    private final List<Client> clients = new ArrayList<>();
    private CellGroup cells = new CellGroup(TestGroup.Scheduler.OLDEST_FIRST, 0, BATCH, PIPELINE);

    /** Sends its next request to all replicas when an earlier one has its answer. */
    private final class Client {
        private final int number;
        private long sequence;
        private int answered;

        Client(int number) {
            this.number = number;
        }

        void send() {
            Request request = new Request(
                    new RequestId(number, 1 + sequence / 512, sequence++ % 512), CellGroup.call("of " + number));
            for (int i = 0; i < CellGroup.TRUST.size(); i++) {
                cells.group.input(i, new Input.Submit(request));
            }
        }
    }

    /** How many requests of the modest clients so many slots execute. */
    private int served(long seed, boolean flood) {
        cells = new CellGroup(TestGroup.Scheduler.OLDEST_FIRST, seed, BATCH, PIPELINE);
        clients.clear();
        for (int i = 0; i <= MODEST; i++) {
            clients.add(new Client(FIRST + i));
        }
        for (int i = 0; i < MODEST; i++) {
            for (int open = 0; open < OPEN; open++) {
                clients.get(i).send();
            }
        }
        Client flooder = clients.get(MODEST);
        int seen = 0;
        int modest = 0;
        for (int step = 0; cells.replicas.getFirst().status().executed() < SLOTS; step++) {
            assertThat(step).as("steps for %d slots", SLOTS).isLessThan(500_000);
            // Bursts far beyond its credits and what is ordered: replicas must throw away what it sent before.
            for (int i = 0; flood && step % PAUSE == 0 && i < BURST; i++) {
                flooder.send();
            }
            cells.group.step();
            List<Output> outputs = cells.group.outputs(0);
            for (; seen < outputs.size(); seen++) {
                if (outputs.get(seen) instanceof Output.Reply reply
                        && reply.id().client() != FLOODER) {
                    modest++;
                    clients.get(reply.id().client() - FIRST).answered++;
                    clients.get(reply.id().client() - FIRST).send();
                }
            }
        }
        return modest;
    }

    @Attack("client flood")
    @Test
    void theOthersKeepNineTenthsOfTheirShareWhileOneClientFloods() {
        int alone = served(1, false);
        int beside = served(1, true);
        assertThat(beside).isGreaterThanOrEqualTo(alone * 9 / 10);
        int fewest = clients.subList(0, MODEST).stream()
                .mapToInt(client -> client.answered)
                .min()
                .orElseThrow();
        assertThat(fewest)
                .as("the worst served of the others, of an even share")
                .isGreaterThanOrEqualTo(beside / MODEST * 8 / 10);
        assertThat(clients.get(MODEST).sequence).isGreaterThan(beside);
    }
}
