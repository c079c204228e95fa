package org.maftia.core.ordering;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Requests with their seals, in which each signature stands once, and of the tree under it only what does not follow from the
 * requests that are here: whoever reads them knows that all under one signature lead to one root, and verifies that once. What can
 * be written can be written in one way only.
 */
public final class SealedRequests {
    /** Bytes of a request without operation: name, length. */
    private static final int REQUEST_LENGTH_MIN = 2 + 8 + 8 + 4;

    private static final int GROUP_LENGTH_MIN = 2 + 1 + 4;

    /** The group of a request without a seal. */
    private static final int NONE = -1;

    private final List<Request> requests;

    /** The group of each request, in the order in which groups appear first. */
    private final int[] groupOf;

    private final List<Group> groups;

    private SealedRequests(List<Request> requests, int[] groupOf, List<Group> groups) {
        this.requests = List.copyOf(requests);
        this.groupOf = groupOf;
        this.groups = List.copyOf(groups);
    }

    /**
     * What one signature stands under.
     *
     * @param first one of the requests: all are of one client and session
     * @param count of the requests that were signed together, of which some are here
     * @param root of the tree over them
     * @param beside nodes that do not follow from the requests here, from the requests up, and by their places
     */
    public record Group(RequestId first, int count, byte[] signature, Digest root, List<Digest> beside) {
        public Group {
            beside = List.copyOf(beside);
        }

        /** What the client signed, if it did. */
        public Digest statement(Digest configuration) {
            return Seal.statement(configuration, first, count, root);
        }
    }

    /** What groups differ in before their roots. */
    record Name(int client, long session, int count, ByteBuffer signature) {
        static Name of(RequestId id, int count, byte[] signature) {
            return new Name(id.client(), id.session(), count, ByteBuffer.wrap(signature));
        }
    }

    /** What identifies a group. */
    private record Named(Name name, Digest root) {}

    /**
     * Puts requests together, in this order.
     *
     * @throws IllegalArgumentException when a seal has a way that leads nowhere, or one request is there twice
     */
    public static SealedRequests of(List<Request> requests) {
        Map<Name, List<Integer>> named = new LinkedHashMap<>();
        List<SealTree> trees = new ArrayList<>();
        int[] groupOf = new int[requests.size()];
        for (int i = 0; i < groupOf.length; i++) {
            Request request = requests.get(i);
            Seal seal = request.seal();
            groupOf[i] = NONE;
            if (seal != null && i > 0 && isBesideIn(requests.get(i - 1), request, seal)) {
                groupOf[i] = groupOf[i - 1];
            } else if (seal != null) {
                Name name = Name.of(request.id(), seal.count(), seal.signature());
                List<Integer> candidates = named.computeIfAbsent(name, absent -> new ArrayList<>());
                for (int group : candidates) {
                    if (groupOf[i] == NONE && trees.get(group).leads(request, seal)) {
                        groupOf[i] = group;
                    }
                }
                if (groupOf[i] == NONE) {
                    groupOf[i] = trees.size();
                    candidates.add(groupOf[i]);
                    trees.add(tree(request, seal));
                }
            }
        }
        return new SealedRequests(requests, groupOf, groups(requests, groupOf, trees));
    }

    /** Whether the request before came in the same batch, as nearly all do: then its group is known without a search. */
    private static boolean isBesideIn(Request before, Request request, Seal seal) {
        Seal other = before.seal();
        SealTree tree = seal.tree();
        return other != null
                && tree != null
                && other.tree() == tree
                && tree.leads(before, other)
                && tree.leads(request, seal)
                && Arrays.equals(other.signature(), seal.signature());
    }

    private static SealTree tree(Request request, Seal seal) {
        SealTree shared = seal.tree();
        SealTree tree = shared != null && shared.leads(request, seal) ? shared : SealTree.of(request, seal);
        if (tree == null) {
            throw new IllegalArgumentException("a seal that leads nowhere");
        }
        return tree;
    }

