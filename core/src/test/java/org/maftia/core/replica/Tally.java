package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Counts; a command that begins with 's' has "count N" signed under the key "key". Readers see the count. */
class Tally implements StateMachine {
    private long count;
    private final TreeMap<Long, RequestId> waiting = new TreeMap<>();

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte @Nullable [] apply(Command command, Context context) {
        count++;
        if (command.operation().length > 0 && command.operation()[0] == 's') {
            waiting.put(count, command.id());
            context.sign("key", text("count " + count), count);
            return null;
        }
        return text(Long.toString(count));
    }

    @Override
    public void signed(long reference, byte[] signature, Context context) {
        context.complete(Objects.requireNonNull(waiting.remove(reference)), signature);
    }

    @Override
    public @Nullable Reading read(byte[] operation) {
        return new Reading(0, text(Long.toString(count)));
    }

    @Override
    public MerkleMap view() {
        return MerkleMap.EMPTY.with("count", text(Long.toString(count)));
    }

    @Override
    public void snapshot(Writer writer) {
        writer.u64(count).u32(waiting.size());
        waiting.forEach((number, id) -> RequestId.CODEC.write(writer.u64(number), id));
    }

    @Override
    public void restore(Reader reader) {
        count = reader.u64();
        waiting.clear();
        for (long left = reader.u32(); left > 0; left--) {
            waiting.put(reader.u64(), RequestId.CODEC.read(reader));
        }
    }

    @Override
    public Digest root() {
        Writer writer = new Writer();
        snapshot(writer);
        return Transcript.sha256(writer.toBytes());
    }
}
