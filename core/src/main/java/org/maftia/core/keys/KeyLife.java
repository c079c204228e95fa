package org.maftia.core.keys;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One key through its epochs, as the log tells it: the present one, at most one attempt at the next, and the dealings of the
 * last one for those who still need them.
 */
final class KeyLife {
    private final FaultStructure trust;
    private final KeyUpkeep upkeep;
    private final KeyLedger.Listener listener;
    private @Nullable DiscreteLogKey present;

    /** With what outsiders verify its signatures, where the group made it for that; the same in all epochs. */
    private byte @Nullable [] verifying;

    /** Whether nothing is known yet of how the configuration before ended. */
    private boolean awaiting;

    /** Whether it is still as the configuration before left it: who was a member then may have shares of it. */
    private boolean inherited;

    /** The attempt that made the present key; 0: a ceremony did. */
    private long madeBy;

    /** The key before it, for those who have not come as far as the present one. */
    private @Nullable DiscreteLogKey before;

    /** The attempt that made that one. */
    private long madeBefore;

    /** Where the present key became that, and where the one before it did. */
    private Place changed = Place.NONE;

    private Place changedBefore = Place.NONE;

    /** The slot that is being executed; known to be so by nobody after a state was read. */
    private Place here = Place.NONE;

    /** Under way. */
    private @Nullable Attempt open;

    /** The one that made the present key, until all have their shares or another begins. */
    private @Nullable Attempt settled;

    /** When the present key became it; 0: it was dealt. */
    private long sinceMicros;

    /** How the last attempt came out, for those who ask. */
    private KeyStanding.@Nullable Ended last;

    /** Attempts so far. */
    private long attempts;

    /** When the last attempt ended, or the key began to be kept; 0: not yet. */
    private long restingSinceMicros;

    /** The latest that agreed time was; known to be so by nobody after a state was read. */
    private long latestMicros;

    /** Whom the next attempt does without, as they were found out late. */
    private ReplicaSet barred = ReplicaSet.EMPTY;

    /**
     * A place in the log.
     *
     * @param epoch of the ordering
     */
    record Place(long slot, long epoch) {
        static final Place NONE = new Place(0, -1);

        private void write(Writer writer) {
            writer.u64(slot).u64(epoch);
        }

        private static Place read(Reader reader) {
            return new Place(reader.count(), reader.u64());
        }
    }

    KeyLife(FaultStructure trust, KeyUpkeep upkeep, KeyLedger.Listener listener) {
        this.trust = trust;
        this.upkeep = upkeep;
        this.listener = listener;
        this.present = upkeep.carried() ? null : upkeep.dealt();
        this.awaiting = upkeep.carried();
    }

    KeyUpkeep upkeep() {
        return upkeep;
    }

    /** Null: the group has not made it yet. */
    @Nullable
    DiscreteLogKey present() {
        return present;
    }

    /** The same with what outsiders verify with; null: there is none, or they know from a ceremony. */
    @Nullable
    BlsKey signing() {
        return present == null || verifying == null ? null : new BlsKey(present, verifying);
    }

    /** The attempt that made it; 0: a ceremony did. */
    long madeBy() {
        return madeBy;
    }

    /** The key before it; null: there was none. */
    @Nullable
    DiscreteLogKey before() {
        return before;
    }

    /** The attempt that made the key before it. */
    long madeBefore() {
        return madeBefore;
    }

    Place changed() {
        return changed;
    }

    Place changedBefore() {
        return changedBefore;
    }

    /** Attempts so far: every one up to this number that is neither open nor made the present key came to nothing, or is over. */
    long attempts() {
        return attempts;
    }

    KeyStanding standing() {
        return new KeyStanding(
                upkeep.keyId(),
                Optional.ofNullable(present),
                sinceMicros,
                attempts,
                Optional.ofNullable(open).map(Attempt::standing),
                Optional.ofNullable(last));
    }

    @Nullable
    Attempt open() {
        return open;
    }

    @Nullable
    Attempt settled() {
        return settled;
    }

    /** The attempt of that number, if anybody still needs it. */
    @Nullable
    Attempt attempt(long number) {
        if (open != null && open.number() == number) {
            return open;
        }
        return settled != null && settled.number() == number ? settled : null;
    }

