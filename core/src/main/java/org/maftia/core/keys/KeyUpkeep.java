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
 *     then what that one ended with, a later sharing of the key that was dealt, and is shared anew at once
 * @param pace when
 */
public record KeyUpkeep(
        String group,
        String keyId,
        SharingFormula formula,
        @Nullable DiscreteLogKey dealt,
        boolean carried,
        Pace pace) {
    /** @throws IllegalArgumentException when a key is carried that nobody dealt */
    public KeyUpkeep {
        if (carried && dealt == null) {
            throw new IllegalArgumentException("a key that goes on was dealt before: " + keyId);
        }
    }

    /** Of a key that does not come from a configuration before. */
    public KeyUpkeep(String group, String keyId, SharingFormula formula, @Nullable DiscreteLogKey dealt, Pace pace) {
        this(group, keyId, formula, dealt, false, pace);
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
            return KeyPlan.generation(group, keyId, formula);
        }
        return bare || !present.formula().equals(formula)
                ? KeyPlan.resharing(present, formula)
                : KeyPlan.refresh(present);
    }
}
