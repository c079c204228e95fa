package org.maftia.wormhole;

/** How a block agreement makes one value of those that were proposed; values compare as unsigned numbers of 32 bytes. */
public enum Decision {
    /** That of the first entry of the list; none if it proposed nothing. */
    RMULTICAST,
    /** That with the most proposers; of several, the smallest. */
    MAJORITY,
    /** That whose proposers' components form a quorum of the trusted view; none if there is none. */
    QUORUM,
    /** That whose proposers' components form a kernel of the trusted view; of several the smallest, else none. */
    KERNEL,
    MIN,
    MAX,
    /** That in the middle of all, each as often as it was proposed; of two in the middle, the smaller. */
    MEDIAN,
    /** All, bit by bit. */
    OR,
    /** All, bit by bit. */
    AND;

    public int code() {
        return ordinal() + 1;
    }
}
