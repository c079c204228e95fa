package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup.Mode;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;
import org.maftia.server.testing.RawClient;

/** Real replicas, a client that signs, and one that does not keep to the rules. */
class SignedClientsTest {
    private static final Limits LIMITS = Limits.DEFAULT;

    @TempDir
    private Path directory;

    private static void start(LocalGroup group, int replica) throws IOException {
        group.start(group.setup(replica, group.replica(replica), new RuntimeEvents() {}));
    }

    private static void startAll(LocalGroup group) throws IOException {
        for (int i = 0; i < 4; i++) {
            start(group, i);
        }
    }

    private static void awaitConnections(GroupClient client) {
        Eventually.until(
                "all are connected", () -> client.connections().join().stream().allMatch("ready"::equals));
    }

    /** Counts from 1, so the results tell whether each request was executed once. */
    private static List<Long> count(GroupClient client, int requests) {
        List<CompletableFuture<byte[]>> answers = IntStream.range(0, requests)
                .mapToObj(i -> client.submit("null", new byte[i]))
                .toList();
        return answers.stream()
                .map(answer ->
                        new Reader(answer.orTimeout(300, TimeUnit.SECONDS).join()).u64())
                .sorted()
                .toList();
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    private static long counter(LocalGroup group, int replica, String name) {
        try {
            return group.runtime(replica).status().counters().getOrDefault(name, 0L);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneReplicaGetsTheRequestsAndAllAnswer() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS);
                GroupClient client = GroupClient.connect(group.signingSetup(Mode.HOME))) {
            startAll(group);
            awaitConnections(client);
            assertThat(count(client, 200)).isEqualTo(numbers(1, 200));
            List<Integer> asked = IntStream.range(0, 4)
                    .filter(i -> counter(group, i, "clientRequests") > 0)
                    .boxed()
                    .toList();
            assertThat(asked).containsExactly(LocalGroup.CLIENT % 4);
        }
    }

