package org.maftia.core.ordering;

import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a leader wants a slot to hold.
 *
 * @param digest binds everything else, but not whether an entry carries its body, or under which signature: whoever
 *     fills in bodies gets a proposal with the same digest
 */
public record Proposal(long epoch, long slot, long timeMicros, List<Entry> entries, Digest digest) {
    public static Proposal of(Digest configuration, long epoch, long slot, long timeMicros, List<Entry> entries) {
        Writer references = new Writer(16 + entries.size() * Reference.LENGTH);
        for (Entry entry : entries) {
            Reference.CODEC.write(references, entry.reference());
        }
        Digest digest = Transcript.of("proposal")
                .field(configuration)
                .field(epoch)
                .field(slot)
                .field(timeMicros)
                .field(references.toBytes())
                .digest();
        return new Proposal(epoch, slot, timeMicros, List.copyOf(entries), digest);
    }

    /** Bytes of the operations that it carries. */
    long operationBytes() {
        long bytes = 0;
        for (Entry entry : entries) {
            Request body = entry.body();
            bytes += body == null ? 0 : body.operation().length;
        }
        return bytes;
    }

    /** The same proposal with these entries, whose references are the same. */
    Proposal withEntries(List<Entry> filled) {
        return new Proposal(epoch, slot, timeMicros, List.copyOf(filled), digest);
    }

    /** Without the signatures of clients: for one that somebody sent who need not have judged them. */
    Proposal bare() {
        return withEntries(entries.stream().map(Entry::bare).toList());
    }

    static Codec<Proposal> codec(Digest configuration, Limits limits) {
        Codec<Request> requests = Request.sealedCodec(limits.operationLengthMax());
        return new Codec<>() {
            @Override
            public void write(Writer writer, Proposal value) {
                writer.u64(value.epoch).u64(value.slot).u64(value.timeMicros);
                writer.list(value.entries, (out, entry) -> {
                    out.bool(entry.body() != null);
                    if (entry.body() != null) {
                        requests.write(out, entry.body());
                    } else {
                        Reference.CODEC.write(out, entry.reference());
                    }
                });
            }

            @Override
            public Proposal read(Reader reader) {
                long epoch = reader.count();
                long slot = reader.count();
                long timeMicros = reader.count();
                // The shortest entry is a body with an empty operation: flag, name, length, no seal.
                List<Entry> entries = reader.list(
                        limits.batchCountMax(),
                        1 + 18 + 4 + 1,
                        in -> in.bool() ? Entry.of(requests.read(in)) : new Entry(Reference.CODEC.read(in), null));
                return of(configuration, epoch, slot, timeMicros, entries);
            }
        };
    }

    @Override
    public String toString() {
        return "e" + epoch + " s" + slot + " t" + timeMicros + " " + entries + " = " + Brief.of(digest);
    }
}
