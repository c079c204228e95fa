package org.maftia.services.exchange;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What the {@link Mailbox} answers. */
public sealed interface MailboxAnswer {
    /** The message lies there, or lay there already. */
    record Left(Digest id) implements MailboxAnswer {}

    /** The message is none, or none of this exchange; nothing changed. */
    record Malformed(String reason) implements MailboxAnswer {}

    /** No exchange of this name has begun here, or it was long ago. */
    record Unknown() implements MailboxAnswer {}

    /** Another message lies in this place, and stays. */
    record Taken() implements MailboxAnswer {}

    /** There is no room, for whom the reason names. */
    record Full(String reason) implements MailboxAnswer {}

    Codec<MailboxAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, MailboxAnswer value) {
            switch (value) {
                case Left it -> writer.u8(1).digest(it.id);
                case Malformed it -> writer.u8(2).string(it.reason);
                case Unknown it -> writer.u8(3);
                case Taken it -> writer.u8(4);
                case Full it -> writer.u8(5).string(it.reason);
            }
        }

        @Override
        public MailboxAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Left(reader.digest());
                case 2 -> new Malformed(reader.string(ExchangeAnswer.REASON_LENGTH_MAX));
                case 3 -> new Unknown();
                case 4 -> new Taken();
                case 5 -> new Full(reader.string(ExchangeAnswer.REASON_LENGTH_MAX));
                default -> throw new MalformedException("no answer of a mailbox");
            };
        }
    };
}
