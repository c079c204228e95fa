package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Reader;

/** Whole replicas and clients that sign, forget, repeat themselves, or lie. */
class ClientsAsAdversariesTest {
    private static final int CLIENT = 64;
    private static final int OTHER = 65;
    private static final int SIZE = CellGroup.TRUST.size();

    private CellGroup cells = new CellGroup(TestGroup.Scheduler.OLDEST_FIRST, 0);

    private static Request request(int client, long session, long sequence, String operation) {
        return new Request(new RequestId(client, session, sequence), CellGroup.call(operation));
    }

    private void toAll(Request request) {
        for (int i = 0; i < SIZE; i++) {
            cells.group.input(i, new Input.Submit(request));
        }
    }

    private List<Output.Reply> replies(int replica, RequestId id) {
        return cells.outputs(replica, Output.Reply.class).stream()
                .filter(reply -> reply.id().equals(id))
                .toList();
    }

    /** Runs until all replicas have given so many answers to the request; the number of writes that the last one tells. */
    private long answered(Request request, int times) {
        assertThat(cells.group.run(200_000, () -> {
                    for (int i = 0; i < SIZE; i++) {
                        if (replies(i, request.id()).size() < times) {
                            return false;
                        }
                    }
                    return true;
                }))
                .as("%s is answered %d times", request.id(), times)
                .isTrue();
        return new Reader(replies(0, request.id()).getLast().result()).u64();
    }

    private void restartAll() {
        for (int i = 0; i < SIZE; i++) {
            cells.group.crash(i);
        }
        for (int i = 0; i < SIZE; i++) {
            cells.group.restart(i);
        }
        for (int i = 0; i < SIZE; i++) {
            cells.connectAll(i);
        }
    }

    @Seeds(8)
    void aSignedRequestGivenToOneReplicaIsAnsweredByAll(long seed) {
        cells = new CellGroup(TestGroup.Scheduler.drawn(seed, 4), seed);
        for (int i = 0; i < 8; i++) {
            Request request = CellGroup.signed(request(CLIENT, 1, i, "w" + i));
            cells.group.input(i % SIZE, new Input.Carry(request));
            assertThat(answered(request, 1)).isEqualTo(i + 1);
        }
    }

    /** The replica that was asked alone does not hand it on; the client goes to all, and is answered once. */
    @Seeds(4)
    void whereOneReplicaWithholdsARequestTheClientGoesToAll(long seed) {
        cells = new CellGroup(TestGroup.Scheduler.drawn(seed, 4), seed);
        int home = (int) (seed % SIZE);
        cells.group.filter(home, outgoing -> false);
        Request request = CellGroup.signed(request(CLIENT, 1, 0, "w"));
        cells.group.input(home, new Input.Carry(request));
        cells.group.run(2_000, () -> false);
        for (int i = 0; i < SIZE; i++) {
            assertThat(replies(i, request.id())).isEmpty();
        }
        cells.group.filter(home, outgoing -> true);
        toAll(request);
        assertThat(answered(request, 1)).isEqualTo(1);
        toAll(request);
        assertThat(answered(request, 2)).isEqualTo(1);
    }

    @Attack("client flood")
    @Test
    void whoseSignatureIsFalseIsToldAndHeldOffForATimeThatGrowsWhileOthersAreServed() {
        long expected = Quarantine.FIRST_MICROS;
        for (int offence = 1; offence <= 3; offence++) {
            Request base = request(CLIENT, 1, offence, "x");
            Seal garbage = new Seal(0, 1, List.of(), new byte[] {(byte) offence});
            cells.group.input(1, new Input.Carry(new Request(base.id(), base.operation(), garbage)));
            assertThat(cells.outputs(1, Output.HeldOff.class))
                    .hasSize(offence)
                    .last()
                    .isEqualTo(new Output.HeldOff(CLIENT, expected, "a client signs with its own key"));
            cells.group.input(1, new Input.Submit(request(CLIENT, 1, 0, "refused")));
            assertThat(cells.outputs(1, Output.Refused.class).getLast().reason())
                    .startsWith("held off");
            Request others = request(OTHER, 1, offence, "other");
            toAll(others);
            answered(others, 1);
            long end = cells.group.nowMicros() + expected;
            for (int i = 0; cells.group.nowMicros() < end; i++) {
                toAll(request(OTHER, 2 + offence, i % 100, "time passes"));
                cells.group.run(50, () -> false);
            }
            expected *= 2;
        }
        Request late = request(CLIENT, 1, 0, "taken again");
        toAll(late);
        answered(late, 1);
        assertThat(cells.outputs(0, Output.HeldOff.class))
                .as("nobody else heard of it")
                .isEmpty();
    }