    /** When time alone will change something; {@link Long#MAX_VALUE}: never. */
    long nextMicros() {
        KeyUpkeep.Pace pace = upkeep.pace();
        if (open != null) {
            long patience = open.begunMicros() + pace.patience();
            return open.isEnrolling() && latestMicros < patience ? patience : open.begunMicros() + pace.limit();
        }
        if (awaiting) {
            return Long.MAX_VALUE;
        }
        boolean first = present == null && last == null;
        if (first || inherited && last == null) {
            return 0;
        }
        if (!barred.isEmpty() && listener.mayBegin(upkeep.keyId())) {
            return restingSinceMicros + pace.rest();
        }
        if (present == null || inherited || isOutgrown()) {
            return restingSinceMicros + pace.rest();
        }
        return pace.period() == 0 ? Long.MAX_VALUE : restingSinceMicros + pace.period();
    }

    /** Whether the key is shared over another formula than it should be. */
    private boolean isOutgrown() {
        return present != null && !present.formula().equals(upkeep.formula());
    }

    /** The log, and agreed time with it, goes on. */
    void slot(Place place, long micros) {
        here = place;
        latestMicros = micros;
        if (restingSinceMicros == 0) {
            restingSinceMicros = micros;
        }
        Attempt now = open;
        if (now == null) {
            // Who was found out late has the key renewed without him, as soon as it may be.
            if ((micros >= nextMicros() || !barred.isEmpty()) && listener.mayBegin(upkeep.keyId())) {
                begin(micros);
            }
            return;
        }
        if (micros >= now.begunMicros() + upkeep.pace().limit()) {
            open = null;
            last = now.ended(false, micros);
            restingSinceMicros = micros;
            bar(now.barred(), barred); // whoever lacks a share because of them still does
            listener.cancelled(upkeep.keyId(), now.number());
        } else if (now.isEnrolling()) {
            closeEnrolment(now, micros);
        }
    }

    /** Whether a wish for another attempt counts by now. */
    boolean isRested() {
        return attempts == 0
                || latestMicros >= restingSinceMicros + upkeep.pace().rest();
    }

    private void begin(long micros) {
        attempts++;
        open = new Attempt(trust, listener, attempts, micros, barred);
        settled = null;
        barred = ReplicaSet.EMPTY;
        listener.begun(upkeep.keyId(), attempts);
    }

    private void closeEnrolment(Attempt attempt, long micros) {
        boolean patient = micros < attempt.begunMicros() + upkeep.pace().patience();
        attempt.closeEnrolment(upkeep, present, patient);
    }

    /** A member says something. */
    void apply(int member, KeyMessage message, long micros) {
        switch (message) {
            case KeyMessage.Wish wish -> {
                if (open == null && isRested() && listener.mayBegin(upkeep.keyId())) {
                    begin(micros);
                }
            }
            case KeyMessage.Enrol enrol -> {
                Attempt attempt = open;
                if (attempt != null && attempt.number() == enrol.attempt() && attempt.isEnrolling()) {
                    attempt.enrol(member, enrol);
                    closeEnrolment(attempt, micros);
                }
            }
            case KeyMessage.Deal deal -> {
                if (open != null && open.number() == deal.attempt()) {
                    open.deal(member, deal.dealing());
                }
            }
            case KeyMessage.Complain complain -> complain(member, complain, micros);
            case KeyMessage.Acknowledge acknowledge -> acknowledge(member, acknowledge, micros);
        }
    }

    /** One that comes too late to keep the dealing out has the key renewed without its dealer. */
    private void complain(int member, KeyMessage.Complain complain, long micros) {
        Attempt attempt = attempt(complain.attempt());
        if (attempt != null && attempt == open) {
            attempt.complain(member, complain.complaint());
        } else if (attempt != null && attempt.isLateJustice(member, complain.complaint())) {
            bar(
                    barred.union(attempt.barred()),
                    ReplicaSet.of(complain.complaint().dealer()));
            if (open == null && listener.mayBegin(upkeep.keyId())) {
                begin(micros);
            }
        }
    }

    /**
     * With those who had been barred before: two who took turns would leave out the same member for ever. As many as can be
     * corrupted together and no more, as the earlier ones may have been repaired since.
     */
    private void bar(ReplicaSet before, ReplicaSet now) {
        ReplicaSet all = before.union(now);
        barred = trust.isFaultSet(all) ? all : now;
    }

