package org.maftia.core.ordering;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;

/**
 * Signed requests that clients showed to a leader who has slots under way. A correct client shows its requests to all, so
 * peers say HAVE before a signature would be judged; what is left of these was shown to few. It is judged when nothing else
 * is under way, and a little of it in any case once in a while: it gets ordered, and takes no room that others have use for.
 * Clients take turns.
 */
final class Unjudged {
    /** A leader with nothing under way takes up so much at a time: what all threads of a machine judge in a moment. */
    private static final int AT_ONCE = 16;

    /** Else one of each client with every so many slots: a hundredth of what these hold, where they hold little. */
    private static final int TRICKLE_SLOTS = 32;

    /** Clients that are served then: few beside what so many slots can hold, even if all of them are corrupted. */
    private static final int TRICKLE_CLIENTS = 16;

    /** The leader looks again after this time, should nothing else make it. */
    private static final long LOOK_MICROS = 100_000;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final Consumer<Request> judge;
    private final Runnable gathered;

    /** By client, the oldest first. What is kept here is in the pool, which bounds it. */
    private final SortedMap<Integer, SequencedMap<Candidate, Seal>> waiting = new TreeMap<>();

    private int served = -1;
    private long trickledSlot;
    private boolean waking;

    /**
     * @param judge takes a request under its signature
     * @param gathered hears that there may be something to do at the end of this turn
     */
    Unjudged(Port<Message, AtomicBroadcast.Event> port, Consumer<Request> judge, Runnable gathered) {
        this.port = port;
        this.judge = judge;
        this.gathered = gathered;
    }

    /** @param candidate with a body, not ripe */
    void add(Candidate candidate, Seal seal) {
        int client = candidate.reference.id().client();
        waiting.computeIfAbsent(client, absent -> new LinkedHashMap<>()).put(candidate, seal);
        wake();
    }

    /** It is ripe, or gone. */
    void remove(Candidate candidate) {
        int client = candidate.reference.id().client();
        Map<Candidate, Seal> ofClient = waiting.get(client);
        if (ofClient != null && ofClient.remove(candidate) != null && ofClient.isEmpty()) {
            waiting.remove(client);
        }
    }

    /** Another leader: this one has been shown nothing. */
    void clear() {
        waiting.clear();
    }

    /**
     * The leader has nothing else to do in this turn.
     *
     * @param idle whether nothing is under way
     * @param decided slots so far
     */
    void takeUp(boolean idle, long decided) {
        if (idle) {
            judge(AT_ONCE);
        } else if (decided - trickledSlot >= TRICKLE_SLOTS) {
            trickledSlot = decided;
            judge(Math.min(TRICKLE_CLIENTS, waiting.size()));
        }
    }

    private void wake() {
        if (!waking && !waiting.isEmpty()) {
            waking = true;
            port.wake(LOOK_MICROS, () -> {
                waking = false;
                gathered.run();
                wake();
            });
        }
    }

    private void judge(int count) {
        for (int i = 0; i < count && !waiting.isEmpty(); i++) {
            SortedMap<Integer, SequencedMap<Candidate, Seal>> behind = waiting.tailMap(served + 1);
            served = behind.isEmpty() ? waiting.firstKey() : behind.firstKey();
            var ofClient = Invariant.present(waiting.get(served), "a key of it");
            var oldest = Invariant.present(ofClient.firstEntry(), "none is empty");
            remove(oldest.getKey());
            judge.accept(Invariant.present(oldest.getKey().body, "kept with its body")
                    .with(oldest.getValue()));
        }
    }
}
