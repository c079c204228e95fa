package org.maftia.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.wire.Digest;

/**
 * Signs the requests of one session, as many with one signature as gathered while the last one was made: at once when there
 * is nothing else to do, without a timer, and in large batches under load. On the thread of the loop; the signatures are
 * made elsewhere.
 */
final class BatchSigner {
    private final GroupClientSetup.Signature key;
    private final Digest configuration;
    private final long session;
    private final EventLoop loop;
    private final Executor workers;
    private final Consumer<OpenRequest> signed;
    private List<OpenRequest> gathered = new ArrayList<>();
    private boolean signing;

    /** @param signed takes the requests with their seals */
    BatchSigner(
            GroupClientSetup.Signature key,
            Digest configuration,
            long session,
            EventLoop loop,
            Executor workers,
            Consumer<OpenRequest> signed) {
        this.key = key;
        this.configuration = configuration;
        this.session = session;
        this.loop = loop;
        this.workers = workers;
        this.signed = signed;
    }

    void add(OpenRequest request) {
        gathered.add(request);
        sign();
    }

    private void sign() {
        if (signing || gathered.isEmpty()) {
            return;
        }
        signing = true;
        int count = Math.min(gathered.size(), Seal.COUNT_MAX);
        List<OpenRequest> batch = List.copyOf(gathered.subList(0, count));
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
                    signed.accept(batch.get(i));
                }
                sign();
            });
        });
    }
}
