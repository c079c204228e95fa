package org.maftia.services.exchange;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One exchange in a {@link Mailbox}.
 *
 * @param gateway whose room it takes, and of that one {@code origin}
 * @param a by the digest of the party, who began
 * @param room that is kept for it, for the messages to come too
 * @param messages in their order
 * @param name of all this in the state
 */
record Mail(
        int gateway, long origin, Digest a, Digest b, long dueMicros, int room, List<byte[]> messages, Digest name) {
    Mail {
        messages = List.copyOf(messages);
    }

    static Mail of(int gateway, long origin, Digest a, Digest b, long dueMicros, int room, List<byte[]> messages) {
        Writer writer = new Writer();
        writer.u8(gateway).u64(origin).digest(a).digest(b).u64(dueMicros).u32(room);
        writer.list(messages, Writer::opaque16);
        Digest name = Transcript.of("exchange/mail").field(writer.finish()).digest();
        return new Mail(gateway, origin, a, b, dueMicros, room, messages, name);
    }

    /** With one more, and as long as a new one. */
    Mail and(byte[] message, long untilMicros) {
        List<byte[]> more = new ArrayList<>(messages);
        more.add(message.clone());
        return of(gateway, origin, a, b, untilMicros, room, more);
    }

    boolean has(byte[] message) {
        return messages.stream().anyMatch(one -> Arrays.equals(one, message));
    }

    boolean isBetween(Digest one, Digest other) {
        return a.equals(one) && b.equals(other) || a.equals(other) && b.equals(one);
    }

    static void write(Writer writer, Mail it) {
        writer.u8(it.gateway).u64(it.origin).digest(it.a).digest(it.b).u64(it.dueMicros);
        writer.u32(it.room).list(it.messages, Writer::opaque16);
    }

    static Mail read(Reader reader) {
        return of(
                reader.u8(),
                reader.u64(),
                reader.digest(),
                reader.digest(),
                reader.count(),
                Math.toIntExact(Math.min(reader.u32(), Mailbox.BYTES_MAX)),
                reader.list(Mailbox.MESSAGES_MAX, Short.BYTES, in -> in.opaque16(ExchangeCommand.MESSAGE_LENGTH_MAX)));
    }
}