    private static List<Group> groups(List<Request> requests, int[] groupOf, List<SealTree> trees) {
        List<BitSet> places = new ArrayList<>();
        List<Request> firsts = new ArrayList<>();
        for (int i = 0; i < groupOf.length; i++) {
            Request request = requests.get(i);
            Seal seal = request.seal();
            if (seal != null) {
                if (groupOf[i] == places.size()) {
                    places.add(new BitSet());
                    firsts.add(request);
                }
                BitSet ofGroup = places.get(groupOf[i]);
                if (ofGroup.get(seal.index())) {
                    throw new IllegalArgumentException("a request stands in a batch once");
                }
                ofGroup.set(seal.index());
            }
        }
        List<Group> groups = new ArrayList<>();
        for (int group = 0; group < trees.size(); group++) {
            SealTree tree = trees.get(group);
            RequestId first = firsts.get(group).id();
            Seal seal = Invariant.present(firsts.get(group).seal(), "who is in a group has a seal");
            List<Digest> beside = SealPaths.beside(seal.count(), places.get(group), tree);
            groups.add(new Group(first, seal.count(), seal.signature(), tree.root(), beside));
        }
        return groups;
    }

    /** In their order. */
    public List<Request> requests() {
        return requests;
    }

    /** Whether there is a signature for each of them. */
    public boolean isSealed() {
        for (int group : groupOf) {
            if (group == NONE) {
                return false;
            }
        }
        return true;
    }

    /** The signatures on which these rest, by their places among the requests. */
    public List<Group> groupsOf(List<Integer> places) {
        Set<Integer> numbers = new LinkedHashSet<>();
        for (int place : places) {
            if (groupOf[place] != NONE) {
                numbers.add(groupOf[place]);
            }
        }
        return numbers.stream().map(groups::get).toList();
    }

    /** All groups, in the order in which their first requests stand. */
    public List<Group> groups() {
        return groups;
    }

    /** The number of a request's group; -1 for one without a signature. */
    int groupOf(int place) {
        return groupOf[place];
    }

    /** Binds all requests with their seals. */
    public void bind(Transcript transcript) {
        transcript.field(requests.size());
        Writer places = new Writer(4 * groupOf.length + 4);
        for (int i = 0; i < groupOf.length; i++) {
            transcript.field(requests.get(i).digest());
            writePlace(places, i);
        }
        transcript.field(places.toBytes());
        for (Group group : groups) {
            transcript.field(group.count).field(group.signature).field(group.root);
        }
    }

    private void writePlace(Writer writer, int request) {
        Seal seal = requests.get(request).seal();
        writer.u16(groupOf[request] + 1);
        if (seal != null) {
            writer.u16(seal.index());
        }
    }

    /** Refuses more than a batch may hold, and whatever could be written otherwise. */
    public static Codec<SealedRequests> codec(Limits limits) {
        return codec(limits, new KnownBatches(limits));
    }

    /**
     * The same.
     *
     * @param known batches that need not be hashed again
     */
    public static Codec<SealedRequests> codec(Limits limits, KnownBatches known) {
        Codec<Request> bare = Request.codec(limits.operationLengthMax());
        return new Codec<>() {
            @Override
            public void write(Writer writer, SealedRequests value) {
                writer.list(value.requests, bare::write);
                for (int i = 0; i < value.groupOf.length; i++) {
                    value.writePlace(writer, i);
                }
                writer.list(
                        value.groups,
                        (to, group) ->
                                to.u16(group.count).opaque8(group.signature).list(group.beside, Writer::digest));
            }

            @Override
            public SealedRequests read(Reader reader) {
                List<Request> requests = reader.list(limits.batchCountMax(), REQUEST_LENGTH_MIN, bare::read);
                return new Reading(requests, known).read(reader);
            }
        };
    }

    /** Requests as they come in. */
    private static final class Reading {
        private final List<Request> requests;
        private final KnownBatches batches;
        private final int[] groupOf;
        private final int[] indexOf;

        /** By group, its requests by their places in their client's batch. */
        private final List<SortedMap<Integer, Integer>> members = new ArrayList<>();

