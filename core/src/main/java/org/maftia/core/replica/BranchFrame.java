package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Path;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A frame of the protocols of one configuration. On the wire a lineage looks like one tree: what it says itself is
 * addressed to the root, and each configuration is a child with its number, such as {@code config3/order}.
 *
 * @param number of the configuration
 * @param frame as its own tree has it
 */
record BranchFrame(long number, byte[] frame) {
    static final String TAG = "config";

    /** Digits of a number that fits. */
    private static final int DIGITS_MAX = 18;

    /** The address of what the lineage itself says. */
    static Writer ofLineage() {
        return new Writer(256).opaque8(new byte[0]);
    }

    byte[] toBytes() {
        Reader reader = new Reader(frame);
        String inner = readAddress(reader);
        String address = TAG + number + (inner.isEmpty() ? "" : '/' + inner);
        Writer writer = new Writer(1 + address.length() + reader.remaining());
        return reader.drainTo(writer.opaque8(address.getBytes(StandardCharsets.US_ASCII)))
                .finish();
    }

    private static String readAddress(Reader reader) {
        return new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
    }

    /**
     * The frame behind the address that the reader comes to; null: what follows was said by the lineage itself.
     *
     * @throws MalformedException when it is addressed to no configuration
     */
    static @Nullable BranchFrame read(Reader reader) {
        String address = readAddress(reader);
        if (address.isEmpty()) {
            return null;
        }
        int slash = address.indexOf('/');
        String element = slash < 0 ? address : address.substring(0, slash);
        String inner = slash < 0 ? "" : address.substring(slash + 1);
        String digits = element.startsWith(TAG) ? element.substring(TAG.length()) : "";
        if (!isNumber(digits) || digits.length() > 1 && digits.charAt(0) == '0') {
            throw new MalformedException("no configuration has this address");
        }
        Writer writer = new Writer(1 + inner.length() + reader.remaining());
        byte[] frame = reader.drainTo(writer.opaque8(inner.getBytes(StandardCharsets.US_ASCII)))
                .finish();
        return new BranchFrame(Long.parseLong(digits), frame);
    }

    private static boolean isNumber(String digits) {
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return false;
            }
        }
        return !digits.isEmpty() && digits.length() <= DIGITS_MAX;
    }
}
