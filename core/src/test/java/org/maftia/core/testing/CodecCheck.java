package org.maftia.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;

/**
 * What every codec owes, checked around golden values: it reads what it wrote and writes it the same again; it refuses
 * every truncation and every surplus byte; and whatever it accepts among all one-bit flips, it would write just so.
 * Nothing but {@link MalformedException} may come out of it.
 */
public final class CodecCheck {
    private CodecCheck() {}

    /** Checks around each of the values; give one of every kind, with every optional part. */
    public static <T> void check(Codec<T> codec, List<? extends T> golden) {
        for (T value : golden) {
            byte[] bytes = codec.encode(value);
            assertThat(codec.encode(codec.decode(bytes)))
                    .as("round trip of %s", value)
                    .isEqualTo(bytes);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(accepts(codec, Arrays.copyOf(bytes, length)))
                        .as("%s cut to %d bytes", value, length)
                        .isFalse();
            }
            assertThat(accepts(codec, Arrays.copyOf(bytes, bytes.length + 1)))
                    .as("%s with one byte more", value)
                    .isFalse();
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                accepts(codec, flipped);
            }
        }
    }

    /** Whether the bytes are accepted; if so they must be canonical. */
    public static <T> boolean accepts(Codec<T> codec, byte[] bytes) {
        T value;
        try {
            value = codec.decode(bytes);
        } catch (MalformedException refused) {
            return false;
        }
        assertThat(codec.encode(value)).as("accepted as %s", value).isEqualTo(bytes);
        return true;
    }
}