        private final Set<Named> known = new LinkedHashSet<>();
        private int next;

        Reading(List<Request> requests, KnownBatches batches) {
            this.batches = batches;
            this.requests = new ArrayList<>(requests);
            this.groupOf = new int[requests.size()];
            this.indexOf = new int[requests.size()];
        }

        SealedRequests read(Reader reader) {
            for (int i = 0; i < groupOf.length; i++) {
                groupOf[i] = reader.u16() - 1;
                if (groupOf[i] != NONE) {
                    indexOf[i] = reader.u16();
                    join(i);
                }
            }
            List<Group> groups = reader.list(members.size(), GROUP_LENGTH_MIN, this::group);
            if (groups.size() != members.size()) {
                throw new MalformedException("a group without a signature");
            }
            return new SealedRequests(requests, groupOf, groups);
        }

        private void join(int request) {
            int group = groupOf[request];
            if (group > members.size()) {
                throw new MalformedException("groups come in the order of their requests");
            }
            if (group == members.size()) {
                members.add(new TreeMap<>());
            }
            SortedMap<Integer, Integer> all = members.get(group);
            RequestId id = requests.get(request).id();
            RequestId first = all.isEmpty() ? id : first(all);
            if (id.client() != first.client() || id.session() != first.session()) {
                throw new MalformedException("a signature is of one client and session");
            }
            if (all.put(indexOf[request], request) != null) {
                throw new MalformedException("two requests in one place");
            }
        }

        /** Whose signature stands under them. */
        private RequestId first(SortedMap<Integer, Integer> all) {
            return requests.get(all.sequencedValues().getFirst()).id();
        }

        private Group group(Reader reader) {
            SortedMap<Integer, Integer> all = members.get(next++);
            int count = reader.u16();
            byte[] signature = reader.opaque8(Seal.SIGNATURE_LENGTH_MAX);
            List<Digest> beside = reader.list(Seal.SIBLINGS_MAX * all.size(), Digest.LENGTH, Reader::digest);
            if (count > Seal.COUNT_MAX || all.lastKey() >= count) {
                throw new MalformedException("no place in a batch");
            }
            if (all.size() == count) {
                return whole(all, signature, beside);
            }
            SortedMap<Integer, Digest> leaves = new TreeMap<>();
            all.forEach(
                    (index, request) -> leaves.put(index, requests.get(request).digest()));
            Iterator<Digest> given = beside.iterator();
            SealPaths paths;
            try {
                paths = SealPaths.of(count, leaves, (level, place) -> given.next());
            } catch (NoSuchElementException e) {
                throw new MalformedException("a way lacks a node");
            }
            if (given.hasNext()) {
                throw new MalformedException("a node that no way passes");
            }
            int position = 0;
            for (var member : all.entrySet()) {
                Seal seal = new Seal(member.getKey(), count, paths.siblings(position++), signature);
                requests.set(member.getValue(), requests.get(member.getValue()).with(seal));
            }
            return group(first(all), count, signature, paths.root(), beside);
        }

        /** All that stand under the signature are here, so everything follows from them. */
        private Group whole(SortedMap<Integer, Integer> all, byte[] signature, List<Digest> beside) {
            if (!beside.isEmpty()) {
                throw new MalformedException("a node that no way passes");
            }
            List<Request> batch = new ArrayList<>(all.size());
            all.values().forEach(request -> batch.add(requests.get(request)));
            List<Request> sealed = Seal.together(batch, signature, batches);
            int position = 0;
            for (int request : all.values()) {
                requests.set(request, sealed.get(position++));
            }
            SealTree tree = Invariant.present(
                    Invariant.present(sealed.getFirst().seal(), "just sealed").tree(), "of one batch");
            return group(first(all), all.size(), signature, tree.root(), beside);
        }

        private Group group(RequestId first, int count, byte[] signature, Digest root, List<Digest> beside) {
            if (!known.add(new Named(Name.of(first, count, signature), root))) {
                throw new MalformedException("a signature stands once");
            }
            return new Group(first, count, signature, root, beside);
        }
    }
}
