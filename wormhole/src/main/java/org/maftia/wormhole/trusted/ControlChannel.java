package org.maftia.wormhole.trusted;

/** The way from component to component. */
public interface ControlChannel {
    /** What may be believed of the way, and so what may be claimed of agreements over it. */
    enum Kind {
        /** There is none; agreements are refused. */
        NONE,
        /**
         * The payload hosts cannot touch it: what is sent in a round arrives in that round, unless the sender crashed.
         * Agreements end in time, whoever else is corrupt.
         */
        SYNC,
        /**
         * Hosts carry the messages, which are sealed: they can be late, lost and doubled. Agreements are always right,
         * and end while a quorum of components runs and is heard.
         */
        PARTIAL
    }

    /** No message is longer: an instance with 32 values, and its seal. */
    int MESSAGE_LENGTH_MAX = 2_048;

    /** No way at all. */
    ControlChannel NONE = new ControlChannel() {
        @Override
        public void send(int member, byte[] message, int length) {}

        @Override
        public Kind kind() {
            return Kind.NONE;
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

    /** Sends to a member of the trusted view, by its index; the bytes are the channel's for the time of the call. */
    void send(int member, byte[] message, int length);

    Kind kind();

    /** D: the longest way from sending to receiving; with PARTIAL the usual one. */
    long roundMicros();

    /** Epsilon: how far two components' clocks are apart at most. */
    long skewMicros();

    /** c: how many components may crash while an agreement runs; SYNC only. */
    int crashes();
}
