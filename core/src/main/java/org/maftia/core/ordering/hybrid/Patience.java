package org.maftia.core.ordering.hybrid;

import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.protocol.Port;

/** When this replica gives up on a leader, or on a view that does not begin. */
final class Patience {
    /** A request waits so many patiences behind others: whoever censors one client gets no longer. */
    private static final int COVER_FACTOR = 4;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final Position position;
    private final Component component;
    private final SignedRequests requests;
    private final Voting voting;
    private final Moving moving;

    /** Since when this replica waits for something: after a pause nobody owes it what it had not asked for. */
    private long waitingMicros;

    /** The leader showed itself to be corrupt. */
    private boolean suspecting;

    Patience(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            Position position,
            Component component,
            SignedRequests requests,
            Voting voting,
            Moving moving) {
        this.port = port;
        this.position = position;
        this.component = component;
        this.requests = requests;
        this.voting = voting;
        this.moving = moving;
    }

    /** Nothing was waited for before. */
    void begin() {
        waitingMicros = port.nowMicros();
    }

    /** The leader showed itself to be corrupt. */
    void suspect() {
        suspecting = true;
    }

    /** Another view begins. */
    void restart() {
        suspecting = false;
    }

    /** Wants the view that follows, if patience has come to an end. */
    void check() {
        long now = port.nowMicros();
        if (!component.certifies()) {
            return;
        }
        if (moving.isMoving()) {
            if (now - moving.changeMicros() >= position.timeoutMicros) {
                position.lengthenTimeout();
                moving.demandNext();
            }
            return;
        }
        boolean begun = voting.isOwed() || voting.isVotedFor();
        boolean owed = begun || !requests.isEmpty();
        long sinceMicros = Math.max(position.progressMicros, waitingMicros);
        boolean stuck = owed
                && now - sinceMicros >= position.timeoutMicros
                && (begun || requests.oldestMicros() >= position.timeoutMicros);
        boolean censored = requests.oldestMicros() >= COVER_FACTOR * position.timeoutMicros;
        boolean due = now - moving.changeMicros() >= position.timeoutMicros;
        if (due && (stuck || censored || suspecting)) {
            suspecting = false;
            position.lengthenTimeout();
            moving.demandNext();
        }
    }
}
