package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedMessage.Entry;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.MultivaluedMessage.Input;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.Pb2;
import org.maftia.core.agreement.MultivaluedMessage.PreVote;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteLock;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteNull;
import org.maftia.core.agreement.MultivaluedMessage.Sig1;
import org.maftia.core.agreement.MultivaluedMessage.Sig2;
import org.maftia.core.agreement.MultivaluedMessage.Vote;
import org.maftia.core.agreement.MultivaluedMessage.VoteNo;
import org.maftia.core.agreement.MultivaluedMessage.VoteYes;
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * All correct replicas decide the same value, and it is one that a correct replica judged {@link Verdict#VALID}; once
 * messages get through within the patience of some view with a correct leader, they do decide. The package page gives
 * the argument; the numbers in the code are the steps of the table there.
 *
 * <p>The decided value is output once (again after a restart). The instance then stays, answering those who ask with
 * {@link #nudge}, until its parent drops it.
 */
public final class MultivaluedAgreement implements Protocol<MultivaluedMessage> {
    /** Bytes of a value: a digest, an index and a time from each of 64 replicas, with room to spare. */
    public static final int VALUE_LENGTH_MAX = 8192;

    /** Whether a value may be decided. */
    @FunctionalInterface
    public interface Validity {
        /** The same VALID or INVALID at all correct replicas, now and later. */
        Verdict judge(byte[] value);
    }

    /** What is known about a value. */
    public enum Verdict {
        VALID,
        INVALID,
        /** Something that it names is not here yet; {@link #recheck} tells when to ask again. */
        UNKNOWN
    }

    /** Which chains justify a free value; a test shows what goes wrong with a laxer one. */
    @FunctionalInterface
    interface Coverage {
        boolean rulesOutAllBefore(Chain chain);

        Coverage WHOLE = chain -> chain.mixed() != null || chain.first() == 0;
    }

    private final Port<MultivaluedMessage, byte[]> port;
    private final Seals seals;
    private final int firstLeader;
    private final long timeoutMicros;
    private final Validity validity;
    private final Coverage coverage;
    private final MultivaluedAgreementCodec codec;

    private byte @Nullable [] input;
    private Chain chain = Chain.EMPTY;
    private View view = new View(0);
    private Port.@Nullable Timer timer;
    private @Nullable Halt halt;
    private boolean delivered;

    /** Messages of the next view, by type and sender, each first only. Those of later views come again by nudge. */
    private SortedMap<String, Ahead> ahead = new TreeMap<>();

    private record Ahead(int from, MultivaluedMessage message) {}

    /**
     * @param configuration names the members and their keys; part of everything signed
     * @param firstLeader leader of view 0; the others follow in index order
     * @param timeoutMicros patience with the first leader; grows by half each view, up to the limits' slot timeout
     */
    public MultivaluedAgreement(
            Port<MultivaluedMessage, byte[]> port,
            Certifier certifier,
            Digest configuration,
            int firstLeader,
            long timeoutMicros,
            Validity validity) {
        this(port, certifier, configuration, firstLeader, timeoutMicros, validity, Coverage.WHOLE);
    }

    MultivaluedAgreement(
            Port<MultivaluedMessage, byte[]> port,
            Certifier certifier,
            Digest configuration,
            int firstLeader,
            long timeoutMicros,
            Validity validity,
            Coverage coverage) {
        this.port = port;
        this.seals = new Seals(certifier, port.trust(), configuration, port.path());
        this.firstLeader = firstLeader;
        this.timeoutMicros = timeoutMicros;
        this.validity = validity;
        this.coverage = coverage;
        this.codec = new MultivaluedAgreementCodec(port.trust().size());
    }

    @Override
    public Codec<MultivaluedMessage> codec() {
        return codec;
    }

    /** Proposes a value that is VALID here, at most {@link #VALUE_LENGTH_MAX} bytes; later calls change nothing. */
    public void propose(byte[] value) {
        Invariant.check(value.length <= VALUE_LENGTH_MAX, "a value is short");
        if (input == null && halt == null) {
            input = value;
            port.persist(new Input(value));
            if (timer == null && !view.stopped()) {
                startTimer();
            }
            proposeInTurn();
        }
    }

    /** Judges again what was UNKNOWN. */
    public void recheck() {
        if (halt != null) {
            deliver(halt);
            return;
        }
        for (int owner : List.copyOf(view.unjudged.keySet())) {
            judge(owner, Invariant.present(view.unjudged.remove(owner), "listed above"));
        }
    }

    /**
     * Sends a peer again whatever it may have missed: the end, or the proof of this view and the own part in it. The
     * parent calls this whenever a link comes up or the peer says that it waits: it repairs all losses, and messages of
     * views far ahead are lost on purpose.
     */
    public void nudge(int peer) {
        if (halt != null) {
            port.send(peer, halt);
            return;
        }
        if (view.number > 0) {
            port.send(peer, new Entry(chain));
        }
        for (MultivaluedMessage own : view.messagesFor(peer)) {
            if (own != null) {
                port.send(peer, own);
            }
        }
    }

    /** The leader of a view, whose value alone may be decided in it. A coin will elect it. */
    private int leader(int viewNumber) {
        return (int) ((firstLeader + (long) viewNumber) % port.trust().size());
    }

    /** Who may propose in a view. With a coin to come every replica may; without one only the leader matters. */
    private boolean isOwner(int viewNumber, int replica) {
        return replica == leader(viewNumber);
    }

    @Override
    public void receive(int from, MultivaluedMessage message) {
        if (halt != null) {
            return;
        }
        switch (message) {
            case Input m -> port.blame(from, "sends a record of the journal");
            case Halt m -> onHalt(from, m);
            case Finish m -> onFinish(from, m);
            case Entry m -> catchUp(from, m.chain());
            case Pb1 m -> onPb1(from, m);
            default -> inTurn(from, message);
        }
    }

    /** The messages that mean something in their own view only. */
    private void inTurn(int from, MultivaluedMessage message) {
        if (message.view() == view.number + 1) {
            String key = message.getClass().getSimpleName() + from;
            ahead.putIfAbsent(key, new Ahead(from, message));
        }
        if (message.view() != view.number) {
            return;
        }
        switch (message) {
            case Sig1 m -> onSig1(from, m);
            case Pb2 m -> onPb2(from, m);
            case Sig2 m -> onSig2(from, m);
            case PreVote m -> onPreVote(from, m);
            case Vote m -> onVote(from, m);
            default -> Invariant.check(false, "handled before");
        }
    }

    // Step 1: the owner proposes, the others sign its first value.

    private void proposeInTurn() {
        byte[] value = chain.mixed() != null ? chain.mixed().lock().value() : input;
        if (view.proposal == null && value != null && isOwner(view.number, port.self()) && !view.stopped()) {
            view.proposal = new Pb1(value, chain);
            port.persist(view.proposal);
            port.sendAll(view.proposal);
        }
    }

    private void onPb1(int from, Pb1 m) {
        if (m.view() < view.number) {
            return;
        }
        if (!isOwner(m.view(), from)) {
            port.blame(from, "proposes out of turn");
            return;
        }
        Digest hash = Seals.hash(m.value());
        Digest first = m.view() == view.number ? view.seen.get(from) : null;
        if (first != null) {
            again(from, first.equals(hash));
            return;
        }
        Chain.Mixed mixed = m.chain().mixed();
        if (!proves(m.chain()) || (mixed != null && !Arrays.equals(mixed.lock().value(), m.value()))) {
            port.blame(from, "proposes without justification");
            return;
        }
        if (m.view() > view.number) {
            enter(m.chain());
        }
        if (m.view() == view.number && halt == null) {
            view.seen.put(from, hash);
            judge(from, m);
        }
    }

    /** An owner repeats its proposal, perhaps because it crashed and needs the signature again. */
    private void again(int owner, boolean same) {
        Sig1 sig1 = view.signed1.get(owner);
        if (!same) {
            port.blame(owner, "proposes two values in one view");
        } else if (sig1 != null && owner != port.self()) {
            port.send(owner, sig1);
        }
    }

    private void judge(int owner, Pb1 m) {
        if (view.stopped()) {
            return;
        }
        switch (validity.judge(m.value())) {
            case UNKNOWN -> view.unjudged.put(owner, m);
            case INVALID -> port.blame(owner, "proposes an invalid value");
            case VALID -> {
                Digest hash = Seals.hash(m.value());
                byte[] signature = seals.sign(Stage.SIG1, view.number, owner, hash);
                Sig1 sig1 = new Sig1(view.number, owner, hash, signature);
                view.signed1.put(owner, sig1);
                port.persist(sig1);
                port.send(owner, sig1);
            }
        }
    }

    // Steps 2 and 3: signatures of a quorum make the lock, signatures of those who stored it finish.

    private void onSig1(int from, Sig1 m) {
        if (view.ownLock != null) {
            return;
        }
        if (view.proposal == null || !isForMe(from, Stage.SIG1, m.owner(), m.hash(), m.signature())) {
            port.blame(from, "signs what was not proposed");
            return;
        }
        view.sigs1.put(from, m.signature());
        if (port.trust().isQuorum(View.senders(view.sigs1))) {
            Certificate s1 = Certificate.of(view.sigs1);
            view.ownLock = new Lock(view.number, port.self(), view.proposal.value(), s1);
            port.sendAll(new Pb2(view.ownLock));
        }
    }

    private void onPb2(int from, Pb2 m) {
        Lock lock = m.lock();
        Sig2 given = view.signed2.get(from);
        if (given != null && from != port.self()) {
            port.send(from, given);
        }
        if (given != null || view.stopped()) {
            return;
        }
        if (lock.owner() != from || !isOwner(view.number, from) || !seals.holds(lock)) {
            port.blame(from, "shows a lock that does not hold");
            return;
        }
        view.locks.put(from, lock);
        port.persist(m);
        Sig2 sig2 = seals.sig2(lock);
        view.signed2.put(from, sig2);
        port.send(from, sig2);
    }

    private void onSig2(int from, Sig2 m) {
        if (view.finish != null || view.ownLock == null) {
            // Without the lock this owner may have shown it and lost it in a crash: no fault of the signer.
            return;
        }
        if (!isForMe(from, Stage.SIG2, m.owner(), m.hash(), m.signature())) {
            port.blame(from, "signs what was not proposed");
            return;
        }
        view.sigs2.put(from, m.signature());
        if (port.trust().isQuorum(View.senders(view.sigs2))) {
            view.finish = new Finish(view.number, port.self(), view.ownLock.value(), Certificate.of(view.sigs2));
            port.sendAll(view.finish);
        }
    }

    private boolean isForMe(int from, Stage stage, int owner, Digest hash, byte[] signature) {
        Pb1 proposal = Invariant.present(view.proposal, "asked only of an owner that proposed");
        return owner == port.self()
                && hash.equals(Seals.hash(proposal.value()))
                && seals.isSigned(from, stage, view.number, owner, hash, signature);
    }

    // Step 4 without a coin: the leader is known, so go on at its FINISH or when patience ends; stop signing first.

    private void onFinish(int from, Finish m) {
        if (m.owner() != leader(m.view()) || !seals.holds(m)) {
            port.blame(from, "finishes without a proof");
            return;
        }
        halt(from, new Halt(m.view(), m.owner(), m.value(), false, m.s2()));
    }

    private void startTimer() {
        stopTimer();
        long patience = Math.min(timeoutMicros, port.limits().slotTimeoutMicrosMax());
        for (int i = 0; i < view.number && patience < port.limits().slotTimeoutMicrosMax(); i++) {
            patience = Math.min(patience + patience / 2 + 1, port.limits().slotTimeoutMicrosMax());
        }
        timer = port.wake(patience, this::goOn);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Step 5, and from here on no signature for an owner of this view. */
    private void goOn() {
        if (view.stopped() || halt != null) {
            return;
        }
        stopTimer();
        int leader = leader(view.number);
        Lock lock = view.locks.get(leader);
        PreVote preVote = lock != null
                ? new PreVoteLock(lock)
                : new PreVoteNull(view.number, seals.sign(Stage.NULL, view.number, leader, Digest.ZERO));
        view.preVoted = preVote;
        port.persist(preVote);
        port.sendAll(preVote);
    }

    // Steps 5 to 7: pre-votes, votes, next view.

    private void onHalt(int from, Halt m) {
        if (m.owner() != leader(m.view()) || !seals.holds(m)) {
            port.blame(from, "halts without a proof");
            return;
        }
        halt(from, m);
    }

    private void halt(int from, Halt proved) {
        if (validity.judge(proved.value()) == Verdict.INVALID) {
            port.blame(from, "decides an invalid value");
            return;
        }
        stopTimer();
        halt = proved;
        ahead.clear();
        port.persist(proved);
        port.sendAll(proved);
        deliver(proved);
    }

    private void deliver(Halt proved) {
        if (!delivered && validity.judge(proved.value()) == Verdict.VALID) {
            delivered = true;
            port.output(proved.value());
        }
    }

    private void onPreVote(int from, PreVote m) {
        if (view.preVotes.containsKey(from)) {
            return;
        }
        if (!seals.holds(from, m, leader(view.number))) {
            port.blame(from, "pre-votes without a proof");
            return;
        }
        view.preVotes.put(from, m);
        if (port.trust().isQuorum(View.senders(view.preVotes))) {
            goOn();
            vote();
        }
    }

    /** Step 6. */
    private void vote() {
        if (view.voted != null) {
            return;
        }
        view.voted = view.verdict(seals, leader(view.number));
        port.persist(view.voted);
        port.sendAll(view.voted);
    }

    private void onVote(int from, Vote m) {
        if (view.votes.containsKey(from)) {
            return;
        }
        if (!seals.holds(from, m, leader(view.number))) {
            port.blame(from, "votes without a proof");
            return;
        }
        view.votes.put(from, m);
        if (port.trust().isQuorum(View.senders(view.votes))) {
            next();
        }
    }

    /** Step 7: all yes, all no, or mixed. */
    private void next() {
        SortedMap<Integer, byte[]> yes = new TreeMap<>();
        SortedMap<Integer, byte[]> no = new TreeMap<>();
        Lock lock = null;
        for (var entry : view.votes.entrySet()) {
            switch (entry.getValue()) {
                case VoteYes vote -> {
                    lock = vote.lock();
                    yes.put(entry.getKey(), vote.signature());
                }
                case VoteNo vote -> no.put(entry.getKey(), vote.signature());
            }
        }
        if (lock == null) {
            enter(chain.closed(Certificate.of(no)));
        } else if (no.isEmpty()) {
            halt(port.self(), new Halt(view.number, lock.owner(), lock.value(), true, Certificate.of(yes)));
        } else {
            enter(chain.closed(new Chain.Mixed(lock, Certificate.of(yes), Certificate.of(no))));
        }
    }

    private void catchUp(int from, Chain shown) {
        if (shown.end() <= view.number) {
            return;
        }
        if (proves(shown)) {
            enter(shown);
        } else {
            port.blame(from, "shows no proof of its view");
        }
    }

    /** Whether the views before the chain's end are closed as it says. NoCerts held already need no second look. */
    private boolean proves(Chain shown) {
        if (!coverage.rulesOutAllBefore(shown)) {
            return false;
        }
        Chain.Mixed mixed = shown.mixed();
        if (mixed != null) {
            Lock lock = mixed.lock();
            if (lock.view() != shown.first() || lock.owner() != leader(lock.view()) || !seals.holds(mixed)) {
                return false;
            }
        }
        for (int v = shown.firstNoCert(); v < shown.end(); v++) {
            Certificate noCert = Invariant.present(shown.noCert(v), "between the first and the end");
            if (chain.noCert(v) == null && !seals.isNoCert(v, leader(v), noCert)) {
                return false;
            }
        }
        return true;
    }

    /** Goes to the view that a proven chain opens. */
    private void enter(Chain longer) {
        Chain news = chain.newsIn(longer);
        Chain joined = chain.with(news);
        if (joined.noCerts().size() > Chain.NO_CERTS_MAX) {
            return;
        }
        boolean silent = view.voted == null;
        port.persist(new Entry(news));
        int skipped = joined.end() - view.number;
        chain = joined;
        view = new View(chain.end());
        startTimer();
        if (silent) {
            // The others may lack this replica's vote in the view that it leaves: the proof serves them instead.
            port.sendAll(new Entry(chain));
        }
        proposeInTurn();
        SortedMap<String, Ahead> waiting = ahead;
        ahead = new TreeMap<>();
        if (skipped == 1) {
            waiting.values().forEach(held -> receive(held.from(), held.message()));
        }
    }

    // The journal.

    @Override
    public void restore(MultivaluedMessage record) {
        switch (record) {
            case Input m -> input = m.value();
            case Entry m -> {
                chain = chain.with(m.chain());
                view = new View(chain.end());
            }
            case Halt m -> halt = m;
            default -> view.restore(record, port.self(), seals);
        }
    }

    @Override
    public void restored() {
        if (halt != null) {
            port.sendAll(halt);
            deliver(halt);
            return;
        }
        if ((input != null || view.number > 0) && !view.stopped()) {
            startTimer();
        }
        proposeInTurn();
        for (int peer = 0; peer < port.trust().size(); peer++) {
            if (peer != port.self()) {
                nudge(peer);
            }
        }
        resumeOwn();
    }

    /** What the crash may have lost on the way from this replica to itself. */
    private void resumeOwn() {
        int self = port.self();
        Pb1 proposal = view.proposal;
        if (proposal != null && !view.signed1.containsKey(self)) {
            judge(self, proposal);
        }
        for (MultivaluedMessage own : Arrays.asList(view.signed1.get(self), view.signed2.get(self))) {
            if (own != null) {
                port.send(self, own);
            }
        }
        if (port.trust().isQuorum(View.senders(view.preVotes))) {
            vote();
        }
    }

    @Override
    public void journal(Consumer<MultivaluedMessage> sink) {
        List<@Nullable MultivaluedMessage> records = new ArrayList<>();
        if (halt != null) {
            records.add(halt);
        } else {
            records.add(input == null ? null : new Input(input));
            records.add(view.number == 0 ? null : new Entry(chain));
            records.addAll(view.records());
        }
        for (MultivaluedMessage record : records) {
            if (record != null) {
                sink.accept(record);
            }
        }
    }
}
