package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedAgreement;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What is known about the end of one epoch: its COLLECTs, the agreement on some of them. */
final class Term {
    /** COLLECTs beyond one for each replica: forks of corrupt ones, each named by somebody's value. */
    private static final int FORKS_PER_REPLICA = 4;

    final Epoch epoch;
    private final int replicas;

    /** The first COLLECT of each replica that came here; a correct one signs no other. */
    private final Map<Integer, Collect> first = new TreeMap<>();

    private final Map<Digest, Collect> held = new LinkedHashMap<>();

    /** COLLECTs that a value names and that are not here. */
    final Map<Digest, Missing> missing = new LinkedHashMap<>();

    /** In the journal already. */
    final Set<Digest> kept = new LinkedHashSet<>();

    @Nullable
    MultivaluedAgreement agreement;

    byte @Nullable [] decided;

    Term(Epoch epoch, int replicas) {
        this.epoch = epoch;
        this.replicas = replicas;
    }

    /** A COLLECT in a proposed set. */
    record Member(int replica, Digest digest) {}

    /** A COLLECT that is asked for, and when next. */
    static final class Missing {
        final Member member;
        int asked;
        long askMicros;

        Missing(Member member) {
            this.member = member;
        }
    }

    /** A proposed set: members by replica, ascending. */
    static Codec<List<Member>> codec(int replicas) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, List<Member> value) {
                writer.list(value, (out, member) -> out.u8(member.replica).digest(member.digest));
            }

            @Override
            public List<Member> read(Reader reader) {
                List<Member> members =
                        reader.list(replicas, 1 + Digest.LENGTH, in -> new Member(in.replica(replicas), in.digest()));
                for (int i = 1; i < members.size(); i++) {
                    if (members.get(i - 1).replica >= members.get(i).replica) {
                        throw new MalformedException("replicas do not ascend");
                    }
                }
                return members;
            }
        };
    }

    @Nullable
    Collect find(Digest digest) {
        return held.get(digest);
    }

    @Nullable
    Collect of(int replica) {
        return first.get(replica);
    }

    Collection<Collect> all() {
        return first.values();
    }

    /** Keeps a valid COLLECT; forks only within bounds, the oldest go first and can be fetched again. */
    void keep(Digest digest, Collect collect) {
        held.put(digest, collect);
        missing.remove(digest);
        first.putIfAbsent(collect.replica(), collect);
        Iterator<Map.Entry<Digest, Collect>> oldest = held.entrySet().iterator();
        while (held.size() > replicas * (1 + FORKS_PER_REPLICA) && oldest.hasNext()) {
            Map.Entry<Digest, Collect> entry = oldest.next();
            if (!first.containsValue(entry.getValue()) && !entry.getKey().equals(digest)) {
                oldest.remove();
            }
        }
    }

    /** The members' COLLECTs, or null while some are missing, which are noted. */
    @Nullable
    List<Collect> resolve(List<Member> members) {
        List<Collect> collects = new ArrayList<>();
        boolean complete = true;
        for (Member member : members) {
            Collect collect = held.get(member.digest);
            if (collect != null) {
                collects.add(collect);
            } else {
                complete = false;
                missing.putIfAbsent(member.digest, new Missing(member));
                if (missing.size() > replicas * (1 + FORKS_PER_REPLICA)) {
                    // The oldest is named again when its value is judged again.
                    missing.remove(missing.keySet().iterator().next());
                }
            }
        }
        return complete ? collects : null;
    }

    /** Whether each is the COLLECT of the replica that the set names. */
    static boolean matches(List<Member> members, List<Collect> collects) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).replica != collects.get(i).replica()) {
                return false;
            }
        }
        return true;
    }
}
