package org.maftia.core.keys;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DistributedKey;
import org.maftia.core.crypto.KeyComplaint;
import org.maftia.core.crypto.KeyPlan;
import org.maftia.core.crypto.RecipientKey;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One attempt as the log tells it: who enrolled, which dealings there are, which of them count, whose shares are in safety. A
 * function of the log alone.
 */
final class Attempt {
    private final FaultStructure trust;
    private final KeyLedger.Listener listener;
    private final long number;
    private final long begunMicros;

    /** Known to deal falsely: their dealings do not count. */
    private final ReplicaSet barred;

    private final SortedMap<Integer, KeyMessage.Enrol> enrolled = new TreeMap<>();

    /** Once enrolment is over. */
    private @Nullable DistributedKey making;

    /** Dealers in log order. */
    private final List<Integer> dealers = new ArrayList<>();

    private final SortedMap<Integer, byte[]> dealings = new TreeMap<>();
    private ReplicaSet refuted = ReplicaSet.EMPTY;

    /** Whom a member accused falsely; a second time nobody listens. */
    private final SortedMap<Integer, ReplicaSet> accused = new TreeMap<>();

    private final SortedMap<Integer, Digest> acknowledged = new TreeMap<>();

    /** The dealings that count; null as long as they do not suffice. */
    private @Nullable Counted counted;

    /**
     * @param dealings by dealer
     * @param digest what acknowledgements name
     * @param key that they make
     * @param signing the same as outsiders see it; null: nothing is signed with it
     */
    record Counted(
            SortedMap<Integer, byte[]> dealings,
            Digest digest,
            DiscreteLogKey key,
            @Nullable BlsKey signing) {
        Counted {
            dealings = Collections.unmodifiableSortedMap(dealings);
        }
    }

    Attempt(FaultStructure trust, KeyLedger.Listener listener, long number, long begunMicros, ReplicaSet barred) {
        this.trust = trust;
        this.listener = listener;
        this.number = number;
        this.begunMicros = begunMicros;
        this.barred = barred;
    }

    long number() {
        return number;
    }

    long begunMicros() {
        return begunMicros;
    }

    boolean isEnrolling() {
        return making == null;
    }

    boolean isEnrolled(int member) {
        return enrolled.containsKey(member);
    }

    boolean isBarred(int member) {
        return barred.contains(member);
    }

    /** Whose dealings do not count, as they were found out before it began. */
    ReplicaSet barred() {
        return barred;
    }

    boolean hasDealt(int member) {
        return dealings.containsKey(member);
    }

    boolean isAcknowledgedBy(int member) {
        return counted != null && counted.digest.equals(acknowledged.get(member));
    }

    /** Null while members enrol. */
    @Nullable
    DistributedKey making() {
        return making;
    }

    @Nullable
    Counted counted() {
        return counted;
    }

    /** KEY. */
    void enrol(int member, KeyMessage.Enrol enrol) {
        if (!RecipientKey.isPublicKey(enrol.publicKey())) {
            listener.blame(member, "enrols for a key with what is no key");
        } else if (isEnrolling()) {
            enrolled.putIfAbsent(member, enrol);
        }
    }

    /**
     * Ends the enrolment when all are there, or patience is over and a quorum is, of members who may deal: on those who were found
     * out it must not hang whether the attempt comes to its end. What is made differs for whoever is bare.
     */
    void closeEnrolment(KeyUpkeep upkeep, @Nullable DiscreteLogKey present, boolean patient) {
        ReplicaSet members = ReplicaSet.EMPTY;
        boolean bare = false;
        SortedMap<Integer, byte[]> keys = new TreeMap<>();
        for (var entry : enrolled.entrySet()) {
            members = members.with(entry.getKey());
            bare |= entry.getValue().bare();
            keys.put(entry.getKey(), entry.getValue().publicKey());
        }
        boolean complete = members.containsAll(trust.all());
        // Where the formula is not strong an attempt ends well with everybody or not at all.
        boolean enough = !patient && upkeep.formula().strong() && trust.isQuorum(members.minus(barred));
        if (complete || enough) {
            making = new DistributedKey(upkeep.plan(present, bare), number, keys);
        }
    }

    /** DEAL. */
    void deal(int member, byte[] dealing) {
        DistributedKey key = making;
        if (key == null || barred.contains(member) || dealings.containsKey(member)) {
            return;
        }
        if (!key.isWellFormed(member, dealing)) {
            listener.blame(member, "deals what is no dealing");
            return;
        }
        dealers.add(member);
        dealings.put(member, dealing);
        if (counted == null) {
            count();
        }
    }

    /** COMPLAINT. What a just one is about counts no more, and what was acknowledged with it is void. */
    void complain(int member, KeyComplaint complaint) {
        if (isJust(member, complaint)) {
            refuted = refuted.with(complaint.dealer());
            if (counted == null || counted.dealings.containsKey(complaint.dealer())) {
                count();
            }
        }
    }

    /** Whether the complaint is just: for one that comes after the key took effect, and can keep no dealing out. */
    boolean isLateJustice(int member, KeyComplaint complaint) {
        return isJust(member, complaint);
    }

    private boolean isJust(int member, KeyComplaint complaint) {
        int dealer = complaint.dealer();
        DistributedKey key = making;
        byte[] dealing = dealings.get(dealer);
        ReplicaSet before = accused.getOrDefault(member, ReplicaSet.EMPTY);
        if (key == null || dealing == null || refuted.contains(dealer) || before.contains(dealer)) {
            return false;
        }
        if (key.isJustified(member, complaint, dealing)) {
            listener.blame(dealer, "deals a share that is not the one it committed to");
            return true;
        }
        accused.put(member, before.with(dealer));
        listener.blame(member, "complains of a dealing that is as it must be");
        return false;
    }

