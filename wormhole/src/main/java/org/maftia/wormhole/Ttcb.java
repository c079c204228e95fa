package org.maftia.wormhole;

import java.util.List;
import java.util.Optional;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Stamp;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.certificate.VerdictCertificate;
import org.maftia.wormhole.certificate.ViewCertificate;
import org.maftia.wormhole.certificate.VoidRange;

/**
 * A trusted timely computing base, as its host sees it: it fails only by stopping, while the host may do anything.
 *
 * <p>Every method gives its answer, throws {@link RefusedException} and has changed nothing, or throws {@link
 * StoppedException}. A caller makes one call at a time; the host makes a message durable <em>before</em> it asks for a
 * certificate over it, and the certificate before it sends it, and then a lost reply is healed by {@link #lastUi} and
 * {@link #lastFence}.
 */
public interface Ttcb extends AutoCloseable {
    /** What this component can promise here and now. */
    Capabilities capabilities();

    /** Who it is in this epoch. */
    Identity identity();

    /** What a TPM says of this start; empty where none stands behind the component. */
    default Optional<byte[]> attestation() {
        return Optional.empty();
    }

    /** Gives the next counter of a lane to a digest, and to no other digest ever. */
    Ui createUi(Stream stream, int lane, Digest digest);

    /**
     * Raises a mark, and certifies the counters of all lanes at that instant: every later UI of the stream carries the
     * new mark.
     *
     * @param value strictly above the present one
     */
    Fence raise(Stream stream, Mark mark, long value, Digest digest);

    /** The last UI of a lane, with the marks that it was given; empty where the lane is new in this epoch. */
    Optional<Ui> lastUi(Stream stream, int lane);

    /** The last FENCE of a mark; empty where it was never raised in this epoch. */
    Optional<Fence> lastFence(Stream stream, Mark mark);

    /** The last gap in the counters of a lane of which the component's own record proves that no tag left. */
    Optional<VoidRange> lastVoid(Stream stream, int lane);

    /** Certifies where the stream stands. */
    Counters counters(Stream stream, Digest nonce);

    /**
     * Whether a component of this group sealed the certificate, and over this digest. Any component can tell, also with
     * {@code HMAC}: that makes certificates transferable. Whether the epoch in its header still counts is for the
     * protocol to know.
     */
    boolean verify(Certificate certificate, Digest digest);

    /** The trusted view in which it works; empty before the first. */
    Optional<ViewCertificate> trustedView();

    /**
     * Moves to the next trusted view, and to its group key.
     *
     * @param wrapped the group key, wrapped for this component by the view's dealer; empty for the dealer itself, and
     *     where seals need no group key
     * @param fences over the view's content, VIEW mark of {@link Stream#MEMBERSHIP} raised to its number, from a quorum
     *     of the view before; none for the genesis
     */
    void install(TrustedView view, byte[] wrapped, List<Fence> fences);

    /** The group key of the installed view, wrapped for a member; only its dealer has it to give. */
    byte[] wrapKey(int member);

    /**
     * Proposes a value for an agreement of all components of the trusted view. A proposal after the start does not
     * count, and its tag still asks for the outcome.
     *
     * @param list at most 32 parties, this session's among them, in the same order everywhere
     * @param startMicros since 1970, at most 60 s ahead
     * @param value 32 bytes
     */
    AgreementTag propose(List<Eid> list, long startMicros, Decision decision, Digest value);

    /** Where the agreement stands. */
    Outcome decide(AgreementTag tag);

    /**
     * Takes a message that another component waits for, where hosts carry them (profile PARTIAL). Hosts fetch until there
     * is none, soon after an agreement's start and whenever they have given one.
     */
    Optional<ControlMessage> takeMessage();

    /** Hands over a message of another component; the component knows whether it is genuine. */
    void giveMessage(byte[] message);

    /** Certifies an interval of true time in which the component knew the digest. */
    Stamp timestamp(Digest digest);

    /** Begins to measure; the handle ends it. Of 64 measurements at a time the oldest gives way to a new one. */
    long startDuration();

    /** Ends a measurement. */
    Measured stopDuration(long handle);

    /**
     * Has an action done between two instants, and never silently later.
     *
     * @param notBeforeMicros since 1970
     * @param deadlineMicros since 1970, at most a day ahead
     * @return a handle for {@link #executed}
     */
    long executeAt(Action action, long notBeforeMicros, long deadlineMicros);

    /** Where an execution stands; once it is over, its handle is too. */
    Execution executed(long handle);

    /**
     * Watches whether a party reports an event at its component in time. Parties of this component only, as yet.
     *
     * @param event the party's name for it
     * @return a handle for {@link #verdict}
     */
    long watch(Eid who, long event, long boundMicros);

    /** Reports an event of this session's own party. */
    void done(long event);

    /** The party that this session is. */
    Eid party();

    /** Certifies whether the event came in time; empty while that is open. Once it is given, the handle is over. */
    Optional<VerdictCertificate> verdict(long watch);

    /** How late the component was woken since its start. */
    Lateness lateness();

    /** Fills the array with random bytes. */
    void random(byte[] out);

    /** Ends the session; the component goes on. */
    @Override
    void close();
}
