package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Fetches the state of a certified checkpoint from many peers at once. Every chunk proves itself against the certified
 * root, so a peer can withhold but not deceive: what is false is refused and blamed, and asked of the next peer.
 */
final class StateTransfer implements Protocol<StateTransfer.Message> {
    /** Chunks asked for at the same time, in all: about half a megabyte under way. */
    private static final int OUTSTANDING_MAX = 8;

    /** After this time a chunk is asked of another peer. */
    private static final long RETRY_MICROS = 500_000;

    /** Longest state that is fetched, in bytes: bounded by what a journal record may hold. */
    private static final long STATE_LENGTH_MAX = 1L << 30;

    /** A proof has one sibling a level. */
    private static final int PROOF_LENGTH_MAX = 32;

    private final Port<Message, Event> port;
    private @Nullable Served served;
    private @Nullable Fetch fetch;

    StateTransfer(Port<Message, Event> port) {
        this.port = port;
    }

    /** What comes out. */
    sealed interface Event {}

    /** A whole state, as the certificate says. */
    record Fetched(StableCheckpoint checkpoint, byte[] state) implements Event {}

    /** A peer has only the state of this newer checkpoint, whose certificate is still to be checked. */
    record Outdated(int peer, StableCheckpoint newer) implements Event {}

    /** What this replica can give. */
    private record Served(StableCheckpoint checkpoint, MerkleTree tree) {}

    /** What peers ask and answer. */
    sealed interface Message {
        record Ask(long slot, int index) implements Message {}

        /** A chunk of the state after {@code slot}, which has {@code length} bytes in all. */
        record Chunk(long slot, int index, long length, byte[] bytes, List<Digest> proof) implements Message {
            public Chunk {
                proof = List.copyOf(proof);
            }
        }

        /** I have only this newer one. */
        record Newer(StableCheckpoint checkpoint) implements Message {}
    }

    /** Serves this state from now on. */
    void serve(StableCheckpoint checkpoint, MerkleTree tree) {
        served = new Served(checkpoint, tree);
    }

    /** Fetches the state of a valid checkpoint, unless a newer one is being fetched. */
    void fetch(StableCheckpoint checkpoint) {
        if (fetch != null
                && fetch.checkpoint.claim().slot() >= checkpoint.claim().slot()) {
            return;
        }
        abandon();
        fetch = new Fetch(checkpoint);
        fetch.askMore();
    }

    /** The own execution got there meanwhile. */
    void abandonUpTo(long slot) {
        if (fetch != null && fetch.checkpoint.claim().slot() <= slot) {
            abandon();
        }
    }

    boolean isFetching() {
        return fetch != null;
    }

    private void abandon() {
        if (fetch != null) {
            fetch.timer.cancel();
            fetch = null;
        }
    }

    @Override
    public Codec<Message> codec() {
        return CODEC;
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Message.Ask ask -> answer(from, ask);
            case Message.Chunk chunk -> {
                if (fetch != null) {
                    fetch.take(from, chunk);
                }
            }
            case Message.Newer newer -> {
                if (fetch != null
                        && newer.checkpoint.claim().slot()
                                > fetch.checkpoint.claim().slot()) {
                    port.output(new Outdated(from, newer.checkpoint));
                }
            }
        }
    }

    private void answer(int from, Message.Ask ask) {
        Served mine = served;
        if (mine == null || mine.checkpoint.claim().slot() < ask.slot) {
            return; // cannot help; the asker turns to another
        }
        if (mine.checkpoint.claim().slot() > ask.slot) {
            port.send(from, new Message.Newer(mine.checkpoint));
        } else if (ask.index < MerkleTree.chunks(mine.tree.length())) {
            port.send(
                    from,
                    new Message.Chunk(
                            ask.slot,
                            ask.index,
                            mine.tree.length(),
                            mine.tree.chunk(ask.index),
                            mine.tree.proof(ask.index)));
        }
    }

    /** One state being fetched. */
    private final class Fetch {
        private final StableCheckpoint checkpoint;
        private final SortedMap<Integer, byte[]> chunks = new TreeMap<>();
        private final SortedMap<Integer, Long> askedAt = new TreeMap<>();
        private Port.Timer timer;
        private int peer;

        /** Unknown until the first chunk, whose proof binds it. */
        private int count = 1;

        Fetch(StableCheckpoint checkpoint) {
            this.checkpoint = checkpoint;
            this.peer = port.self();
            this.timer = port.wake(RETRY_MICROS, this::retry);
        }

        private void retry() {
            timer = port.wake(RETRY_MICROS, this::retry);
            askedAt.values().removeIf(asked -> port.nowMicros() - asked >= RETRY_MICROS);
            askMore();
        }

        void askMore() {
            for (int index = 0; index < count && askedAt.size() < OUTSTANDING_MAX; index++) {
                if (!chunks.containsKey(index) && !askedAt.containsKey(index)) {
                    askedAt.put(index, port.nowMicros());
                    port.send(nextPeer(), new Message.Ask(checkpoint.claim().slot(), index));
                }
            }
        }

        private int nextPeer() {
            do {
                peer = (peer + 1) % port.trust().size();
            } while (peer == port.self());
            return peer;
        }

        void take(int from, Message.Chunk chunk) {
            if (chunk.slot != checkpoint.claim().slot() || chunks.containsKey(chunk.index)) {
                return;
            }
            Digest root = checkpoint.claim().stateRoot();
            if (!MerkleTree.verify(root, chunk.length, chunk.index, chunk.bytes, chunk.proof)) {
                port.blame(from, "sent a false chunk of the state");
                return;
            }
            count = MerkleTree.chunks(chunk.length);
            chunks.put(chunk.index, chunk.bytes);
            askedAt.remove(chunk.index);
            if (chunks.size() < count) {
                askMore();
            } else {
                abandon();
                port.output(new Fetched(checkpoint, MerkleTree.join(new ArrayList<>(chunks.values()))));
            }
        }
    }

    private static final Codec<Message> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Message.Ask ask -> writer.u8(1).u64(ask.slot).u32(ask.index);
                case Message.Chunk chunk ->
                    writer.u8(2)
                            .u64(chunk.slot)
                            .u32(chunk.index)
                            .u64(chunk.length)
                            .opaque32(chunk.bytes)
                            .list(chunk.proof, Writer::digest);
                case Message.Newer newer -> StableCheckpoint.CODEC.write(writer.u8(3), newer.checkpoint);
            }
        }

        @Override
        public Message read(Reader reader) {
            return switch (reader.u8()) {
                case 1 -> new Message.Ask(reader.count(), index(reader));
                case 2 ->
                    new Message.Chunk(
                            reader.count(),
                            index(reader),
                            length(reader),
                            reader.opaque32(MerkleTree.CHUNK_LENGTH),
                            reader.list(PROOF_LENGTH_MAX, Digest.LENGTH, Reader::digest));
                case 3 -> new Message.Newer(StableCheckpoint.CODEC.read(reader));
                default -> throw new MalformedException("no message of state transfer");
            };
        }

        private static int index(Reader reader) {
            long index = reader.u32();
            if (index >= STATE_LENGTH_MAX / MerkleTree.CHUNK_LENGTH) {
                throw new MalformedException("chunk beyond any state");
            }
            return (int) index;
        }

        private static long length(Reader reader) {
            long length = reader.count();
            if (length > STATE_LENGTH_MAX) {
                throw new MalformedException("state longer than any");
            }
            return length;
        }
    };
}
