package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * The bodies of the backlog. What this replica vouches for in a COLLECT is in its journal before, and stays until the
 * slot that the recovery filled is delivered here; and what such a slot lacks here is pulled from those who vouched.
 */
final class Harvest {
    /** Then another of those who vouched is asked; when all were asked, more slowly. */
    private static final long PULL_AGAIN_MICROS = 50_000;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final Situation situation;
    private final Slots slots;
    private final RequestPool pool;
    private final Log log;
    private final Backlog backlog;

    /** Bodies behind the own COLLECTs, by epoch: others rely on them, whatever becomes of them in the pool. */
    private final SortedMap<Long, Map<Reference, Request>> pledges = new TreeMap<>();

    /** Slots that recoveries filled and that are not delivered yet. */
    private final SortedMap<Long, Sheaf> sheaves = new TreeMap<>();

    private boolean pulling;

    /** What a recovery put into one slot. */
    private static final class Sheaf {
        private final Proposal proposal;
        private final Map<Reference, ReplicaSet> vouchers;
        private final Map<Reference, Request> bodies = new LinkedHashMap<>();
        private final List<Reference> missing = new ArrayList<>();
        private int pulls;
        private long pullMicros;

        Sheaf(Proposal proposal, Map<Reference, ReplicaSet> vouchers) {
            this.proposal = proposal;
            this.vouchers = vouchers;
        }

        Proposal filled() {
            List<Entry> entries = new ArrayList<>();
            for (Entry entry : proposal.entries()) {
                entries.add(new Entry(entry.reference(), bodies.get(entry.reference())));
            }
            return proposal.withEntries(entries);
        }
    }

    Harvest(
            Port<Message, AtomicBroadcast.Event> port,
            Situation situation,
            Slots slots,
            RequestPool pool,
            Log log,
            Backlog backlog) {
        this.port = port;
        this.situation = situation;
        this.slots = slots;
        this.pool = pool;
        this.log = log;
        this.backlog = backlog;
    }

    /** What the COLLECT of this epoch vouches for, ascending. It is written down first: all others may crash. */
    List<Collect.Waiting> pledge() {
        long epoch = situation.epoch.number();
        SortedMap<Collect.Waiting, Request> waiting = pool.backlog();
        SortedMap<Collect.Waiting, Request> chosen = new TreeMap<>();
        for (Collect.Waiting one : backlog.inTurn(new TreeSet<>(waiting.keySet()), epoch)) {
            chosen.put(one, waiting.get(one));
        }
        if (!chosen.isEmpty()) {
            List<Request> bodies = List.copyOf(chosen.values());
            port.persist(new Message.Bodies(bodies));
            restorePledge(bodies);
        }
        return List.copyOf(chosen.keySet());
    }

    /** The journal says that the COLLECT of this epoch may vouch for these. */
    void restorePledge(List<Request> bodies) {
        Map<Reference, Request> pledge = new LinkedHashMap<>();
        bodies.forEach(body -> pledge.put(Reference.to(body), body));
        pledges.put(situation.epoch.number(), pledge);
    }

    /**
     * A recovery filled the slot with these requests.
     *
     * @param vouchers who vouched for each, as far as it is known
     */
    void reap(Proposal proposal, Map<Reference, ReplicaSet> vouchers) {
        if (proposal.slot() <= situation.delivered || proposal.slot() < slots.bottom()) {
            return;
        }
        Sheaf sheaf = new Sheaf(proposal, vouchers);
        for (Entry entry : proposal.entries()) {
            sheaf.missing.add(entry.reference());
        }
        sheaves.put(proposal.slot(), sheaf);
        if (!bind(sheaf)) {
            // Those who vouched are asked for bodies before anybody is asked for the whole slot.
            log.postpone(slots.open(proposal.slot()));
            pull();
        }
    }

    /** Takes what is here; whether that is all. */
    private boolean bind(Sheaf sheaf) {
        sheaf.missing.removeIf(reference -> {
            Request body = find(reference);
            if (body != null) {
                sheaf.bodies.put(reference, body);
            }
            return body != null;
        });
        boolean complete = sheaf.missing.isEmpty();
        if (complete) {
            slots.open(sheaf.proposal.slot()).fetched = sheaf.filled();
        }
        return complete;
    }

    private @Nullable Request find(Reference reference) {
        Request pooled = pool.body(reference);
        if (pooled != null) {
            return pooled;
        }
        for (Map<Reference, Request> pledge : pledges.values()) {
            Request body = pledge.get(reference);
            if (body != null) {
                return body;
            }
        }
        return null;
    }

