package org.maftia.services.exchange;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What lies in a {@link Mailbox} between two parties, whoever began; its answer is a {@link MailboxContent}.
 *
 * @param one by {@link org.maftia.services.exchange.message.Party#digest}
 */
public record MailboxQuestion(Digest one, Digest other) {
    public static final Codec<MailboxQuestion> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, MailboxQuestion value) {
            writer.digest(value.one).digest(value.other);
        }

        @Override
        public MailboxQuestion read(Reader reader) {
            return new MailboxQuestion(reader.digest(), reader.digest());
        }
    };
}
