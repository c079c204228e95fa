package org.maftia.core.replica;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/**
 * Binds a long byte string to one digest, so that each chunk proves by itself that it belongs there. Leaves and inner
 * nodes are hashed under different purposes (RFC 9162, section 2.1), the length goes into the root.
 */
final class MerkleTree {
    /** Bytes of a chunk: a few fit into one frame, and a proof is small beside it. */
    static final int CHUNK_LENGTH = 64 << 10;

    private final byte[] content;

    /** From the leaves up to the single top. */
    private final List<List<Digest>> levels = new ArrayList<>();

    MerkleTree(byte[] content) {
        this.content = content;
        List<Digest> level = new ArrayList<>();
        for (int i = 0; i < chunks(content.length); i++) {
            level.add(leaf(i, chunk(i)));
        }
        levels.add(level);
        while (level.size() > 1) {
            level = above(level);
            levels.add(level);
        }
    }

    /** How many chunks a content of this length has; an empty one has one empty chunk. */
    static int chunks(long length) {
        return Math.max(1, Math.toIntExact((length + CHUNK_LENGTH - 1) / CHUNK_LENGTH));
    }

    int length() {
        return content.length;
    }

    byte[] content() {
        return content;
    }

    byte[] chunk(int index) {
        int start = index * CHUNK_LENGTH;
        return Arrays.copyOfRange(content, start, Math.min(content.length, start + CHUNK_LENGTH));
    }

    Digest root() {
        return root(content.length, levels.getLast().getFirst());
    }

    /** The siblings on the way up from a chunk; where a node has no sibling it stands for itself. */
    List<Digest> proof(int index) {
        List<Digest> siblings = new ArrayList<>();
        int position = index;
        for (List<Digest> level : levels.subList(0, levels.size() - 1)) {
            int sibling = position ^ 1;
            if (sibling < level.size()) {
                siblings.add(level.get(sibling));
            }
            position /= 2;
        }
        return siblings;
    }

    /** Whether the chunk stands at this place in the content of this length under the root. */
    static boolean verify(Digest root, long length, int index, byte[] chunk, List<Digest> proof) {
        int width = chunks(length);
        if (index >= width) {
            return false;
        }
        Digest node = leaf(index, chunk);
        int next = 0;
        for (int position = index; width > 1; position /= 2, width = (width + 1) / 2) {
            int sibling = position ^ 1;
            if (sibling < width) {
                if (next == proof.size()) {
                    return false;
                }
                Digest other = proof.get(next++);
                node = sibling < position ? inner(other, node) : inner(node, other);
            }
        }
        return next == proof.size() && root(length, node).equals(root);
    }

    /** Puts chunks together again. */
    static byte[] join(List<byte[]> chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        chunks.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static List<Digest> above(List<Digest> level) {
        List<Digest> next = new ArrayList<>();
        for (int i = 0; i < level.size(); i += 2) {
            next.add(i + 1 < level.size() ? inner(level.get(i), level.get(i + 1)) : level.get(i));
        }
        return next;
    }

    private static Digest leaf(int index, byte[] chunk) {
        return Transcript.of("state-leaf").field(index).field(chunk).digest();
    }

    private static Digest inner(Digest left, Digest right) {
        return Transcript.of("state-node").field(left).field(right).digest();
    }

    private static Digest root(long length, Digest top) {
        return Transcript.of("state-root").field(length).field(top).digest();
    }
}
