package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The state of an {@link AtomicChannel}: makes of the log, which orders the payloads of one sender as it likes, a sequence
 * in which each sender's come in the order of their numbers. A payload that is ordered before its predecessors waits for
 * them, in the state, so all replicas deliver at the same place of the log.
 */
final class TotalOrder implements StateMachine {
    /** The name under which the log knows it. */
    static final String NAME = "channel";

    private static final byte[] NOTHING = {};

    /** Hears of every event, in order; also of those that the log shows a second time after a restart. */
    interface Listener {
        /** @param position counts the events of the channel, from 1 */
        void delivered(long position, int sender, RequestId id, long number, byte[] payload);

        void ended(long position);

        /** Another state was put in the place of this one. */
        void replaced();
    }

    /** What a request asks for. */
    enum Kind {
        PAYLOAD,
        CLOSE
    }

    private final FaultStructure trust;
    private final int payloadLengthMax;
    private final Listener listener;
    private final List<Lane> lanes = new ArrayList<>();
    private ReplicaSet closers = ReplicaSet.EMPTY;
    private boolean ended;
    private long position;

    /** What one sender had ordered. */
    private static final class Lane {
        /** The sender's memory goes back to the beginning of this session; what came in an older one is void. */
        long session;

        /** The lowest number of the session that did not come out. */
        long next;

        /** Payloads that came out, of all sessions. */
        long delivered;

        /** Ordered before their predecessors: bounded by the window. */
        final SortedMap<Long, byte[]> waiting = new TreeMap<>();
    }

    TotalOrder(FaultStructure trust, int payloadLengthMax, Listener listener) {
        this.trust = trust;
        this.payloadLengthMax = payloadLengthMax;
        this.listener = listener;
        for (int sender = 0; sender < trust.size(); sender++) {
            lanes.add(new Lane());
        }
    }

    /** The client number of a member: its links are its sessions with the others. */
    static int client(int member) {
        return ReplicaSet.SIZE_MAX + member;
    }

    static byte[] operation(Kind kind, byte[] payload) {
        return new Writer(payload.length + 1).u8(kind.ordinal()).fixed(payload).toBytes();
    }

    /** Events so far. */
    long position() {
        return position;
    }

    boolean isOver() {
        return ended;
    }

    /** Whether what the member asked for has come out, or never will. */
    boolean isSettled(RequestId id) {
        Lane lane = lanes.get(id.client() - ReplicaSet.SIZE_MAX);
        return ended || id.session() < lane.session || (id.session() == lane.session && id.sequence() < lane.next);
    }

    /** The newest session of a member. */
    long session(int member) {
        return lanes.get(member).session;
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        RequestId id = command.id();
        int sender = id.client() - ReplicaSet.SIZE_MAX;
        if (sender < 0 || sender >= lanes.size() || ended || !isPlausible(command.operation())) {
            return NOTHING;
        }
        Lane lane = lanes.get(sender);
        if (id.session() > lane.session) {
            lane.session = id.session();
            lane.next = 0;
            lane.waiting.clear();
        }
        boolean inWindow = id.sequence() >= lane.next && id.sequence() < lane.next + AtomicChannel.WINDOW;
        if (id.session() == lane.session && inWindow) {
            lane.waiting.put(id.sequence(), command.operation());
            advance(sender, lane);
        }
        return NOTHING;
    }

    private boolean isPlausible(byte[] operation) {
        return operation.length > 0
                && operation.length <= payloadLengthMax + 1
                && operation[0] >= 0
                && operation[0] < Kind.values().length;
    }

    private void advance(int sender, Lane lane) {
        for (byte[] next = lane.waiting.remove(lane.next);
                next != null && !ended;
                next = lane.waiting.remove(lane.next)) {
            RequestId id = new RequestId(client(sender), lane.session, lane.next);
            lane.next++;
            if (next[0] == Kind.CLOSE.ordinal()) {
                close(sender);
            } else {
                Reader reader = new Reader(next, 1, next.length - 1);
                position++;
                listener.delivered(position, sender, id, lane.delivered++, reader.fixed(reader.remaining()));
            }
        }
    }

    /** The end has its place in the order, so no two correct members deliver different last payloads. */
    private void close(int member) {
        closers = closers.with(member);
        if (trust.isKernel(closers)) {
            ended = true;
            position++;
            listener.ended(position);
        }
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u64(position).bool(ended).u64(closers.bits());
        for (Lane lane : lanes) {
            writer.u64(lane.session).u64(lane.next).u64(lane.delivered).u32(lane.waiting.size());
            lane.waiting.forEach((number, operation) -> writer.u64(number).opaque32(operation));
        }
    }

    @Override
    public void restore(Reader reader) {
        position = reader.count();
        ended = reader.bool();
        closers = new ReplicaSet(reader.u64());
        for (Lane lane : lanes) {
            lane.session = reader.count();
            lane.next = reader.count();
            lane.delivered = reader.count();
            lane.waiting.clear();
            for (long count = reader.u32(); count > 0; count--) {
                lane.waiting.put(reader.count(), reader.opaque32(payloadLengthMax + 1));
            }
        }
        listener.replaced();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer();
        snapshot(writer);
        return Transcript.sha256(writer.toBytes());
    }
}
