package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A client's signature under a batch of requests of one session, with the way from one of them to what was signed: whoever
 * knows the client's key can convince himself, and then others, that the client made this very request. One signature
 * costs as much for a batch of a thousand as for a single request.
 *
 * <p>The batch is a binary tree whose leaves are the digests of the requests; a node without a sibling moves up unchanged.
 * Requests and inner nodes are hashed under different purposes, as one could otherwise pass for the other (RFC 9162, section
 * 2.1). The signature covers group, client, session, number of requests and root; each leaf names client, session and sequence
 * besides, so that a signature serves no other place.
 *
 * <p>The ways of requests that were sealed or came together lie in one tree, which their seals share.
 */
public final class Seal {
    /** Requests in one batch: more than a client may have open. */
    public static final int COUNT_MAX = 1024;

    /** The levels of such a tree. */
    static final int SIBLINGS_MAX = 10;

    /** Ed25519 has 64 bytes; room for another algorithm. */
    public static final int SIGNATURE_LENGTH_MAX = 128;

    /** Bytes of the longest one on the wire: two numbers, a list, a signature. */
    public static final int LENGTH_MAX = 2 + 2 + 4 + SIBLINGS_MAX * Digest.LENGTH + 1 + SIGNATURE_LENGTH_MAX;

    private static final Transcript.Form NODE = Transcript.form("client batch node", 2);

    private final int index;
    private final int count;
    private final byte[] signature;

    /** The way, or the whole tree in which it lies: one of them is there. */
    private final @Nullable List<Digest> way;

    private final @Nullable SealTree tree;

    /**
     * @param index of the request in its batch
     * @param count of requests in the batch
     * @param siblings hashes beside the way, from the request up
     * @param signature over the statement that all this leads to
     */
    public Seal(int index, int count, List<Digest> siblings, byte[] signature) {
        this.index = index;
        this.count = count;
        this.way = List.copyOf(siblings);
        this.tree = null;
        this.signature = signature;
    }

    private Seal(int index, SealTree tree, byte[] signature) {
        this.index = index;
        this.count = tree.count();
        this.way = null;
        this.tree = tree;
        this.signature = signature;
    }

    /** That of the request in this place of a batch of which the whole tree is known. */
    static Seal in(SealTree tree, int index, byte[] signature) {
        return new Seal(index, tree, signature);
    }

    /** Of the request in its batch. */
    public int index() {
        return index;
    }

    /** Of requests in the batch. */
    public int count() {
        return count;
    }

    /** Hashes beside the way, from the request up. */
    public List<Digest> siblings() {
        SealTree whole = tree;
        return whole != null ? whole.siblings(index) : Invariant.present(way, "a way or a tree");
    }

    /** Over the statement that all this leads to. Not a copy: nobody changes it. */
    public byte[] signature() {
        return signature;
    }

    /** The tree that its batch shares; null where it came alone. */
    @Nullable
    SealTree tree() {
        return tree;
    }

    /**
     * Seals requests in one batch.
     *
     * @param configuration of the group, for which alone the signature is
     * @param requests 1 to {@link #COUNT_MAX}, all of one client and session
     * @param signer signs a digest with the client's key
     * @return the same requests with their seals
     */
    public static List<Request> sealed(Digest configuration, List<Request> requests, Function<Digest, byte[]> signer) {
        if (requests.isEmpty() || requests.size() > COUNT_MAX) {
            throw new IllegalArgumentException("a batch has 1 to " + COUNT_MAX + " requests");
        }
        RequestId first = requests.getFirst().id();
        if (!isOfOneSession(requests)) {
            throw new IllegalArgumentException("a batch is of one client and session");
        }
        SealTree tree = SealTree.over(requests);
        return under(tree, signer.apply(tree.statement(configuration, first)));
    }