    private void acknowledge(int member, KeyMessage.Acknowledge acknowledge, long micros) {
        Attempt attempt = attempt(acknowledge.attempt());
        if (attempt == null) {
            return;
        }
        attempt.acknowledge(member, acknowledge.dealings());
        Attempt.Counted made = attempt.counted();
        if (attempt == open && made != null && attempt.isFinal()) {
            before = present;
            present = made.key();
            verifying = made.signing() == null ? verifying : made.signing().publicKey();
            inherited = false;
            madeBefore = madeBy;
            changedBefore = changed;
            changed = here;
            madeBy = attempt.number();
            settled = attempt;
            open = null;
            restingSinceMicros = micros;
            sinceMicros = micros;
            listener.finished(made.key());
        }
        if (attempt == settled) {
            last = attempt.ended(true, sinceMicros);
            settled = attempt.isEverybodySafe() ? null : settled;
        }
    }

    void write(Writer writer) {
        // What another configuration takes over comes first.
        writer.u64(attempts).u64(madeBy);
        write(writer, present);
        if (upkeep.signs() && present != null) {
            writer.fixed(Invariant.present(verifying, "it was made with the key"));
        }
        writer.bool(inherited).u64(madeBefore);
        writer.u64(restingSinceMicros).u64(barred.bits()).u64(sinceMicros);
        writer.bool(last != null);
        if (last != null) {
            KeyStanding.Ended.CODEC.write(writer, last);
        }
        changed.write(writer);
        changedBefore.write(writer);
        write(writer, before);
        write(writer, open);
        write(writer, settled);
    }

    private static void write(Writer writer, @Nullable DiscreteLogKey key) {
        writer.bool(key != null);
        if (key != null) {
            DiscreteLogKey.CODEC.write(writer, key);
        }
    }

    private static void write(Writer writer, @Nullable Attempt attempt) {
        writer.bool(attempt != null);
        if (attempt != null) {
            attempt.write(writer);
        }
    }

    /** Begins anew with the key that is dealt, if it is: another group keeps it now. */
    void restart() {
        attempts = 0;
        madeBy = 0;
        madeBefore = 0;
        restingSinceMicros = 0;
        sinceMicros = 0;
        last = null;
        barred = ReplicaSet.EMPTY;
        present = upkeep.carried() ? null : upkeep.dealt();
        verifying = null;
        awaiting = false;
        inherited = false;
        before = null;
        changed = Place.NONE;
        changedBefore = Place.NONE;
        open = null;
        settled = null;
    }

    /**
     * Goes on with the key as another group had it in the end: with its shares, of which some may be nobody's now. Attempts go
     * on to be counted, so that no secret of before has the name of a later one.
     */
    void inherit(Reader ended, IntUnaryOperator index) {
        attempts = ended.count();
        madeBy = ended.count();
        DiscreteLogKey last = readKey(ended);
        DiscreteLogKey dealt = upkeep.dealt();
        if (last == null && dealt == null) {
            return; // the group before did not come to make it
        }
        boolean same = last != null && (dealt == null || Arrays.equals(last.publicKey(), dealt.publicKey()));
        Invariant.check(same, "who is ready for a configuration knows which key goes on");
        present = Invariant.present(last, "just checked").renamed(index);
        verifying = upkeep.signs() ? ended.fixed(BlsKey.PUBLIC_KEY_LENGTH) : null;
        inherited = true;
    }

    void read(Reader reader) {
        latestMicros = 0;
        awaiting = false;
        attempts = reader.count();
        madeBy = reader.count();
        present = readKey(reader);
        verifying = upkeep.signs() && present != null ? reader.fixed(BlsKey.PUBLIC_KEY_LENGTH) : null;
        inherited = reader.bool();
        madeBefore = reader.count();
        restingSinceMicros = reader.count();
        barred = new ReplicaSet(reader.u64());
        sinceMicros = reader.count();
        last = reader.bool() ? KeyStanding.Ended.CODEC.read(reader) : null;
        changed = Place.read(reader);
        changedBefore = Place.read(reader);
        before = readKey(reader);
        open = readAttempt(reader);
        settled = readAttempt(reader);
    }

    private static @Nullable DiscreteLogKey readKey(Reader reader) {
        return reader.bool() ? DiscreteLogKey.CODEC.read(reader) : null;
    }

    private @Nullable Attempt readAttempt(Reader reader) {
        return reader.bool() ? Attempt.read(trust, listener, upkeep.keyId(), reader) : null;
    }
}
