package org.maftia.core.replica;

import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The journal record of a replica's root: the state of the newest certified checkpoint. It is never sent; others fetch
 * states chunk by chunk.
 */
public record ReplicaSnapshot(StableCheckpoint checkpoint, byte[] state) {
    /** Of the state, with all that services write into it: it counts on when that changes and the former is not read any more. */
    private static final int FORMAT = 2;

    static final Codec<ReplicaSnapshot> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ReplicaSnapshot value) {
            StableCheckpoint.CODEC.write(writer.u8(FORMAT), value.checkpoint);
            writer.opaque32(value.state);
        }

        @Override
        public ReplicaSnapshot read(Reader reader) {
            int format = reader.u8();
            if (format != FORMAT) {
                throw new MalformedException("the state has format " + format + ", and this version reads " + FORMAT);
            }
            return new ReplicaSnapshot(StableCheckpoint.CODEC.read(reader), reader.opaque32(Integer.MAX_VALUE));
        }
    };
}
