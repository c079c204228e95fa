package org.maftia.server.channel;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.maftia.core.agreement.BinaryAgreement;
import org.maftia.core.agreement.BinaryMessage;
import org.maftia.core.agreement.Leadership;
import org.maftia.core.agreement.MultivaluedAgreement;
import org.maftia.core.agreement.MultivaluedMessage;
import org.maftia.core.agreement.Validity;
import org.maftia.core.protocol.Port;

/**
 * One agreement as threads use it: each member proposes, and all correct ones get the same decision. A member that came by
 * its decision should stay for those who are behind: it answers them until it is closed.
 *
 * @param <V> what is proposed and decided
 */
public final class BlockingAgreement<V> implements AutoCloseable {
    private final Engine<Ballot<V>, V> engine;
    private final CompletableFuture<V> decision;

    /** The kinds of agreements, alike. */
    private interface Ballot<V> extends Engine.Part {
        /** False: it is not valid. */
        boolean propose(V value);
    }

    private BlockingAgreement(MemberSetup setup, Engine.Maker<Ballot<V>, V> maker, String kind) throws IOException {
        this.decision = new CompletableFuture<>();
        this.engine = Engine.start(
                setup,
                new Engine.Plan<>(maker, setup.bound(kind), false, Engine.honest()),
                decision::complete,
                reason -> decision.completeExceptionally(new IOException("this member has stopped: " + reason)));
    }

    /**
     * On a bit, with a proof that a validator of the application accepts.
     *
     * @param terms the same at all members; its validator is called on the member's thread, and must answer the same always
     * @throws IOException when the address cannot be bound, or the memory of this member is unreadable or lost
     */
    public static BlockingAgreement<BinaryAgreement.Decision> binary(MemberSetup setup, BinaryAgreement.Terms terms)
            throws IOException {
        return new BlockingAgreement<>(setup, (port, amnesiac) -> new OfBits(port, setup, terms), "binary");
    }

    /**
     * On one of many values, which a validator of the application accepts.
     *
     * @param isValid the same answer at all members, now and later; called on the member's thread
     * @throws IOException when the address cannot be bound, or the memory of this member is unreadable or lost
     */
    public static BlockingAgreement<byte[]> multivalued(MemberSetup setup, Predicate<byte[]> isValid)
            throws IOException {
        return new BlockingAgreement<>(setup, (port, amnesiac) -> new OfValues(port, setup, isValid), "multivalued");
    }

    /**
     * Proposes a value, once: later calls change nothing, be that after a restart.
     *
     * @throws IllegalArgumentException when the validator does not accept it, or it is too long
     * @throws IOException when this member has stopped
     */
    public void propose(V value) throws IOException, InterruptedException {
        if (!engine.call(ballot -> ballot.propose(value))) {
            throw new IllegalArgumentException("this value is not valid, or too long");
        }
    }

    /** Whether {@link #decision} has an answer without a wait. */
    public boolean isDecided() {
        return decision.isDone();
    }

    /**
     * What was decided, waited for.
     *
     * @throws IOException when this member has stopped before
     */
    public V decision() throws IOException, InterruptedException {
        try {
            return decision.get();
        } catch (ExecutionException e) {
            throw new IOException("this member has stopped: " + e.getMessage(), e);
        }
    }

    /** Leaves: links and journal are closed. */
    @Override
    public void close() throws IOException {
        engine.close();
    }

    private static final class OfBits implements Ballot<BinaryAgreement.Decision> {
        private final BinaryAgreement agreement;
        private final BinaryAgreement.Terms terms;

        OfBits(Port<Object, BinaryAgreement.Decision> port, MemberSetup setup, BinaryAgreement.Terms terms) {
            this.terms = terms;
            this.agreement = port.nest(
                    setup.name().tag(),
                    setup.name().number(),
                    (Port<BinaryMessage, BinaryAgreement.Decision> child) ->
                            new BinaryAgreement(child, setup.keys().coin(), terms),
                    port::output);
        }

        @Override
        public boolean propose(BinaryAgreement.Decision wanted) {
            boolean valid = wanted.proof().length <= terms.proofLengthMax()
                    && terms.validity().accepts(wanted.value(), wanted.proof());
            if (valid) {
                agreement.propose(wanted.value(), wanted.proof());
            }
            return valid;
        }

        @Override
        public void nudge(int peer) {
            agreement.nudge(peer);
        }
    }

    private static final class OfValues implements Ballot<byte[]> {
        private final MultivaluedAgreement agreement;
        private final Predicate<byte[]> isValid;

        OfValues(Port<Object, byte[]> port, MemberSetup setup, Predicate<byte[]> isValid) {
            this.isValid = isValid;
            this.agreement = port.nest(
                    setup.name().tag(),
                    setup.name().number(),
                    (Port<MultivaluedMessage, byte[]> child) -> new MultivaluedAgreement(
                            child,
                            setup.keys().certifier(),
                            setup.keys().coin(),
                            setup.keys().configuration(),
                            Leadership.ELECTED,
                            value -> isValid.test(value) ? Validity.Verdict.VALID : Validity.Verdict.INVALID),
                    port::output);
        }

        @Override
        public boolean propose(byte[] value) {
            boolean valid = value.length <= MultivaluedAgreement.VALUE_LENGTH_MAX && isValid.test(value);
            if (valid) {
                agreement.propose(value.clone());
            }
            return valid;
        }

        @Override
        public void nudge(int peer) {
            agreement.nudge(peer);
        }
    }
}
