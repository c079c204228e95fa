package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Address;

/**
 * Texts of fields, which come again and again: a text that was seen a moment ago is found by its bytes, and is the same
 * object. Keeps a fixed number. Only for bytes of ASCII; for one thread.
 */
final class FieldTexts {
    /** A power of two; far more than the different values of some hundred records. */
    private static final int SLOTS = 1 << 10;

    /** Longer texts are not kept, so that all together stay small. */
    private static final int KEPT_LENGTH_MAX = 256;

    private final @Nullable Field[] fields = new @Nullable Field[SLOTS];

    /** One text, and what it means as an address once somebody has asked. */
    static final class Field {
        private final byte[] bytes;
        private final String text;
        private @Nullable Address address;
        private boolean parsed;

        private Field(byte[] bytes) {
            this.bytes = bytes;
            this.text = new String(bytes, StandardCharsets.US_ASCII);
        }

        String text() {
            return text;
        }

        /** The address that it is, or null if it is a name or anything else. */
        @Nullable
        Address address() {
            if (!parsed) {
                address = Fields.addressOrName(text);
                parsed = true;
            }
            return address;
        }
    }

    Field of(byte[] bytes, int from, int to) {
        if (to - from > KEPT_LENGTH_MAX) {
            return new Field(Arrays.copyOfRange(bytes, from, to));
        }
        int hash = to - from;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        int slot = (hash ^ hash >>> 15) & SLOTS - 1;
        Field known = fields[slot];
        if (known != null && Arrays.equals(known.bytes, 0, known.bytes.length, bytes, from, to)) {
            return known;
        }
        Field field = new Field(Arrays.copyOfRange(bytes, from, to));
        fields[slot] = field;
        return field;
    }
}
