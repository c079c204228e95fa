package org.maftia.wormhole.trusted;

import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Kind;
import org.maftia.wormhole.certificate.Mark;
import org.maftia.wormhole.certificate.Statement;
import org.maftia.wormhole.certificate.Stream;

/** Counters and marks of one stream, with the last statement of every lane and mark, as it was sealed. */
final class StreamState {
    final Stream stream;
    final long[] counters = new long[Stream.LANES];
    final long[] marks = new long[Mark.values().length];

    /** By place of {@link CounterRecord}: statements of UIs, FENCEs, VOIDs; null where there was none. */
    final byte[] @Nullable [] statements = new byte[CounterRecord.PLACES][];

    private final int ttcb;
    private final long epoch;

    StreamState(Stream stream, int ttcb, long epoch) {
        this.stream = stream;
        this.ttcb = ttcb;
        this.epoch = epoch;
    }

    /** The array of a place, with its header; made at the first use. */
    byte[] statement(int place, Kind kind) {
        byte[] statement = statements[place];
        if (statement == null) {
            statement = new byte[kind.statementLength()];
            Statement.header(statement, 0, kind, stream, ttcb, epoch);
            statements[place] = statement;
        }
        return statement;
    }

    /**
     * Takes up what a record proves. An intent without its counter is completed: it can be sealed for this digest only.
     * Counters beyond the last intent were never given to a digest, so no tag over them left; that proof is written
     * down before anything else, because the next intent overwrites what it rests on.
     */
    void recover(CounterRecord record) {
        for (int mark = 0; mark < marks.length; mark++) {
            byte[] fence = record.intended(stream.protocol(), CounterRecord.FIRST_MARK + mark);
            if (fence != null) {
                statements[CounterRecord.FIRST_MARK + mark] = fence;
                marks[0] = Math.max(marks[0], BigEndian.u64(fence, Statement.FENCE_VIEW));
                marks[1] = Math.max(marks[1], BigEndian.u64(fence, Statement.FENCE_CKPT));
            }
        }
        for (int lane = 0; lane < Stream.LANES; lane++) {
            byte[] ui = record.intended(stream.protocol(), lane);
            statements[lane] = ui;
            statements[CounterRecord.FIRST_GAP + lane] =
                    record.intended(stream.protocol(), CounterRecord.FIRST_GAP + lane);
            long intent = ui == null ? 0 : BigEndian.u64(ui, Statement.UI_COUNTER);
            long device = record.incremented(stream.protocol(), lane);
            byte[] known = statements[CounterRecord.FIRST_GAP + lane];
            long gapEnd = known == null ? 0 : BigEndian.u64(known, Statement.VOID_TO);
            counters[lane] = Math.max(intent, device);
            if (device > Math.max(intent, gapEnd)) {
                byte[] gap = statement(CounterRecord.FIRST_GAP + lane, Kind.VOID);
                BigEndian.u32(gap, Statement.VOID_LANE, lane);
                // A gap that nobody filled since grows; it is still one gap.
                BigEndian.u64(
                        gap,
                        Statement.VOID_FROM,
                        gapEnd > intent ? BigEndian.u64(gap, Statement.VOID_FROM) : intent + 1);
                BigEndian.u64(gap, Statement.VOID_TO, device);
                record.intend(stream.protocol(), CounterRecord.FIRST_GAP + lane, gap, gap.length);
            }
        }
    }
}
