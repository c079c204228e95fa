package org.maftia.server.host;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Lineage;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.StateMachine;
import org.maftia.simulator.Draw;
import org.maftia.simulator.corrupt.Corrupted;
import org.maftia.simulator.corrupt.Equivocation;
import org.maftia.simulator.corrupt.Forgery;
import org.maftia.simulator.corrupt.Grammar;
import org.maftia.simulator.corrupt.Misconduct;
import org.maftia.simulator.corrupt.Silence;
import org.maftia.simulator.corrupt.SlowDrip;
import org.maftia.simulator.corrupt.SpoiledShares;

/** What an intruder makes of a replica whose host and keys are his. */
public enum Corruption {
    /** Says nothing to its peers. */
    SILENCE,
    /** Says everything, late. */
    SLOW,
    /** Tells one half of its peers something else than the other. */
    EQUIVOCATE,
    /** Draws valid messages of the protocols' own grammar and sends them to anybody. */
    FORGE,
    /** Takes part, but its shares of signatures, coins and secrets are false. */
    FALSE_SHARES,
    /** Executes everything wrongly, and holds wrong state. */
    CORRUPT_STATE,
    /** Proposes, as the leader of a group with trusted components, what no client signed. */
    FORGED_PROPOSAL;

    /** Slow enough that its turn as leader is noticed, fast enough that it is not simply away. */
    private static final long DRIP_MICROS = 400_000;

    private static final int DRIP_FRAMES = 2;

    /** Real signatures are over one thing each: a forger leaves the place empty where it would need one. */
    private static final byte[] NO_SIGNATURE = {};

    /** The word on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Corruption> of(String word) {
        return List.of(values()).stream()
                .filter(corruption -> corruption.word().equals(word))
                .findFirst();
    }

    /**
     * Wraps the automaton of a correct replica.
     *
     * @param self its seat
     * @param peers one more than the highest seat
     * @param active asked all the while whether to misbehave
     */
    Automaton<Input, Output> of(Lineage correct, int self, int peers, long seed, BooleanSupplier active) {
        Grammar grammar = new Grammar(correct::grammar);
        if (this == FORGED_PROPOSAL) {
            return new ForgedProposals(correct, grammar, active);
        }
        @Nullable
        Misconduct misconduct = switch (this) {
            case SILENCE -> new Silence();
            case SLOW -> new SlowDrip(DRIP_MICROS, DRIP_FRAMES);
            case EQUIVOCATE -> new Equivocation(grammar, NO_SIGNATURE, peers, allButOne(self));
            case FALSE_SHARES -> new SpoiledShares(grammar);
            case FORGE -> new Forgery(grammar, NO_SIGNATURE, peers);
            case CORRUPT_STATE, FORGED_PROPOSAL -> null;
        };
        return misconduct == null
                ? correct
                : new Corrupted<>(correct, new ToOthers(self, misconduct), new Draw(seed), active);
    }

    /** Wraps a service of a correct replica. */
    StateMachine of(StateMachine service, BooleanSupplier active) {
        return this == CORRUPT_STATE ? new DecayedService(service, active) : service;
    }

    /** Wraps a correct replica's part in an oblivious function: a false one is as much a point as the true one. */
    ObliviousFunction.Holder of(ObliviousFunction.Holder correct, BooleanSupplier active) {
        return this == FALSE_SHARES ? new Misled(correct, active) : correct;
    }

    /** Wraps what a correct replica signs with, and verifies what others signed. */
    Certifier of(Certifier correct, BooleanSupplier active) {
        return this == FORGED_PROPOSAL ? ForgedProposals.credulous(correct, active) : correct;
    }

    /** Wraps what a correct replica verifies with what clients signed. */
    Verifier of(Verifier correct, BooleanSupplier active) {
        return this == FORGED_PROPOSAL ? ForgedProposals.credulous(correct, active) : correct;
    }

    /** Evaluates for nobody what was to be evaluated for a user. */
    private record Misled(ObliviousFunction.Holder correct, BooleanSupplier active)
            implements ObliviousFunction.Holder {
        @Override
        public ObliviousFunction function() {
            return correct.function();
        }

        @Override
        public byte[] part(byte[] user, byte[] blinded) {
            return correct.part(active.getAsBoolean() ? new byte[0] : user, blinded);
        }
    }

    /** Who hears the other story: enough to bear witness together, but for one peer that hears the first. */
    private static long allButOne(int self) {
        return ~(self == 0 ? 2L : 1L);
    }

    /** Keeps what is made up for the intruder's own replica from leaving: no link leads there. */
    private record ToOthers(int self, Misconduct misconduct) implements Misconduct {
        @Override
        public void saw(int from, byte[] frame) {
            misconduct.saw(from, frame);
        }

        @Override
        public List<Ready.Outgoing> instead(List<Ready.Outgoing> sends, long nowMicros, Draw draw) {
            return misconduct.instead(sends, nowMicros, draw).stream()
                    .filter(outgoing -> outgoing.to() != self)
                    .toList();
        }

        @Override
        public long nextWakeMicros() {
            return misconduct.nextWakeMicros();
        }
    }
}
