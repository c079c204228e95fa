package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.ordering.Request;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.testing.Attack;
import org.maftia.server.gateway.Submission;

/** What gateways may have open at their own replica, which here answers when the test says so. */
class GatewaySessionTest {
    private static final Limits LIMITS = Limits.DEFAULT;
    private static final int LONG = 200 << 10;
    private static final int LIFE = 7;

    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<Input.Peek> questions = new LinkedBlockingQueue<>();
    private final List<CompletableFuture<byte[]>> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // set before each test
    private EventLoop loop;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Thread thread;

    @SuppressWarnings("NullAway.Init") // set before each test
    private GatewaySession session;

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop(0);
        session = session(600_000_000);
        thread = Thread.ofPlatform().start(() -> loop.run(() -> 1_000_000));
    }

    private GatewaySession session(long timeoutMicros) {
        return new GatewaySession(loop, 0, LIFE, timeoutMicros, LIMITS, requests::add, question -> {
            if (question instanceof Input.Peek peek) {
                questions.add(peek);
            }
        });
    }

    @AfterEach
    void end() throws Exception {
        loop.stop();
        thread.join();
        loop.close();
    }

    /** How many of such a length are taken until one is refused. */
    private int fill(int length) {
        for (int taken = 0; taken < 10_000; taken++) {
            CompletableFuture<byte[]> one = session.submit("echo", new byte[length]);
            if (one.isCompletedExceptionally()) {
                assertThatThrownBy(one::get).hasCauseInstanceOf(Submission.Busy.class);
                return taken;
            }
            open.add(one);
        }
        throw new AssertionError("all are taken");
    }

    private Request next() throws InterruptedException {
        return Objects.requireNonNull(requests.poll(60, TimeUnit.SECONDS));
    }

    /** Pools keep 16 MiB of one client: what is above that would be lost at some replicas, and hold up what comes later. */
    @Attack("client flood")
    @Test
    void longRequestsAreBoundedByTheirBytes() throws Exception {
        int taken = fill(LONG);
        assertThat((long) taken * LONG).isLessThanOrEqualTo(LIMITS.pooledBytesPerClient() / 2);
        assertThat((long) (taken + 1) * LONG).isGreaterThan(LIMITS.pooledBytesPerClient() / 2);
        Request first = next();
        loop.post(() -> session.reply(new Output.Reply(first.id(), 1, new byte[] {1})));
        assertThat(open.getFirst().get(60, TimeUnit.SECONDS)).containsExactly(1);
        assertThat(fill(LONG)).isEqualTo(1);
        Request second = next();
        loop.post(() -> session.refused(new Output.Refused(second.id(), "no room")));
        assertThatThrownBy(() -> open.get(1).get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(Submission.Busy.class);
        assertThat(fill(LONG)).isEqualTo(1);
    }

    @Test
    void shortRequestsAreBoundedByTheirNumber() {
        assertThat(fill(100)).isEqualTo(LIMITS.openRequestsPerClient());
    }

    /** Nobody waits for it any more, but it is in the pools until it is executed. */
    @Test
    void whatIsLateTakesItsRoomUntilItIsExecuted() throws Exception {
        session = session(1);
        int taken = fill(LONG);
        for (CompletableFuture<byte[]> one : open) {
            assertThatThrownBy(() -> one.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
        }
        assertThat(fill(LONG)).isZero();
        for (int i = 0; i < taken; i++) {
            Request late = next();
            loop.post(() -> session.reply(new Output.Reply(late.id(), 1, new byte[0])));
        }
        CompletableFuture<Void> after = new CompletableFuture<>();
        loop.post(() -> after.complete(null));
        after.get(60, TimeUnit.SECONDS);
        assertThat(session.open()).isZero();
        assertThat(fill(LONG)).isEqualTo(taken);
    }

    @Attack("client flood")
    @Test
    void longQuestionsAreBoundedByTheirBytes() throws Exception {
        List<CompletableFuture<Optional<byte[]>>> asked = new ArrayList<>();
        CompletableFuture<Optional<byte[]>> last = session.peek("echo", new byte[LONG]);
        for (; !last.isCompletedExceptionally(); last = session.peek("echo", new byte[LONG])) {
            asked.add(last);
        }
        assertThat((long) asked.size() * LONG).isLessThanOrEqualTo(LIMITS.pooledBytesPerClient() / 2);
        Input.Peek first = Objects.requireNonNull(questions.poll(60, TimeUnit.SECONDS));
        session.peeked(new Output.Peeked(first.number(), new byte[] {2}));
        assertThat(asked.getFirst().get(60, TimeUnit.SECONDS)).isPresent();
        assertThat(session.peek("echo", new byte[LONG]).isCompletedExceptionally())
                .isFalse();
    }
}
