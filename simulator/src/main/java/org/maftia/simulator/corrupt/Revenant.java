package org.maftia.simulator.corrupt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.SealedRequests;
import org.maftia.core.ordering.hybrid.EraMessage;
import org.maftia.core.ordering.hybrid.HybridMessage;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.Draw;

/**
 * Keeps the trusted component of an epoch that is over alive beside the present one, and has it certify what the present one
 * would not: the counters that that one gave once more, for another batch, and accounts as of a replica that never did
 * anything. A part of the group hears that story, and nothing that would give it away. The old component is fresh and
 * genuine, so whoever does not look at its epoch believes every word.
 *
 * <p>What components certify, and how frames say it, stands here once more: an intruder has a program of his own.
 */
public final class Revenant implements Misconduct {
    /** What addresses the order of an era ends so. */
    private static final String ERA = "era";

    /** So many counters of the old component are burned for one that fits. */
    private static final int BURNED_MAX = 4096;

    private final Grammar grammar;
    private final Misconduct other;
    private final Function<TrustedCall, Optional<?>> old;
    private final int stream;
    private final int self;
    private final Digest configuration;
    private final Limits limits;
    private @Nullable Era era;
    private @Nullable Fence beginning;

    /** The era for which those were drawn who hear the other story, bit i: replica i. */
    private long partedEra;

    private long secondPart;

    /** What they were told, by slots of one view. */
    private final SortedMap<Long, byte[]> told = new TreeMap<>();

    private long toldView;

    /**
     * @param other what it does besides
     * @param old the component of the epoch that is over, which certified nothing yet
     * @param stream of the order among the protocols of the group
     * @param self the replica
     * @param configuration binds the group
     */
    public Revenant(
            Grammar grammar,
            Misconduct other,
            Function<TrustedCall, Optional<?>> old,
            int stream,
            int self,
            Digest configuration,
            Limits limits) {
        this.grammar = grammar;
        this.other = other;
        this.old = old;
        this.stream = stream;
        this.self = self;
        this.configuration = configuration;
        this.limits = limits;
    }

    @Override
    public void saw(int from, byte[] frame) {
        other.saw(from, frame);
    }

    @Override
    public long nextWakeMicros() {
        return other.nextWakeMicros();
    }

    /** An era begins: the old component says where it stands, as those of the present epochs do. */
    @Override
    public void wrote(byte[] record) {
        other.wrote(record);
        Grammar.Sentence sentence = grammar.parse(record).orElse(null);
        if (sentence != null && sentence.message() instanceof EraMessage.Began began) {
            Era begun = began.era();
            era = begun;
            Digest statement = statement("hybrid/beginning", begun)
                    .field(begun.firstView())
                    .digest();
            beginning = raise(Mark.VIEW, begun.firstView(), statement);
        }
    }

