package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Requests with their seals, without those that a reader has from their clients himself: these are named by the batch in which
 * their client signed them, and their place there. Whoever has all those batches makes of it what it was made of; the
 * root in each name binds their content.
 */
public final class Outline {
    /** The number of a request that stands here itself. */
    private static final int WHOLE = -1;

    private static final int NAME_LENGTH_MIN = 2 + 8 + 2 + 1 + Digest.LENGTH;

    private final List<Named> names;

    /** By request, the number of the batch that it is of, and its place there. */
    private final int[] nameOf;

    private final int[] indexOf;

    /** Those that stand here themselves, in their order. */
    private final SealedRequests rest;

    private Outline(List<Named> names, int[] nameOf, int[] indexOf, SealedRequests rest) {
        this.names = List.copyOf(names);
        this.nameOf = nameOf;
        this.indexOf = indexOf;
        this.rest = rest;
    }

    /** A client's batch. */
    private record Named(int client, long session, int count, byte[] signature, Digest root) {
        SealedRequests.Name name() {
            return SealedRequests.Name.of(new RequestId(client, session, 0), count, signature);
        }
    }

    /** Names what is known here, as others probably know it, too. */
    public static Outline of(SealedRequests sealed, KnownBatches known) {
        List<SealedRequests.Group> groups = sealed.groups();
        List<Named> names = new ArrayList<>();
        int[] numbers = new int[groups.size()];
        for (int group = 0; group < numbers.length; group++) {
            SealedRequests.Group one = groups.get(group);
            RequestId first = one.first();
            Named named = new Named(first.client(), first.session(), one.count(), one.signature(), one.root());
            numbers[group] = WHOLE;
            if (known.find(named.name(), one.root()) != null) {
                numbers[group] = names.size();
                names.add(named);
            }
        }
        List<Request> requests = sealed.requests();
        int[] nameOf = new int[requests.size()];
        int[] indexOf = new int[requests.size()];
        List<Request> rest = new ArrayList<>();
        for (int i = 0; i < nameOf.length; i++) {
            Request request = requests.get(i);
            Seal seal = request.seal();
            nameOf[i] = seal == null ? WHOLE : numbers[sealed.groupOf(i)];
            if (nameOf[i] == WHOLE) {
                rest.add(request);
            } else {
                indexOf[i] =
                        Invariant.present(seal, "who is in a group has a seal").index();
            }
        }
        return new Outline(names, nameOf, indexOf, SealedRequests.of(rest));
    }

    /** Whether it names anything. */
    public boolean isShorter() {
        return !names.isEmpty();
    }

    /** Bytes of the operations that stand here themselves. */
    public long operationBytes() {
        long bytes = 0;
        for (Request request : rest.requests()) {
            bytes += request.operation().length;
        }
        return bytes;
    }

    /** How many requests it is of. */
    public int size() {
        return nameOf.length;
    }

    /**
     * What it was made of; nothing where a batch is named that is not known here.
     *
     * @throws MalformedException when no correct replica proposes that: one request twice, or more than a batch may hold
     */
    public Optional<SealedRequests> fill(KnownBatches known, Limits limits) {
        @Nullable SealTree[] trees = new SealTree[names.size()];
        for (int name = 0; name < trees.length; name++) {
            trees[name] = known.find(names.get(name).name(), names.get(name).root);
            if (trees[name] == null) {
                return Optional.empty();
            }
        }
        List<Request> requests = new ArrayList<>(nameOf.length);
        int whole = 0;
        long length = 0;
        for (int i = 0; i < nameOf.length; i++) {
            Request request;
            if (nameOf[i] == WHOLE) {
                request = rest.requests().get(whole++);
            } else {
                SealTree tree = Invariant.present(trees[nameOf[i]], "found above");
                byte[] signature = names.get(nameOf[i]).signature;
                request = tree.member(indexOf[i]).with(Seal.in(tree, indexOf[i], signature));
            }
            length += request.operation().length;
            requests.add(request);
        }
        if (requests.size() > 1 && length > limits.batchLengthMax()) {
            throw new MalformedException("more than a batch may hold");
        }
        try {
            return Optional.of(SealedRequests.of(requests));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a request stands in a batch once");
        }
    }

    /** Refuses more than a batch may hold, and places that no batch has. */
    public static Codec<Outline> codec(Limits limits) {
        Codec<SealedRequests> wholes = SealedRequests.codec(limits);
        return new Codec<>() {
            @Override
            public void write(Writer writer, Outline value) {
                writer.list(
                        value.names,
                        (to, name) -> to.u16(name.client)
                                .u64(name.session)
                                .u16(name.count)
                                .opaque8(name.signature)
                                .digest(name.root));
                writer.u32(value.nameOf.length);
                for (int i = 0; i < value.nameOf.length; i++) {
                    writer.u16(value.nameOf[i] + 1);
                    if (value.nameOf[i] != WHOLE) {
                        writer.u16(value.indexOf[i]);
                    }
                }
                wholes.write(writer, value.rest);
            }

            @Override
            public Outline read(Reader reader) {
                List<Named> names = reader.list(limits.batchCountMax(), NAME_LENGTH_MIN, Outline::named);
                int size = (int) Math.min(reader.u32(), Integer.MAX_VALUE);
                if (size > limits.batchCountMax() || size * 2 > reader.remaining()) {
                    throw new MalformedException("more requests than a batch may hold, or than are there");
                }
                int[] nameOf = new int[size];
                int[] indexOf = new int[size];
                int wholesBefore = 0;
                for (int i = 0; i < size; i++) {
                    nameOf[i] = reader.u16() - 1;
                    if (nameOf[i] == WHOLE) {
                        wholesBefore++;
                    } else {
                        indexOf[i] = place(reader, names, nameOf[i]);
                    }
                }
                SealedRequests rest = wholes.read(reader);
                if (rest.requests().size() != wholesBefore) {
                    throw new MalformedException("an outline says how many requests stand in it");
                }
                return new Outline(names, nameOf, indexOf, rest);
            }
        };
    }

    private static int place(Reader reader, List<Named> names, int name) {
        int index = reader.u16();
        if (name >= names.size() || index >= names.get(name).count) {
            throw new MalformedException("no place in a batch");
        }
        return index;
    }

    private static Named named(Reader reader) {
        Named named = new Named(
                reader.u16(), reader.count(), reader.u16(), reader.opaque8(Seal.SIGNATURE_LENGTH_MAX), reader.digest());
        if (named.count > Seal.COUNT_MAX) {
            throw new MalformedException("no batch of a client");
        }
        return named;
    }
}
