package org.maftia.server.component;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.AgreementTag;
import org.maftia.wormhole.ControlMessage;
import org.maftia.wormhole.Decision;
import org.maftia.wormhole.Outcome;
import org.maftia.wormhole.RefusedException;
import org.maftia.wormhole.StoppedException;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Eid;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.OutcomeCertificate;
import org.maftia.wormhole.certificate.ViewCertificate;

/**
 * Every half minute the components of a trusted view agree, by a block agreement among themselves, in which view they are: each
 * host has its own component propose the content of the view that it is in, and the value decided is what a quorum of them
 * proposed. So whoever reads the outcomes sees that the components are in one view, hear each other, and decide alike.
 *
 * <p>Hosts carry everything, and may hold back, double or invent what they carry: components believe sealed frames of members of
 * their own view only, so a host ruins its own part, or a call whose turn is its own. The members take turns in calling: the
 * caller names the parties, as each component's host told it.
 *
 * <p>What a peer sends is bounded: so many frames from one call to the next, and each is at most as long as a frame of the
 * components. One thread at a time uses an object, but for {@link #last}.
 *
 * <pre>
 * HERE  1 | view u64 | party 12                    to all, before a call
 * CALL  2 | view u64 | start u64 | parties 12 each from whoever's turn it is
 * FRAME 3 | as the component gave it
 * </pre>
 */
final class RollCall {
    /** An agreement of nine takes some hundred frames: at this rate nobody feels it. */
    static final long PERIOD_MICROS = 30_000_000;

    private static final long HERE_MICROS = 6_000_000;
    private static final long CALL_MICROS = 3_000_000;

    /** As long an agreement may take; ballots that begin later serve nobody. */
    static final long PATIENCE_MICROS = 15_000_000;

    /** From one peer, from one call to the next: twice what an agreement needs in which several ballots fail. */
    static final int FRAMES_MAX = 64;

    /** How often to look while nothing, and while an agreement is under way, whose frames wait to be carried. */
    private static final long IDLE_MILLIS = 250;

    private static final long BUSY_MILLIS = 10;

    /** More cannot agree. */
    private static final int PARTIES_MAX = 32;

    private static final int HERE = 1;
    private static final int CALL = 2;
    private static final int FRAME = 3;
    private static final int HEAD = 9;

    private final Ttcb ttcb;
    private final LongSupplier clock;
    private final BiConsumer<Integer, byte[]> carrier;

    /** The newest that was told; under the lock. */
    private View told = View.NONE;

    /** In which the call is prepared, or under way. */
    private View view = View.NONE;

    /** The call for which this replica is, as the number of its period. */
    private long round = -1;

    private boolean announced;
    private boolean called;
    private @Nullable AgreementTag under;
    private final SortedMap<Integer, Eid> parties = new TreeMap<>();
    private List<Eid> list = List.of();

    private final Object lock = new Object();

    /** What came in since the last tick, and from whom how much since the last call; under the lock. */
    private final Deque<Frame> waiting = new ArrayDeque<>();

    private final SortedMap<Integer, Integer> received = new TreeMap<>();

    private volatile Optional<RollCallReport> last = Optional.empty();

    private record Frame(int from, byte[] bytes) {}

    /** @param seats of the members, in the order in which the components number them */
    private record View(long number, List<Integer> seats) {
        static final View NONE = new View(-1, List.of());
    }

    /**
     * @param clock of this host, in microseconds since 1970
     * @param carrier takes what is for the host at a seat
     */
    RollCall(Ttcb ttcb, LongSupplier clock, BiConsumer<Integer, byte[]> carrier) {
        this.ttcb = ttcb;
        this.clock = clock;
        this.carrier = carrier;
    }

    /** The last one that ended; empty before the first. Any thread may ask. */
    Optional<RollCallReport> last() {
        return last;
    }

    /** The component works in this view from now on. Any thread may say so. */
    void entered(long number, List<Integer> seats) {
        synchronized (lock) {
            told = new View(number, seats.stream().sorted().toList());
        }
    }

    /** The host at a seat sent this. Any thread may say so. False: it is dropped, as it is too much or of no member. */
    boolean delivered(int from, byte[] bytes) {
        synchronized (lock) {
            boolean takes = told.seats.contains(from) && received.merge(from, 1, Integer::sum) <= FRAMES_MAX;
            if (takes) {
                waiting.addLast(new Frame(from, bytes));
            }
            return takes;
        }
    }

    /**
     * Does what is due.
     *
     * @return when to be called again, in milliseconds; and whenever something was delivered
     * @throws StoppedException when the component does not answer any more
     */
    long tick() {
        long now = clock.getAsLong();
        List<Frame> frames = new ArrayList<>();
        View newest;
        synchronized (lock) {
            newest = told;
            frames.addAll(waiting);
            waiting.clear();
        }
        long next = (now - PATIENCE_MICROS) / PERIOD_MICROS + 1;
        if (next != round || !newest.equals(view)) {
            begin(next, newest);
        }
        frames.forEach(frame -> take(frame, now));
        long start = round * PERIOD_MICROS;
        if (!view.seats.isEmpty() && now >= start - HERE_MICROS && now < start) {
            prepare(start, now);
        }
        if (now >= start && (under != null || !frames.isEmpty())) {
            carry();
            conclude(start);
        }
        return under != null && now >= start - IDLE_MILLIS * 1_000 ? BUSY_MILLIS : IDLE_MILLIS;
    }