    @Override
    public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
        Era here = era;
        if (here != null && here.number() != partedEra) {
            partedEra = here.number();
            secondPart = draw.bits();
        }
        List<Ready.Outgoing> out = new ArrayList<>();
        for (Ready.Outgoing outgoing : other.instead(sends, nowMicros, draw)) {
            if (here == null || (secondPart >>> outgoing.to() & 1) == 0) {
                out.add(outgoing);
                continue;
            }
            Grammar.Sentence sentence = grammar.parse(outgoing.frame()).orElse(null);
            Optional<byte[]> lie = sentence == null ? Optional.empty() : said(here, sentence, outgoing.frame());
            boolean betrays = sentence != null
                    && (sentence.message() instanceof HybridMessage.Decided
                            || sentence.message() instanceof HybridMessage.Commit);
            if (lie.isPresent() || !betrays || told.isEmpty()) {
                out.add(new Ready.Outgoing(outgoing.to(), lie.orElse(outgoing.frame())));
            }
        }
        return out;
    }

    /** What the old component has to say in the place of this. */
    private Optional<byte[]> said(Era here, Grammar.Sentence sentence, byte[] frame) {
        if (!sentence.address().endsWith(ERA + here.number())) {
            return Optional.empty();
        }
        Reader reader = new Reader(frame);
        Writer writer = new Writer().opaque8(reader.opaque8(Path.LENGTH_MAX)).u8(reader.u8());
        return switch (sentence.message()) {
            case HybridMessage.Prepare prepare
            when prepare.ui().replica() == self -> proposal(here, prepare, reader, writer);
            case HybridMessage.Moved moved -> account(here, reader, writer);
            default -> Optional.empty(); // what others certified it passes on as it is
        };
    }

    private Transcript statement(String purpose, Era here) {
        return Transcript.of(purpose).field(here.digest(configuration));
    }

    private @Nullable Fence raise(Mark mark, long value, Digest statement) {
        return old.apply(new TrustedCall.Raise(stream, mark, value, statement)).orElse(null) instanceof Fence fence
                ? fence
                : null;
    }

    private @Nullable Ui identifier(int lane, Digest statement) {
        return old.apply(new TrustedCall.CreateUi(stream, lane, statement)).orElse(null) instanceof Ui ui ? ui : null;
    }

    /** Another batch for the slot, an empty one, under an identifier that fits as well as the true one. */
    private Optional<byte[]> proposal(Era here, HybridMessage.Prepare prepare, Reader reader, Writer writer) {
        long view = reader.count();
        long slot = reader.count();
        long timeMicros = reader.count() + 1;
        SealedRequests nothing = SealedRequests.of(List.of());
        Transcript batch =
                Transcript.of("hybrid/batch").field(configuration).field(slot).field(timeMicros);
        nothing.bind(batch);
        Digest statement = statement("hybrid/prepare", here)
                .field(view)
                .field(slot)
                .field(batch.digest())
                .digest();
        if (view != toldView) {
            told.clear();
            toldView = view;
        }
        byte[] before = told.get(slot);
        Ui ui = before == null ? fitting(prepare.ui(), statement) : null;
        if (ui == null) {
            return Optional.ofNullable(before); // he says the same again
        }
        SealedRequests.codec(limits).write(writer.u64(view).u64(slot).u64(timeMicros), nothing);
        Ui.CODEC.write(writer, ui);
        told.put(slot, writer.toBytes());
        return Optional.ofNullable(told.get(slot));
    }

    /** With the marks and the counter of the other one; null where the old component has counted too far. */
    private @Nullable Ui fitting(Ui model, Digest statement) {
        raise(Mark.VIEW, model.view(), statement);
        raise(Mark.CHECKPOINT, model.checkpoint(), statement);
        for (int burned = 0; burned < BURNED_MAX; burned++) {
            Ui ui = identifier(model.lane(), statement);
            boolean marked = ui != null && ui.view() == model.view() && ui.checkpoint() == model.checkpoint();
            if (ui == null || !marked || ui.counter() > model.counter()) {
                return null;
            }
            if (ui.counter() == model.counter()) {
                return ui;
            }
        }
        return null;
    }

    /** The old component voted for nothing in this era, so to say. */
    private Optional<byte[]> account(Era here, Reader reader, Writer writer) {
        Fence base = beginning;
        boolean own = reader.u8() == self;
        long view = reader.count();
        if (base == null || !own) {
            return Optional.empty();
        }
        Writer account = new Writer().u8(self).u64(view).bool(false);
        Fence.CODEC.write(account.bool(true), base);
        account.bool(false).u32(0).u32(0);
        byte[] words = account.toBytes();
        Fence fence = raise(
                Mark.VIEW,
                view,
                statement("hybrid/view-change", here).field(words).digest());
        if (fence == null) {
            return Optional.empty();
        }
        Fence.CODEC.write(writer.fixed(words), fence);
        return Optional.of(writer.toBytes());
    }
}
