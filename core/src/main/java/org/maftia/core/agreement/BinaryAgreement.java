package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.BinaryMessage.Ballot;
import org.maftia.core.agreement.BinaryMessage.Decide;
import org.maftia.core.agreement.BinaryMessage.Echo;
import org.maftia.core.agreement.BinaryMessage.Echo2;
import org.maftia.core.agreement.BinaryMessage.Share;
import org.maftia.core.agreement.BinaryMessage.Val;
import org.maftia.core.crypto.Coin;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;

/**
 * All correct replicas decide the same bit, one that a correct replica proposed; and they do decide, with probability 1,
 * whatever the order in which messages arrive: it waits for no time. In the validated form the bit decided comes with a
 * proof that every correct replica accepts. The package page gives the table whose lines are quoted here, and the
 * argument.
 *
 * <p>The decision is output once (again after a restart). The instance then stays, answering those who ask with
 * {@link #nudge}, until its parent drops it.
 *
 * <p>Source: Abraham, Ben-David, Yandamuri, "Efficient and adaptively secure asynchronous binary agreement via binding
 * crusader agreement" (PODC 2022), for quorums and kernels of a general fault structure.
 */
public final class BinaryAgreement implements Protocol<BinaryMessage> {
    /** Messages of later rounds are kept up to here; who is further behind learns the decision, or is nudged. */
    static final int ROUNDS_AHEAD = 8;

    /** Whether a value may be decided. */
    @FunctionalInterface
    public interface Validity {
        /** The same answer at all correct replicas, now and later. */
        boolean accepts(boolean value, byte[] proof);
    }

    /**
     * What is common to all replicas of an instance.
     *
     * @param validity of the values; of a value that needs no proof it accepts the empty one
     * @param proofLengthMax bytes of a proof
     * @param firstToss what the coin of round 0 shows, known to all, so that no share is needed where everyone proposes
     *     this value; empty for a fair coin from the start. It costs half a round on average where they do not.
     */
    public record Terms(Validity validity, int proofLengthMax, Optional<Boolean> firstToss) {
        /** Both values are valid, and the coin is fair. */
        public static final Terms PLAIN = new Terms((value, proof) -> proof.length == 0, 0, Optional.empty());
    }

    /** What was decided, and why it may be. */
    public record Decision(boolean value, byte[] proof) {}

    private final Port<BinaryMessage, Decision> port;
    private final Coin coin;
    private final Terms terms;
    private final Codec<BinaryMessage> codec;

    private SortedMap<Integer, BinaryRound> rounds = new TreeMap<>();
    private int current;

    /** All that this replica said and others may need still, in the order in which it did. */
    private final List<BinaryMessage> said = new ArrayList<>();

    /** An accepted proof of each value. */
    private final SortedMap<Boolean, byte[]> proofs = new TreeMap<>();

    private final SortedMap<Boolean, ReplicaSet> decides = new TreeMap<>();
    private @Nullable Boolean chosen;
    private @Nullable Decide decided;
    private boolean halted;

    /** The plain form. */
    public BinaryAgreement(Port<BinaryMessage, Decision> port, Coin coin) {
        this(port, coin, Terms.PLAIN);
    }

    /**
     * @param coin tossed under the name of this instance's path and the round
     * @param terms the same at all replicas
     */
    public BinaryAgreement(Port<BinaryMessage, Decision> port, Coin coin, Terms terms) {
        this.port = port;
        this.coin = coin;
        this.terms = terms;
        this.codec = new BinaryAgreementCodec(terms.proofLengthMax());
        for (boolean value : new boolean[] {false, true}) {
            learn(value, BinaryAgreementCodec.NO_PROOF);
        }
    }

    @Override
    public Codec<BinaryMessage> codec() {
        return codec;
    }

    /** Proposes a value that needs no proof. */
    public void propose(boolean value) {
        propose(value, BinaryAgreementCodec.NO_PROOF);
    }

