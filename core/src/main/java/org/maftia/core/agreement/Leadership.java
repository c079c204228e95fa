package org.maftia.core.agreement;

/**
 * How the leaders of an agreement are found.
 *
 * @param first the leader of view 0, which a calm network ends without a coin; -1 to begin with view 1, where nobody is
 *     waited for
 * @param timeoutMicros patience with that leader
 */
public record Leadership(int first, long timeoutMicros) {
    /** All leaders are elected. */
    public static final Leadership ELECTED = new Leadership(-1, 0);

    int firstView() {
        return first < 0 ? 1 : 0;
    }
}
