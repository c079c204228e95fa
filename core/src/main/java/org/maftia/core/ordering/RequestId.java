package org.maftia.core.ordering;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Names a request of a client. A client uses a session for one life of its process, and numbers its requests from 0.
 *
 * @param client its number in the configuration: below the size of the group the gateway of that replica, from 64 on a
 *     configured client
 * @param session grows with each session of the client
 * @param sequence counts the requests of the session
 */
public record RequestId(int client, long session, long sequence) implements Comparable<RequestId> {
    public static final Codec<RequestId> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RequestId value) {
            writer.u16(value.client).u64(value.session).u64(value.sequence);
        }

        @Override
        public RequestId read(Reader reader) {
            return new RequestId(reader.u16(), reader.count(), reader.count());
        }
    };

    @Override
    public int compareTo(RequestId other) {
        int order = Integer.compare(client, other.client);
        order = order != 0 ? order : Long.compare(session, other.session);
        return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
}
