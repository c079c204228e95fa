package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * One log through all epochs of the trusted components: what {@link HybridOrdering} promises for one era holds across all of
 * them. A component that lost its counters begins a new epoch, the log takes note of it, and from the era on that begins there
 * what it certifies counts again.
 *
 * <p>Each era has an instance of its own, addressed {@code era3}, up to its last slot. Everything that is certified or signed
 * in an era names it, so no vote of an earlier one counts in it, nor one of an old epoch. It begins with accounts of a quorum,
 * each behind a fence that says where the component's counters stood, and a later view of the same component: so the same
 * stream serves all eras. The instance before goes on helping those behind until the state in which the era began is stable.
 *
 * <p>Why a slot is decided once: correct replicas know from the log where an era ends, deliver nothing of its instance above
 * that slot, and every quorum has a correct member.
 */
public final class HybridEras implements AtomicBroadcast, Protocol<EraMessage> {
    private static final String TAG = "era";

    /** A peer is told of what it missed this often at most: it goes on sending meanwhile. */
    private static final long TELL_AGAIN_MICROS = 100_000;

    /** Nobody hears a peer's states for this long after a false one: each costs a quorum of signatures. */
    private static final long SILENCE_MICROS = 1_000_000;

    private final Port<EraMessage, AtomicBroadcast.Event> port;
    private final TrustedComponents settings;
    private final Certifier certifier;
    private final Verifier clients;
    private final Digest configuration;
    private final Sessions sessions;

    /** By number: the newest, and those before it that others may need. */
    private final TreeMap<Long, One> eras = new TreeMap<>();

    /** The newest state that a quorum certified. */
    private @Nullable StableCheckpoint stable;

    private final long[] toldMicros;
    private final long[] heardMicros;
    private boolean restoring = true;

    private record One(Era era, HybridOrdering ordering) {}

    /**
     * @param settings the trusted components of the group
     * @param certifier signs for this replica
     * @param clients judges signatures of clients by their numbers
     * @param configuration what all replicas must share
     * @param base what other replicas ordered before, which this log continues; null: it begins with slot 1
     */
    public HybridEras(
            Port<EraMessage, AtomicBroadcast.Event> port,
            TrustedComponents settings,
            Certifier certifier,
            Verifier clients,
            Digest configuration,
            Sessions sessions,
            StableCheckpoint.@Nullable Claim base) {
        this.port = port;
        this.settings = settings;
        this.certifier = certifier;
        this.clients = clients;
        this.configuration = configuration;
        this.sessions = sessions;
        this.toldMicros = new long[port.trust().size()];
        this.heardMicros = new long[port.trust().size()];
        open(settings.first(base));
    }

    private HybridOrdering open(Era era) {
        HybridOrdering made = port.<HybridMessage, AtomicBroadcast.Event, HybridOrdering>nest(
                TAG,
                era.number(),
                child -> new HybridOrdering(child, settings, certifier, clients, configuration, sessions, era),
                port::output);
        eras.put(era.number(), new One(era, made));
        StableCheckpoint known = stable;
        if (known != null && known.claim().slot() > era.beginning()) {
            made.install(known);
        }
        return made;
    }

    private One newest() {
        return eras.lastEntry().getValue();
    }

    /** That to which the slot belongs, or the oldest there is. */
    private HybridOrdering at(long slot) {
        One found = eras.firstEntry().getValue();
        for (One one : eras.values()) {
            found = slot > one.era.beginning() ? one : found;
        }
        return found.ordering;
    }

    @Override
    public Codec<EraMessage> codec() {
        return EraMessage.CODEC;
    }

    // The next era

    @Override
    public void renew(Era era, long executed) {
        One last = newest();
        if (era.number() <= last.era.number()) {
            return;
        }
        if (executed < era.beginning()) {
            last.ordering.end(era.beginning());
            return;
        }
        port.persist(new EraMessage.Began(era));
        HybridOrdering next = open(era);
        last.ordering.handOver(next);
        if (era.number() > last.era.number() + 1) {
            retire(era.number());
            port.drop(TAG, last.era.number() + 1); // what was held for it
        }
        next.restored();
        StableCheckpoint known = stable;
        if (known != null && known.claim().slot() > era.beginning()) {
            next.stable(known);
        }
        forget();
    }

    /** Instances below this one have nothing to say any more. */
    private void retire(long number) {
        for (long old : List.copyOf(eras.headMap(number).keySet())) {
            eras.remove(old);
            port.drop(TAG, old);
        }
    }

    /** Who does not have the state in which the newest era began gets it from a certificate. */
    private void forget() {
        StableCheckpoint known = stable;
        if (known != null && !restoring && known.claim().slot() >= newest().era.beginning()) {
            retire(newest().era.number());
        }
    }

