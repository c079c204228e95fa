package org.maftia.server.runtime;

import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.TrustedCall;

/** The trusted component beside a member, as its loop asks it. One thread at a time calls. */
public interface TrustedComponent extends AutoCloseable {
    /**
     * The answer; empty where there is none to give, or the component refuses as it knows better.
     *
     * @throws LostException when it does not answer: whether it did what it was asked is not known then
     */
    Optional<Attestation> call(TrustedCall call) throws LostException;

    /**
     * From now on the component may have something for those of other members.
     *
     * @param carrier takes what is for the host at a seat; any thread calls it
     * @param failed told of a fault of this program
     */
    default void begin(BiConsumer<Integer, byte[]> carrier, Consumer<Throwable> failed) {}

    /**
     * It works in this trusted view now. On the thread of the loop.
     *
     * @param seats of the members
     */
    default void entered(long view, List<Integer> seats) {}

    /** The host of another member's component sent this, or made it up. On the thread of the loop. */
    default void delivered(int from, byte[] bytes) {}

    /** Lets go of it; it goes on. */
    @Override
    void close();

    /** The component cannot be asked any more, in this life of the member. */
    final class LostException extends Exception {
        private static final long serialVersionUID = 1;

        /** @param sentence for operators */
        public LostException(String sentence, Throwable cause) {
            super(sentence, cause);
        }
    }
}
