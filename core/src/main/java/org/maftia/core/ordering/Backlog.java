package org.maftia.core.ordering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * What a recovery orders although no leader did, told from the COLLECTs of a quorum alone: each request was sent by its
 * client, and a correct replica has its body in the journal.
 *
 * <p>Why: a kernel of the set vouches for each, so somebody correct does. Why every request gets its turn, whatever the
 * network does: what all correct replicas hold, all of them vouch for, and a quorum of COLLECTs minus any fault set is a
 * kernel. One list has room for a slot only, so all must choose alike. A choice by age would not do, as requests reach
 * each replica in another order, and the oldest of one may be far behind at the others. So the clients take turns, each
 * with its lowest number first, and each epoch begins with another client.
 */
final class Backlog {
    /** Client numbers have 16 bits. */
    private static final int CLIENT_MASK = 0xffff;

    private final FaultStructure trust;
    private final Limits limits;

    Backlog(FaultStructure trust, Limits limits) {
        this.trust = trust;
        this.limits = limits;
    }

    /** What a slot holds, in its order, and for each request those of the set that vouch for it. */
    Map<Reference, ReplicaSet> read(Collection<Collect> collects, long epoch) {
        SortedMap<Collect.Waiting, ReplicaSet> vouchers = new TreeMap<>();
        for (Collect collect : collects) {
            for (Collect.Waiting waiting : collect.backlog()) {
                vouchers.merge(waiting, ReplicaSet.of(collect.replica()), ReplicaSet::union);
            }
        }
        SortedSet<Collect.Waiting> vouched = new TreeSet<>();
        for (Map.Entry<Collect.Waiting, ReplicaSet> entry : vouchers.entrySet()) {
            if (trust.isKernel(entry.getValue())) {
                vouched.add(entry.getKey());
            }
        }
        Map<Reference, ReplicaSet> slot = new LinkedHashMap<>();
        for (Collect.Waiting waiting : inTurn(vouched, epoch)) {
            slot.put(waiting.reference(), vouchers.getOrDefault(waiting, ReplicaSet.EMPTY));
        }
        return slot;
    }

    /**
     * As many of the requests as a slot holds, the clients in turns. The first client is the one whose number is nearest
     * to the epoch's, by exclusive or: among clients numbered below a power of two, each is first once in so many epochs.
     */
    List<Collect.Waiting> inTurn(SortedSet<Collect.Waiting> waiting, long epoch) {
        SortedMap<Integer, ArrayDeque<Collect.Waiting>> clients = new TreeMap<>();
        for (Collect.Waiting one : waiting) {
            int place = one.reference().id().client() ^ (int) (epoch & CLIENT_MASK);
            clients.computeIfAbsent(place, absent -> new ArrayDeque<>()).add(one);
        }
        List<Collect.Waiting> taken = new ArrayList<>();
        long length = 0;
        while (!clients.isEmpty()) {
            for (Iterator<ArrayDeque<Collect.Waiting>> turns = clients.values().iterator(); turns.hasNext(); ) {
                ArrayDeque<Collect.Waiting> turn = turns.next();
                Collect.Waiting next = turn.remove();
                length += next.cost();
                boolean fits = taken.isEmpty() || length <= limits.batchLengthMax();
                if (!fits || taken.size() == limits.batchCountMax()) {
                    return taken;
                }
                taken.add(next);
                if (turn.isEmpty()) {
                    turns.remove();
                }
            }
        }
        return taken;
    }
}