    /** A replica that is behind refuses correct clients a few; nobody else sends so many in a second. */
    @Attack("client flood")
    @Test
    void whoeverSendsNumbersOutsideOfItsWindowWithoutEndIsHeldOff() {
        int credits = Limits.DEFAULT.pooledRequestsPerClient();
        for (int i = 0; i <= 3 * credits; i++) {
            assertThat(cells.outputs(0, Output.HeldOff.class)).isEmpty();
            cells.group.input(0, new Input.Submit(request(CLIENT, 1, 1L << 40 | i, "far")));
        }
        assertThat(cells.outputs(0, Output.HeldOff.class))
                .singleElement()
                .satisfies(held -> assertThat(held.rule()).isEqualTo("a client keeps to the windows of its sessions"));
    }

    @Test
    void whatTheShellReportsHoldsAClientOffToo() {
        cells.group.input(2, new Input.Offence(CLIENT, "a client keeps to the form of its messages"));
        assertThat(cells.outputs(2, Output.HeldOff.class)).singleElement().satisfies(held -> {
            assertThat(held.client()).isEqualTo(CLIENT);
            assertThat(held.rule()).isEqualTo("a client keeps to the form of its messages");
        });
    }

    /**
     * A client that restarts and does not know its last number uses a new session: it goes on at once, whether replicas
     * crash, too, or not, and what it numbered alike in the old session was another request, executed once.
     */
    @Attack("leader forges, alters, replays requests")
    @Seeds(8)
    void aClientThatLostItsNumbersGoesOnInANewSession(long seed) {
        cells = new CellGroup(TestGroup.Scheduler.drawn(seed, 4), seed);
        List<Request> old = new ArrayList<>();
        int count = 3 + 4 * (int) (seed % 4);
        for (int i = 0; i < count; i++) {
            old.add(request(CLIENT, 10, i, "old " + i));
            toAll(old.getLast());
            assertThat(answered(old.getLast(), 1)).isEqualTo(i + 1);
        }
        if (seed % 2 == 0) {
            restartAll();
        }
        // With the number of an old request it would get that one's answer, and nothing would be done.
        Request confused = request(CLIENT, 10, 0, "new 0");
        int before = replies(0, old.getFirst().id()).size();
        toAll(confused);
        assertThat(answered(confused, before + 1)).isEqualTo(1);
        for (int i = 0; i < count; i++) {
            Request fresh = request(CLIENT, 11, i, "new " + i);
            toAll(fresh);
            assertThat(answered(fresh, 1)).as("each is executed once").isEqualTo(count + i + 1);
        }
    }

    /** Somebody who recorded the old session sends it again, in full, after the client opened as many as are kept. */
    @Attack("leader forges, alters, replays requests")
    @Test
    void whatARetiredSessionAskedForIsNeverExecutedAgain() {
        Request first = CellGroup.signed(request(CLIENT, 1, 0, "once"));
        toAll(first);
        assertThat(answered(first, 1)).isEqualTo(1);
        long writes = 1;
        for (int session = 2; session < 20; session++) {
            Request later = request(CLIENT, session, 0, "later");
            toAll(later);
            assertThat(answered(later, 1)).isEqualTo(++writes);
        }
        restartAll();
        cells.group.run(5_000, () -> false);
        toAll(first);
        cells.group.input(2, new Input.Carry(first));
        cells.group.run(5_000, () -> false);
        assertThat(cells.outputs(2, Output.Refused.class).getLast().id()).isEqualTo(first.id());
        Request last = request(CLIENT, 20, 0, "last");
        toAll(last);
        assertThat(answered(last, 1)).isEqualTo(writes + 1);
    }
}
