package org.maftia.core.ordering;

import java.util.List;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The wire format of {@link Message}: one byte for the kind, then its fields. Every list is bounded. */
public final class MessageCodec implements Codec<Message> {
    /** References in one frame: what gathers in one turn of a loaded replica, and 200 KiB at most. */
    static final int REFERENCES_MAX = 4096;

    /** Outcomes in one frame: a checkpoint interval in four frames. */
    static final int OUTCOMES_MAX = 64;

    private static final int REQUEST_LENGTH_MIN = 18 + 4 + 1;

    private final Codec<Request> requests;
    private final Codec<Proposal> proposals;
    private final Codec<Collect> collects;
    private final Limits limits;
    private final int replicas;

    /**
     * @param configuration binds every proposal
     * @param replicas the size of the group
     */
    public MessageCodec(Digest configuration, Limits limits, int replicas) {
        this.requests = Request.sealedCodec(limits.operationLengthMax());
        this.proposals = Proposal.codec(configuration, limits);
        this.collects = Collect.codec(limits, replicas);
        this.limits = limits;
        this.replicas = replicas;
    }

    @Override
    public void write(Writer writer, Message value) {
        switch (value) {
            case Message.Have m -> references(writer.u8(0), m.references());
            case Message.Bodies m -> writer.u8(1).list(m.requests(), requests::write);
            case Message.Want m -> references(writer.u8(2), m.references());
            case Message.Propose m -> proposals.write(writer.u8(3), m.proposal());
            case Message.Write m -> vote(writer.u8(4), m.epoch(), m.slot(), m.digest());
            case Message.Accept m -> vote(writer.u8(5), m.epoch(), m.slot(), m.digest());
            case Message.Decided m -> writer.u8(6).list(m.outcomes(), Outcome.CODEC::write);
            case Message.WantProposal m -> writer.u8(7).u64(m.slot()).digest(m.digest());
            case Message.Fetched m -> proposals.write(writer.u8(8), m.proposal());
            case Message.Suspect m -> writer.u8(9).u64(m.epoch());
            case Message.Collected m -> collects.write(writer.u8(10), m.collect());
            case Message.WantCollect m ->
                writer.u8(11).u64(m.epoch()).u8(m.replica()).digest(m.digest());
            case Message.Status m -> status(writer.u8(12), m);
            case Message.Forgotten m -> StableCheckpoint.CODEC.write(writer.u8(13), m.checkpoint());
            case Message.Wrote m -> proposals.write(writer.u8(14), m.proposal());
            case Message.Begun m -> begun(writer.u8(15), m);
            case Message.Abstention m -> writer.u8(16).bool(m.abstaining());
        }
    }

    @Override
    public Message read(Reader reader) {
        int kind = reader.u8();
        return switch (kind) {
            case 0 -> new Message.Have(references(reader));
            case 1 -> new Message.Bodies(reader.list(limits.batchCountMax(), REQUEST_LENGTH_MIN, requests::read));
            case 2 -> new Message.Want(references(reader));
            case 3 -> new Message.Propose(proposals.read(reader));
            case 4 -> new Message.Write(reader.count(), reader.count(), reader.digest());
            case 5 -> new Message.Accept(reader.count(), reader.count(), reader.digest());
            case 6 -> new Message.Decided(reader.list(OUTCOMES_MAX, Outcome.LENGTH, Outcome.CODEC::read));
            case 7 -> new Message.WantProposal(reader.count(), reader.digest());
            case 8 -> new Message.Fetched(proposals.read(reader));
            case 9 -> new Message.Suspect(reader.count());
            case 10 -> new Message.Collected(collects.read(reader));
            case 11 -> new Message.WantCollect(reader.count(), reader.replica(replicas), reader.digest());
            case 12 -> new Message.Status(Epoch.CODEC.read(reader), reader.count(), reader.count(), reader.bool());
            case 13 -> new Message.Forgotten(StableCheckpoint.CODEC.read(reader));
            case 14 -> new Message.Wrote(proposals.read(reader));
            case 15 -> begun(reader);
            case 16 -> new Message.Abstention(reader.bool());
            default -> throw new MalformedException("no message has kind " + kind);
        };
    }

    private static void references(Writer writer, List<Reference> references) {
        writer.list(references, Reference.CODEC::write);
    }

    private static List<Reference> references(Reader reader) {
        return reader.list(REFERENCES_MAX, Reference.LENGTH, Reference.CODEC::read);
    }

    private static void vote(Writer writer, long epoch, long slot, Digest digest) {
        writer.u64(epoch).u64(slot).digest(digest);
    }

    private void status(Writer writer, Message.Status status) {
        Epoch.CODEC.write(writer, status.epoch());
        writer.u64(status.delivered()).u64(status.stable()).bool(status.reply());
    }

    private void begun(Writer writer, Message.Begun begun) {
        Epoch.CODEC.write(writer, begun.epoch());
        writer.list(begun.settled(), Outcome.CODEC::write);
        writer.bool(begun.backlog() != null);
        if (begun.backlog() != null) {
            proposals.write(writer, begun.backlog());
        }
    }

    private Message.Begun begun(Reader reader) {
        // A recovery settles a vote window, and one slot with the backlog.
        return new Message.Begun(
                Epoch.CODEC.read(reader),
                reader.list(limits.voteWindow() + 1, Outcome.LENGTH, Outcome.CODEC::read),
                reader.bool() ? proposals.read(reader) : null);
    }
}
