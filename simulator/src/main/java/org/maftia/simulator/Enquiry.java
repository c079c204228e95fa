package org.maftia.simulator;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.Observations;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A service that has things observed, one with each command: yes when a quorum sees it, no when a kernel does not, else
 * nothing at the deadline.
 */
final class Enquiry implements StateMachine {
    static final String NAME = "enquiry";
    static final byte YES = 'y';
    static final byte NO = 'n';
    static final byte NOTHING = '-';
    static final byte BUSY = 'b';

    /** One long number, and whether there is plenty of time. */
    static final int OPERATION_LENGTH = Long.BYTES + 1;

    private static final long SOON_MICROS = 2_000_000;

    /** Longer than any run, so that only answers end it. */
    private static final long LATER_MICROS = 3_000_000_000L;

    private final SortedMap<Long, RequestId> open = new TreeMap<>();
    private final SortedMap<RequestId, Byte> verdicts = new TreeMap<>();
    private long next;

    /** What it found out, by request. */
    SortedMap<RequestId, Byte> verdicts() {
        return Collections.unmodifiableSortedMap(verdicts);
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        if (command.operation().length != OPERATION_LENGTH) {
            return new byte[0];
        }
        boolean patient = command.operation()[Long.BYTES] != 0;
        long deadline = context.timeMicros() + (patient ? LATER_MICROS : SOON_MICROS);
        if (context.observe(command.operation(), next, deadline) != Context.Asked.TAKEN) {
            verdicts.put(command.id(), BUSY);
            return new byte[] {BUSY};
        }
        open.put(next++, command.id());
        return null;
    }

    @Override
    public boolean observed(long reference, Observations observations, Context context) {
        if (observations.isQuorum(answer -> isLike(answer, YES))) {
            return decide(reference, YES, context);
        }
        if (observations.isKernel(answer -> isLike(answer, NO))) {
            return decide(reference, NO, context);
        }
        return observations.isOver() && decide(reference, NOTHING, context);
    }

    private static boolean isLike(byte[] answer, byte word) {
        return answer.length == 1 && answer[0] == word;
    }

    private boolean decide(long reference, byte verdict, Context context) {
        RequestId id = open.remove(reference);
        if (id == null) {
            throw new Violation("an observation goes on after it was decided");
        }
        verdicts.put(id, verdict);
        context.complete(id, new byte[] {verdict});
        return true;
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u64(next).u32(open.size());
        open.forEach((reference, id) -> RequestId.CODEC.write(writer.u64(reference), id));
        writer.u32(verdicts.size());
        verdicts.forEach((id, verdict) -> {
            RequestId.CODEC.write(writer, id);
            writer.u8(verdict);
        });
    }

    @Override
    public void restore(Reader reader) {
        next = reader.u64();
        open.clear();
        for (long count = reader.u32(); count > 0; count--) {
            open.put(reader.u64(), RequestId.CODEC.read(reader));
        }
        verdicts.clear();
        for (long count = reader.u32(); count > 0; count--) {
            verdicts.put(RequestId.CODEC.read(reader), (byte) reader.u8());
        }
    }

    @Override
    public Digest root() {
        Writer writer = new Writer();
        snapshot(writer);
        return Transcript.sha256(writer.toBytes());
    }
}
