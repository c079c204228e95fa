package org.maftia.services.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.Case.Settled;
import org.maftia.services.exchange.message.Appeal;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.Escrowed;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.exchange.message.ExchangeToken.Outcome;
import org.maftia.services.exchange.message.Handover;
import org.maftia.services.exchange.message.ItemAcceptance;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.exchange.message.Party;
import org.maftia.services.jose.StrictJson;

/**
 * The trusted party of fair exchange: the first command about an exchange decides it for good, and of the other outcome there
 * is never a token. A command is an {@link ExchangeCommand}, a result an {@link ExchangeAnswer}.
 */
public final class Exchange implements StateMachine {
    /** The name under which a group runs it. */
    public static final String NAME = "exchange";

    /** Of all exchanges together; each may hold two messages of the longest. */
    static final int PENDING_MAX = 64;

    /** Of one exchange: those of two parties, with some that somebody repeats. */
    static final int WAITING_MAX = 8;

    /** A group in which nothing came of it for so long has no quorum, or no such key any more. */
    static final long PATIENCE_MICROS = 60_000_000;

    /** What a decision is in the transparency log. */
    private static final int RECORD_KIND = 6;

    private static final byte[] NOTHING = new byte[0];

    private final String keyId;
    private final Trusted trusted;
    private final Cases cases = new Cases();
    private final SortedMap<Long, Work> pending = new TreeMap<>();
    private long next;

    /**
     * @param keyId the group's RSA key for tokens
     * @param key its thumbprint (RFC 7638), by which offers name the trusted party
     */
    public Exchange(String keyId, Digest key) {
        this.keyId = keyId;
        this.trusted = new Trusted(key);
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        ExchangeCommand wanted;
        try {
            wanted = ExchangeCommand.CODEC.decode(command.operation());
        } catch (MalformedException e) {
            return answer(new ExchangeAnswer.Malformed("the command is none"));
        }
        if (pending.size() >= PENDING_MAX) {
            return answer(new ExchangeAnswer.Busy());
        }
        return switch (wanted) {
            case ExchangeCommand.Asked asked -> {
                Optional<Settled> settled = cases.settled(asked.id());
                yield settled.isEmpty()
                        ? answer(new ExchangeAnswer.Undecided())
                        : state(command.id(), settled.get().token(asked.id()), NOTHING, context);
            }
            case ExchangeCommand.Appealed appealed -> appeal(command, appealed, context);
        };
    }

    private static byte[] answer(ExchangeAnswer answer) {
        return ExchangeAnswer.CODEC.encode(answer);
    }

    /** Reads and judges before anything changes: what comes from a gateway may come from anybody. */
    private byte @Nullable [] appeal(Command command, ExchangeCommand.Appealed appealed, Context context) {
        Appeal appeal;
        try {
            appeal = Appeal.of(appealed.first(), appealed.second(), appealed.request());
        } catch (MalformedException e) {
            return answer(new ExchangeAnswer.Malformed(String.valueOf(e.getMessage())));
        } catch (Appeal.NotPartyException e) {
            return answer(new ExchangeAnswer.NotParty(String.valueOf(e.getMessage())));
        }
        Opening opening = appeal.opening();
        if (!trusted.isNamedBy(opening)) {
            return answer(new ExchangeAnswer.Malformed("the offer names another trusted party"));
        }
        return isUnderWay(opening.id()) ? await(command, opening.id(), context) : decide(command, appeal, context);
    }

    private boolean isUnderWay(Digest id) {
        return pending.values().stream()
                .anyMatch(work ->
                        work instanceof Work.Escrow escrow && escrow.exchange().equals(id));
    }

    /** Behind the one whose escrows are being opened: what it finds decides about this one too. */
    private byte @Nullable [] await(Command command, Digest id, Context context) {
        long waiting = pending.values().stream()
                .filter(work ->
                        work instanceof Work.Waiting other && other.exchange().equals(id))
                .count();
        if (waiting >= WAITING_MAX) {
            return answer(new ExchangeAnswer.Busy());
        }
        pending.put(next++, new Work.Waiting(command.id(), id, command.operation(), due(context)));
        return null;
    }

    private static long due(Context context) {
        return context.timeMicros() + PATIENCE_MICROS;
    }

