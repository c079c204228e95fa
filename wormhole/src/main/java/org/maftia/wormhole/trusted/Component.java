package org.maftia.wormhole.trusted;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Agreement;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;
import org.maftia.wormhole.frame.CapabilityCodec;
import org.maftia.wormhole.frame.Frame;

/**
 * The whole component as one state machine: a request of 512 bytes goes in, a reply of 512 bytes comes out. It is used
 * by one thread. Whatever it throws is a bug of its own: the one who runs it then stops it for good.
 */
public final class Component {
    private final Setup setup;
    private final Capabilities capabilities;
    private final EpochIdentity identity;
    private final Sessions sessions;
    private final HmacSealer hmac = new HmacSealer();
    private final P256Sealer p256;
    private final Usig usig;
    private final TrustedViews views;
    private final Timers timers;
    private final BlockAgreement agreement;
    private final Guard guard;
    private final @Nullable RelayedChannel relayed;
    private boolean erased;
    private final SecureRandom random;

    /**
     * Begins an epoch.
     *
     * @param random the only source of keys and of random numbers
     * @param record what outlives the component, {@link CounterRecord#NONE} if nothing does
     * @param clocks all that it knows of time
     * @param guard watches over its bounds
     * @param channel the way to the other components, {@link ControlChannel#NONE} if there is none
     */
    public Component(
            Setup setup,
            SecureRandom random,
            CounterRecord record,
            Clocks clocks,
            Guard guard,
            ControlChannel channel) {
        this.setup = setup;
        this.capabilities = setup.capabilities().with(agreement(channel)); // what the way carries, whoever says what
        this.random = random;
        this.guard = guard;
        this.identity = new EpochIdentity(setup, random);
        this.sessions = new Sessions(setup, identity, random);
        this.views = new TrustedViews(setup, identity, random, hmac);
        this.p256 = new P256Sealer(identity.signing.getPrivate(), random, views::key);
        this.relayed = channel instanceof RelayedChannel hosts ? hosts : null;
        Sealer sealer = setup.profile() == TagProfile.HMAC ? hmac : p256;
        this.usig = new Usig(setup, record, sealer);
        this.timers = new Timers(setup, clocks, usig, this::erase);
        this.agreement = new BlockAgreement(
                setup, clocks, views, usig, sealer, channel, () -> guard.failNow("late in a round of an agreement"));
        byte[] key = setup.groupKey();
        if (key != null) {
            hmac.install(key.clone());
        }
    }

    private static Agreement agreement(ControlChannel channel) {
        return switch (channel.kind()) {
            case NONE -> Agreement.NONE;
            case SYNC -> Agreement.SYNC;
            case PARTIAL -> Agreement.PARTIAL;
        };
    }

    /** Forgets all keys, for good: from now on the component answers nothing. */
    public void erase() {
        erased = true;
        sessions.erase();
        views.erase();
        hmac.erase();
        p256.erase();
    }

    /** Why the component has stopped; null while it runs. The one who runs it then ends it. */
    public @Nullable String stopped() {
        String failure = guard.failure();
        return failure != null ? failure : erased ? "its keys were erased" : null;
    }

    /** When it wants to be woken, on the monotonic clock; at the latest at the given instant. */
    public long nextWakeNanos(long latestNanos) {
        return agreement.nextDueNanos(timers.nextDue(latestNanos));
    }

    /** Does what is due, after it has measured how late it is. */
    public void wake(long dueNanos) {
        guard.wokeUp(dueNanos);
        if (guard.failure() == null) {
            timers.wake();
            agreement.wake();
        }
        if (guard.failure() != null) {
            erase();
        }
    }

    /** Takes a message of the control channel. */
    public void control(byte[] message, int length) {
        if (stopped() == null) {
            agreement.receive(message, length);
        }
    }

    /** Ends the session that a host has left without a word. */
    public void left(int slot) {
        sessions.end(slot);
    }

    /**
     * Answers one frame.
     *
     * @param in 512 bytes from anybody
     * @param out 512 bytes, of which all are written
     */
    public void serve(byte[] in, byte[] out) {
        if (stopped() != null) {
            throw new IllegalStateException("a stopped component answers nothing");
        }
        Arrays.fill(out, (byte) 0); // a reply carries nothing of an earlier one
        System.arraycopy(in, 0, out, 0, Frame.PAYLOAD);
        int length = BigEndian.u16(in, Frame.PAYLOAD_LENGTH);
        int operation = BigEndian.u8(in, Frame.OPERATION);
        if (length > Frame.PAYLOAD_MAX) {
            answer(out, -Refusal.MALFORMED.code());
        } else if (operation < Frame.SESSION) {
            answer(out, beforeSession(operation, length, in, out));
        } else {
            Session session = sessions.of(in);
            if (session == null || !session.accepts(in, length)) {
                answer(out, -Refusal.NOT_AUTHENTICATED.code());
            } else {
                int written = operation == Frame.BYE ? 0 : inSession(operation, session, length, in, out);
                session.authenticate(out, answer(out, written));
                if (operation == Frame.BYE) {
                    sessions.end(session.eid.slot());
                }
            }
        }
    }

