package org.maftia.wormhole.trusted;

import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.Stream;

/**
 * What a component writes down so that its counters outlive it. The order is the rule: the intent is durable before the
 * counter rises, the counter is durable before a tag is computed.
 */
public interface CounterRecord {
    /** For components that keep their counters in memory alone, and come back under a new epoch. */
    CounterRecord NONE = new CounterRecord() {
        @Override
        public void intend(int protocol, int place, byte[] statement, int length) {}

        @Override
        public void increment(int protocol, int lane, long counter) {}

        @Override
        public byte @Nullable [] intended(int protocol, int place) {
            return null;
        }

        @Override
        public long incremented(int protocol, int lane) {
            return 0;
        }
    };

    /** Places of a stream: its lanes, its two marks, then the gaps of its lanes. */
    int PLACES = 2 * Stream.LANES + 2;

    int FIRST_MARK = Stream.LANES;
    int FIRST_GAP = Stream.LANES + 2;

    /** Makes the statement that is about to be sealed durable, in the place of the one before. */
    void intend(int protocol, int place, byte[] statement, int length);

    /** Makes the counter durable, where that is a thing of its own (a TPM, a card); else nothing is left to do. */
    void increment(int protocol, int lane, long counter);

    /** The last durable statement of a place, or null; streams of which there is none are new. */
    byte @Nullable [] intended(int protocol, int place);

    /** The durable counter of a lane, which may be ahead of the last intent where the device jumps. */
    long incremented(int protocol, int lane);
}
