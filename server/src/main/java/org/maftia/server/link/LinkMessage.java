package org.maftia.server.link;

import java.util.Arrays;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.server.journal.Position;

/** What travels in the frames of a link. */
sealed interface LinkMessage {
    int HELLO = 1;
    int DATA = 2;
    int ACKNOWLEDGE = 3;
    int PING = 4;
    int MARK = 5;

    /** Kind and number before the content of a data frame. */
    int DATA_HEAD = 9;

    /** Two sides of another version do not understand each other, and say so. */
    int VERSION = 2;

    byte[] NOTHING = {};

    /**
     * The first message of both sides.
     *
     * @param configuration both must run the same one
     * @param life names this life of the sender's process
     * @param peerLife the life of the receiver of which the sender remembers frames, or 0
     * @param received the highest frame number it has of that life
     * @param position how far the sender's memory has come
     * @param remembered the latest position that the receiver ever told the sender; {@link Position#NONE}: none
     */
    record Hello(Digest configuration, long life, long peerLife, long received, Position position, Position remembered)
            implements LinkMessage {
        byte[] encode() {
            Writer writer = new Writer()
                    .u8(HELLO)
                    .u8(VERSION)
                    .digest(configuration)
                    .u64(life)
                    .u64(peerLife)
                    .u64(received);
            position.write(writer);
            remembered.write(writer);
            return writer.toBytes();
        }
    }

    /** The sender's memory has come this far: what follows may say what it would forget with an older one. */
    record Mark(Position position) implements LinkMessage {
        byte[] encode() {
            Writer writer = new Writer(32).u8(MARK);
            position.write(writer);
            return writer.toBytes();
        }
    }

    /** A frame of the protocols. */
    record Data(long number, byte[] content) implements LinkMessage {
        static byte[] head(long number) {
            return new Writer(DATA_HEAD).u8(DATA).u64(number).toBytes();
        }
    }

    /** Everything up to this number has arrived. */
    record Acknowledge(long upTo) implements LinkMessage {
        byte[] encode() {
            return new Writer(16).u8(ACKNOWLEDGE).u64(upTo).toBytes();
        }
    }

    /** A sign of life, when there is nothing else to say. */
    record Ping() implements LinkMessage {
        static byte[] encode() {
            return new byte[] {PING};
        }
    }

    /**
     * Reads the content of a frame.
     *
     * @throws MalformedException when it is none of the above
     */
    static LinkMessage decode(byte[] frame) {
        Reader reader = new Reader(frame);
        int kind = reader.u8();
        LinkMessage message = switch (kind) {
            case HELLO -> hello(reader);
            case DATA -> new Data(reader.count(), Arrays.copyOfRange(frame, DATA_HEAD, frame.length));
            case ACKNOWLEDGE -> new Acknowledge(reader.count());
            case PING -> new Ping();
            case MARK -> new Mark(Position.read(reader));
            default -> throw new MalformedException("no link message " + kind);
        };
        if (!(message instanceof Data)) {
            reader.end();
        }
        return message;
    }

    private static Hello hello(Reader reader) {
        int version = reader.u8();
        if (version != VERSION) {
            throw new MalformedException("link version " + version + ", not " + VERSION);
        }
        return new Hello(
                reader.digest(),
                reader.count(),
                reader.count(),
                reader.count(),
                Position.read(reader),
                Position.read(reader));
    }
}
