package org.maftia.core.replica;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * In which epochs the trusted components work, as the log says: part of the replicated state. A replica whose component begins
 * a new epoch orders what the component says of itself; some slots later, at a checkpoint, the next era begins.
 */
final class Eras {
    /** A component may begin a new epoch once in this time: each costs the group a change of leaders. */
    static final long RENEWAL_INTERVAL_MICROS = 10_000_000;

    private final @Nullable TrustedComponents components;
    private final int pipeline;
    private @Nullable Era present;
    private @Nullable Era next;

    /** Agreed time of the last renewal of each component. */
    private final SortedMap<Integer, Long> renewals = new TreeMap<>();

    Eras(Genesis genesis, int pipeline) {
        this.components = genesis.components();
        this.pipeline = pipeline;
        begin(genesis.tenure());
    }

    /** A configuration begins: its components work in the epochs that it names. */
    void begin(@Nullable Tenure tenure) {
        StableCheckpoint inherited = tenure == null ? null : tenure.inherited();
        present = components == null ? null : components.first(inherited == null ? null : inherited.claim());
        next = null;
        renewals.clear();
    }

    /** The order goes by the newest era that is settled. */
    void tell(AtomicBroadcast ordering, long executed) {
        Era newest = next == null ? present : next;
        if (newest != null) {
            ordering.renew(newest, executed);
        }
    }

    /** Those in force, by replica; empty where there are no trusted components. */
    List<Long> epochs() {
        return present == null ? List.of() : present.epochs();
    }

    /**
     * Whether the decision counts: those of an era that is over, above its last slot, are void. Whoever decides several slots at
     * once hears of the end only when it executes the first of them.
     */
    boolean counts(Decision decision) {
        Era here = present;
        return here == null
                || decision.slot() <= here.beginning()
                || decision.epoch().start() > here.beginning();
    }

    /** Whether an era ends with this slot. */
    boolean endsWith(long slot) {
        return next != null && next.beginning() == slot;
    }

    /** A component says which epoch is its present one, as the log says in this slot. */
    void renew(int replica, Attestation.Introduction introduction, long slot, long timeMicros) {
        Era here = present;
        TrustedComponents all = components;
        boolean open = here != null && next == null && !here.isLast() && introduction.replica() == replica;
        if (!open || here == null || all == null || !here.isOlderThan(introduction)) {
            return; // said before, or too early: it will be said again
        }
        long last = renewals.getOrDefault(replica, Long.MIN_VALUE / 2);
        if (timeMicros - last < RENEWAL_INTERVAL_MICROS || !all.verifier().verify(all.stream(), introduction)) {
            return;
        }
        renewals.put(replica, timeMicros);
        next = here.after(replica, introduction.epoch(), slot + pipeline, 0);
    }

    /** The slot is executed: perhaps an era begins above it. */
    void executed(long slot, long timeMicros) {
        Era following = next;
        if (following != null && following.beginning() == slot) {
            present = new Era(following.number(), following.epochs(), slot, timeMicros);
            next = null;
        }
    }

    void write(Writer writer) {
        Era here = present;
        if (here == null) {
            return;
        }
        Era.CODEC.write(writer, here);
        Era following = next;
        writer.bool(following != null);
        if (following != null) {
            Era.CODEC.write(writer, following);
        }
        writer.u8(renewals.size());
        renewals.forEach((replica, time) -> writer.u8(replica).u64(time));
    }

    void read(Reader reader) {
        if (components == null) {
            return;
        }
        present = Era.CODEC.read(reader);
        next = reader.bool() ? Era.CODEC.read(reader) : null;
        renewals.clear();
        for (int count = reader.u8(); count > 0; count--) {
            renewals.put(reader.u8(), reader.count());
        }
    }
}
