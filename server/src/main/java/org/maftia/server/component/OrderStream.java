package org.maftia.server.component;

/**
 * The numbers under which components count for the orderings of a group: one for each configuration, as its indices and its
 * views are its own.
 */
public final class OrderStream {
    /** Below are those that the components use among themselves. */
    private static final int FIRST = 16;

    private OrderStream() {}

    /** The stream of a configuration, by its number. */
    public static int of(long configuration) {
        return Math.toIntExact(FIRST + configuration);
    }

    /** The configuration of a stream. */
    static long configuration(int stream) {
        return stream - (long) FIRST;
    }
}
