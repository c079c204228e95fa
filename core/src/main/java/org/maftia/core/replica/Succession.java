package org.maftia.core.replica;

import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * How the present configuration comes to its end: part of the replicated state, so all correct replicas stop after the
 * same slot, and the last state says who goes on.
 *
 * <p>First officers name the next configuration. Then its members order that they are ready; with the READY that makes
 * them a quorum, in slot s, slot s + k is the last one, k being the slots that a leader may have open. A correct replica
 * votes for no later slot once it executed s; should one be decided by votes cast before, nobody executes it.
 */
final class Succession {
    private final @Nullable Tenure tenure;
    private final FaultStructure trust;
    private final int pipeline;

    /** Of the latest wish that was accepted; -1: none. */
    private long serial = -1;

    private @Nullable Configuration next;

    /** That of {@link #next}. */
    private @Nullable FaultStructure nextTrust;

    /** Members of the next configuration that are ready, with the nonce of each. */
    private final SortedMap<Integer, Long> ready = new TreeMap<>();

    private long last;

    Succession(@Nullable Tenure tenure, FaultStructure trust, int pipeline) {
        this.tenure = tenure;
        this.trust = trust;
        this.pipeline = pipeline;
    }

    /** The last slot of the configuration; 0 while it is not known. */
    long last() {
        return last;
    }

    /** The configuration that officers want to follow; null: none. */
    @Nullable
    Configuration next() {
        return next;
    }

    SortedMap<Integer, Long> ready() {
        return Collections.unmodifiableSortedMap(ready);
    }

    /** Whether it is settled who follows, and from where. */
    boolean isSettled() {
        return last > 0;
    }

    /** All of it, for consoles. */
    Outlook outlook() {
        ReplicaSet members = ReplicaSet.EMPTY;
        for (int member : ready.keySet()) {
            members = members.with(member);
        }
        return new Outlook(next, members, last);
    }

    /**
     * Officers want another configuration.
     *
     * @param ledger of the keys, of which some may have to go on
     */
    Reconfiguration.Verdict wish(byte[] operation, KeyLedger ledger) {
        Reconfiguration wish;
        try {
            wish = Reconfiguration.CODEC.decode(operation);
        } catch (MalformedException e) {
            return refused("this is no request for a configuration: " + e.getMessage());
        }
        Tenure mine = tenure;
        if (mine == null) {
            return refused("this group keeps its configuration");
        }
        String refusal = refusal(mine, wish);
        if (refusal != null) {
            return refused(refusal);
        }
        FaultStructure structure;
        try {
            // Never assumed: every replica finds for itself that no three fault sets cover the new group.
            structure = mine.registry().trust(wish.next());
        } catch (TrustException e) {
            return refused(e.getMessage());
        }
        for (String keyId : wish.next().carried()) {
            if (!canGoOn(keyId, ledger, mine.configuration(), wish.next(), structure)) {
                return refused("key " + keyId + Reconfiguration.CANNOT_GO_ON);
            }
        }
        serial = wish.serial();
        next = wish.next();
        nextTrust = structure;
        ready.clear();
        return new Reconfiguration.Verdict(
                true, "configuration " + wish.next().number() + " begins when a quorum of its members is ready");
    }

    private static Reconfiguration.Verdict refused(@Nullable String sentence) {
        return new Reconfiguration.Verdict(false, String.valueOf(sentence));
    }

    private @Nullable String refusal(Tenure mine, Reconfiguration wish) {
        Configuration present = mine.configuration();
        if (isSettled()) {
            return "the next configuration is settled";
        }
        if (!wish.next().predecessor().equals(present.digest()) || wish.next().number() != present.number() + 1) {
            return "it does not follow the present configuration";
        }
        if (wish.serial() <= serial) {
            return "a later request was accepted before";
        }
        // The cheap tests first: whoever asks may be anybody.
        if (!wish.isAuthorised(present, mine.registry().officers(present))) {
            return "the officers who signed it may not change the configuration";
        }
        String flaw = wish.next().flaw();
        if (flaw != null) {
            return flaw;
        }
        if (present.hybrid() != wish.next().hybrid()) {
            return "a group has trusted components beside all of its replicas, or none, for ever";
        }
        ReplicaSet staying = staying(present, wish.next());
        if (present.hybrid()) {
            // Whoever is corrupted, and whoever did not sign the last state, somebody who has it must stay. Under Q3
            // two
            // quorums meet in such a replica.
            return trust.outlastsTwo(staying)
                    ? null
                    : "those who stay are too few to hand the state over: change it in more steps";
        }
        return trust.isQuorum(staying)
                ? null
                : "those who stay are no quorum of the present configuration: change it in more steps";
    }

