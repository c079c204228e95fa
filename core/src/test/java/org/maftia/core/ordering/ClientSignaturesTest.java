package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Structures;
import org.maftia.core.wire.Digest;

/** When signatures are verified, how often, and in whose turn. */
class ClientSignaturesTest {
    private static final Digest GROUP = LogReplica.CONFIGURATION;
    private static final int CLIENT = 64;

    private final List<Integer> verified = new ArrayList<>();
    private final RecordingPort<Message, AtomicBroadcast.Event> port = new RecordingPort<>(0, Structures.FOUR);
    private final List<Request> good = new ArrayList<>();
    private final ClientSignatures signatures = new ClientSignatures(port, counting(), GROUP);

    ClientSignaturesTest() {
        port.holdComputations();
    }

    private void finishAll() {
        while (port.finishComputation()) {
            assertThat(verified.size()).isLessThan(10_000);
        }
    }

    private Verifier counting() {
        Verifier ideal = new IdealCertifier(0);
        return (client, digest, signature) -> {
            verified.add(client);
            return ideal.verify(client, digest, signature);
        };
    }

    private static Request request(int client, int sequence) {
        return LogGroup.request(client, sequence);
    }

    private static Request garbage(Request request) {
        return request.with(new Seal(0, 1, List.of(), new byte[] {1}));
    }

    private static byte[] signature(Request request) {
        return Objects.requireNonNull(request.seal()).signature();
    }

    private void judge(int from, Request request) {
        signatures.judge(from, request, good::add);
    }

    @Test
    void eachBatchIsVerifiedOnceWhoeverBringsItsRequests() {
        Request[] requests = new Request[64];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = request(CLIENT, i);
        }
        List<Request> batch = LogGroup.signed(requests);
        batch.subList(0, 32).forEach(request -> judge(0, request));
        finishAll();
        batch.subList(32, 64).forEach(request -> judge(2, request));
        finishAll();
        assertThat(verified).hasSize(1);
        assertThat(good).hasSize(64);
    }

    @Attack("leader forges, alters, replays requests")
    @Test
    void aFalseSignatureIsTheFaultOfItsSender() {
        judge(0, garbage(request(CLIENT, 1)));
        judge(3, garbage(request(CLIENT, 2)));
        finishAll();
        assertThat(good).isEmpty();
        assertThat(port.outputs).containsExactly(new AtomicBroadcast.Forged(CLIENT));
        assertThat(port.lines).contains("blame 3 passes on a request under a false signature of its client");
    }

    @Test
    void nothingMoreIsSpentOnAPeerThatPassedOnAFalseOne() {
        judge(3, garbage(request(CLIENT, 1)));
        finishAll();
        verified.clear();
        judge(3, LogGroup.signed(request(CLIENT, 2)).getFirst());
        judge(2, LogGroup.signed(request(CLIENT, 3)).getFirst());
        finishAll();
        assertThat(verified).hasSize(1);
        assertThat(good)
                .extracting(Request::id)
                .containsExactly(request(CLIENT, 3).id());
    }

    /** What waits for its signature to be judged is in nobody's budget yet. */
    @Test
    void longRequestsThatWaitAreBoundedByClientAndBySender() {
        byte[] operation = new byte[port.limits().operationLengthMax()];
        long batch = port.limits().batchLengthMax() / operation.length;
        for (int client = CLIENT; client < CLIENT + 8; client++) {
            for (int i = 0; i < 64; i++) {
                Request one = new Request(new RequestId(client, 1, i), operation);
                judge(0, LogGroup.signed(one).getFirst());
            }
            if (client == CLIENT) {
                judge(0, LogGroup.signed(request(CLIENT + 1, 1000)).getFirst());
            }
        }
        finishAll();
        assertThat(good.stream().filter(request -> request.id().client() == CLIENT))
                .hasSize(Math.toIntExact(8 * batch));
        assertThat(good)
                .extracting(Request::id)
                .contains(request(CLIENT + 1, 1000).id());
        assertThat(good).hasSizeLessThanOrEqualTo(Math.toIntExact(24 * batch) + 1);

        // Judged, they make room again.
        judge(
                0,
                LogGroup.signed(new Request(new RequestId(CLIENT, 1, 100), operation))
                        .getFirst());
        finishAll();
        assertThat(good.getLast().id().sequence()).isEqualTo(100);
    }

    /** Else this replica would pass it on, and be blamed for it. */
    @Test
    void garbageBesideAKnownBatchIsReplacedByTheSignatureThatWasJudged() {
        Request one = LogGroup.signed(request(CLIENT, 1)).getFirst();
        judge(0, one);
        finishAll();
        judge(2, one.with(new Seal(0, 1, List.of(), new byte[] {9})));
        assertThat(good).hasSize(2);
        assertThat(signature(good.getLast())).isEqualTo(signature(one));
    }

    @Attack("client flood")
    @Test
    void aClientThatSignsWithoutEndWaitsBehindItselfOnly() {
        for (int i = 0; i < 2_000; i++) {
            judge(0, LogGroup.signed(request(CLIENT, i)).getFirst());
        }
        judge(0, LogGroup.signed(request(CLIENT + 1, 0)).getFirst());
        int endings = 0;
        while (good.stream().noneMatch(request -> request.id().client() == CLIENT + 1)) {
            port.finishComputation();
            endings++;
        }
        assertThat(endings).as("what was under way before, and a turn").isLessThan(20);
        finishAll();
        assertThat(verified.size()).as("bounded, whatever was sent").isLessThan(100);
    }
}
