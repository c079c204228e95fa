package org.maftia.core.protocol;

import java.util.List;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.wire.Digest;

/**
 * What a protocol asks of the trusted component beside its replica, by {@link Port#certify}.
 *
 * <p>The component forgets a reply that it gave: a protocol has made durable what it asks for before it asks, and after a
 * restart finds out with {@link LastUi} and {@link LastFence} whether it had asked.
 */
public sealed interface TrustedCall {
    /** The number of the protocol in the group: each has counters of its own. */
    int stream();

    /** Gives the next counter of the lane to the digest: answered by a {@link Attestation.Ui}. */
    record CreateUi(int stream, int lane, Digest digest) implements TrustedCall {}

    /** Raises the mark, which must be below the value: answered by a {@link Attestation.Fence}. */
    record Raise(int stream, Mark mark, long value, Digest digest) implements TrustedCall {}

    /** The last UI of the lane, as it was given out; no answer if there was none. */
    record LastUi(int stream, int lane) implements TrustedCall {}

    /** The last fence of the mark, as it was given out; no answer if there was none. */
    record LastFence(int stream, Mark mark) implements TrustedCall {}

    /**
     * Gives the block agreement of these members at this moment the own value; refused from that moment on. The value of the
     * first member is the one that counts.
     *
     * @param members at most 32, in an order on which all agree, the caller among them
     * @param startMicros at which the agreement begins, within the minute
     */
    record Propose(int stream, List<Integer> members, long startMicros, Digest value) implements TrustedCall {
        public Propose {
            members = List.copyOf(members);
        }
    }

    /** What the agreement came to: answered by a {@link Attestation.Agreed}, by nothing while it is under way. */
    record Decide(int stream, List<Integer> members, long startMicros) implements TrustedCall {
        public Decide {
            members = List.copyOf(members);
        }
    }

    /** Where the stream stands: answered by {@link Attestation.Counters}. */
    record Standing(int stream) implements TrustedCall {}

    /** Who the component is in its present epoch: answered by {@link Attestation.Introduction}. */
    record Introduce(int stream) implements TrustedCall {}

    /** In which trusted view the component works: answered by an {@link Attestation.InView}, by nothing before the first. */
    record View(int stream) implements TrustedCall {}

    /**
     * Moves the component to a trusted view: answered by an {@link Attestation.InView}, by nothing where it does not believe that
     * the view follows its present one.
     *
     * @param stream of the fences
     * @param view in the form of the back end
     * @param fences over the view, by members of the present one; of any others none counts
     */
    record Install(int stream, byte[] view, List<Attestation.Fence> fences) implements TrustedCall {
        public Install {
            fences = List.copyOf(fences);
        }

        @Override
        public String toString() {
            return "Install[" + fences + "]";
        }
    }
}
