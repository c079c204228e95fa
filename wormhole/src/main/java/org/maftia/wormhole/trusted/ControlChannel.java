package org.maftia.wormhole.trusted;

/**
 * The way from component to component that the payload hosts cannot touch, profile SYNC: what is sent in a round
 * arrives in that round, unless the sender crashed. A back end that has no such way must not offer one; without it
 * block agreement is refused.
 */
public interface ControlChannel {
    /** No message is longer: an instance with 32 values, and its seal. */
    int MESSAGE_LENGTH_MAX = 2_048;

    /** No way at all. */
    ControlChannel NONE = new ControlChannel() {
        @Override
        public void send(int member, byte[] message, int length) {}

        @Override
        public boolean isSynchronous() {
            return false;
        }

        @Override
        public long roundMicros() {
            return 0;
        }

        @Override
        public long skewMicros() {
            return 0;
        }

        @Override
        public int crashes() {
            return 0;
        }
    };

    /** Sends to a member of the trusted view, by its index; as often as the channel may lose frames, and once more. */
    void send(int member, byte[] message, int length);

    /** Whether the bounds below hold: configured, monitored, and the ground of all that SYNC may claim. */
    boolean isSynchronous();

    /** D: the longest way from sending to receiving. */
    long roundMicros();

    /** Epsilon: how far two components' clocks are apart at most. */
    long skewMicros();

    /** c: how many components may crash while an agreement runs. */
    int crashes();
}
