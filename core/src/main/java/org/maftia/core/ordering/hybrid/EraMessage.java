package org.maftia.core.ordering.hybrid;

import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What replicas say to each other of eras, and (the last one) to their journals. */
public sealed interface EraMessage {
    /** The newest era that I take part in: tell me if there is a later one. */
    record Where(long number) implements EraMessage {}

    /** A later one has begun below this state. */
    record Later(StableCheckpoint checkpoint) implements EraMessage {
        @Override
        public String toString() {
            return "Later(s" + checkpoint.claim().slot() + ")";
        }
    }

    /** Journal only: it has begun here. */
    record Began(Era era) implements EraMessage {}

    Codec<EraMessage> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, EraMessage value) {
            switch (value) {
                case Where where -> writer.u8(1).u64(where.number);
                case Later later -> StableCheckpoint.CODEC.write(writer.u8(2), later.checkpoint);
                case Began began -> Era.CODEC.write(writer.u8(3), began.era);
            }
        }

        @Override
        public EraMessage read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Where(reader.count());
                case 2 -> new Later(StableCheckpoint.CODEC.read(reader));
                case 3 -> new Began(Era.CODEC.read(reader));
                default -> throw new MalformedException("no message of eras");
            };
        }
    };
}
