package org.maftia.simulator.corrupt;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Path;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Reads and writes frames in the words of the protocols that live in a replica at the moment. */
public final class Grammar {
    private final Supplier<SortedMap<String, Codec<?>>> live;

    /**
     * @param live the codecs of all live instances by address, such as {@code node::grammar}
     */
    public Grammar(Supplier<SortedMap<String, Codec<?>>> live) {
        this.live = live;
    }

    /** A message with the address of its instance. */
    public record Sentence(String address, Object message) {}

    /** The addresses of all live instances. */
    public List<String> addresses() {
        return List.copyOf(live.get().keySet());
    }

    /** What the frame says, if it addresses a live instance in its own language. */
    public Optional<Sentence> parse(byte[] frame) {
        try {
            Reader reader = new Reader(frame);
            String address = new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
            Codec<?> codec = live.get().get(address);
            if (codec == null) {
                return Optional.empty();
            }
            Object message = codec.read(reader);
            reader.end();
            return Optional.of(new Sentence(address, message));
        } catch (MalformedException e) {
            // Another corrupted replica may have sent it: nothing to learn from it.
            return Optional.empty();
        }
    }

    /** The frame of a sentence; empty where the instance is gone, or its codec has no words for the message. */
    @SuppressWarnings("unchecked") // a message of another protocol fails in its codec, which is a wrong guess here
    public Optional<byte[]> frame(Sentence sentence) {
        @Nullable Codec<?> codec = live.get().get(sentence.address());
        if (codec == null) {
            return Optional.empty();
        }
        try {
            Writer writer = new Writer(256);
            writer.opaque8(sentence.address().getBytes(StandardCharsets.US_ASCII));
            ((Codec<Object>) codec).write(writer, sentence.message());
            return Optional.of(writer.toBytes());
        } catch (ClassCastException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