    private byte @Nullable [] decide(Command command, Appeal appeal, Context context) {
        Digest id = appeal.opening().id();
        Optional<Settled> settled = cases.settled(id);
        if (settled.isPresent()) {
            return repeat(command, appeal, settled.get(), context);
        }
        if (!cases.hasRoomFor(id)) {
            return answer(new ExchangeAnswer.Busy());
        }
        return switch (appeal) {
            case Appeal.Abort abort -> settle(command.id(), id, Outcome.ABORTED, Optional.empty(), NOTHING, context);
            case Appeal.Resolve resolve -> {
                Digest second = resolve.answering().message().digest();
                if (resolve.opening() instanceof ContractOffer) {
                    yield settle(command.id(), id, Outcome.RESOLVED, Optional.of(second), NOTHING, context);
                }
                if (cases.isFalse(id, second)) {
                    yield state(command.id(), failed(id, second, context), NOTHING, context);
                }
                yield cases.mayTryMore(id)
                        ? open(command, resolve, Work.Stage.SECOND, context)
                        : answer(new ExchangeAnswer.NotParty("too many escrows in this exchange were false"));
            }
        };
    }

    /** Nothing is decided twice. Who asks for an exchange that was resolved gets what the other had in escrow for him. */
    private byte @Nullable [] repeat(Command command, Appeal appeal, Settled settled, Context context) {
        ExchangeToken token = settled.token(appeal.opening().id());
        if (settled.outcome() == Outcome.RESOLVED && appeal instanceof Appeal.Resolve resolve) {
            if (resolve.byA()) {
                return state(command.id(), token, settled.forA(), context);
            }
            if (resolve.opening() instanceof ItemOffer) {
                return open(command, resolve, Work.Stage.AGAIN, context);
            }
        }
        return state(command.id(), token, NOTHING, context);
    }

    private byte @Nullable [] open(Command command, Appeal.Resolve resolve, Work.Stage stage, Context context) {
        ItemOffer offer = (ItemOffer) resolve.opening();
        byte[] escrow = stage == Work.Stage.SECOND ? ((ItemAcceptance) resolve.answering()).escrow() : offer.escrow();
        if (!context.decrypt(escrow, offer.label(), next)) {
            return answer(new ExchangeAnswer.Busy());
        }
        pending.put(
                next++, new Work.Escrow(command.id(), offer.id(), command.operation(), stage, NOTHING, due(context)));
        return null;
    }

    @Override
    public void decrypted(long reference, byte @Nullable [] message, Context context) {
        if (!(pending.remove(reference) instanceof Work.Escrow escrow)) {
            return; // nobody waits any more, and nothing was decided
        }
        Appeal.Resolve resolve = escrow.resolve();
        ItemOffer offer = (ItemOffer) resolve.opening();
        switch (escrow.stage()) {
            case SECOND -> second(escrow, resolve, offer, item(message, offer.bItem()), context);
            case FIRST -> first(escrow, resolve, offer, item(message, offer.aItem()), context);
            case AGAIN -> {
                byte[] sealed = item(message, offer.aItem())
                        .map(opened -> sealed(offer, opened, offer.b()))
                        .orElse(NOTHING);
                ExchangeToken token = cases.settled(offer.id()).orElseThrow().token(offer.id());
                complete(escrow.request(), state(escrow.request(), token, sealed, context), context);
            }
        }
        wakeWaiting(offer.id(), context);
    }

    /** Holds what the offer names, or does not. */
    private static Optional<Escrowed> item(byte @Nullable [] message, Digest named) {
        if (message == null) {
            return Optional.empty();
        }
        try {
            Escrowed escrowed = Escrowed.CODEC.decode(message);
            return Transcript.sha256(escrowed.item()).equals(named) ? Optional.of(escrowed) : Optional.empty();
        } catch (MalformedException e) {
            return Optional.empty(); // its owner encrypted something else
        }
    }

    private static byte[] sealed(ItemOffer offer, Escrowed escrowed, Party to) {
        try {
            return Handover.seal(offer.id(), escrowed, to);
        } catch (MalformedException e) {
            return NOTHING; // who signed for such a key can be sent nothing, and harms himself alone
        }
    }

    /** B's escrow comes first: A's stays closed while that is false. */
    private void second(
            Work.Escrow work, Appeal.Resolve resolve, ItemOffer offer, Optional<Escrowed> opened, Context context) {
        Digest second = resolve.answering().message().digest();
        if (opened.isEmpty()) {
            cases.markFalse(offer.id(), second);
            complete(
                    work.request(),
                    state(work.request(), failed(offer.id(), second, context), NOTHING, context),
                    context);
            return;
        }
        if (!context.decrypt(offer.escrow(), offer.label(), next)) {
            complete(work.request(), answer(new ExchangeAnswer.Busy()), context);
            return;
        }
        pending.put(next++, work.next(sealed(offer, opened.get(), offer.a()), due(context)));
    }

    private void first(
            Work.Escrow work, Appeal.Resolve resolve, ItemOffer offer, Optional<Escrowed> opened, Context context) {
        Optional<Digest> second = Optional.of(resolve.answering().message().digest());
        byte @Nullable [] result;
        if (opened.isEmpty()) {
            result = settle(work.request(), offer.id(), Outcome.FAILED_A, second, NOTHING, context);
        } else {
            settle(offer.id(), settled(Outcome.RESOLVED, second, work.forA(), context), context);
            byte[] item = resolve.byA() ? work.forA() : sealed(offer, opened.get(), offer.b());
            result = state(
                    work.request(), cases.settled(offer.id()).orElseThrow().token(offer.id()), item, context);
        }
        complete(work.request(), result, context);
    }

