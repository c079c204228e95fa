package org.maftia.core.broadcast;

import java.util.List;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What replicas say to each other in {@link UsigBroadcast}, and ({@link Pending}, {@link Data}) to their journals. */
public sealed interface UsigMessage {
    /** A message under its identifier, from its sender or handed on; in the journal: it is delivered. */
    record Data(Ui ui, byte[] payload) implements UsigMessage {}

    /**
     * How far the sender of this has come with everybody's messages; in the journal: what was delivered and forgotten.
     *
     * @param delivered by replica, the last of its messages
     * @param reply whether the same is wanted back
     */
    record Progress(List<Long> delivered, boolean reply) implements UsigMessage {}

    /** Journal only: an own payload that is to be given a counter. */
    record Pending(byte[] payload) implements UsigMessage {}

    /** The codec in a group of so many replicas. */
    static Codec<UsigMessage> codec(int replicas, int payloadLengthMax) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, UsigMessage message) {
                switch (message) {
                    case Data m -> {
                        Ui.CODEC.write(writer.u8(0), m.ui);
                        writer.opaque32(m.payload);
                    }
                    case Progress m -> {
                        writer.u8(1);
                        m.delivered.forEach(writer::u64);
                        writer.bool(m.reply);
                    }
                    case Pending m -> writer.u8(2).opaque32(m.payload);
                }
            }

            @Override
            public UsigMessage read(Reader reader) {
                int type = reader.u8();
                return switch (type) {
                    case 0 -> new Data(ui(reader), reader.opaque32(payloadLengthMax));
                    case 1 -> {
                        Long[] delivered = new Long[replicas];
                        for (int replica = 0; replica < replicas; replica++) {
                            delivered[replica] = reader.count();
                        }
                        yield new Progress(List.of(delivered), reader.bool());
                    }
                    case 2 -> new Pending(reader.opaque32(payloadLengthMax));
                    default -> throw new MalformedException("no message of counter-based broadcast: " + type);
                };
            }

            private Ui ui(Reader reader) {
                Ui ui = Ui.CODEC.read(reader);
                if (ui.replica() >= replicas) {
                    throw new MalformedException("no replica has index " + ui.replica());
                }
                return ui;
            }
        };
    }
}
