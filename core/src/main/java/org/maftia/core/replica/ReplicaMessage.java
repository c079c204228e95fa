package org.maftia.core.replica;

import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the root of a replica sends and writes down. */
sealed interface ReplicaMessage {
    /** A request of the sender's own gateway, which its link authenticates. */
    record Relay(Request request) implements ReplicaMessage {}

    /** A journal record: the state of the newest certified checkpoint. Never sent. */
    record Snapshot(StableCheckpoint checkpoint, byte[] state) implements ReplicaMessage {}

    static Codec<ReplicaMessage> codec(int operationLengthMax) {
        Codec<Request> requests = Request.codec(operationLengthMax);
        return new Codec<>() {
            @Override
            public void write(Writer writer, ReplicaMessage value) {
                switch (value) {
                    case Relay relay -> requests.write(writer.u8(1), relay.request);
                    case Snapshot snapshot -> {
                        StableCheckpoint.CODEC.write(writer.u8(2), snapshot.checkpoint);
                        writer.opaque32(snapshot.state);
                    }
                }
            }

            @Override
            public ReplicaMessage read(Reader reader) {
                return switch (reader.u8()) {
                    case 1 -> new Relay(requests.read(reader));
                    case 2 -> new Snapshot(StableCheckpoint.CODEC.read(reader), reader.opaque32(Integer.MAX_VALUE));
                    default -> throw new MalformedException("no message of a replica");
                };
            }
        };
    }
}
