package org.maftia.wormhole.host;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Action;
import org.maftia.wormhole.AgreementTag;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.ControlMessage;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.Execution;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.Lateness;
import org.maftia.wormhole.Measured;
import org.maftia.wormhole.Outcome;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.TrustedView;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Counters;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.Fence;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.OutcomeCertificate;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stamp;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;
import org.maftia.wormhole.certificate.VerdictCertificate;
import org.maftia.wormhole.certificate.ViewCertificate;
import org.maftia.wormhole.certificate.VoidRange;
import org.maftia.wormhole.frame.Frame;

/** A component behind frames, whichever back end it is; one call at a time. */
public final class FramedTtcb implements Ttcb {
    private final HostSession session;
    private final Capabilities capabilities;

    private FramedTtcb(HostSession session) {
        this.session = session;
        this.capabilities = session.capabilities();
    }

    /**
     * Opens a session.
     *
     * @param identityKey the component's, as the group's genesis has it; null takes whichever answers
     * @throws StoppedException if nobody answers, or somebody else does
     */
    public static Ttcb connect(Transport transport, @Nullable SigningKey identityKey, SecureRandom random) {
        return new FramedTtcb(HostSession.open(transport, identityKey, random));
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Identity identity() {
        return session.identity();
    }

    @Override
    public synchronized Optional<byte[]> attestation() {
        byte[] attestation = session.attestation();
        return attestation.length == 0 ? Optional.empty() : Optional.of(attestation);
    }

    @Override
    public synchronized Ui createUi(Stream stream, int lane, Digest digest) {
        int at = stream(stream);
        BigEndian.u32(session.request(), at, lane);
        digest.copyTo(session.request(), at + 4);
        session.call(Frame.UI, Frame.STREAM_LENGTH + 4 + Digest.LENGTH);
        return reply(Ui.class);
    }

    @Override
    public synchronized Fence raise(Stream stream, Mark mark, long value, Digest digest) {
        int at = stream(stream);
        BigEndian.u8(session.request(), at, mark.code());
        BigEndian.u64(session.request(), at + 1, value);
        digest.copyTo(session.request(), at + 9);
        session.call(Frame.RAISE, Frame.STREAM_LENGTH + 9 + Digest.LENGTH);
        return reply(Fence.class);
    }

    @Override
    public synchronized Optional<Ui> lastUi(Stream stream, int lane) {
        BigEndian.u32(session.request(), stream(stream), lane);
        return perhaps(Frame.LAST_UI, Frame.STREAM_LENGTH + 4, Ui.class);
    }

    @Override
    public synchronized Optional<Fence> lastFence(Stream stream, Mark mark) {
        BigEndian.u8(session.request(), stream(stream), mark.code());
        return perhaps(Frame.LAST_FENCE, Frame.STREAM_LENGTH + 1, Fence.class);
    }

    @Override
    public synchronized Optional<VoidRange> lastVoid(Stream stream, int lane) {
        BigEndian.u32(session.request(), stream(stream), lane);
        return perhaps(Frame.LAST_VOID, Frame.STREAM_LENGTH + 4, VoidRange.class);
    }

    @Override
    public synchronized Counters counters(Stream stream, Digest nonce) {
        nonce.copyTo(session.request(), stream(stream));
        session.call(Frame.COUNTERS, Frame.STREAM_LENGTH + Digest.LENGTH);
        return reply(Counters.class);
    }

    @Override
    public synchronized boolean verify(Certificate certificate, Digest digest) {
        byte[] encoded = certificate.encoded();
        digest.copyTo(session.request(), Frame.PAYLOAD);
        System.arraycopy(encoded, 0, session.request(), Frame.PAYLOAD + Digest.LENGTH, encoded.length);
        return session.call(Frame.VERIFY, Digest.LENGTH + encoded.length) == 1 && session.reply()[Frame.PAYLOAD] == 1;
    }

    @Override
    public synchronized Optional<ViewCertificate> trustedView() {
        return perhaps(Frame.VIEW, 0, ViewCertificate.class);
    }

    @Override
    public synchronized void install(TrustedView view, byte[] wrapped, List<Fence> fences) {
        byte[] bytes = view.toBytes();
        int at = load(bytes, 0);
        at = load(wrapped, at);
        for (Fence fence : fences) {
            byte[] encoded = fence.encoded();
            byte[] framed = new byte[2 + encoded.length];
            BigEndian.u16(framed, 0, encoded.length);
            System.arraycopy(encoded, 0, framed, 2, encoded.length);
            at = load(framed, at);
        }
        BigEndian.u16(session.request(), Frame.PAYLOAD, bytes.length);
        BigEndian.u16(session.request(), Frame.PAYLOAD + 2, wrapped.length);
        BigEndian.u8(session.request(), Frame.PAYLOAD + 4, fences.size());
        session.call(Frame.INSTALL, 5);
    }

    /** Carries an array over in as many frames as it takes; gives the offset behind it. */
    private int load(byte[] bytes, int offset) {
        int room = Frame.PAYLOAD_MAX - 2;
        for (int at = 0; at < bytes.length; at += room) {
            int count = Math.min(room, bytes.length - at);
            BigEndian.u16(session.request(), Frame.PAYLOAD, offset + at);
            System.arraycopy(bytes, at, session.request(), Frame.PAYLOAD + 2, count);
            session.call(Frame.LOAD, 2 + count);
        }
        return offset + bytes.length;
    }

    @Override
    public synchronized byte[] wrapKey(int member) {
        BigEndian.u8(session.request(), Frame.PAYLOAD, member);
        int length = session.call(Frame.WRAP, 1);
        return Arrays.copyOfRange(session.reply(), Frame.PAYLOAD, Frame.PAYLOAD + length);
    }

    @Override
    public synchronized AgreementTag propose(List<Eid> list, long startMicros, Decision decision, Digest value) {
        byte[] request = session.request();
        if (list.size() > 32) {
            throw new IllegalArgumentException("a list has at most 32 parties");
        }
        BigEndian.u8(request, Frame.PAYLOAD, decision.code());
        BigEndian.u64(request, Frame.PAYLOAD + 1, startMicros);
        BigEndian.u8(request, Frame.PAYLOAD + 9, list.size());
        int at = Frame.PAYLOAD + 10;
        for (Eid party : list) {
            party.copyTo(request, at);
            at += Eid.LENGTH;
        }
        value.copyTo(request, at);
        session.call(Frame.PROPOSE, at + Digest.LENGTH - Frame.PAYLOAD);
        return new AgreementTag(
                Digest.at(session.reply(), Frame.PAYLOAD + 1), BigEndian.u8(session.reply(), Frame.PAYLOAD) == 1);
    }

    @Override
    public synchronized Outcome decide(AgreementTag tag) {
        tag.instance().copyTo(session.request(), Frame.PAYLOAD);
        int length = session.call(Frame.DECIDE, Digest.LENGTH);
        return switch (BigEndian.u8(session.reply(), Frame.PAYLOAD)) {
            case 1 -> new Outcome.Pending();
            case 2 ->
                new Outcome.Decided(
                        (OutcomeCertificate) Certificate.decode(session.reply(), Frame.PAYLOAD + 1, length - 1));
            case 3 -> new Outcome.FailedTimely();
            default -> new Outcome.Unknown();
        };
    }

    @Override
    public synchronized Optional<ControlMessage> takeMessage() {
        byte[] message = new byte[0];
        int at = 0;
        do {
            BigEndian.u16(session.request(), Frame.PAYLOAD, at);
            int length = session.call(Frame.TAKE, 2);
            if (length == 0) {
                return Optional.empty();
            }
            if (at == 0) {
                message = new byte[BigEndian.u16(session.reply(), Frame.PAYLOAD + 1)];
            }
            System.arraycopy(session.reply(), Frame.PAYLOAD + 3, message, at, length - 3);
            at += length - 3;
        } while (at < message.length);
        return Optional.of(new ControlMessage(BigEndian.u8(session.reply(), Frame.PAYLOAD), message));
    }

    @Override
    public synchronized void giveMessage(byte[] message) {
        load(message, 0);
        BigEndian.u16(session.request(), Frame.PAYLOAD, message.length);
        session.call(Frame.GIVE, 2);
    }

    @Override
    public synchronized Stamp timestamp(Digest digest) {
        digest.copyTo(session.request(), Frame.PAYLOAD);
        session.call(Frame.TIMESTAMP, Digest.LENGTH);
        return reply(Stamp.class);
    }

    @Override
    public synchronized long startDuration() {
        session.call(Frame.START_DURATION, 0);
        return BigEndian.u64(session.reply(), Frame.PAYLOAD);
    }

    @Override
    public synchronized Measured stopDuration(long handle) {
        BigEndian.u64(session.request(), Frame.PAYLOAD, handle);
        session.call(Frame.STOP_DURATION, 8);
        return new Measured(
                BigEndian.u64(session.reply(), Frame.PAYLOAD), BigEndian.u64(session.reply(), Frame.PAYLOAD + 8));
    }

    @Override
    public synchronized long executeAt(Action action, long notBeforeMicros, long deadlineMicros) {
        BigEndian.u8(session.request(), Frame.PAYLOAD, action.code());
        BigEndian.u64(session.request(), Frame.PAYLOAD + 1, notBeforeMicros);
        BigEndian.u64(session.request(), Frame.PAYLOAD + 9, deadlineMicros);
        session.call(Frame.EXECUTE_AT, 17);
        return BigEndian.u64(session.reply(), Frame.PAYLOAD);
    }

    @Override
    public synchronized Execution executed(long handle) {
        BigEndian.u64(session.request(), Frame.PAYLOAD, handle);
        session.call(Frame.EXECUTED, 8);
        return Execution.values()[BigEndian.u8(session.reply(), Frame.PAYLOAD) - 1];
    }

    @Override
    public synchronized long watch(Eid who, long event, long boundMicros) {
        who.copyTo(session.request(), Frame.PAYLOAD);
        BigEndian.u64(session.request(), Frame.PAYLOAD + Eid.LENGTH, event);
        BigEndian.u64(session.request(), Frame.PAYLOAD + Eid.LENGTH + 8, boundMicros);
        session.call(Frame.WATCH, Eid.LENGTH + 16);
        return BigEndian.u64(session.reply(), Frame.PAYLOAD);
    }

    @Override
    public synchronized void done(long event) {
        BigEndian.u64(session.request(), Frame.PAYLOAD, event);
        session.call(Frame.DONE, 8);
    }

    @Override
    public Eid party() {
        return session.party();
    }

    @Override
    public synchronized Optional<VerdictCertificate> verdict(long watch) {
        BigEndian.u64(session.request(), Frame.PAYLOAD, watch);
        return perhaps(Frame.VERDICT, 8, VerdictCertificate.class);
    }

    @Override
    public synchronized Lateness lateness() {
        int buckets = session.call(Frame.LATENESS, 0) / 8 - 1;
        long[] counts = new long[buckets];
        for (int i = 0; i < buckets; i++) {
            counts[i] = BigEndian.u64(session.reply(), Frame.PAYLOAD + 8 + 8 * i);
        }
        return new Lateness(BigEndian.u64(session.reply(), Frame.PAYLOAD), counts);
    }

    @Override
    public synchronized void random(byte[] out) {
        for (int at = 0; at < out.length; at += Frame.RANDOM_MAX) {
            int count = Math.min(Frame.RANDOM_MAX, out.length - at);
            BigEndian.u8(session.request(), Frame.PAYLOAD, count);
            session.call(Frame.RANDOM, 1);
            System.arraycopy(session.reply(), Frame.PAYLOAD, out, at, count);
        }
        Arrays.fill(session.reply(), (byte) 0);
    }

    @Override
    public synchronized void close() {
        try {
            session.call(Frame.BYE, 0);
        } catch (StoppedException | RefusedException e) {
            // It is gone already, which is what was wanted.
        } finally {
            session.close();
        }
    }

    /** Writes the stream; gives the offset behind it. */
    private int stream(Stream stream) {
        BigEndian.u64(session.request(), Frame.PAYLOAD, stream.groupHigh());
        BigEndian.u64(session.request(), Frame.PAYLOAD + 8, stream.groupLow());
        BigEndian.u32(session.request(), Frame.PAYLOAD + Stream.GROUP_LENGTH, stream.protocol());
        return Frame.PAYLOAD + Frame.STREAM_LENGTH;
    }

    private <C extends Certificate> Optional<C> perhaps(int operation, int length, Class<C> type) {
        return session.call(operation, length) == 0 ? Optional.empty() : Optional.of(reply(type));
    }

    private <C extends Certificate> C reply(Class<C> type) {
        return type.cast(Certificate.decode(
                session.reply(), Frame.PAYLOAD, BigEndian.u16(session.reply(), Frame.PAYLOAD_LENGTH)));
    }
}
