package org.maftia.services.register;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What a client asks a {@link Register}. The empty operation, which does nothing, has no encoding. */
public sealed interface RegisterOperation {
    /** Bytes of a key. */
    int KEY_LENGTH_MAX = 64;

    /** Bytes of a value. */
    int VALUE_LENGTH_MAX = 64 << 10;

    /** Sets a value; the result is empty. */
    record Put(String key, byte[] value) implements RegisterOperation {}

    /** The result is the value, empty if there is none. */
    record Get(String key) implements RegisterOperation {}

    /** Adds to a counter of eight bytes, which wraps; the result is its new value. */
    record Add(String key, long amount) implements RegisterOperation {}

    /** Sets a value if the present one is {@code expected}; the result is one byte, 1 if it was. */
    record Swap(String key, byte[] expected, byte[] value) implements RegisterOperation {}

    Codec<RegisterOperation> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RegisterOperation value) {
            switch (value) {
                case Put put -> writer.u8(1).string(put.key).opaque32(put.value);
                case Get get -> writer.u8(2).string(get.key);
                case Add add -> writer.u8(3).string(add.key).u64(add.amount);
                case Swap swap ->
                    writer.u8(4).string(swap.key).opaque32(swap.expected).opaque32(swap.value);
            }
        }

        @Override
        public RegisterOperation read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Put(reader.string(KEY_LENGTH_MAX), reader.opaque32(VALUE_LENGTH_MAX));
                case 2 -> new Get(reader.string(KEY_LENGTH_MAX));
                case 3 -> new Add(reader.string(KEY_LENGTH_MAX), reader.u64());
                case 4 ->
                    new Swap(
                            reader.string(KEY_LENGTH_MAX),
                            reader.opaque32(VALUE_LENGTH_MAX),
                            reader.opaque32(VALUE_LENGTH_MAX));
                default -> throw new MalformedException("no operation of a register");
            };
        }
    };
}
