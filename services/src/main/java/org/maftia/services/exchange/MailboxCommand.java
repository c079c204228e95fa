package org.maftia.services.exchange;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A command of the {@link Mailbox}: somebody leaves a message. */
public sealed interface MailboxCommand {
    /**
     * The first message of an exchange, m1 or e1.
     *
     * @param origin where it came from, as its gateway tells origins apart: of one that says nothing true only its own room suffers
     */
    record Offered(long origin, byte[] message) implements MailboxCommand {}

    /**
     * The next message of an exchange that has begun here: m2, m3, m4 or e2.
     *
     * @param id of the exchange
     */
    record Continued(Digest id, byte[] message) implements MailboxCommand {}

    Codec<MailboxCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, MailboxCommand value) {
            switch (value) {
                case Offered it -> writer.u8(1).u64(it.origin).opaque16(it.message);
                case Continued it -> writer.u8(2).digest(it.id).opaque16(it.message);
            }
        }

        @Override
        public MailboxCommand read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Offered(reader.u64(), reader.opaque16(ExchangeCommand.MESSAGE_LENGTH_MAX));
                case 2 -> new Continued(reader.digest(), reader.opaque16(ExchangeCommand.MESSAGE_LENGTH_MAX));
                default -> throw new MalformedException("no command of a mailbox");
            };
        }
    };
}
