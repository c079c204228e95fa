package org.maftia.core.ordering;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * COLLECT: all that a replica voted for in an epoch, and what waits there to be ordered, signed when it stops voting.
 *
 * @param replica who signed
 * @param stable its stable checkpoint, or null before the first
 * @param votes of the open slots, ascending; a slot that is absent got no vote
 * @param backlog requests that wait, ascending: each came from its client, and the body is in the replica's journal
 * @param clockMicros its clock
 */
public record Collect(
        int replica,
        long epoch,
        @Nullable StableCheckpoint stable,
        List<Vote> votes,
        List<Waiting> backlog,
        long clockMicros,
        byte[] signature) {
    /**
     * What a replica voted for in one slot, of one epoch.
     *
     * @param prepared the digest of its ACCEPT, or null
     * @param wrote the digest of its WRITE, or null
     */
    public record Vote(
            long slot, @Nullable Digest prepared, @Nullable Digest wrote) {
        @Override
        public String toString() {
            return "s" + slot + " prepared " + (prepared == null ? "none" : Brief.of(prepared)) + " wrote "
                    + (wrote == null ? "none" : Brief.of(wrote));
        }
    }

    /**
     * A request that waits to be ordered. With its length anybody can tell what fits into a slot, without the body.
     *
     * @param length of the operation, in bytes
     */
    public record Waiting(Reference reference, int length) implements Comparable<Waiting> {
        private static final int BYTES = Reference.LENGTH + 4;

        static Waiting of(Reference reference, Request body) {
            return new Waiting(reference, body.operation().length);
        }

        /** What it takes of the length of a batch. */
        int cost() {
            return Entry.cost(length);
        }

        @Override
        public int compareTo(Waiting other) {
            int order = reference.compareTo(other.reference);
            return order != 0 ? order : Integer.compare(length, other.length);
        }

        @Override
        public String toString() {
            return reference + "(" + length + ")";
        }
    }

    /** A signature of Ed25519 has 64 bytes; room for more. */
    private static final int SIGNATURE_LENGTH_MAX = 128;

    /** A vote: slot, two flags, at least one digest. */
    private static final int VOTE_LENGTH_MIN = 8 + 2 + Digest.LENGTH;

    /** The slot of the stable checkpoint; 0 before the first. */
    long stableSlot() {
        return stable == null ? 0 : stable.claim().slot();
    }

    /** What is signed, and names the COLLECT in agreement. */
    Digest digest(Digest configuration) {
        Writer body =
                new Writer(64 + votes.size() * (VOTE_LENGTH_MIN + Digest.LENGTH) + backlog.size() * Waiting.BYTES);
        writeBody(body, this);
        return Transcript.of("collect")
                .field(configuration)
                .field(body.toBytes())
                .digest();
    }

    Collect signed(byte[] own) {
        return new Collect(replica, epoch, stable, votes, backlog, clockMicros, own);
    }

    private static void writeBody(Writer writer, Collect value) {
        writer.u8(value.replica).u64(value.epoch).bool(value.stable != null);
        if (value.stable != null) {
            StableCheckpoint.CODEC.write(writer, value.stable);
        }
        writer.list(value.votes, (out, vote) -> {
            out.u64(vote.slot);
            writeOptional(out, vote.prepared);
            writeOptional(out, vote.wrote);
        });
        writer.list(value.backlog, (out, waiting) -> {
            Reference.CODEC.write(out, waiting.reference);
            out.u32(waiting.length);
        });
        writer.u64(value.clockMicros);
    }

    private static void writeOptional(Writer writer, @Nullable Digest digest) {
        writer.bool(digest != null);
        if (digest != null) {
            writer.digest(digest);
        }
    }

    private static @Nullable Digest readOptional(Reader reader) {
        return reader.bool() ? reader.digest() : null;
    }

    private static Vote readVote(Reader reader) {
        Vote vote = new Vote(reader.count(), readOptional(reader), readOptional(reader));
        if (vote.prepared == null && vote.wrote == null) {
            throw new MalformedException("a slot without a vote is left out");
        }
        return vote;
    }

    private static Waiting readWaiting(Reader reader, int lengthMax) {
        Reference reference = Reference.CODEC.read(reader);
        long length = reader.u32();
        if (length > lengthMax) {
            throw new MalformedException("an operation longer than any");
        }
        return new Waiting(reference, (int) length);
    }

    /** A COLLECT names at most what one slot holds, as a recovery fills one. */
    private static List<Waiting> readBacklog(Reader reader, Limits limits) {
        List<Waiting> backlog =
                reader.list(limits.batchCountMax(), Waiting.BYTES, in -> readWaiting(in, limits.operationLengthMax()));
        for (int i = 1; i < backlog.size(); i++) {
            if (backlog.get(i - 1).compareTo(backlog.get(i)) >= 0) {
                throw new MalformedException("requests do not ascend");
            }
        }
        return backlog;
    }

    static Codec<Collect> codec(Limits limits, int replicas) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, Collect value) {
                writeBody(writer, value);
                writer.opaque8(value.signature);
            }

            @Override
            public Collect read(Reader reader) {
                int replica = reader.replica(replicas);
                long epoch = reader.count();
                StableCheckpoint stable = reader.bool() ? StableCheckpoint.CODEC.read(reader) : null;
                List<Vote> votes = reader.list(limits.voteWindow(), VOTE_LENGTH_MIN, Collect::readVote);
                for (int i = 1; i < votes.size(); i++) {
                    if (votes.get(i - 1).slot >= votes.get(i).slot) {
                        throw new MalformedException("slots do not ascend");
                    }
                }
                return new Collect(
                        replica,
                        epoch,
                        stable,
                        votes,
                        readBacklog(reader, limits),
                        reader.count(),
                        reader.opaque8(SIGNATURE_LENGTH_MAX));
            }
        };
    }

    @Override
    public String toString() {
        return "of " + replica + " e" + epoch + " stable " + stableSlot() + " " + votes + " waiting " + backlog
                + " clock " + clockMicros;
    }
}