    /** Writes code and length; gives the length. */
    private static int answer(byte[] out, int written) {
        if (written < 0) {
            Arrays.fill(out, Frame.PAYLOAD, Frame.LENGTH, (byte) 0);
        }
        BigEndian.u8(out, Frame.CODE, Math.max(0, -written));
        BigEndian.u16(out, Frame.PAYLOAD_LENGTH, Math.max(0, written));
        return Math.max(0, written);
    }

    private int beforeSession(int operation, int length, byte[] in, byte[] out) {
        return switch (operation) {
            case Frame.IDENTITY -> identity(out, Frame.PAYLOAD);
            case Frame.CAPABILITIES -> CapabilityCodec.write(capabilities, out, Frame.PAYLOAD);
            case Frame.HELLO ->
                length != Digest.LENGTH
                        ? -Refusal.MALFORMED.code()
                        : sessions.hello(in, Frame.PAYLOAD, out, Frame.PAYLOAD);
            case Frame.ATTESTATION -> attestation(out, Frame.PAYLOAD);
            default -> -Refusal.UNKNOWN_OPERATION.code();
        };
    }

    private int attestation(byte[] out, int at) {
        byte[] attestation = setup.attestation();
        if (attestation == null) {
            return 0;
        }
        System.arraycopy(attestation, 0, out, at, attestation.length);
        return attestation.length;
    }

    private int identity(byte[] out, int at) {
        byte[] key = identity.identityKey.toBytes();
        System.arraycopy(key, 0, out, at, key.length);
        System.arraycopy(identity.evidence, 0, out, at + key.length, identity.evidence.length);
        return key.length + identity.evidence.length;
    }

    private int inSession(int operation, Session session, int length, byte[] in, byte[] out) {
        if (seals(operation) && setup.profile() == TagProfile.HMAC && !hmac.hasKey()) {
            return -Refusal.NO_GROUP_KEY.code();
        }
        return switch (operation) {
            case Frame.UI, Frame.RAISE, Frame.LAST_UI, Frame.LAST_FENCE, Frame.LAST_VOID, Frame.COUNTERS ->
                counter(operation, length, in, out);
            case Frame.VERIFY -> verify(length, in, out);
            case Frame.RANDOM -> random(length, in, out);
            case Frame.LOAD -> views.load(in, Frame.PAYLOAD, length);
            case Frame.INSTALL -> views.install(in, Frame.PAYLOAD, length);
            case Frame.WRAP -> views.wrap(in, Frame.PAYLOAD, length, out);
            case Frame.VIEW -> view(out, Frame.PAYLOAD);
            default -> inTime(operation, session, length, in, out);
        };
    }

    private static boolean seals(int operation) {
        return (operation >= Frame.UI && operation <= Frame.COUNTERS)
                || operation == Frame.TIMESTAMP
                || operation == Frame.DECIDE
                || operation == Frame.VERDICT;
    }

    private int inTime(int operation, Session session, int length, byte[] in, byte[] out) {
        return switch (operation) {
            case Frame.TIMESTAMP -> timers.stamp(in, Frame.PAYLOAD, length, out);
            case Frame.START_DURATION -> timers.startDuration(out);
            case Frame.STOP_DURATION -> timers.stopDuration(in, Frame.PAYLOAD, length, out);
            case Frame.EXECUTE_AT -> timers.executeAt(in, Frame.PAYLOAD, length, out);
            case Frame.EXECUTED -> timers.executed(in, Frame.PAYLOAD, length, out);
            case Frame.WATCH -> timers.watch(in, Frame.PAYLOAD, length, out);
            case Frame.DONE -> timers.done(session.eid, in, Frame.PAYLOAD, length);
            case Frame.VERDICT -> timers.verdict(in, Frame.PAYLOAD, length, out);
            case Frame.PROPOSE -> agreement.propose(session.eid, in, Frame.PAYLOAD, length, out);
            case Frame.DECIDE -> agreement.decide(in, Frame.PAYLOAD, length, out);
            case Frame.TAKE -> relayed == null ? 0 : relayed.take(in, Frame.PAYLOAD, length, out);
            case Frame.GIVE -> give(length, in);
            case Frame.LATENESS -> {
                guard.writeTo(out, Frame.PAYLOAD);
                yield 8 + 8 * Guard.BUCKETS;
            }
            default -> -Refusal.UNKNOWN_OPERATION.code();
        };
    }

