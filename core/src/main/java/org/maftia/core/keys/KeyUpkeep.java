package org.maftia.core.keys;

import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.KeyPlan;
import org.maftia.core.trust.SharingFormula;

/**
 * What a group wants of one of its keys, the same at all members.
 *
 * @param group whose key it is
 * @param keyId names the key within the group
 * @param formula over which it is to be shared
 * @param dealt where the group begins with a key that a ceremony made; null: the group makes it for itself
 * @param carried whether the key goes on from the configuration before, whoever were its members: what the group begins with is
 *     then what that one ended with, a later sharing of the key that was dealt or made, and is shared anew at once. Where that one
 *     was to make it and had not yet done so, this one makes it
 * @param signs of a key that the group makes: whether outsiders verify what it signs ({@link KeyPlan#signs})
 * @param pace when
 */
public record KeyUpkeep(
        String group,
        String keyId,
        SharingFormula formula,
        @Nullable DiscreteLogKey dealt,
        boolean carried,
        boolean signs,
        Pace pace) {
    /** @throws IllegalArgumentException when it says of a dealt key what the group is to make */
    public KeyUpkeep {
        if (signs && dealt != null) {
            throw new IllegalArgumentException("what is made with a key was dealt with it: " + keyId);
        }
    }

    /** Of a key that is dealt, or goes on. */
    public KeyUpkeep(
            String group,
            String keyId,
            SharingFormula formula,
            @Nullable DiscreteLogKey dealt,
            boolean carried,
            Pace pace) {
        this(group, keyId, formula, dealt, carried, false, pace);
    }

    /** Of a key that does not come from a configuration before. */
    public KeyUpkeep(String group, String keyId, SharingFormula formula, @Nullable DiscreteLogKey dealt, Pace pace) {
        this(group, keyId, formula, dealt, false, false, pace);
    }

    /** Of a key for BLS signatures that nobody deals. */
    public static KeyUpkeep signing(String group, String keyId, SharingFormula formula, boolean carried, Pace pace) {
        return new KeyUpkeep(group, keyId, formula, null, carried, true, pace);
    }

    /**
     * Durations of agreed time, in microseconds.
     *
     * @param period between the end of an attempt and the next one by itself; 0: only on demand
     * @param rest how soon after an attempt the wish for another one counts: each costs every member some computing
     * @param patience with members that do not enrol: a quorum goes on without them, and they without a share
     * @param limit of a whole attempt: then it is given up and everything stays as it was
     */
    public record Pace(long period, long rest, long patience, long limit) {
        public Pace {
            if (period < 0 || rest < 0 || patience <= 0 || limit <= patience) {
                throw new IllegalArgumentException("an attempt lasts longer than its patience");
            }
        }

        /** For machines that are alive: on demand, at most every ten seconds; a minute for whoever is being restarted. */
        public static final Pace ON_DEMAND = new Pace(0, 10_000_000, 60_000_000, 300_000_000);

        /** The same, and by itself after every such time. */
        public Pace every(long micros) {
            return new Pace(micros, rest, patience, limit);
        }
    }

    /**
     * What an attempt at the present key is to be.
     *
     * @param present null: there is none
     * @param bare whether some members have no share of it
     */
    KeyPlan plan(@Nullable DiscreteLogKey present, boolean bare) {
        if (present == null) {
            return signs ? KeyPlan.signing(group, keyId, formula) : KeyPlan.generation(group, keyId, formula);
        }
        return bare || !present.formula().equals(formula)
                ? KeyPlan.resharing(present, formula)
                : KeyPlan.refresh(present);
    }
}
