package org.maftia.services.exchange.message;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What is encrypted as an escrow: an item, and random bytes. From these of both sides the trusted party, which has no
 * randomness of its own, makes the keys under which it hands items over.
 *
 * @param salt {@link #SALT_LENGTH} random bytes of who escrows
 * @param item at most {@link #ITEM_LENGTH_MAX} bytes: the item, or the key to it
 */
public record Escrowed(byte[] salt, byte[] item) {
    public static final int SALT_LENGTH = 32;
    public static final int ITEM_LENGTH_MAX = 16 << 10;

    /** Of the encoding. */
    static final int LENGTH_MAX = SALT_LENGTH + Integer.BYTES + ITEM_LENGTH_MAX;

    public static final Codec<Escrowed> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Escrowed value) {
            writer.fixed(value.salt).opaque16(value.item);
        }

        @Override
        public Escrowed read(Reader reader) {
            return new Escrowed(reader.fixed(SALT_LENGTH), reader.opaque16(ITEM_LENGTH_MAX));
        }
    };
}