    @Test
    void whereTheOneReplicaIsGoneTheNextIsAskedAndNothingIsExecutedTwice() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS);
                GroupClient client = GroupClient.connect(group.signingSetup(Mode.HOME))) {
            startAll(group);
            awaitConnections(client);
            assertThat(count(client, 50)).isEqualTo(numbers(1, 50));
            group.stop(LocalGroup.CLIENT % 4);
            assertThat(count(client, 50)).isEqualTo(numbers(51, 100));
            start(group, LocalGroup.CLIENT % 4);
            assertThat(count(client, 50)).isEqualTo(numbers(101, 150));
        }
    }

    @Test
    void requestsToAllMayBeSignedToo() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS);
                GroupClient client = GroupClient.connect(group.signingSetup(Mode.BROADCAST))) {
            startAll(group);
            assertThat(count(client, 100)).isEqualTo(numbers(1, 100));
        }
    }

    /** Who kept a refused request may have it ordered later: what comes next must not be answered with its result. */
    @Test
    void afterARefusalASigningClientGoesOnInAnotherSession() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS);
                GroupClient client = GroupClient.connect(group.signingSetup(Mode.HOME))) {
            startAll(group);
            awaitConnections(client);
            for (int i = 0; i < 3; i++) {
                assertThat(client.submit("no such service", new byte[0]))
                        .failsWithin(java.time.Duration.ofSeconds(300))
                        .withThrowableThat()
                        .withMessageContaining("no such service");
                assertThat(count(client, 5)).isEqualTo(numbers(5 * i + 1, 5 * i + 5));
            }
        }
    }

    /** It knows nothing of its last life, and goes on; the replicas restarted meanwhile. */
    @Attack("leader forges, alters, replays requests")
    @Test
    void aClientThatRestartsGoesOnInANewSession() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS)) {
            startAll(group);
            try (GroupClient client = GroupClient.connect(group.signingSetup(Mode.HOME))) {
                assertThat(count(client, 30)).isEqualTo(numbers(1, 30));
            }
            for (int i = 0; i < 4; i++) {
                group.stop(i);
            }
            startAll(group);
            try (GroupClient client = GroupClient.connect(group.signingSetup(Mode.BROADCAST))) {
                assertThat(count(client, 30)).isEqualTo(numbers(31, 60));
            }
        }
    }

    /** Offends until it is told why it is held off: each time that lasts longer than the last, so it comes soon. */
    private static String offend(LocalGroup group, byte[] frame) throws IOException {
        while (true) {
            try (RawClient raw =
                    new RawClient(group.client(), group.clientPorts().getFirst())) {
                raw.send(frame);
                Eventually.until("the connection ended", raw.closed()::isDone);
                for (ClientMessage message : raw.received) {
                    if (message instanceof ClientMessage.HeldOff held) {
                        assertThat(held.micros()).isPositive();
                        return held.reason();
                    }
                }
            }
        }
    }

    private void isHeldOffFor(byte[] frame, String rule) throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS)) {
            startAll(group);
            assertThat(offend(group, frame)).isEqualTo(rule);
            // Others are served meanwhile, and so is the client elsewhere.
            assertThat(group.runtime(0).submission().submit("null", new byte[0]).get(300, TimeUnit.SECONDS))
                    .isNotNull();
            try (RawClient raw =
                    new RawClient(group.client(), group.clientPorts().get(1))) {
                Eventually.until("it is welcome", () -> !raw.received.isEmpty());
                assertThat(raw.received.getFirst()).isInstanceOf(ClientMessage.Welcome.class);
            }
        }
    }

    @Attack("client flood")
    @Test
    void whoeverSendsMalformedFramesIsHeldOffAndTold() throws Exception {
        isHeldOffFor(new byte[] {99, 1, 2, 3}, "a client keeps to the form of its messages");
    }

    @Attack("client flood")
    @Test
    void whoeverSendsFramesThatAreTooLongIsHeldOffAndTold() throws Exception {
        isHeldOffFor(new byte[ClientMessage.frameLengthMax(LIMITS) + 1], "a client keeps to the length of a frame");
    }

    @Attack("client flood")
    @Test
    void whoeverSendsAFalseSignatureIsHeldOffAndTold() throws Exception {
        byte[] call = ServiceCall.codec(LIMITS.operationLengthMax()).encode(new ServiceCall("null", new byte[1]));
        Seal garbage = new Seal(0, 1, List.of(), new byte[64]);
        byte[] frame = ClientMessage.codec(LIMITS).encode(new ClientMessage.Request(1, 0, true, true, call, garbage));
        isHeldOffFor(frame, "a client signs with its own key");
    }

    @Attack("client flood")
    @Test
    void creditsAreKeptToByTheReplicaToo() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS)) {
            start(group, 0); // alone it answers nothing, so all stays open
            byte[] call = ServiceCall.codec(LIMITS.operationLengthMax()).encode(new ServiceCall("null", new byte[1]));
            try (RawClient raw =
                    new RawClient(group.client(), group.clientPorts().getFirst())) {
                int credits = LIMITS.pooledRequestsPerClient();
                for (int i = 0; i < credits + 10; i++) {
                    raw.send(new ClientMessage.Request(1 + i / 512, i % 512, true, false, call, null));
                }
                Eventually.until("the rest is refused", () -> raw.received.size() == 11);
                assertThat(raw.received.subList(1, 11))
                        .allSatisfy(message -> assertThat(message).isInstanceOf(ClientMessage.Refused.class));
                assertThat(counter(group, 0, "clientOpen")).isEqualTo(credits);
            }
        }
    }

    /** With half a second of patience, the client asks all although the one is connected and silent. */
    @Test
    void whereTheOneReplicaIsSilentTheClientGoesToAll() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, LIMITS);
                GroupClient client = GroupClient.connect(group.signingSetup(Mode.HOME))) {
            // It takes clients and knows none of its peers' protocol: nothing that it is given goes anywhere.
            int home = LocalGroup.CLIENT % 4;
            for (int i = 0; i < 4; i++) {
                if (i != home) {
                    start(group, i);
                }
            }
            group.start(home);
            awaitConnections(client);
            assertThat(count(client, 20)).isEqualTo(numbers(1, 20));
        }
    }
}
