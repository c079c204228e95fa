package org.maftia.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Digest;

/** How many requests one signature stands under. */
class BatchSignerTest {
    private static final Digest GROUP = new Digest(1, 2, 3, 4);
    private static final int CLIENT = 100;
    private static final RequestFrames FRAMES = new RequestFrames(ClientMessage.codec(Limits.DEFAULT), 100_000);

    private final AtomicInteger open = new AtomicInteger();
    private final BlockingQueue<List<OpenRequest>> batches = new LinkedBlockingQueue<>();
    private EventLoop loop;
    private Thread thread;
    private BatchSigner signer;

    @BeforeEach
    void begin() throws Exception {
        loop = new EventLoop(0);
        thread = Thread.ofPlatform().start(() -> loop.run(() -> 1_000_000L));
        GroupClientSetup.Signature key = new GroupClientSetup.Signature(CLIENT, digest -> new byte[64]);
        signer = new BatchSigner(key, GROUP, 1, loop, FRAMES, Runnable::run, open::get, batches::add);
    }

    @AfterEach
    void end() throws Exception {
        loop.stop();
        thread.join();
        loop.close();
    }

    private void add(int first, int count) {
        add(first, count, 1);
    }

    private void add(int first, int count, int length) {
        loop.post(() -> {
            for (int i = first; i < first + count; i++) {
                signer.add(new OpenRequest(i, new byte[length], false, 3, Long.MAX_VALUE, new CompletableFuture<>()));
            }
        });
    }

    private int size() throws InterruptedException {
        List<OpenRequest> batch = batches.poll(60, TimeUnit.SECONDS);
        assertThat(batch).isNotNull();
        for (OpenRequest one : batch) {
            assertThat(one.seal()).isNotNull();
            assertThat(one.seal().count()).isEqualTo(batch.size());
        }
        List<Request> bare = batch.stream()
                .map(one -> new Request(new RequestId(CLIENT, 1, one.sequence()), one.operation()))
                .toList();
        for (Request request : Seal.together(bare, new byte[64])) {
            int place = bare.indexOf(request.bare());
            assertThat(batch.get(place).seal()).isEqualTo(request.seal());
        }
        return batch.size();
    }

    @Test
    void theOnlyOneIsSignedAtOnce() throws Exception {
        open.set(1);
        add(0, 1);
        assertThat(size()).isEqualTo(1);
    }

    @Test
    void ofManyAGoodPartIsSignedTogether() throws Exception {
        open.set(100);
        add(0, 100);
        assertThat(size()).isEqualTo(50);
        assertThat(size()).isEqualTo(50);
    }

    @Test
    void aFewOfManyDoNotWaitForEver() throws Exception {
        open.set(100);
        add(0, 10);
        assertThat(size()).isEqualTo(10);
        add(10, 3);
        assertThat(size()).isEqualTo(3);
    }

    @Test
    void aBatchIsNeverLargerThanReplicasTake() throws Exception {
        open.set(3 * Seal.COUNT_MAX);
        add(0, 2 * Seal.COUNT_MAX);
        assertThat(size()).isEqualTo(Seal.COUNT_MAX);
        assertThat(size()).isLessThanOrEqualTo(Seal.COUNT_MAX);
    }

    @Test
    void aBatchThatWasFullInTimeLeavesNoHasteToTheNext() throws Exception {
        BlockingQueue<Runnable> alarms = new LinkedBlockingQueue<>();
        GroupClientSetup.Signature key = new GroupClientSetup.Signature(CLIENT, digest -> new byte[64]);
        signer = new BatchSigner(
                key,
                GROUP,
                1,
                loop,
                (micros, action) -> alarms.add(action),
                FRAMES,
                Runnable::run,
                open::get,
                batches::add);
        open.set(100);
        add(0, 10);
        Runnable first = alarms.poll(60, TimeUnit.SECONDS);
        add(10, 40);
        assertThat(size()).isEqualTo(50);
        add(50, 10);
        Runnable second = alarms.poll(60, TimeUnit.SECONDS);
        loop.post(first);
        add(60, 5);
        loop.post(second);
        assertThat(size()).isEqualTo(15);
    }

    @Test
    void noMoreIsSignedTogetherThanGoesInAFrame() throws Exception {
        open.set(100);
        add(0, 10, 30_000);
        assertThat(size()).isEqualTo(3);
        assertThat(size()).isEqualTo(3);
        assertThat(size()).isEqualTo(3);
        assertThat(size()).isEqualTo(1);
        add(10, 1, 200_000); // its replicas will refuse it; it is not for the signer to lose it
        assertThat(size()).isEqualTo(1);
    }
}