    private static Settled settled(Outcome outcome, Optional<Digest> second, byte[] forA, Context context) {
        return new Settled(outcome, second, context.timeMicros() / 1_000_000, context.index(), forA);
    }

    /** Whether the log has room for it or not, it is decided: fairness rests on no monitor. */
    private void settle(Digest id, Settled decision, Context context) {
        cases.settle(id, decision);
        context.record(
                RECORD_KIND, decision.token(id).signingInput(trusted.key()).getBytes(StandardCharsets.US_ASCII));
    }

    private byte @Nullable [] settle(
            RequestId request, Digest id, Outcome outcome, Optional<Digest> second, byte[] forA, Context context) {
        Settled decision = settled(outcome, second, forA, context);
        settle(id, decision, context);
        return state(request, decision.token(id), NOTHING, context);
    }

    private static ExchangeToken failed(Digest id, Digest second, Context context) {
        return new ExchangeToken(
                id, Outcome.FAILED_B, Optional.of(second), context.timeMicros() / 1_000_000, context.index());
    }

    /** The decision stands; what is asked for is the group's signature under it. Null: the result comes later. */
    private byte @Nullable [] state(RequestId request, ExchangeToken token, byte[] item, Context context) {
        String input = token.signingInput(trusted.key());
        if (!context.sign(keyId, input.getBytes(StandardCharsets.US_ASCII), next)) {
            return answer(new ExchangeAnswer.Refused());
        }
        pending.put(next++, new Work.Token(request, input, item, due(context)));
        return null;
    }

    private static void complete(RequestId request, byte @Nullable [] result, Context context) {
        if (result != null) {
            context.complete(request, result);
        }
    }

    @Override
    public void signed(long reference, byte[] signature, Context context) {
        if (pending.remove(reference) instanceof Work.Token work) {
            String token = work.input() + "." + StrictJson.base64(signature);
            context.complete(work.request(), answer(new ExchangeAnswer.Decided(token, work.item())));
        }
    }

    @Override
    public byte[] restated(long reference, byte[] message) {
        if (!(pending.get(reference) instanceof Work.Token work)) {
            return message;
        }
        String input = ExchangeToken.underKey(work.input(), trusted.key());
        pending.put(reference, new Work.Token(work.request(), input, work.item(), work.dueMicros()));
        return input.getBytes(StandardCharsets.US_ASCII);
    }

    /** In their order, until one of them opens escrows again. */
    private void wakeWaiting(Digest id, Context context) {
        for (Map.Entry<Long, Work> entry : new TreeMap<>(pending).entrySet()) {
            if (isUnderWay(id)) {
                return;
            }
            if (entry.getValue() instanceof Work.Waiting waiting
                    && waiting.exchange().equals(id)) {
                pending.remove(entry.getKey());
                Command command = new Command(waiting.request(), waiting.operation());
                complete(command.id(), decide(command, Work.appeal(waiting.operation()), context), context);
            }
        }
    }

    @Override
    public long dueMicros() {
        return pending.values().stream().mapToLong(Work::dueMicros).min().orElse(Long.MAX_VALUE);
    }

    /** Who waited in vain asks again: what is decided stays so, and what is not was not touched. */
    @Override
    public void tick(Context context) {
        for (Map.Entry<Long, Work> entry : new TreeMap<>(pending).entrySet()) {
            if (entry.getValue().dueMicros() <= context.timeMicros()) {
                pending.remove(entry.getKey());
                context.complete(entry.getValue().request(), answer(new ExchangeAnswer.Busy()));
            }
        }
    }

    @Override
    public void snapshot(Writer writer) {
        trusted.write(writer);
        cases.write(writer);
        writer.u64(next).u32(pending.size());
        pending.forEach((reference, work) -> Work.write(writer.u64(reference), work));
    }

    @Override
    public void restore(Reader reader) {
        trusted.read(reader);
        cases.read(reader);
        next = reader.count();
        pending.clear();
        for (long count = reader.u32(); count > 0; count--) {
            if (pending.size() > PENDING_MAX * 2) {
                throw new MalformedException("more work than is taken");
            }
            pending.put(reader.count(), Work.read(reader));
        }
    }

    @Override
    public Digest root() {
        Writer writer = new Writer();
        writer.u64(next).u32(pending.size());
        pending.forEach((reference, work) -> Work.write(writer.u64(reference), work));
        trusted.write(writer);
        return Transcript.of("exchange/state")
                .field(cases.root())
                .field(writer.finish())
                .digest();
    }
}