    /** The bodies among these that are held, under the signatures that were judged here. */
    List<Request> bodies(List<Reference> references) {
        List<Request> bodies = new ArrayList<>();
        for (Reference reference : references) {
            Request convincing = pool.sealedBody(reference);
            Request body = convincing == null ? find(reference) : convincing;
            if (body != null) {
                bodies.add(body);
            }
        }
        return bodies;
    }

    /** A body came from a peer. */
    void offered(Request body) {
        if (!isLacking()) {
            return;
        }
        Reference reference = Reference.to(body);
        boolean complete = false;
        for (Sheaf sheaf : sheaves.values()) {
            if (sheaf.missing.remove(reference)) {
                sheaf.bodies.put(reference, body.bare());
                complete |= bind(sheaf);
            }
        }
        if (complete) {
            log.advance();
        }
    }

    private boolean isLacking() {
        for (Sheaf sheaf : sheaves.values()) { // asked of every body that comes
            if (!sheaf.missing.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whom to ask for a body. Some replicas are a kernel alone: one that vouched so, and lost its disk since, asks all.
     *
     * @param vouchers of the request, or null when they are not known
     */
    static List<Integer> holders(@Nullable ReplicaSet vouchers, ReplicaSet all, int self) {
        ReplicaSet others = vouchers == null ? ReplicaSet.EMPTY : vouchers.without(self);
        return (others.isEmpty() ? all.without(self) : others).toList();
    }

    /** Goes on after the journal was read. */
    void resume() {
        pull();
    }

    /** Asks for what is missing, of each request one of those who vouched for it, the next one the next time. */
    private void pull() {
        if (situation.restoring || pulling) {
            return;
        }
        sheaves.headMap(situation.delivered + 1).clear();
        SortedMap<Integer, List<Reference>> asked = new TreeMap<>();
        for (Sheaf sheaf : sheaves.values()) {
            if (!sheaf.missing.isEmpty() && sheaf.pullMicros <= port.nowMicros()) {
                choose(sheaf, asked);
            }
        }
        asked.forEach((holder, list) -> {
            // The rest is asked for when some of this is there.
            int count = Math.min(list.size(), MessageCodec.REFERENCES_MAX);
            port.send(holder, new Message.Want(List.copyOf(list.subList(0, count))));
        });
        if (isLacking()) {
            pulling = true;
            port.wake(PULL_AGAIN_MICROS, this::pullAgain);
        }
    }

    private void choose(Sheaf sheaf, SortedMap<Integer, List<Reference>> asked) {
        for (Reference reference : sheaf.missing) {
            List<Integer> holders =
                    holders(sheaf.vouchers.get(reference), port.trust().all(), port.self());
            int holder = holders.get(sheaf.pulls % holders.size());
            asked.computeIfAbsent(holder, absent -> new ArrayList<>()).add(reference);
        }
        // At most so many vouched for one of them.
        int choices = port.trust().all().without(port.self()).toList().size();
        sheaf.pullMicros = port.nowMicros()
                + Backoff.micros(
                        PULL_AGAIN_MICROS, sheaf.pulls, choices, port.limits().slotTimeoutMicrosMax());
        sheaf.pulls++;
    }

    /** A link came up again: questions and answers may be lost. */
    void askAgain() {
        for (Sheaf sheaf : sheaves.values()) {
            sheaf.pulls = 0;
            sheaf.pullMicros = 0;
        }
    }

    private void pullAgain() {
        pulling = false;
        boolean complete = false;
        for (Sheaf sheaf : sheaves.values()) {
            // Clients may have brought some meanwhile.
            complete |= !sheaf.missing.isEmpty() && bind(sheaf);
        }
        if (complete) {
            log.advance();
        }
        pull();
    }

    /** Forgets what nobody can ask for: delivered slots answer for themselves, and other pledges were not taken up. */
    void tidy() {
        sheaves.headMap(situation.delivered + 1).clear();
        pledges.headMap(situation.epoch.number())
                .keySet()
                .removeIf(epoch -> sheaves.values().stream().noneMatch(sheaf -> sheaf.proposal.epoch() == epoch));
    }

    /** What the COLLECT of the epoch vouches for. */
    void journal(long epoch, Consumer<Message> sink) {
        Map<Reference, Request> pledge = pledges.get(epoch);
        if (pledge != null) {
            sink.accept(new Message.Bodies(List.copyOf(pledge.values())));
        }
    }
}
