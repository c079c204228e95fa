package org.maftia.services.exchange;

import java.util.List;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Exchanges between two parties, as one replica has them. */
public record MailboxContent(List<Begun> exchanges) {
    public MailboxContent {
        exchanges = List.copyOf(exchanges);
    }

    /**
     * One exchange.
     *
     * @param messages in their order, the first one first, as they were left
     * @param dueMicros agreed time from which on they are forgotten
     */
    public record Begun(List<byte[]> messages, long dueMicros) {
        public Begun {
            messages = List.copyOf(messages);
        }
    }

    public static final Codec<MailboxContent> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, MailboxContent value) {
            writer.list(
                    value.exchanges,
                    (out, one) -> out.list(one.messages, Writer::opaque16).u64(one.dueMicros));
        }

        @Override
        public MailboxContent read(Reader reader) {
            return new MailboxContent(reader.list(
                    2 * Mailbox.EXCHANGES_OF_AUTHOR_MAX,
                    Integer.BYTES + Long.BYTES,
                    in -> new Begun(
                            in.list(
                                    Mailbox.MESSAGES_MAX,
                                    Short.BYTES,
                                    each -> each.opaque16(ExchangeCommand.MESSAGE_LENGTH_MAX)),
                            in.count())));
        }
    };
}
