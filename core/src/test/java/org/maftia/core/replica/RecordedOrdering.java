package org.maftia.core.replica;

import java.util.List;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.StableCheckpoint;

/** Keeps what is submitted. */
final class RecordedOrdering implements AtomicBroadcast {
    private final List<Request> submitted;

    RecordedOrdering(List<Request> submitted) {
        this.submitted = submitted;
    }

    @Override
    public void submit(Request request) {
        submitted.add(request);
    }

    @Override
    public void carry(Request request) {
        throw new AssertionError("own requests go to all");
    }

    @Override
    public void vouch(long slot) {}

    @Override
    public void stable(StableCheckpoint checkpoint) {}

    @Override
    public void install(StableCheckpoint checkpoint) {}

    @Override
    public void fill(long slot) {}

    @Override
    public void passEpoch(long epoch) {}

    @Override
    public void end(long lastSlot) {}

    @Override
    public List<Request> waiting() {
        return List.of();
    }

    @Override
    public void connected(int peer) {}

    @Override
    public Progress progress() {
        return new Progress(0, 0, 0, 0, 0, false);
    }
}
