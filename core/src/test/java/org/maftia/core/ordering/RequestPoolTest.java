package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;

class RequestPoolTest {
    private static final Request REQUEST = LogGroup.request(80, 1);
    private static final Reference REFERENCE = Reference.to(REQUEST);

    private final RecordingPort<Message, AtomicBroadcast.Event> port = new RecordingPort<>(3, Structures.FOUR);
    private final ClientSignatures signatures = new ClientSignatures(port, Verifier.NOBODY, LogReplica.CONFIGURATION);
    private final RequestPool pool =
            new RequestPool(port, id -> AtomicBroadcast.Standing.OPEN, signatures, new RequestPool.Listener() {
                @Override
                public void filled(Slot slot) {}

                @Override
                public void accepted(Slot slot) {}

                @Override
                public void ripened(Candidate candidate) {}

                @Override
                public void ordered(long waitMicros) {}

                @Override
                public void gathered() {}
            });

    /** HAVE is said once. Links keep the order of what one peer says, not of what two say. */
    @Test
    void aHaveThatCameAfterAProposalOutlivesTheEpoch() {
        Slot slot = new Slot(1);
        Candidate first = pool.require(0, Entry.of(REQUEST), slot);
        pool.vouched(2, REFERENCE);
        assertThat(first.acceptable)
                .as("one replica other than the leader is no kernel")
                .isFalse();

        slot.clearVotes();
        pool.restartPatience();
        Candidate second = pool.require(1, Entry.of(REQUEST), slot);
        assertThat(second.holders.contains(2)).isTrue();
        pool.vouched(0, REFERENCE);

        assertThat(second.acceptable).isTrue();
    }

    /** Names alone cost little, but not nothing: a corrupt peer may make up as many clients as there are numbers. */
    @Test
    void aPeerCannotFillThePoolWithNames() {
        int most = 64 * port.limits().pooledRequestsPerClient();
        for (int i = 0; i < most + 5000; i++) {
            pool.vouched(2, new Reference(new RequestId(1000 + i % 5000, 1, i / 5000), Digest.ZERO));
        }
        assertThat(pool.size()).isLessThanOrEqualTo(most);
        pool.vouched(1, REFERENCE);
        assertThat(pool.size()).as("another peer is still heard").isGreaterThan(most - 1);
        pool.submit(REQUEST, false);
        assertThat(pool.body(REFERENCE)).isNotNull();
    }

    /** A client of good standing may send long operations to all replicas faster than they are ordered. */
    @Test
    void aClientCannotFillTheMemoryWithBodiesAndLeavesRoomForOthers() {
        byte[] operation = new byte[port.limits().operationLengthMax()];
        for (int i = 0; i < port.limits().pooledRequestsPerClient(); i++) {
            pool.submit(new Request(new RequestId(81, 1, i), operation), false);
        }
        long kept = (long) pool.size() * operation.length;
        assertThat(kept).isEqualTo(16L * port.limits().batchLengthMax());
        pool.submit(REQUEST, false);
        assertThat(pool.body(REFERENCE)).isNotNull();

        // What was ordered makes room.
        pool.delivered(List.of(Entry.of(new Request(new RequestId(81, 1, 0), operation))));
        pool.submit(new Request(new RequestId(81, 1, 1000), operation), false);
        assertThat((long) (pool.size() - 1) * operation.length).isEqualTo(kept);
    }

    @Test
    void allClientsTogetherCannotFillTheMemoryWithBodies() {
        byte[] operation = new byte[port.limits().operationLengthMax()];
        for (int client = 100; client < 120; client++) {
            for (int i = 0; i < 100; i++) {
                pool.submit(new Request(new RequestId(client, 1, i), operation), false);
            }
        }
        assertThat((long) pool.size() * operation.length)
                .isEqualTo(64L * port.limits().batchLengthMax());
    }

    @Test
    void whatOnlyTheLastLeaderSpokeOfDoesNotOutliveItsEpoch() {
        Slot slot = new Slot(1);
        pool.require(0, Entry.of(REQUEST), slot);

        slot.clearVotes();
        pool.restartPatience();

        assertThat(pool.size()).isZero();
    }

    /** The leader may propose what this replica vouched for to it alone; nobody else would know that it is no forgery. */
    @Attack("client flood")
    @Test
    void aFloodDoesNotPushOutWhatOnlyTheLeaderWasTold() {
        int most = port.limits().pooledRequestsPerClient();
        for (int i = 0; i <= most; i++) {
            pool.submit(LogGroup.request(64, i), false);
        }
        pool.flush(0);
        pool.submit(LogGroup.request(64, most + 1), false);
        assertThat(pool.body(Reference.to(LogGroup.request(64, 0)))).isNotNull();

        pool.tellAll();
        pool.submit(LogGroup.request(64, most + 2), false);
        assertThat(pool.body(Reference.to(LogGroup.request(64, 0)))).isNull();
    }

    /** Whoever can break links must not be able to give a leader that holds back requests new time with each of them. */
    @Test
    void aPeerWhoseLinkBrokeCountsAgainWhenItSaysThatItStillHoldsARequest() {
        port.nowMicros = 1_000_000;
        pool.submit(REQUEST, false);
        pool.vouched(1, REFERENCE);
        pool.vouched(2, REFERENCE);
        Candidate candidate = pool.ripe().iterator().next();
        long since = candidate.ripeSinceMicros;

        port.nowMicros += 1000;
        pool.connected(1);
        assertThat(pool.ripe()).as("three are a quorum, two are none").isEmpty();
        assertThat(pool.vouchedFor()).as("its client sent it all the same").containsExactly(REFERENCE);

        pool.vouched(1, REFERENCE);
        assertThat(pool.ripe()).containsExactly(candidate);
        assertThat(candidate.ripeSinceMicros).isEqualTo(since);

        pool.connected(1);
        pool.restartPatience();
        pool.vouched(1, REFERENCE);
        assertThat(candidate.ripeSinceMicros)
                .as("the leader of a new epoch gets its time")
                .isEqualTo(port.nowMicros);
    }

    /** A kernel said that it has the request from its client, which is as true after a break as before. */
    @Test
    void whatAKernelVouchedForStaysAcceptable() {
        pool.vouched(1, REFERENCE);
        pool.vouched(2, REFERENCE);
        pool.connected(1);
        pool.connected(2);
        pool.body(0, REQUEST);
        assertThat(pool.vouchedFor()).containsExactly(REFERENCE);
    }
}
