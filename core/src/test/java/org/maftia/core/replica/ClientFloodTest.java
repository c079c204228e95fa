package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.TestGroup;

/**
 * Attack register: client flood. Twenty clients that keep a few requests open, together more than all slots under way hold,
 * beside one that sends as much as it can, or what no correct client sends. Counted in slots and in simulated time, in which
 * each frame that arrives takes half a millisecond on average: a flood that makes replicas talk slows everybody down.
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
    private static final long SIMULATED_MICROS = 4_000_000;

    /** Frames arrive one after the other here, so that a slot takes longer than in any real group. */
    private static final long PATIENCE_MICROS = 2_000_000;

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

    /** What the flooder does, again and again; the number grows with each request. */
    private interface Flood {
        void send(CellGroup cells, int number);

        Flood NONE = (cells, number) -> {};

        /** Signatures that are not its own, to each replica as if to it alone. */
        Flood SIGNED_GARBAGE = (cells, number) -> {
            Request request = request(1, number % 1024, number);
            Request garbage = new Request(request.id(), request.operation(), new Seal(0, 1, List.of(), new byte[] {1}));
            for (int i = 0; i < CellGroup.TRUST.size(); i++) {
                cells.group.input(i, number % 2 == 0 ? new Input.Carry(garbage) : new Input.Submit(garbage));
            }
        };

        /** To one replica only, not signed. */
        Flood HALF_SENT = (cells, number) -> cells.group.input(
                number % CellGroup.TRUST.size(), new Input.Submit(request(number / 1024, number % 1024, number)));

        /** To one replica only, half of them to the leader, under signatures of its own, one for each request. */
        Flood HALF_SENT_SIGNED = (cells, number) ->
                cells.group.input(number % 2 == 0 ? 0 : number % CellGroup.TRUST.size(), signed(number));

        /** The same to the leader alone, who could order them. */
        Flood SIGNED_FOR_THE_LEADER = (cells, number) -> cells.group.input(0, signed(number));

        /** The same to a kernel, the leader in it: what the others then pull is as good as sent to all. */
        Flood SIGNED_FOR_HALF = (cells, number) -> {
            cells.group.input(0, signed(number));
            cells.group.input(1, signed(number));
        };

        private static Input signed(int number) {
            return new Input.Submit(CellGroup.signed(request(number / 1024, number % 1024, number)));
        }

        /** To all, with numbers all over its windows, and outside of them, in many sessions. */
        Flood WINDOWS = (cells, number) -> {
            Request request = request(number % 64, 64L * number % 2048, number);
            for (int i = 0; i < CellGroup.TRUST.size(); i++) {
                cells.group.input(i, new Input.Submit(request));
            }
        };

        static Request request(long session, long sequence, int number) {
            return new Request(new RequestId(FLOODER, session, sequence), CellGroup.call("flood " + number));
        }
    }

    /** How many requests of the modest clients are answered in a time. */
    private int servedInTime(Flood flood) {
        cells = new CellGroup(TestGroup.Scheduler.OLDEST_FIRST, 1, BATCH, PIPELINE, PATIENCE_MICROS);
        clients.clear();
        for (int i = 0; i < MODEST; i++) {
            clients.add(new Client(FIRST + i));
            for (int open = 0; open < OPEN; open++) {
                clients.get(i).send();
            }
        }
        long end = cells.group.nowMicros() + SIMULATED_MICROS;
        int seen = 0;
        int modest = 0;
        int number = 0;
        for (int step = 0; cells.group.nowMicros() < end; step++) {
            for (int i = 0; step % PAUSE == 0 && i < BURST; i++) {
                flood.send(cells, number++);
            }
            cells.group.step();
            List<Output> outputs = cells.group.outputs(0);
            for (; seen < outputs.size(); seen++) {
                if (outputs.get(seen) instanceof Output.Reply reply
                        && reply.id().client() != FLOODER) {
                    modest++;
                    clients.get(reply.id().client() - FIRST).send();
                }
            }
        }
        assertThat(cells.replicas.getFirst().status().epoch())
                .as("nobody blames the leader")
                .isZero();
        return modest;
    }

    private void assertKept(Flood flood, int percent) {
        int alone = servedInTime(Flood.NONE);
        assertThat(alone).isGreaterThan(500);
        assertThat(servedInTime(flood)).isGreaterThanOrEqualTo(alone * percent / 100);
    }

    private List<Output.HeldOff> heldOff(int replica) {
        return cells.outputs(replica, Output.HeldOff.class);
    }

    @Attack("client flood")
    @Test
    void theOthersKeepNineTenthsBesideSignedGarbageWhoseSenderIsHeldOff() {
        assertKept(Flood.SIGNED_GARBAGE, 90);
        for (int replica = 0; replica < CellGroup.TRUST.size(); replica++) {
            assertThat(heldOff(replica)).isNotEmpty().allMatch(held -> held.client() == FLOODER);
        }
    }

    @Attack("client flood")
    @Test
    void theOthersKeepNineTenthsBesideHalfSentRequests() {
        assertKept(Flood.HALF_SENT, 90);
    }

    /** Those that the leader is shown are good requests, which it could fill slots with that others have use for. */
    @Attack("client flood")
    @Test
    void theOthersKeepNineTenthsBesideHalfSentSignedRequests() {
        assertKept(Flood.HALF_SENT_SIGNED, 90);
        assertKept(Flood.SIGNED_FOR_THE_LEADER, 90);
    }

    /**
     * What a kernel has all will have, and is ordered: the flooder has its share of one in 21, and what the others pull takes
     * frames, each of a batch, which is a small one here.
     */
    @Attack("client flood")
    @Test
    void theOthersKeepFourFifthsBesideWhatTheyMustPull() {
        assertKept(Flood.SIGNED_FOR_HALF, 80);
    }

    /** A leader that is never idle judges some of them all the same. */
    @Attack("partial authentication (\"big MAC\"), half-sent requests")
    @Test
    void aSignedRequestShownToABusyLeaderOnlyIsOrderedInTheEnd() {
        Request request = CellGroup.signed(Flood.request(0, 0, 0));
        boolean[] given = {false};
        servedInTime((cells, number) -> {
            if (!given[0]) {
                cells.group.input(0, new Input.Submit(request));
                given[0] = true;
            }
        });
        for (int replica = 0; replica < CellGroup.TRUST.size(); replica++) {
            assertThat(cells.outputs(replica, Output.Reply.class))
                    .anyMatch(reply -> reply.id().equals(request.id()));
        }
    }

    @Attack("client flood")
    @Test
    void theOthersKeepNineTenthsBesideAClientThatUsesAllNumbersOfManySessions() {
        assertKept(Flood.WINDOWS, 90);
    }
}