    /**
     * Proposes a value with a proof that is accepted; line 1 of round 0. Changes nothing when this replica has spoken in
     * round 0 already, be it before a restart: the value that it relayed is as good as its own.
     */
    public void propose(boolean value, byte[] proof) {
        Invariant.check(learn(value, proof), "a proposal is valid");
        if (current == 0 && !halted && round(0).valued.isEmpty()) {
            val(round(0), value);
        }
    }

    /** Sends a peer again whatever it may have missed. */
    public void nudge(int peer) {
        said.forEach(message -> port.send(peer, message));
    }

    /** The round that this replica is in, for measurements. */
    public int round() {
        return current;
    }

    int roundsKept() {
        return rounds.size();
    }

    @Override
    public void receive(int from, BinaryMessage message) {
        if (halted) {
            return;
        }
        switch (message) {
            case Val m
            when m.round() == 0 && !learn(m.value(), m.proof()) ->
                port.blame(from, "vouches for a value without a proof");
            case Val m -> heard(m.round(), round -> round.addVal(from, m.value()));
            case Echo m -> heard(m.round(), round -> blameUnless(round.addEcho(from, m.value()), from, "echoes twice"));
            case Echo2 m ->
                heard(m.round(), round -> blameUnless(round.addEcho2(from, m.ballot()), from, "casts two ballots"));
            case Share m -> heard(m.round(), round -> onShare(from, round, m.share()));
            case Decide m -> onDecide(from, m);
        }
    }

    private void blameUnless(boolean holds, int peer, String rule) {
        if (!holds) {
            port.blame(peer, rule);
        }
    }

    /** Takes note; acts, unless the round has not begun here. */
    private void heard(int number, Consumer<BinaryRound> note) {
        if (number <= current + ROUNDS_AHEAD) {
            BinaryRound round = round(number);
            note.accept(round);
            step(round);
            settle();
        }
    }

    private BinaryRound round(int number) {
        return rounds.computeIfAbsent(number, missing -> new BinaryRound(missing, port.trust()));
    }

    /** Keeps a proof that is accepted; whether it is. */
    private boolean learn(boolean value, byte[] proof) {
        boolean accepted = terms.validity().accepts(value, proof);
        if (accepted) {
            proofs.putIfAbsent(value, proof);
        }
        return accepted;
    }

    private void say(BinaryMessage message) {
        said.add(message);
        port.persist(message);
        port.sendAll(message);
    }

    private void val(BinaryRound round, boolean value) {
        if (round.valued.add(Ballot.of(value))) {
            byte[] proof = round.number == 0
                    ? Invariant.present(proofs.get(value), "only proved values count in round 0")
                    : BinaryAgreementCodec.NO_PROOF;
            say(new Val(round.number, value, proof));
        }
    }

    /**
     * Lines 2 to 7, as far as they go now. In past rounds too: whoever is slower may need what this replica was not yet
     * able to say when it left.
     */
    private void step(BinaryRound round) {
        if (round.number > current || halted) {
            return;
        }
        for (boolean w : new boolean[] {false, true}) {
            if (round.isVouched(w)) { // 2
                val(round, w);
            }
            if (round.isApproved(w) && !round.echoed) { // 3, 4
                round.echoed = true;
                say(new Echo(round.number, w));
            }
        }
        Optional<Ballot> ballot = round.ballot();
        if (ballot.isPresent() && !round.echoed2) { // 5
            round.echoed2 = true;
            say(new Echo2(round.number, ballot.get()));
        }
        if (round.out == null) { // 6
            round.out = round.outcome().orElse(null);
        }
        if (round.out != null) { // 7: from here on some value can be output by nobody any more
            release(round);
        }
        verify(round);
    }

    private void release(BinaryRound round) {
        if (round.number == 0 && terms.firstToss().isPresent()) {
            round.toss = terms.firstToss().get();
        } else if (!round.released) {
            round.released = true;
            Coin.Name name = name(round);
            port.compute(() -> coin.share(name), share -> {
                if (!halted) {
                    say(new Share(round.number, share));
                }
            });
        }
    }