    /** What is left of the call before is over. */
    private void begin(long next, View newest) {
        if (under != null && next != round) {
            last = Optional.of(RollCallReport.open(round * PERIOD_MICROS, view.number));
        }
        if (next != round) {
            synchronized (lock) {
                received.clear();
            }
        }
        round = next;
        view = newest;
        announced = false;
        called = false;
        under = null;
        list = List.of();
        parties.clear();
    }

    private void prepare(long start, long now) {
        if (!announced) {
            announced = true;
            announce();
        }
        if (!called && caller() == ttcb.party().ttcb() && now >= start - CALL_MICROS) {
            called = true;
            call(start);
        }
    }

    /** Whose turn it is. */
    private int caller() {
        return view.seats.get((int) (round % view.seats.size()));
    }

    private void announce() {
        Eid own = ttcb.party();
        parties.put(own.ttcb(), own);
        byte[] frame = head(HERE, Eid.LENGTH);
        own.copyTo(frame, HEAD);
        sendAll(frame);
    }

    private void call(long start) {
        List<Eid> named = List.copyOf(parties.values());
        if (named.size() > PARTIES_MAX) {
            return; // so many cannot agree: there are no roll calls in a group of this size
        }
        byte[] frame = head(CALL, 8 + named.size() * Eid.LENGTH);
        BigEndian.u64(frame, HEAD, start);
        for (int k = 0; k < named.size(); k++) {
            named.get(k).copyTo(frame, HEAD + 8 + k * Eid.LENGTH);
        }
        sendAll(frame);
        propose(named, start);
    }

    private void propose(List<Eid> named, long start) {
        try {
            Optional<ViewCertificate> in = ttcb.trustedView();
            if (in.isPresent() && in.get().number() == view.number) {
                list = named;
                under = ttcb.propose(named, start, Decision.QUORUM, in.get().content());
            }
        } catch (RefusedException e) {
            under = null; // it was just started again, or has too much to do: this call goes on without it
        }
    }

    private byte[] head(int type, int length) {
        byte[] frame = new byte[HEAD + length];
        BigEndian.u8(frame, 0, type);
        BigEndian.u64(frame, 1, view.number);
        return frame;
    }

    private void sendAll(byte[] frame) {
        int own = ttcb.party().ttcb();
        view.seats.stream().filter(seat -> seat != own).forEach(seat -> carrier.accept(seat, frame));
    }

    /** Whatever a host sent; what makes no sense is dropped. */
    private void take(Frame frame, long now) {
        byte[] bytes = frame.bytes;
        int type = bytes.length == 0 ? 0 : BigEndian.u8(bytes, 0);
        if (type == FRAME) {
            give(bytes);
            return;
        }
        if (view.seats.isEmpty() || bytes.length < HEAD || BigEndian.u64(bytes, 1) != view.number) {
            return;
        }
        try {
            if (type == HERE && bytes.length == HEAD + Eid.LENGTH) {
                Eid party = Eid.at(bytes, HEAD);
                if (party.ttcb() == frame.from) {
                    parties.put(frame.from, party);
                }
            } else if (type == CALL) {
                called(frame, now);
            }
        } catch (MalformedCertificateException e) {
            // It names no parties, so that nobody is called.
        }
    }

    private void give(byte[] bytes) {
        try {
            byte[] message = new byte[bytes.length - 1];
            System.arraycopy(bytes, 1, message, 0, message.length);
            ttcb.giveMessage(message);
        } catch (RefusedException e) {
            // No component gave its host so long a frame.
        }
    }

    private void called(Frame frame, long now) {
        int length = frame.bytes.length - HEAD - 8;
        long start = round * PERIOD_MICROS;
        boolean due = under == null && frame.from == caller() && now >= start - HERE_MICROS && now < start;
        if (!due
                || length < Eid.LENGTH
                || length % Eid.LENGTH != 0
                || length / Eid.LENGTH > Math.min(PARTIES_MAX, view.seats.size())
                || BigEndian.u64(frame.bytes, HEAD) != start) {
            return;
        }
        List<Eid> named = new ArrayList<>();
        for (int at = HEAD + 8; at < frame.bytes.length; at += Eid.LENGTH) {
            named.add(Eid.at(frame.bytes, at));
        }
        if (named.contains(ttcb.party())) {
            propose(named, start);
        }
    }

    /** Takes what the component has for others. */
    private void carry() {
        Optional<ControlMessage> message = ttcb.takeMessage();
        while (message.isPresent()) {
            int member = message.get().member();
            byte[] bytes = message.get().bytes();
            byte[] frame = new byte[1 + bytes.length];
            BigEndian.u8(frame, 0, FRAME);
            System.arraycopy(bytes, 0, frame, 1, bytes.length);
            if (member < view.seats.size()) {
                carrier.accept(view.seats.get(member), frame);
            }
            message = ttcb.takeMessage();
        }
    }

    private void conclude(long start) {
        AgreementTag tag = under;
        if (tag != null && ttcb.decide(tag) instanceof Outcome.Decided decided) {
            OutcomeCertificate certificate = decided.certificate();
            last = Optional.of(new RollCallReport(
                    start,
                    view.number,
                    certificate.decided(),
                    seats(certificate.okMask()),
                    seats(certificate.anyMask()),
                    HexFormat.of().formatHex(certificate.encoded())));
            under = null;
        }
    }

    private List<Integer> seats(int mask) {
        List<Integer> seats = new ArrayList<>();
        for (int k = 0; k < list.size(); k++) {
            if ((mask >>> k & 1) == 1) {
                seats.add(list.get(k).ttcb());
            }
        }
        return seats;
    }
}
