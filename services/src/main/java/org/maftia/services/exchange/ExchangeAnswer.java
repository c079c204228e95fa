package org.maftia.services.exchange;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.message.Escrowed;

/** What the {@link Exchange} answers. */
public sealed interface ExchangeAnswer {
    /** Of a signed token. */
    int TOKEN_LENGTH_MAX = 4 << 10;

    /** Of a sealed item: what sealing adds is a key and a tag. */
    int ITEM_LENGTH_MAX = Escrowed.ITEM_LENGTH_MAX + 256;

    /** Of a sentence. */
    int REASON_LENGTH_MAX = 512;

    /**
     * What was decided, now or earlier.
     *
     * @param token signed by the group, in compact serialisation
     * @param item sealed for who asked; empty where there is none for him
     */
    record Decided(String token, byte[] item) implements ExchangeAnswer {}

    /** Nothing was decided about this exchange. */
    record Undecided() implements ExchangeAnswer {}

    /** The messages are none, or do not belong together; nothing changed. */
    record Malformed(String reason) implements ExchangeAnswer {}

    /** Who asks may not; nothing changed. */
    record NotParty(String reason) implements ExchangeAnswer {}

    /** So much is under way that one must ask at another time; nothing changed that is not final. */
    record Busy() implements ExchangeAnswer {}

    /** The group does not give the service its keys. */
    record Refused() implements ExchangeAnswer {}

    Codec<ExchangeAnswer> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, ExchangeAnswer value) {
            switch (value) {
                case Decided decided -> writer.u8(1).string(decided.token).opaque16(decided.item);
                case Undecided undecided -> writer.u8(2);
                case Malformed malformed -> writer.u8(3).string(malformed.reason);
                case NotParty notParty -> writer.u8(4).string(notParty.reason);
                case Busy busy -> writer.u8(5);
                case Refused refused -> writer.u8(6);
            }
        }

        @Override
        public ExchangeAnswer read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Decided(reader.string(TOKEN_LENGTH_MAX), reader.opaque16(ITEM_LENGTH_MAX));
                case 2 -> new Undecided();
                case 3 -> new Malformed(reader.string(REASON_LENGTH_MAX));
                case 4 -> new NotParty(reader.string(REASON_LENGTH_MAX));
                case 5 -> new Busy();
                case 6 -> new Refused();
                default -> throw new MalformedException("no answer of an exchange");
            };
        }
    };
}