    /**
     * A client's batch as it came: its requests, in their order, under what is said to be its signature.
     *
     * @return the same requests with their seals
     * @throws MalformedException when they are of several sessions, none, or more than {@link #COUNT_MAX}
     */
    public static List<Request> together(List<Request> requests, byte[] signature) {
        return together(requests, signature, null);
    }

    /** The same, where the batch may have come before. */
    static List<Request> together(List<Request> requests, byte[] signature, @Nullable KnownBatches known) {
        if (requests.isEmpty() || requests.size() > COUNT_MAX || !isOfOneSession(requests)) {
            throw new MalformedException("a batch has 1 to " + COUNT_MAX + " requests of one session");
        }
        SealTree tree = known == null ? null : known.find(requests, signature);
        return under(tree == null ? SealTree.over(requests) : tree, signature);
    }

    private static List<Request> under(SealTree tree, byte[] signature) {
        List<Request> sealed = new ArrayList<>(tree.count());
        for (int i = 0; i < tree.count(); i++) {
            sealed.add(tree.member(i).with(new Seal(i, tree, signature)));
        }
        return sealed;
    }

    private static boolean isOfOneSession(List<Request> requests) {
        RequestId first = requests.getFirst().id();
        for (Request request : requests) {
            if (request.id().client() != first.client() || request.id().session() != first.session()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Seal seal
                && index == seal.index
                && count == seal.count
                && isBeside(seal)
                && Arrays.equals(signature, seal.signature);
    }

    /** Whether the ways are the same: in whole trees of one root they are. */
    private boolean isBeside(Seal other) {
        return tree != null && other.tree != null
                ? tree == other.tree || tree.root().equals(other.tree.root())
                : siblings().equals(other.siblings());
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(signature) + index;
    }

    /** The same place in the batch, under another signature. */
    Seal with(byte[] other) {
        if (other == signature) {
            return this;
        }
        return tree != null ? new Seal(index, tree, other) : new Seal(index, count, siblings(), other);
    }

    /** What the client signed if this seal is the request's; null where it can be no request's. */
    public @Nullable Digest statement(Digest configuration, Request request) {
        Digest root = root(request.digest());
        return root == null ? null : statement(configuration, request.id(), count, root);
    }

    /** Where the way from the request leads; null where it has not the length that its place demands. */
    @Nullable
    Digest root(Digest request) {
        Digest node = request;
        List<Digest> siblings = siblings();
        int next = 0;
        int position = index;
        for (int width = count; width > 1; width = (width + 1) / 2) {
            int sibling = position ^ 1;
            if (sibling < width) {
                if (next == siblings.size()) {
                    return null;
                }
                Digest other = siblings.get(next++);
                node = sibling < position ? node(other, node) : node(node, other);
            }
            position /= 2;
        }
        return next == siblings.size() ? node : null;
    }

    /**
     * What a client signs whose requests, so many of them, have this root.
     *
     * @param id of any request of the session
     */
    static Digest statement(Digest configuration, RequestId id, int count, Digest root) {
        return Transcript.of("client batch")
                .field(configuration)
                .field(id.client())
                .field(id.session())
                .field(count)
                .field(root)
                .digest();
    }

    static Digest node(Digest left, Digest right) {
        return NODE.digest(left, right);
    }

    /** Refuses places outside of the batch; whether the way fits its place shows when it is gone. */
    public static final Codec<Seal> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Seal value) {
            writer.u16(value.index)
                    .u16(value.count)
                    .list(value.siblings(), Writer::digest)
                    .opaque8(value.signature);
        }

        @Override
        public Seal read(Reader reader) {
            int index = reader.u16();
            int count = reader.u16();
            if (count > COUNT_MAX || index >= count) {
                throw new MalformedException("no place in a batch");
            }
            return new Seal(
                    index,
                    count,
                    reader.list(SIBLINGS_MAX, Digest.LENGTH, Reader::digest),
                    reader.opaque8(SIGNATURE_LENGTH_MAX));
        }
    };
}
