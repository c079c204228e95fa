package org.maftia.services.exchange;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** A command of the {@link Exchange}. */
public sealed interface ExchangeCommand {
    /** Of a message as its party signed it: an offer with an escrow of the longest item. */
    int MESSAGE_LENGTH_MAX = 28 << 10;

    /** Of a request, which names messages only. */
    int REQUEST_LENGTH_MAX = 1 << 10;

    /**
     * A party asks for a decision.
     *
     * @param first m1 or e1
     * @param second m2 or e2; empty where the exchange is to be aborted
     * @param request what the party signs
     */
    record Appealed(byte[] first, byte[] second, byte[] request) implements ExchangeCommand {}

    /** Anybody asks what was decided. */
    record Asked(Digest id) implements ExchangeCommand {}

    Codec<ExchangeCommand> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ExchangeCommand value) {
            switch (value) {
                case Appealed appealed ->
                    writer.u8(1)
                            .opaque16(appealed.first)
                            .opaque16(appealed.second)
                            .opaque16(appealed.request);
                case Asked asked -> writer.u8(2).digest(asked.id);
            }
        }

        @Override
        public ExchangeCommand read(Reader reader) {
            return switch (reader.u8()) {
                case 1 ->
                    new Appealed(
                            reader.opaque16(MESSAGE_LENGTH_MAX),
                            reader.opaque16(MESSAGE_LENGTH_MAX),
                            reader.opaque16(REQUEST_LENGTH_MAX));
                case 2 -> new Asked(reader.digest());
                default -> throw new MalformedException("no command of an exchange");
            };
        }
    };
}
