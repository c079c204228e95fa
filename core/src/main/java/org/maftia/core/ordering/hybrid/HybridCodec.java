package org.maftia.core.ordering.hybrid;

import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Outline;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.HybridMessage.Draft;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The canonical form of messages and records. */
final class HybridCodec implements Codec<HybridMessage> {
    private static final int SIGNATURE_LENGTH_MAX = 128;
    private static final int REQUEST_LENGTH_MIN = 18 + 4 + 1;

    private final Codec<Batch> batches;
    private final Codec<Outline> outlines;
    private final Codec<Request> requests;
    private final int requestsMax;

    HybridCodec(Digest configuration, Limits limits) {
        this(configuration, limits, new KnownBatches(limits));
    }

    /** @param known batches of clients that need not be hashed again when they are read */
    HybridCodec(Digest configuration, Limits limits, KnownBatches known) {
        this.batches = Batch.codec(configuration, limits, known);
        this.outlines = Outline.codec(limits);
        this.requests = Request.sealedCodec(limits.operationLengthMax());
        this.requestsMax = limits.batchCountMax();
    }

    @Override
    public void write(Writer writer, HybridMessage message) {
        switch (message) {
            case HybridMessage.Bodies m -> writer.u8(0).list(m.requests(), requests::write);
            case HybridMessage.Prepare m -> {
                batches.write(writer.u8(1).u64(m.view()), m.batch());
                Ui.CODEC.write(writer, m.ui());
            }
            case HybridMessage.Commit m -> Vote.CODEC.write(writer.u8(2), m.vote());
            case HybridMessage.Decided m -> writer.u8(3).list(m.votes(), Vote.CODEC::write);
            case HybridMessage.Checkpointed m -> Fence.CODEC.write(writer.u8(4), m.fence());
            case HybridMessage.WantBatch m -> writer.u8(5).u64(m.slot()).digest(m.batch());
            case HybridMessage.Held m -> batches.write(writer.u8(6), m.batch());
            case HybridMessage.Demand m -> writer.u8(7).u64(m.view());
            case HybridMessage.Moved m -> ViewChange.CODEC.write(writer.u8(8), m.change());
            case HybridMessage.Opened m -> NewView.CODEC.write(writer.u8(9), m.opening());
            case HybridMessage.Entering m ->
                writer.u8(10).u64(m.view()).digest(m.summary()).opaque8(m.signature());
            case HybridMessage.InView m -> Entered.CODEC.write(writer.u8(11), m.entered());
            case HybridMessage.Status m ->
                writer.u8(12)
                        .u64(m.view())
                        .u64(m.moved())
                        .u64(m.delivered())
                        .u64(m.stable())
                        .bool(m.reply());
            case HybridMessage.Forgotten m -> StableCheckpoint.CODEC.write(writer.u8(13), m.checkpoint());
            case HybridMessage.Intended m -> draft(writer.u8(14), m.draft());
            case HybridMessage.Outlined m -> outlined(writer.u8(16), m);
            case HybridMessage.Certified m -> {
                switch (m.attestation()) {
                    case Ui ui -> Ui.CODEC.write(writer.u8(15).bool(true), ui);
                    case Fence fence -> Fence.CODEC.write(writer.u8(15).bool(false), fence);
                    case Attestation.Counters counters ->
                        throw new IllegalArgumentException("what only this replica believes is not kept");
                    case Attestation.Introduction introduction ->
                        throw new IllegalArgumentException("who the component is, it says again");
                    case Attestation.Agreed agreed ->
                        throw new IllegalArgumentException("no agreement is part of this order");
                    case Attestation.InView view ->
                        throw new IllegalArgumentException("no trusted view is part of this order");
                }
            }
        }
    }

    private void outlined(Writer writer, HybridMessage.Outlined m) {
        writer.u64(m.view()).u64(m.slot()).u64(m.timeMicros());
        outlines.write(writer, m.outline());
        Ui.CODEC.write(writer.digest(m.batch()), m.ui());
    }

    private void draft(Writer writer, Draft draft) {
        switch (draft) {
            case Draft.Propose d -> batches.write(writer.u8(0).u64(d.view()).u8(d.lane()), d.batch());
            case Draft.Vote d ->
                Ui.CODEC.write(writer.u8(1).u64(d.view()).u64(d.slot()).digest(d.batch()), d.proposal());
            case Draft.Open d -> Account.NAMES.write(writer.u8(2).u64(d.view()), d.changes());
            case Draft.Move d -> Account.CODEC.write(writer.u8(3), d.account());
            case Draft.Reach d -> writer.u8(4).u64(d.slot());
            case Draft.Begin d -> writer.u8(5).u64(d.view());
        }
    }

    @Override
    public HybridMessage read(Reader reader) {
        int type = reader.u8();
        return switch (type) {
            case 0 -> new HybridMessage.Bodies(reader.list(requestsMax, REQUEST_LENGTH_MIN, requests::read));
            case 1 -> new HybridMessage.Prepare(reader.count(), batches.read(reader), Ui.CODEC.read(reader));
            case 2 -> new HybridMessage.Commit(Vote.CODEC.read(reader));
            case 3 -> {
                var votes = reader.list(ReplicaSet.SIZE_MAX, Vote.LENGTH_MIN, Vote.CODEC::read);
                if (votes.isEmpty()) {
                    throw new MalformedException("a decision without a vote");
                }
                yield new HybridMessage.Decided(votes);
            }
            case 4 -> new HybridMessage.Checkpointed(Fence.CODEC.read(reader));
            case 5 -> new HybridMessage.WantBatch(reader.count(), reader.digest());
            case 6 -> new HybridMessage.Held(batches.read(reader));
            case 7 -> new HybridMessage.Demand(reader.count());
            case 8 -> new HybridMessage.Moved(ViewChange.CODEC.read(reader));
            case 9 -> new HybridMessage.Opened(NewView.CODEC.read(reader));
            case 10 ->
                new HybridMessage.Entering(reader.count(), reader.digest(), reader.opaque8(SIGNATURE_LENGTH_MAX));
            case 11 -> new HybridMessage.InView(Entered.CODEC.read(reader));
            case 12 ->
                new HybridMessage.Status(reader.count(), reader.count(), reader.count(), reader.count(), reader.bool());
            case 13 -> new HybridMessage.Forgotten(StableCheckpoint.CODEC.read(reader));
            case 14 -> new HybridMessage.Intended(draft(reader));
            case 15 -> new HybridMessage.Certified(reader.bool() ? Ui.CODEC.read(reader) : Fence.CODEC.read(reader));
            case 16 ->
                new HybridMessage.Outlined(
                        reader.count(),
                        reader.count(),
                        reader.count(),
                        outlines.read(reader),
                        reader.digest(),
                        Ui.CODEC.read(reader));
            default -> throw new MalformedException("no message of hybrid ordering: " + type);
        };
    }

    private Draft draft(Reader reader) {
        int type = reader.u8();
        return switch (type) {
            case 0 -> new Draft.Propose(reader.count(), reader.u8(), batches.read(reader));
            case 1 -> new Draft.Vote(reader.count(), reader.count(), reader.digest(), Ui.CODEC.read(reader));
            case 2 -> new Draft.Open(reader.count(), Account.NAMES.read(reader));
            case 3 -> new Draft.Move(Account.CODEC.read(reader));
            case 4 -> new Draft.Reach(reader.count());
            case 5 -> new Draft.Begin(reader.count());
            default -> throw new MalformedException("nothing that a component certifies: " + type);
        };
    }
}
