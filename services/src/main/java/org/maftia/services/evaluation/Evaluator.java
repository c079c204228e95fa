package org.maftia.services.evaluation;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.allowance.Allowances;

/**
 * Has an oblivious function evaluated, counted for each user before it takes place. A command is an {@link
 * EvaluationRequest}, a result an {@link EvaluationAnswer}.
 */
public final class Evaluator implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "evaluation";

    /** Of all users together; each has every replica compute for about a millisecond, and wait for a signature. */
    static final int PENDING_MAX = 256;

    /** A group in which nothing came of it for so long has no quorum, or no such key any more. */
    static final long PATIENCE_MICROS = 60_000_000;

    private final String functionId;
    private final Digest function;
    private final String receiptsId;
    private final Allowances allowances = new Allowances();
    private final SortedMap<Long, Pending> pending = new TreeMap<>();
    private long next;

    /** @param element once it is evaluated, and waits for its signature */
    private record Pending(RequestId id, byte[] user, byte[] blinded, byte @Nullable [] element, long dueMicros) {}

    /**
     * @param functionId the group's key of the function
     * @param function what {@link EvaluationReceipt#function} says of it
     * @param receiptsId the group's key for receipts
     */
    public Evaluator(String functionId, Digest function, String receiptsId) {
        this.functionId = functionId;
        this.function = function;
        this.receiptsId = receiptsId;
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        EvaluationRequest request;
        try {
            request = EvaluationRequest.CODEC.decode(command.operation());
        } catch (MalformedException e) {
            return answer(new EvaluationAnswer.Malformed());
        }
        long now = context.timeMicros();
        long wait = allowances.waitMicros(request.user(), now);
        if (wait > 0) {
            return answer(new EvaluationAnswer.Limited(wait));
        }
        // While the group makes the key for receipts nothing is counted: no receipt would come of it.
        if (pending.size() >= PENDING_MAX || !context.isMade(receiptsId)) {
            return answer(new EvaluationAnswer.Busy());
        }
        return switch (context.evaluate(functionId, request.user(), request.blinded(), next)) {
            case TAKEN -> {
                allowances.count(request.user(), now);
                pending.put(
                        next++,
                        new Pending(command.id(), request.user(), request.blinded(), null, now + PATIENCE_MICROS));
                yield null;
            }
            case BUSY -> answer(new EvaluationAnswer.Busy());
            case MALFORMED -> answer(new EvaluationAnswer.Malformed());
            case REFUSED -> answer(new EvaluationAnswer.Refused());
        };
    }

    private static byte[] answer(EvaluationAnswer answer) {
        return EvaluationAnswer.CODEC.encode(answer);
    }

    @Override
    public void evaluated(long reference, byte[] element, Context context) {
        Pending asked = pending.get(reference);
        if (asked == null) {
            return; // nobody waits any more
        }
        byte[] receipt = EvaluationReceipt.message(function, asked.user, asked.blinded, element);
        if (context.sign(receiptsId, receipt, reference)) {
            pending.put(reference, new Pending(asked.id, asked.user, asked.blinded, element, asked.dueMicros));
        } else {
            pending.remove(reference);
            context.complete(asked.id, answer(new EvaluationAnswer.Refused()));
        }
    }

    @Override
    public void signed(long reference, byte[] signature, Context context) {
        Pending asked = pending.remove(reference);
        if (asked == null || asked.element == null) {
            return; // nobody waits any more
        }
        context.complete(asked.id, answer(new EvaluationAnswer.Evaluated(function, asked.element, signature)));
    }

    @Override
    public long dueMicros() {
        return pending.values().stream().mapToLong(Pending::dueMicros).min().orElse(Long.MAX_VALUE);
    }

    @Override
    public void tick(Context context) {
        for (Map.Entry<Long, Pending> entry : new TreeMap<>(pending).entrySet()) {
            if (entry.getValue().dueMicros <= context.timeMicros()) {
                pending.remove(entry.getKey());
                context.complete(entry.getValue().id, answer(new EvaluationAnswer.Busy()));
            }
        }
    }

    @Override
    public void snapshot(Writer writer) {
        allowances.write(writer);
        writer.u64(next).u32(pending.size());
        pending.forEach((reference, asked) -> {
            RequestId.CODEC.write(writer.u64(reference), asked.id);
            writer.opaque8(asked.user).fixed(asked.blinded).bool(asked.element != null);
            if (asked.element != null) {
                writer.fixed(asked.element);
            }
            writer.u64(asked.dueMicros);
        });
    }

    @Override
    public void restore(Reader reader) {
        allowances.read(reader);
        next = reader.count();
        pending.clear();
        long count = reader.u32();
        if (count > PENDING_MAX) {
            throw new MalformedException("more than an evaluator lets wait");
        }
        for (; count > 0; count--) {
            long reference = reader.count();
            pending.put(
                    reference,
                    new Pending(
                            RequestId.CODEC.read(reader),
                            reader.opaque8(ObliviousFunction.USER_LENGTH_MAX),
                            reader.fixed(ObliviousFunction.ELEMENT_LENGTH),
                            reader.bool() ? reader.fixed(ObliviousFunction.ELEMENT_LENGTH) : null,
                            reader.count()));
        }
        reader.end();
    }

    @Override
    public Digest root() {
        Writer writer = new Writer(1024);
        snapshot(writer);
        return Transcript.of("evaluator").field(writer.toBytes()).digest();
    }
}