    private void learn(StableCheckpoint checkpoint) {
        if (stable == null || stable.claim().slot() < checkpoint.claim().slot()) {
            stable = checkpoint;
        }
        forget();
    }

    @Override
    public Arrival unknownChild(String tag, long index, int from) {
        if (!tag.equals(TAG) || from == port.self()) {
            return Arrival.DROP;
        }
        long newest = eras.lastKey();
        if (index > newest) {
            where(from);
            return index == newest + 1 ? Arrival.HOLD : Arrival.DROP;
        }
        later(from);
        return Arrival.DROP;
    }

    private boolean mayTell(int peer) {
        boolean may = !restoring && toldMicros[peer] <= port.nowMicros() - TELL_AGAIN_MICROS;
        toldMicros[peer] = may ? port.nowMicros() : toldMicros[peer];
        return may;
    }

    private void where(int peer) {
        if (mayTell(peer)) {
            port.send(peer, new EraMessage.Where(eras.lastKey()));
        }
    }

    private void later(int peer) {
        StableCheckpoint known = stable;
        if (known != null && mayTell(peer)) {
            port.send(peer, new EraMessage.Later(known));
        }
    }

    @Override
    public void receive(int from, EraMessage message) {
        switch (message) {
            case EraMessage.Where where -> {
                if (where.number() < eras.lastKey()) {
                    later(from);
                } else if (where.number() > eras.lastKey()) {
                    where(from);
                }
            }
            case EraMessage.Later later -> later(from, later.checkpoint());
            case EraMessage.Began began -> port.blame(from, "records of a journal are not sent");
        }
    }

    private void later(int from, StableCheckpoint checkpoint) {
        boolean news = checkpoint.claim().slot() > progress().decided();
        if (!news || heardMicros[from] > port.nowMicros()) {
            return;
        }
        heardMicros[from] = Long.MAX_VALUE;
        ReplicaSet signers = checkpoint.certificate().signers();
        port.<Boolean>compute(
                () -> port.trust().all().containsAll(signers)
                        && port.trust().isQuorum(signers)
                        && checkpoint
                                .certificate()
                                .verify(certifier, checkpoint.claim().digest(configuration)),
                good -> {
                    heardMicros[from] = good ? 0 : port.nowMicros() + SILENCE_MICROS;
                    if (!good) {
                        port.blame(from, "a checkpoint carries the signatures of a quorum");
                    } else if (checkpoint.claim().slot() > progress().decided()) {
                        port.output(new Behind(checkpoint));
                    }
                });
    }

    // The order of the newest era, and of those that end

    @Override
    public void submit(Request request) {
        newest().ordering.submit(request);
    }

    @Override
    public void carry(Request request) {
        newest().ordering.carry(request);
    }

    @Override
    public void vouch(long slot) {
        at(slot).vouch(slot);
    }

    @Override
    public void stable(StableCheckpoint checkpoint) {
        at(checkpoint.claim().slot()).stable(checkpoint);
        learn(checkpoint);
    }

    @Override
    public void install(StableCheckpoint checkpoint) {
        at(checkpoint.claim().slot()).install(checkpoint);
        learn(checkpoint);
    }

    @Override
    public void fill(long slot) {
        newest().ordering.fill(slot);
    }

    @Override
    public void passEpoch(long epoch) {
        newest().ordering.passEpoch(epoch);
    }

    @Override
    public void end(long lastSlot) {
        newest().ordering.end(lastSlot);
    }

    @Override
    public List<Request> waiting() {
        return newest().ordering.waiting();
    }

    @Override
    public void connected(int peer) {
        port.send(peer, new EraMessage.Where(eras.lastKey()));
        eras.values().forEach(one -> one.ordering.connected(peer));
    }

    @Override
    public Progress progress() {
        return newest().ordering.progress();
    }

    // Journal

    @Override
    public void restore(EraMessage record) {
        if (record instanceof EraMessage.Began began && began.era().number() > eras.lastKey()) {
            long before = eras.lastKey();
            open(began.era());
            if (began.era().number() > before + 1) {
                retire(began.era().number());
            }
        }
    }

    @Override
    public void restored() {
        restoring = false;
        forget();
        List<One> ending = new ArrayList<>(eras.values());
        for (One one : ending.subList(0, ending.size() - 1)) {
            one.ordering.handOver(newest().ordering);
            one.ordering.end(newest().era.beginning());
        }
    }

    @Override
    public void journal(Consumer<EraMessage> sink) {
        for (One one : eras.values()) {
            if (!one.era.beginsLed()) {
                sink.accept(new EraMessage.Began(one.era));
            }
        }
    }
}
