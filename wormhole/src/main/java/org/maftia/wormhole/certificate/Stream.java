package org.maftia.wormhole.certificate;

/**
 * A family of counters: one protocol of one group, with at most {@link #LANES} lanes and two marks. All are 0 when an
 * epoch begins, and no two streams share anything.
 *
 * @param groupHigh first half of the group's 16 bytes
 * @param groupLow second half
 * @param protocol which protocol of the group, any 32 bits; 0 is the component's own
 */
public record Stream(long groupHigh, long groupLow, int protocol) {
    /** Enough for 8 lanes of proposals and 8 of votes; a FENCE states them all in one frame. */
    public static final int LANES = 16;

    /** Bytes of a group's name. */
    public static final int GROUP_LENGTH = 16;

    /** The protocol under which a component certifies for itself: stamps, verdicts, views, epochs. */
    public static final int COMPONENT = 0;

    /**
     * @param group 16 bytes
     * @throws IllegalArgumentException if there are not exactly 16
     */
    public static Stream of(byte[] group, int protocol) {
        if (group.length != GROUP_LENGTH) {
            throw new IllegalArgumentException("a group's name has 16 bytes, not " + group.length);
        }
        return new Stream(BigEndian.u64(group, 0), BigEndian.u64(group, 8), protocol);
    }

    /** The protocol whose VIEW mark counts trusted views: a FENCE of it vouches for the next one. */
    public static final int MEMBERSHIP = 1;

    /** Another protocol of the same group. */
    public Stream with(int otherProtocol) {
        return new Stream(groupHigh, groupLow, otherProtocol);
    }

    public boolean sameGroup(Stream other) {
        return groupHigh == other.groupHigh && groupLow == other.groupLow;
    }
}
