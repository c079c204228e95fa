package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;

/** A request in the pool, and how far this replica may rely on it. */
final class Candidate {
    final Reference reference;

    /** Without a seal. */
    @Nullable
    Request body;

    /** The client's signature, judged here to be good. */
    @Nullable
    Seal seal;

    /** A proposal showed a signature for it, which is perhaps not judged yet. */
    boolean shown;

    /** Who said HAVE since its link came up last; this replica included once it did. */
    ReplicaSet holders = ReplicaSet.EMPTY;

    /** Somebody correct got it from its client, or judged that the client signed it. */
    boolean vouched;

    /** When the leader of the moment was told that this replica holds it; 0: not yet. */
    long saidMicros;

    /** This replica vouches for it, and not all peers were told: it must not forget it meanwhile. */
    boolean reserved;

    /** Leaders that proposed it: they hold it too. */
    ReplicaSet proposers = ReplicaSet.EMPTY;

    /** It came in the client's own session here. */
    boolean ownSession;

    /** It was executed, so ordering it again does no harm. */
    boolean settled;

    /** The body is held and somebody correct got it from the client: a leader may propose it to this replica. */
    boolean acceptable;

    /** Every correct replica will find it acceptable: this replica may propose it. */
    boolean ripe;

    /** This replica, as leader of the current epoch, has proposed it. */
    boolean proposed;

    /** In this epoch; 0 if it was not. */
    long ripeSinceMicros;

    /** How many requests were ripe before it, and how many had been ordered by then. */
    long aheadWhenRipe;

    long orderedWhenRipe;

    /** When it was shown to the leader of this epoch; 0 if it was not. */
    long relayedMicros;

    /** When peers got it from here, as its client gave it to this replica alone. */
    long carriedMicros = Long.MIN_VALUE / 2;

    /** Among those whose bodies are missing; null: it is none of them. */
    Wanted.@Nullable Place place;

    /** How many times somebody was asked for the body. */
    int pulls;

    /** Slots whose proposals wait for it; a slot may stand here more than once. */
    final List<Slot> waiting = new ArrayList<>(0);

    /** The budget that it counts against. */
    Budgets.@Nullable Budget budget;

    Candidate(Reference reference) {
        this.reference = reference;
    }

    /** The body with all that may convince others. */
    @Nullable
    Request sealedBody() {
        return body == null ? null : body.with(seal);
    }

    /** What it takes of the length of a batch. */
    int cost() {
        return Entry.cost(body == null ? 0 : body.operation().length);
    }
}
