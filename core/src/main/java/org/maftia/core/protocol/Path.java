package org.maftia.core.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;

/**
 * The place of a protocol instance in the tree of a replica, such as {@code order/mvba3}. It is the wire address of the
 * instance, the domain separator in its hashes and signatures, and its name in metrics and traces.
 */
public final class Path {
    /** Deep enough for channel / agreement / binary agreement / coin, with room to spare. */
    static final int DEPTH_MAX = 8;

    static final int TAG_LENGTH_MAX = 12;

    /** Eight elements of a tag and a 64-bit number, with separators. */
    public static final int LENGTH_MAX = 255;

    /** A child without a number. */
    public static final long NO_INDEX = -1;

    public static final Path ROOT = new Path(null, "", NO_INDEX, "", 0);

    private final @Nullable Path parent;
    private final String tag;
    private final long index;
    private final String text;
    private final int depth;

    private Path(@Nullable Path parent, String tag, long index, String text, int depth) {
        this.parent = parent;
        this.tag = tag;
        this.index = index;
        this.text = text;
        this.depth = depth;
    }

    public Path child(String childTag) {
        return child(childTag, NO_INDEX);
    }

    /** The child with a tag of 1 to 12 small letters and a number, or {@link #NO_INDEX}. */
    public Path child(String childTag, long childIndex) {
        Invariant.check(isTag(childTag) && childIndex >= NO_INDEX && depth < DEPTH_MAX, "no path element");
        String element = childIndex == NO_INDEX ? childTag : childTag + childIndex;
        return new Path(this, childTag, childIndex, depth == 0 ? element : text + '/' + element, depth + 1);
    }

    /** The parent of any path but the root. */
    public Path parent() {
        return Invariant.present(parent, "the root has no parent");
    }

    public boolean isRoot() {
        return parent == null;
    }

    public String tag() {
        return tag;
    }

    public long index() {
        return index;
    }

    byte[] toBytes() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The path of this text.
     *
     * @throws MalformedException when no path prints so
     */
    static Path parse(String text) {
        Path path = ROOT;
        if (text.isEmpty()) {
            return path;
        }
        int start = 0;
        while (start <= text.length()) {
            int slash = text.indexOf('/', start);
            int end = slash < 0 ? text.length() : slash;
            path = parseElement(path, text.substring(start, end));
            start = end + 1;
        }
        return path;
    }

    private static Path parseElement(Path parent, String element) {
        int digits = 0;
        while (digits < element.length() && !isDigit(element.charAt(digits))) {
            digits++;
        }
        String tag = element.substring(0, digits);
        String number = element.substring(digits);
        if (!isTag(tag) || parent.depth >= DEPTH_MAX) {
            throw new MalformedException("no path");
        }
        return parent.child(tag, number.isEmpty() ? NO_INDEX : parseIndex(number));
    }

    private static long parseIndex(String number) {
        boolean leadingZero = number.length() > 1 && number.charAt(0) == '0';
        if (leadingZero || number.length() > 18 || !number.chars().allMatch(c -> isDigit((char) c))) {
            throw new MalformedException("no path");
        }
        return Long.parseLong(number);
    }

    private static boolean isTag(String tag) {
        return !tag.isEmpty() && tag.length() <= TAG_LENGTH_MAX && tag.chars().allMatch(c -> c >= 'a' && c <= 'z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Path path && path.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
