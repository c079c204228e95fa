package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/** What a replica has to say comes into the log, however much it is, and whatever its gateway wants beside it. */
class OwnRequestsTest {
    private static final int SELF = 0;
    private static final long SESSION = 7;
    private static final int POOL = Limits.DEFAULT.pooledRequestsPerClient();
    private static final Codec<ServiceCall> CALLS = ServiceCall.codec(Limits.DEFAULT.operationLengthMax());

    private final RecordingPort<ReplicaSnapshot, Output> port = new RecordingPort<>(SELF, Structures.FOUR);
    private final List<Request> submitted = new ArrayList<>();
    private final Execution execution = ExecutionTest.execution();
    private final OwnRequests own = new OwnRequests(port, new RecordedOrdering(submitted), execution, CALLS, SESSION);
    private int taken;

    /** Executes some of what was submitted, in one slot. */
    private void execute(int count) {
        List<Request> requests = List.copyOf(submitted.subList(taken, taken + count));
        taken += count;
        execute(requests);
    }

    private void execute(List<Request> requests) {
        long slot = execution.slot() + 1;
        List<Request> open = requests.stream()
                .filter(request -> execution.standing(request.id()) == AtomicBroadcast.Standing.OPEN)
                .toList();
        execution.execute(new Decision(slot, Epoch.FIRST, slot, Digest.ZERO, requests));
        open.forEach(request -> own.executed(request.id()));
        own.act();
    }

    private static GroupCommand numbered(long number) {
        return new GroupCommand.Taken(number);
    }

    private static long number(Request request) {
        GroupCommand command =
                GroupCommand.CODEC.decode(CALLS.decode(request.operation()).operation());
        return ((GroupCommand.Taken) command).number();
    }

    @Test
    void moreThanPoolsKeepIsSaidInItsOrderAsThereIsPlace() {
        int count = 3 * POOL;
        for (int i = 0; i < count; i++) {
            own.command(numbered(i));
        }
        while (taken < count) {
            assertThat(submitted.size() - taken).as("under way at once").isEqualTo(Math.min(POOL / 2, count - taken));
            execute(Math.min(100, submitted.size() - taken));
        }
        assertThat(submitted).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(number(submitted.get(i))).isEqualTo(i);
        }
        assertThat(port.outputs).isEmpty();
        assertThat(own.all()).isEmpty();
    }

    /** A gateway that has as many requests open as it may leaves the replica its half. */
    @Test
    void whatAGatewayWantsIsKeptBesideIt() {
        for (int i = 0; i < POOL; i++) {
            own.order(new Request(new RequestId(SELF, SESSION - 1, i), new byte[] {1}));
        }
        OwnRequests.Statement statement = own.command(numbered(1));
        assertThat(own.all()).hasSize(POOL / 2 + 1).anyMatch(request -> statement.is(request.id()));
    }

    @Test
    void nothingIsSaidTwiceBeforeTheLogHasIt() {
        OwnRequests.Statement first = own.command(numbered(1));
        assertThat(own.command(numbered(1))).isSameAs(first);
        assertThat(submitted).hasSize(1);
        assertThat(first.isUnderWay()).isTrue();
        execute(1);
        assertThat(first.isUnderWay()).isFalse();
        assertThat(first.isExecuted()).isTrue();
        assertThat(own.command(numbered(1))).isNotSameAs(first);
        assertThat(submitted).hasSize(2);
    }

    /** As where the requests of its session came through in another order, and others of the same client retired it. */
    @Test
    void whatFellWithItsSessionIsSaidInAnother() {
        OwnRequests.Statement statement = own.command(numbered(1));
        List<Request> younger = new ArrayList<>();
        for (int i = 1; i <= 1 + Limits.DEFAULT.sessionsPerClient(); i++) {
            younger.add(new Request(new RequestId(SELF, SESSION + i, 1), new byte[] {1}));
        }
        execute(younger);
        assertThat(statement.isUnderWay()).isTrue();
        while (!statement.isExecuted()) {
            assertThat(execution.slot()).as("slots").isLessThan(100);
            execute(List.of(submitted.getLast()));
        }
        assertThat(number(submitted.getLast())).isEqualTo(1);
    }

    @Test
    void whoHasMoreToSayThanIsKeptIsToldOnce() {
        int most = 16 * POOL + POOL / 2;
        for (int i = 0; i < most; i++) {
            assertThat(own.command(numbered(i)).isUnderWay()).isTrue();
        }
        assertThat(port.outputs).isEmpty();
        assertThat(own.command(numbered(most)).isUnderWay()).isFalse();
        assertThat(own.command(numbered(most + 1)).isUnderWay()).isFalse();
        assertThat(port.outputs).hasSize(1).first().isInstanceOf(Output.Notice.class);
    }
}
