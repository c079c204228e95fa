package org.maftia.client;

import java.util.ArrayList;
import java.util.List;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Writer;

/** Requests as they go to replicas. */
final class RequestFrames {
    /** What a request takes besides its operation and its seal, so that its buffer never grows. */
    private static final int ENVELOPE_BYTES = 24;

    private final Codec<ClientMessage> messages;
    private final int lengthMax;

    /** @param lengthMax of a frame that a replica takes, in bytes */
    RequestFrames(Codec<ClientMessage> messages, int lengthMax) {
        this.messages = messages;
        this.lengthMax = lengthMax;
    }

    /** One request, with its seal if it has one. */
    byte[] request(long session, OpenRequest request, boolean whole, boolean alone) {
        Seal seal = request.seal();
        Writer writer = new Writer(request.operation().length + ENVELOPE_BYTES + (seal == null ? 0 : Seal.LENGTH_MAX));
        messages.write(
                writer,
                new ClientMessage.Request(session, request.sequence(), whole, alone, request.operation(), seal));
        return writer.finish();
    }

    /** Whether requests that were signed together go in one frame. */
    boolean fits(List<OpenRequest> batch) {
        return fitting(batch) == batch.size();
    }

    /** How many of these, from the first on, go in one frame. */
    int fitting(List<OpenRequest> batch) {
        long length = 0;
        for (int i = 0; i < batch.size(); i++) {
            length += lengthOf(batch.get(i));
            if (length > batchLengthMax()) {
                return i;
            }
        }
        return batch.size();
    }

    /** What a request takes of a frame in which it goes together with others, in bytes. */
    int lengthOf(OpenRequest request) {
        return item(request, true).length();
    }

    /** Room for those that go together, in bytes. */
    int batchLengthMax() {
        return lengthMax - ClientMessage.BATCH_ENVELOPE_LENGTH_MAX;
    }

    /**
     * All requests that were signed together, for one replica.
     *
     * @param replica gets the result of a part of them, and names digests of the others' results
     * @param replicas how many share in that
     */
    byte[] batch(long session, List<OpenRequest> batch, int replica, int replicas) {
        List<ClientMessage.Item> items = new ArrayList<>(batch.size());
        int length = ClientMessage.BATCH_ENVELOPE_LENGTH_MAX;
        for (OpenRequest request : batch) {
            ClientMessage.Item item = item(request, request.sequence() % replicas == replica);
            items.add(item);
            length += item.length();
        }
        Seal seal = Invariant.present(batch.getFirst().seal(), "a batch was signed");
        Writer writer = new Writer(length);
        messages.write(writer, new ClientMessage.Batch(session, items, seal.signature()));
        return writer.finish();
    }

    private static ClientMessage.Item item(OpenRequest request, boolean whole) {
        return new ClientMessage.Item(request.sequence(), whole, request.operation());
    }
}