    /** Finds the shortest prefix of unrefuted dealings that suffices. */
    private void count() {
        DistributedKey key = Invariant.present(making, "dealings come after the enrolment");
        counted = null;
        ReplicaSet counting = ReplicaSet.EMPTY;
        SortedMap<Integer, byte[]> prefix = new TreeMap<>();
        for (int dealer : dealers) {
            if (!refuted.contains(dealer)) {
                counting = counting.with(dealer);
                prefix.put(dealer, Invariant.present(dealings.get(dealer), "dealers have dealt"));
                if (key.plan().suffices(counting, trust)) {
                    settle(key, prefix, dealer);
                    return;
                }
            }
        }
    }

    /** @param last whose dealing completes them, and is the only one that can aim at what the others come to */
    private void settle(DistributedKey key, SortedMap<Integer, byte[]> prefix, int last) {
        DiscreteLogKey made = key.key(prefix).orElse(null);
        if (made == null) {
            listener.blame(last, "deals so that a share is zero");
            refuted = refuted.with(last);
            count();
            return;
        }
        Transcript transcript = Transcript.of("keys/counted").field(key.id());
        prefix.forEach((dealer, dealing) -> transcript.field(dealer).field(dealing));
        BlsKey signing = key.plan().signs() ? key.signing(prefix, made) : null;
        counted = new Counted(prefix, transcript.digest(), made, signing);
    }

    /** ACK. Those that name other dealings than count now are void, and nobody's fault. */
    void acknowledge(int member, Digest named) {
        if (enrolled.containsKey(member) && counted != null && counted.digest.equals(named)) {
            acknowledged.put(member, named);
        }
    }

    /** Whether so many have their shares in safety that the key can be used whatever set is corrupted. */
    boolean isFinal() {
        ReplicaSet safe = safe();
        Counted now = counted;
        if (now == null) {
            return false;
        }
        return now.key.formula().strong() ? trust.isQuorum(safe) : isEverybodySafe();
    }

    /** Whether nobody needs the dealings any more. */
    boolean isEverybodySafe() {
        return safe().containsAll(trust.all());
    }

    KeyStanding.Open standing() {
        return new KeyStanding.Open(number, members(enrolled.keySet()), members(dealers), safe());
    }

    /** @param made whether an epoch began with it */
    KeyStanding.Ended ended(boolean made, long micros) {
        return new KeyStanding.Ended(number, made, members(enrolled.keySet()), refuted, safe(), micros);
    }

    private static ReplicaSet members(Collection<Integer> indices) {
        ReplicaSet set = ReplicaSet.EMPTY;
        for (int member : indices) {
            set = set.with(member);
        }
        return set;
    }

    private ReplicaSet safe() {
        ReplicaSet safe = ReplicaSet.EMPTY;
        for (int member : acknowledged.keySet()) {
            safe = isAcknowledgedBy(member) ? safe.with(member) : safe;
        }
        return safe;
    }

    void write(Writer writer) {
        writer.u64(number).u64(begunMicros).u64(barred.bits()).u8(enrolled.size());
        enrolled.forEach(
                (member, enrol) -> writer.u8(member).fixed(enrol.publicKey()).bool(enrol.bare()));
        DistributedKey key = making;
        writer.bool(key != null);
        if (key == null) {
            return;
        }
        KeyPlan.CODEC.write(writer, key.plan());
        writer.u8(dealers.size());
        dealers.forEach(
                dealer -> writer.u8(dealer).opaque32(Invariant.present(dealings.get(dealer), "dealers have dealt")));
        writer.u64(refuted.bits()).u8(accused.size());
        accused.forEach((member, whom) -> writer.u8(member).u64(whom.bits()));
        writer.u8(acknowledged.size());
        acknowledged.forEach((member, digest) -> writer.u8(member).digest(digest));
    }

    static Attempt read(FaultStructure trust, KeyLedger.Listener listener, String keyId, Reader reader) {
        Attempt attempt = new Attempt(trust, listener, reader.count(), reader.count(), new ReplicaSet(reader.u64()));
        SortedMap<Integer, byte[]> keys = new TreeMap<>();
        for (int count = reader.u8(); count > 0; count--) {
            int member = reader.u8();
            byte[] key = reader.fixed(KeyMessage.PUBLIC_KEY_LENGTH);
            keys.put(member, key);
            attempt.enrolled.put(member, new KeyMessage.Enrol(keyId, attempt.number, key, reader.bool()));
        }
        if (reader.bool()) {
            attempt.making = new DistributedKey(KeyPlan.CODEC.read(reader), attempt.number, keys);
            attempt.readDealings(reader);
        }
        return attempt;
    }

    private void readDealings(Reader reader) {
        for (int count = reader.u8(); count > 0; count--) {
            int dealer = reader.u8();
            dealers.add(dealer);
            dealings.put(dealer, reader.opaque32(KeyMessage.DEALING_LENGTH_MAX));
        }
        refuted = new ReplicaSet(reader.u64());
        for (int count = reader.u8(); count > 0; count--) {
            accused.put(reader.u8(), new ReplicaSet(reader.u64()));
        }
        for (int count = reader.u8(); count > 0; count--) {
            acknowledged.put(reader.u8(), reader.digest());
        }
        count();
    }
}
