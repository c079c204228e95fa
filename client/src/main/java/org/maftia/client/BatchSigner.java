package org.maftia.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.wire.Digest;

/**
 * Signs the requests of one session, as many with one signature as gathered while the last one was made, and of many that are
 * open a good part: each signature costs every replica a verification, however many requests it stands under. Where few are
 * open it signs at once. It signs no more together than goes in one frame, so that every replica has all of it and can name
 * it to the others. On the thread of the loop; the signatures are made elsewhere.
 */
final class BatchSigner {
    /** It waits for this part of the open requests: as they are answered in bursts, they are asked anew in bursts. */
    private static final int PART = 2;

    /** And so long for each of them, but no longer than for some three hundred: few are answered in that time anyway. */
    private static final long GATHER_MICROS_EACH = 25;

    private static final long GATHER_MICROS_MAX = 8_000;

    private final GroupClientSetup.Signature key;
    private final Digest configuration;
    private final long session;
    private final EventLoop loop;
    private final Clock clock;
    private final RequestFrames frames;
    private final Executor workers;
    private final IntSupplier open;
    private final Consumer<List<OpenRequest>> signed;
    private List<OpenRequest> gathered = new ArrayList<>();

    /** What they take of a frame. */
    private long bytes;

    private boolean signing;

    /** How many batches were signed: one that is full before its time is up leaves no haste to the next. */
    private long batches;

    /** The batch for which the clock was set. */
    private long awaited = -1;

    /** Calls on the thread of the loop. */
    interface Clock {
        void after(long micros, Runnable action);
    }

    BatchSigner(
            GroupClientSetup.Signature key,
            Digest configuration,
            long session,
            EventLoop loop,
            RequestFrames frames,
            Executor workers,
            IntSupplier open,
            Consumer<List<OpenRequest>> signed) {
        this(key, configuration, session, loop, loop::after, frames, workers, open, signed);
    }

    /**
     * @param open how many requests of the session wait for their answers, those that gather here among them
     * @param signed takes the requests of a batch with their seals, in its order
     */
    BatchSigner(
            GroupClientSetup.Signature key,
            Digest configuration,
            long session,
            EventLoop loop,
            Clock clock,
            RequestFrames frames,
            Executor workers,
            IntSupplier open,
            Consumer<List<OpenRequest>> signed) {
        this.key = key;
        this.configuration = configuration;
        this.session = session;
        this.loop = loop;
        this.clock = clock;
        this.frames = frames;
        this.workers = workers;
        this.open = open;
        this.signed = signed;
    }

    void add(OpenRequest request) {
        gathered.add(request);
        bytes += frames.lengthOf(request);
        sign(false);
    }

    /** @param late whether enough was waited for more */
    private void sign(boolean late) {
        if (signing || gathered.isEmpty()) {
            return;
        }
        if (!late && bytes <= frames.batchLengthMax() && gathered.size() < open.getAsInt() / PART) {
            long begun = batches;
            if (awaited != begun) {
                awaited = begun;
                clock.after(
                        Math.min(GATHER_MICROS_EACH * open.getAsInt(), GATHER_MICROS_MAX),
                        () -> sign(batches == begun));
            }
            return;
        }
        batches++;
        signing = true;
        int count = Math.min(Math.max(1, frames.fitting(gathered)), Seal.COUNT_MAX);
        List<OpenRequest> batch = List.copyOf(gathered.subList(0, count));
        batch.forEach(one -> bytes -= frames.lengthOf(one));
        gathered = new ArrayList<>(gathered.subList(count, gathered.size()));
        workers.execute(() -> {
            List<Request> requests = batch.stream()
                    .map(one -> new Request(new RequestId(key.client(), session, one.sequence()), one.operation()))
                    .toList();
            List<Request> sealed = Seal.sealed(configuration, requests, key.signer());
            loop.post(() -> {
                signing = false;
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).sealed(sealed.get(i).seal());
                }
                signed.accept(batch);
                sign(false);
            });
        });
    }
}
