package org.maftia.server.runtime;

import java.util.Optional;
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