    /** What follows the stream in the payload of an operation on counters. */
    private static int argumentLength(int operation) {
        return switch (operation) {
            case Frame.UI -> 4 + Digest.LENGTH;
            case Frame.RAISE -> 1 + 8 + Digest.LENGTH;
            case Frame.LAST_FENCE -> 1;
            case Frame.COUNTERS -> Digest.LENGTH;
            default -> 4;
        };
    }

    private int counter(int operation, int length, byte[] in, byte[] out) {
        if (length != Frame.STREAM_LENGTH + argumentLength(operation)) {
            return -Refusal.MALFORMED.code();
        }
        if (BigEndian.u64(in, Frame.PAYLOAD) != setup.group().groupHigh()
                || BigEndian.u64(in, Frame.PAYLOAD + 8) != setup.group().groupLow()) {
            return -Refusal.WRONG_GROUP.code();
        }
        int protocol = BigEndian.u32(in, Frame.PAYLOAD + Stream.GROUP_LENGTH);
        StreamState state = usig.stream(protocol);
        if (state == null) {
            return -Refusal.TOO_MANY_STREAMS.code();
        }
        int at = Frame.PAYLOAD + Frame.STREAM_LENGTH;
        return switch (operation) {
            case Frame.RAISE -> {
                int mark = BigEndian.u8(in, at) - 1;
                yield mark < 0 || mark > 1
                        ? -Refusal.MALFORMED.code()
                        : usig.raise(state, mark, BigEndian.u64(in, at + 1), in, at + 9, out, Frame.PAYLOAD);
            }
            case Frame.LAST_FENCE -> {
                int mark = BigEndian.u8(in, at) - 1;
                yield mark < 0 || mark > 1
                        ? -Refusal.MALFORMED.code()
                        : usig.last(state, CounterRecord.FIRST_MARK + mark, out, Frame.PAYLOAD);
            }
            case Frame.COUNTERS -> usig.certifyCounters(state, in, at, out, Frame.PAYLOAD);
            default -> lane(operation, state, in, at, out);
        };
    }

    private int lane(int operation, StreamState state, byte[] in, int at, byte[] out) {
        int lane = BigEndian.u32(in, at);
        if (!usig.hasLane(lane)) {
            return -Refusal.NO_SUCH_LANE.code();
        }
        return switch (operation) {
            case Frame.UI -> usig.createUi(state, lane, in, at + 4, out, Frame.PAYLOAD);
            case Frame.LAST_UI -> usig.last(state, lane, out, Frame.PAYLOAD);
            default -> usig.last(state, CounterRecord.FIRST_GAP + lane, out, Frame.PAYLOAD);
        };
    }

    /** Payload: the digest that the certificate must be about, then the certificate. */
    private int verify(int length, byte[] in, byte[] out) {
        int at = Frame.PAYLOAD + Digest.LENGTH;
        int statement = Statement.genuineLength(in, at, length - Digest.LENGTH);
        boolean genuine = statement > 0
                && Statement.binds(in, at, in, Frame.PAYLOAD)
                && Statement.sameGroup(in, at, setup.group())
                && (BigEndian.u8(in, at + statement) == TagProfile.HMAC.code() ? hmac : p256)
                        .verify(
                                Statement.ttcb(in, at),
                                Statement.epoch(in, at),
                                in,
                                at,
                                statement,
                                in,
                                at + statement + 1);
        BigEndian.u8(out, Frame.PAYLOAD, genuine ? 1 : 0);
        return 1;
    }

    private int view(byte[] out, int at) {
        TrustedView view = views.current();
        if (view == null) {
            return 0;
        }
        int body = Statement.header(out, at, Kind.VIEW, setup.group(), setup.ttcb(), setup.epoch());
        BigEndian.u64(out, body, view.number());
        view.content().copyTo(out, body + 8);
        return usig.seal(out, at, Kind.VIEW.statementLength(), out, at);
    }

    private int give(int length, byte[] in) {
        int given = length == 2 ? BigEndian.u16(in, Frame.PAYLOAD) : ControlChannel.MESSAGE_LENGTH_MAX + 1;
        if (given > ControlChannel.MESSAGE_LENGTH_MAX) {
            return -Refusal.MALFORMED.code();
        }
        if (relayed != null) { // a synchronous channel is not the host's to feed
            agreement.receive(views.stage(), given);
        }
        return 0;
    }

    private int random(int length, byte[] in, byte[] out) {
        int count = length == 1 ? BigEndian.u8(in, Frame.PAYLOAD) : 0;
        if (count < 1 || count > Frame.RANDOM_MAX) {
            return -Refusal.MALFORMED.code();
        }
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        System.arraycopy(bytes, 0, out, Frame.PAYLOAD, count);
        Arrays.fill(bytes, (byte) 0);
        return count;
    }
}
