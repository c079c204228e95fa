package org.maftia.core.ordering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.maftia.core.protocol.Port;

/**
 * Tells peers that this replica vouches for a request: every correct one, unless the request is executed soon. The leader
 * needs to know at once, as it proposes what a quorum vouches for. The others got nearly all requests from their clients,
 * too, so word of them would come behind the proposal and change nothing: they hear of what is still open after a while,
 * and of everything before this replica gives up on a leader.
 */
final class Testimony {
    /** Most requests are executed in this time where anybody counts frames; where they are not it is short. */
    static final long OTHERS_AFTER_MICROS = 20_000;

    /** The leader alone is told at once; with nobody to tell first, all are. */
    static final int ALL = -1;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final Predicate<Candidate> isOpen;

    /** To be told at the end of the turn. */
    private List<Candidate> fresh = new ArrayList<>();

    /** Told to a leader only, or to nobody as this replica leads; oldest first. */
    private final ArrayDeque<Candidate> reserved = new ArrayDeque<>();

    private boolean waking;

    /** @param isOpen whether a request is still worth a word */
    Testimony(Port<Message, AtomicBroadcast.Event> port, Predicate<Candidate> isOpen) {
        this.port = port;
        this.isOpen = isOpen;
    }

    /** This replica vouches for it from now on. */
    void add(Candidate candidate) {
        candidate.reserved = true;
        fresh.add(candidate);
    }

    /**
     * The end of a turn.
     *
     * @param leader who is told at once, or {@link #ALL}
     */
    void flush(int leader) {
        if (leader == ALL) {
            tellAll();
            return;
        }
        if (fresh.isEmpty()) {
            return;
        }
        List<Candidate> said = fresh;
        fresh = new ArrayList<>();
        if (leader != port.self()) {
            say(said, leader);
        }
        for (Candidate candidate : said) {
            candidate.saidMicros = port.nowMicros();
            reserved.add(candidate);
        }
        wake();
    }

    /** Nothing is kept back any more. */
    void tellAll() {
        List<Candidate> open = takeOpen(Long.MAX_VALUE);
        open.addAll(fresh);
        fresh = new ArrayList<>();
        say(open, ALL);
    }

    private void wake() {
        if (!waking && !reserved.isEmpty()) {
            waking = true;
            port.wake(reserved.getFirst().saidMicros + OTHERS_AFTER_MICROS - port.nowMicros(), () -> {
                waking = false;
                say(takeOpen(port.nowMicros() - OTHERS_AFTER_MICROS), ALL);
                wake();
            });
        }
    }

    /** Takes what was kept back since this time or longer, without what is done with. */
    private List<Candidate> takeOpen(long sinceMicros) {
        List<Candidate> open = new ArrayList<>();
        while (!reserved.isEmpty() && reserved.getFirst().saidMicros <= sinceMicros) {
            Candidate candidate = reserved.removeFirst();
            if (isOpen.test(candidate)) {
                open.add(candidate);
            }
        }
        return open;
    }

    /** In as few messages as the bound allows. */
    private void say(List<Candidate> candidates, int to) {
        candidates.forEach(candidate -> candidate.reserved &= to != ALL);
        for (int at = 0; at < candidates.size(); at += MessageCodec.REFERENCES_MAX) {
            int end = Math.min(candidates.size(), at + MessageCodec.REFERENCES_MAX);
            Message have = new Message.Have(candidates.subList(at, end).stream()
                    .map(candidate -> candidate.reference)
                    .toList());
            if (to == ALL) {
                port.sendAll(have);
            } else {
                port.send(to, have);
            }
        }
    }
}
