package org.maftia.wormhole.trusted;

import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Refusal;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.certificate.Stream;

/**
 * Unique sequential identifiers. For a lane in an epoch, no two UIs with one counter differ; a FENCE is given once for
 * each value of a mark, and states all counters as they are when the mark rises.
 *
 * <p>Every operation gives the number of bytes that it wrote, or a refusal as a negative number.
 */
final class Usig {
    /** A group runs a handful of protocols; a stream takes less than 6 kB. */
    static final int STREAMS_MAX = 64;

    private final Stream group;
    private final int ttcb;
    private final long epoch;
    private final int lanes;
    private final CounterRecord record;
    private final Sealer sealer;
    private final @Nullable StreamState[] streams = new StreamState[STREAMS_MAX];
    private int size;

    Usig(Setup setup, CounterRecord record, Sealer sealer) {
        this.group = setup.group();
        this.ttcb = setup.ttcb();
        this.epoch = setup.epoch();
        this.lanes = setup.capabilities().lanes();
        this.record = record;
        this.sealer = sealer;
    }

    /** Finds a stream of this group, or begins it; null where there is no room. */
    @Nullable
    StreamState stream(int protocol) {
        for (int i = 0; i < size; i++) {
            StreamState state = streams[i];
            if (state != null && state.stream.protocol() == protocol) {
                return state;
            }
        }
        if (size == STREAMS_MAX) {
            return null;
        }
        StreamState state = new StreamState(group.with(protocol), ttcb, epoch);
        state.recover(record);
        streams[size++] = state;
        return state;
    }

    boolean hasLane(int lane) {
        return lane >= 0 && lane < lanes;
    }

    /** The rule of the component, line by line: intent, increment, tag. */
    int createUi(StreamState state, int lane, byte[] in, int digestAt, byte[] out, int at) {
        if (state.counters[lane] == Long.MAX_VALUE) {
            return -Refusal.EXHAUSTED.code();
        }
        long counter = state.counters[lane] + 1;
        byte[] statement = state.statement(lane, Kind.UI);
        BigEndian.u32(statement, Statement.UI_LANE, lane);
        BigEndian.u64(statement, Statement.UI_COUNTER, counter);
        BigEndian.u64(statement, Statement.UI_VIEW, state.marks[0]);
        BigEndian.u64(statement, Statement.UI_CKPT, state.marks[1]);
        System.arraycopy(in, digestAt, statement, Statement.UI_DIGEST, Digest.LENGTH);
        record.intend(state.stream.protocol(), lane, statement, statement.length);
        record.increment(state.stream.protocol(), lane, counter);
        state.counters[lane] = counter;
        return sealed(statement, out, at);
    }

    int raise(StreamState state, int mark, long value, byte[] in, int digestAt, byte[] out, int at) {
        if (value <= state.marks[mark]) {
            return -Refusal.MARK_NOT_HIGHER.code();
        }
        int place = CounterRecord.FIRST_MARK + mark;
        byte[] statement = state.statement(place, Kind.FENCE);
        BigEndian.u8(statement, Statement.FENCE_MARK, mark + 1);
        BigEndian.u64(statement, Statement.FENCE_VIEW, mark == 0 ? value : state.marks[0]);
        BigEndian.u64(statement, Statement.FENCE_CKPT, mark == 1 ? value : state.marks[1]);
        counters(state, statement, Statement.FENCE_COUNTERS);
        System.arraycopy(in, digestAt, statement, Statement.FENCE_DIGEST, Digest.LENGTH);
        record.intend(state.stream.protocol(), place, statement, statement.length);
        state.marks[mark] = value;
        return sealed(statement, out, at);
    }

    /** Seals the statement of a place once more, byte for byte; nothing where there is none. */
    int last(StreamState state, int place, byte[] out, int at) {
        byte[] statement = state.statements[place];
        return statement == null ? 0 : sealed(statement, out, at);
    }

    int certifyCounters(StreamState state, byte[] in, int nonceAt, byte[] out, int at) {
        int body = Statement.header(out, at, Kind.COUNTERS, state.stream, ttcb, epoch);
        System.arraycopy(in, nonceAt, out, body, Digest.LENGTH);
        BigEndian.u64(out, body + Digest.LENGTH, state.marks[0]);
        BigEndian.u64(out, body + Digest.LENGTH + 8, state.marks[1]);
        counters(state, out, body + Digest.LENGTH + 16);
        return seal(out, at, Kind.COUNTERS.statementLength(), out, at);
    }

    private static void counters(StreamState state, byte[] out, int at) {
        for (int lane = 0; lane < Stream.LANES; lane++) {
            BigEndian.u64(out, at + 8 * lane, state.counters[lane]);
        }
    }

    private int sealed(byte[] statement, byte[] out, int at) {
        System.arraycopy(statement, 0, out, at, statement.length);
        return seal(statement, 0, statement.length, out, at);
    }

    /** Puts the seal behind a statement of any kind; {@code out} has the statement already. */
    int seal(byte[] statement, int statementAt, int length, byte[] out, int at) {
        BigEndian.u8(out, at + length, sealer.profile().code());
        sealer.seal(statement, statementAt, length, out, at + length + 1);
        return length + 1 + sealer.profile().length();
    }
}