    /**
     * Whether those who stay can hand the key on whatever fault set of the next configuration is corrupted meanwhile: else it
     * might never be shared among its members. Those who leave have an index together that is nobody's.
     */
    private static boolean canGoOn(
            String keyId, KeyLedger ledger, Configuration present, Configuration next, FaultStructure structure) {
        boolean allStay = present.seats().stream().allMatch(seat -> next.indexOf(seat.number()) >= 0);
        if (!allStay && next.seats().size() == ReplicaSet.SIZE_MAX) {
            return false;
        }
        return structure.holdsForEach(corrupted -> ledger.canGoOn(keyId, holders(present, next, corrupted)));
    }

    /** Members of the present configuration who are the same in the next one, and are not among these members of it. */
    private static ReplicaSet holders(Configuration present, Configuration next, ReplicaSet without) {
        ReplicaSet holders = ReplicaSet.EMPTY;
        for (int index = 0; index < present.seats().size(); index++) {
            Configuration.Seat seat = present.seats().get(index);
            int then = next.indexOf(seat.number());
            if (then >= 0
                    && !without.contains(then)
                    && Arrays.equals(seat.key(), next.seats().get(then).key())) {
                holders = holders.with(index);
            }
        }
        return holders;
    }

    /** Members of the present configuration who are in the next one, too, with whatever key. */
    private static ReplicaSet staying(Configuration present, Configuration next) {
        ReplicaSet staying = ReplicaSet.EMPTY;
        for (int index = 0; index < present.seats().size(); index++) {
            if (next.indexOf(present.seats().get(index).number()) >= 0) {
                staying = staying.with(index);
            }
        }
        return staying;
    }

    /** Whether to order it would change something. */
    boolean isProved(Readiness readiness) {
        Configuration following = next;
        return tenure != null
                && following != null
                && isNews(readiness)
                && readiness.isValid(tenure.registry().members(following));
    }

    private boolean isNews(Readiness readiness) {
        Long known = ready.get(readiness.member());
        return next != null
                && !isSettled()
                && readiness.configuration().equals(next.digest())
                && (known == null || known != readiness.nonce());
    }

    /** A member of the next configuration is ready, as the log says in this slot. */
    void ready(Readiness readiness, long slot) {
        FaultStructure structure = nextTrust;
        if (structure == null || !isProved(readiness)) {
            return; // said before, or of no member: whoever brought it is not its author
        }
        ready.put(readiness.member(), readiness.nonce());
        if (structure.isQuorum(outlook().ready())) {
            last = slot + pipeline;
        }
    }

    /** What readers see of it. */
    MerkleMap view() {
        Configuration following = next;
        return following == null || !isSettled()
                ? MerkleMap.EMPTY
                : MerkleMap.EMPTY.with(
                        ConfigurationCertificate.SUCCESSOR,
                        ConfigurationCertificate.successor(last, following.digest()));
    }

    /** A new configuration begins, of which nothing is known to follow. */
    void begin() {
        serial = -1;
        next = null;
        nextTrust = null;
        ready.clear();
        last = 0;
    }

    void write(Writer writer) {
        Configuration following = next;
        writer.bool(following != null);
        if (following != null) {
            Configuration.CODEC.write(writer.u64(serial).u64(last), following);
            writer.u8(ready.size());
            ready.forEach((member, nonce) -> writer.u8(member).u64(nonce));
        }
    }

    void read(Reader reader) {
        begin();
        if (reader.bool()) {
            serial = reader.count();
            last = reader.count();
            next = Configuration.CODEC.read(reader);
            nextTrust = Invariant.present(tenure, "only groups that change have a next configuration")
                    .registry()
                    .trust(next);
            for (int count = reader.u8(); count > 0; count--) {
                ready.put(reader.u8(), reader.count());
            }
        }
    }
}
