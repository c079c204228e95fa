package org.maftia.services.log;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the {@link TransparencyLog} answers. */
public sealed interface LogAnswer {
    /** The entry stands at this index; a head that covers it follows. */
    record Recorded(long index) implements LogAnswer {}

    /** So much waits for a head that one must ask at another time. */
    record Busy() implements LogAnswer {}

    /** Who asks may not. */
    record Refused() implements LogAnswer {}

    /** The command was none. */
    record Malformed() implements LogAnswer {}

    /** A signature of a head was heard, be it news or not. */
    record Heard() implements LogAnswer {}

    Codec<LogAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, LogAnswer value) {
            switch (value) {
                case Recorded recorded -> writer.u8(1).u64(recorded.index);
                case Busy busy -> writer.u8(2);
                case Refused refused -> writer.u8(3);
                case Malformed malformed -> writer.u8(4);
                case Heard heard -> writer.u8(5);
            }
        }

        @Override
        public LogAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Recorded(reader.count());
                case 2 -> new Busy();
                case 3 -> new Refused();
                case 4 -> new Malformed();
                case 5 -> new Heard();
                default -> throw new MalformedException("no answer of a log");
            };
        }
    };
}
