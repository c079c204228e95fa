package org.maftia.core.replica;

import java.util.ArrayList;
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
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
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
    private final FaultStructure trust;
    private final int pipeline;
    private @Nullable Era present;
    private @Nullable Era next;

    /** Agreed time of the last renewal of each component. */
    private final SortedMap<Integer, Long> renewals = new TreeMap<>();

    /** By whom each replica is said to be corrupt in its present epoch. */
    private final SortedMap<Integer, ReplicaSet> convictions = new TreeMap<>();

    /** On whose word, and above which slot, those are excluded who are, or are to be as the next era begins. */
    private final SortedMap<Integer, Output.Excluded> exclusions = new TreeMap<>();

    /** Who was excluded or taken back, which was not told yet. */
    private List<Output.Excluded> news = new ArrayList<>();

    Eras(Genesis genesis, FaultStructure trust, int pipeline) {
        this.components = genesis.components();
        this.trust = trust;
        this.pipeline = pipeline;
        begin(genesis.tenure());
    }

    /** A configuration begins: its components work in the epochs that it names. */
    void begin(@Nullable Tenure tenure) {
        StableCheckpoint inherited = tenure == null ? null : tenure.inherited();
        present = components == null ? null : components.first(inherited == null ? null : inherited.claim());
        next = null;
        renewals.clear();
        convictions.clear();
        exclusions.clear();
    }

    /** The order goes by the eras that are settled: one may be about to end as soon as it has begun. */
    void tell(AtomicBroadcast ordering, long executed) {
        if (present != null) {
            ordering.renew(present, executed);
        }
        if (next != null) {
            ordering.renew(next, executed);
        }
    }

    /** The era in force; null where there are no trusted components. */
    @Nullable
    Era present() {
        return present;
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
        convictions.remove(replica);
        next = here.after(replica, introduction.epoch(), slot + pipeline, 0);
        if (here.excluded().contains(replica)) {
            news.add(new Output.Excluded(replica, List.of(), next.beginning()));
        }
    }

    /** A member has proof that another one is corrupt. */
    void convict(int member, GroupCommand.Convicted said, long slot) {
        Era here = present;
        TrustedComponents all = components;
        int replica = said.replica();
        boolean meant = here != null
                && all != null
                && said.stream() == all.stream()
                && replica < here.epochs().size()
                && here.epochs().get(replica) == said.epoch()
                && !excluded().contains(replica);
        if (meant && member != replica) {
            convictions.merge(replica, ReplicaSet.of(member), ReplicaSet::union);
            exclude(slot);
        }
    }

    /**
     * Excludes one of whom a kernel says that it is corrupt: somebody correct has the proof. Never so many that those who are left are no
     * quorum, as the log would stand still.
     */
    private void exclude(long slot) {
        Era here = present;
        if (here == null || next != null || here.isLast()) {
            return; // when the era has begun that is to come
        }
        for (var said : convictions.entrySet()) {
            int replica = said.getKey();
            ReplicaSet by = said.getValue();
            ReplicaSet left = trust.all().minus(excluded()).without(replica);
            if (trust.isKernel(by) && trust.isQuorum(left)) {
                convictions.remove(replica);
                next = here.excluding(replica, slot + pipeline);
                Output.Excluded one = new Output.Excluded(replica, by.toList(), next.beginning());
                exclusions.put(replica, one);
                news.add(one);
                return;
            }
        }
    }

    /** What happened since this was asked last. */
    List<Output.Excluded> news() {
        List<Output.Excluded> told = news;
        news = new ArrayList<>();
        return told;
    }

    /** Those of whose components nothing counts. */
    ReplicaSet excluded() {
        return present == null ? ReplicaSet.EMPTY : present.excluded();
    }

    /** On whose word those are excluded who are, and above which slot. */
    List<Output.Excluded> exclusions() {
        ReplicaSet out = excluded();
        return exclusions.values().stream()
                .filter(one -> out.contains(one.replica()))
                .toList();
    }

    /** The slot is executed: perhaps an era begins above it. */
    void executed(long slot, long timeMicros) {
        Era following = next;
        if (following != null && following.beginning() == slot) {
            present = following.from(slot, timeMicros);
            next = null;
            exclusions.keySet().retainAll(excluded().toList());
            exclude(slot);
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
        writer.u8(convictions.size());
        convictions.forEach((replica, by) -> writer.u8(replica).u64(by.bits()));
        writer.u8(exclusions.size());
        for (Output.Excluded one : exclusions.values()) {
            ReplicaSet by = ReplicaSet.EMPTY;
            for (int member : one.by()) {
                by = by.with(member);
            }
            writer.u8(one.replica()).u64(by.bits()).u64(one.slot());
        }
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
        convictions.clear();
        for (int count = reader.u8(); count > 0; count--) {
            convictions.put(reader.u8(), new ReplicaSet(reader.u64()));
        }
        exclusions.clear();
        for (int count = reader.u8(); count > 0; count--) {
            int replica = reader.u8();
            List<Integer> by = new ReplicaSet(reader.u64()).toList();
            exclusions.put(replica, new Output.Excluded(replica, by, reader.count()));
        }
    }
}