    private Coin.Name name(BinaryRound round) {
        return new Coin.Name(port.path().toString(), round.number);
    }

    private void onShare(int from, BinaryRound round, byte[] share) {
        if (!round.sharers.contains(from) && round.toss == null) {
            round.sharers = round.sharers.with(from);
            round.unverified.put(from, share);
        }
    }

    /** Nobody's share counts before it is verified; a combined value could not be checked. */
    private void verify(BinaryRound round) {
        Coin.Name name = name(round);
        round.unverified.forEach((from, share) -> port.compute(() -> coin.verify(name, from, share), good -> {
            blameUnless(good, from, "shows a false share of the coin");
            if (good && round.toss == null && !halted) {
                round.shares.put(from, share);
                toss(round);
            }
        }));
        round.unverified.clear();
    }

    private void toss(BinaryRound round) {
        if (!round.tossing && coin.isQualified(round.verified())) {
            round.tossing = true;
            Coin.Name name = name(round);
            SortedMap<Integer, byte[]> shares = new TreeMap<>(round.shares);
            port.compute(() -> coin.combine(name, shares), value -> {
                round.toss = value.bit();
                settle();
            });
        }
    }

    /** Line 8, in this round and those that have waited for it. */
    private void settle() {
        if (chosen != null) {
            decide(chosen);
        }
        BinaryRound round = round(current);
        while (!halted && round.out != null && round.toss != null) {
            boolean estimate = round.out == Ballot.EITHER ? round.toss : round.out == Ballot.YES;
            if (round.out != Ballot.EITHER && estimate == round.toss) {
                decide(estimate);
            }
            current++;
            round = round(current);
            val(round, estimate); // 1
            step(round);
        }
    }

    /** Line 9. A value whose proof is still on its way is decided when that comes, which it does from who approved it. */
    private void decide(boolean value) {
        Invariant.check(chosen == null || chosen == value, "one value is decided");
        chosen = value;
        byte[] proof = proofs.get(value);
        if (decided == null && proof != null) {
            decided = new Decide(value, proof);
            port.output(new Decision(value, proof));
            say(decided);
        }
    }

    private void onDecide(int from, Decide m) {
        if (!learn(m.value(), m.proof())) {
            port.blame(from, "decides without a proof");
            return;
        }
        if (decides.getOrDefault(!m.value(), ReplicaSet.EMPTY).contains(from)) {
            port.blame(from, "decides both ways");
            return;
        }
        ReplicaSet senders = decides.merge(m.value(), ReplicaSet.of(from), ReplicaSet::union);
        if (port.trust().isKernel(senders)) { // 9
            decide(m.value());
        }
        if (port.trust().isQuorum(senders)) { // 10
            halt();
        }
    }

    private void halt() {
        halted = true;
        rounds = new TreeMap<>();
        said.clear();
        said.add(Invariant.present(decided, "a quorum is a kernel, and brings the proof"));
    }

    @Override
    public void restore(BinaryMessage record) {
        said.add(record);
        switch (record) {
            case Val m -> {
                current = Math.max(current, m.round());
                round(m.round()).valued.add(Ballot.of(m.value()));
                learn(m.value(), m.proof());
            }
            case Echo m -> round(m.round()).echoed = true;
            case Echo2 m -> round(m.round()).echoed2 = true;
            case Share m -> round(m.round()).released = true;
            case Decide m -> {
                learn(m.value(), m.proof());
                chosen = m.value();
                decided = m;
            }
        }
    }

    @Override
    public void restored() {
        if (decided != null) {
            port.output(new Decision(decided.value(), decided.proof()));
        }
        List.copyOf(said).forEach(port::sendAll);
    }

    @Override
    public void journal(Consumer<BinaryMessage> sink) {
        said.forEach(sink);
    }
}
