package org.maftia.core.agreement;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedMessage.Done;
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
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * All correct replicas decide the same value, and it is one that a correct replica judged {@link Verdict#VALID}; and they
 * do decide, with probability one, as soon as every message between them arrives some day. The package page gives the
 * argument; the numbers in the code are the steps of the table there.
 *
 * <p>The decided value is output once (again after a restart). The instance then stays, answering those who ask with
 * {@link #nudge}, until its parent drops it.
 */
public final class MultivaluedAgreement implements Protocol<MultivaluedMessage> {
    /** Bytes of a value: a digest, an index and a time from each of 64 replicas, with room to spare. */
    public static final int VALUE_LENGTH_MAX = 8192;

    private final Port<MultivaluedMessage, byte[]> port;
    private final Seals seals;
    private final Leadership leadership;
    private final Validity validity;
    private final Chain.Coverage coverage;
    private final MultivaluedAgreementCodec codec;

    private byte @Nullable [] input;
    private Chain chain;
    private View view;
    private Port.@Nullable Timer timer;
    private @Nullable Halt halt;
    private boolean delivered;

    /** Of the next view, and of this one while its leader is not elected. Those of later views come again by nudge. */
    private final Postponed early = new Postponed();

    /** What holds shares of the coin while that is not known: who is behind with the log waits for it. */
    private final Postponed untossed = new Postponed();

    /**
     * @param coin elects leaders; its shares leave when a quorum of owners can no longer be influenced by them
     * @param configuration names the members and their keys; part of everything signed
     */
    public MultivaluedAgreement(
            Port<MultivaluedMessage, byte[]> port,
            Certifier certifier,
            Coin coin,
            Digest configuration,
            Leadership leadership,
            Validity validity) {
        this(port, certifier, () -> coin, configuration, leadership, validity);
    }

    /** @param coin null as long as it is not known; {@link #recheck} tells when to ask again. One that was given stays */
    public MultivaluedAgreement(
            Port<MultivaluedMessage, byte[]> port,
            Certifier certifier,
            Supplier<@Nullable Coin> coin,
            Digest configuration,
            Leadership leadership,
            Validity validity) {
        this(port, certifier, coin, configuration, leadership, validity, Chain.Coverage.WHOLE);
    }

    MultivaluedAgreement(
            Port<MultivaluedMessage, byte[]> port,
            Certifier certifier,
            Supplier<@Nullable Coin> coin,
            Digest configuration,
            Leadership leadership,
            Validity validity,
            Chain.Coverage coverage) {
        this.port = port;
        this.seals = new Seals(certifier, coin, port.trust(), configuration, port.path());
        this.leadership = leadership;
        this.validity = validity;
        this.coverage = coverage;
        this.codec = new MultivaluedAgreementCodec(port.trust().size());
        this.chain = Chain.empty(leadership.firstView());
        this.view = View.of(leadership.firstView(), leadership);
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
            startTimer();
            proposeInTurn();
        }
    }

    /** Whether {@link #propose} was called in this life or an earlier one. */
    public boolean hasProposal() {
        return input != null;
    }

    /** The view that this replica is in, for measurements. */
    public int view() {
        return view.number;
    }

    /** Judges again what was UNKNOWN, and tosses when the coin has become known. */
    public void recheck() {
        if (halt != null) {
            deliver(halt);
            return;
        }
        if (seals.knowsCoin()) {
            untossed.release(this::receive);
            toss();
            elect();
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
        if (view.number > leadership.firstView()) {
            port.send(peer, new Entry(chain));
        }
        view.messagesFor(peer).forEach(own -> port.send(peer, own));
    }

    @Override
    public void receive(int from, MultivaluedMessage message) {
        if (halt != null) {
            return;
        }
        switch (message) {
            case Input m -> port.blame(from, "sends a record of the journal");
            case Halt m -> onHalt(from, m);
            case Finish m when m.view() == 0 -> onFinish(from, m);
            case Entry m -> catchUp(from, m.chain());
            case Pb1 m -> onPb1(from, m);
            default -> inTurn(from, message);
        }
    }

    /** The messages that mean something in their own view only, and some of them only when its leader is elected. */
    private void inTurn(int from, MultivaluedMessage message) {
        boolean aboutLeader = message instanceof PreVote || message instanceof Vote;
        boolean tooEarly = aboutLeader && message.view() == view.number && !view.isElected();
        if (message.view() == view.number + 1 || tooEarly) {
            early.add(from, message);
        }
        if (message.view() != view.number || tooEarly) {
            return;
        }
        switch (message) {
            case Sig1 m -> onSig1(from, m);
            case Pb2 m -> onPb2(from, m);
            case Sig2 m -> onSig2(from, m);
            case Finish m -> onFinish(from, m);
            case Done m -> onDone(from, m);
            case PreVote m -> onPreVote(from, m);
            case Vote m -> onVote(from, m);
            default -> Invariant.check(false, "handled before");
        }
    }

    // Step 1: the owner proposes, the others sign its first value.

    private void proposeInTurn() {
        byte[] value = chain.mixed() != null ? chain.mixed().lock().value() : input;
        if (view.proposal == null && value != null && view.isOwner(port.self()) && !view.stopped()) {
            view.proposal = new Pb1(value, chain);
            port.persist(view.proposal);
            port.sendAll(view.proposal);
        }
    }

    private void onPb1(int from, Pb1 m) {
        if (m.view() < view.number) {
            return;
        }
        if (m.view() == 0 && from != leadership.first()) {
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
        if (!isProven(m.chain())
                || (mixed != null && !Arrays.equals(mixed.lock().value(), m.value()))) {
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
        if (view.proposal == null || m.owner() != port.self() || !seals.holds(from, m, view.proposal)) {
            port.blame(from, "signs what was not proposed");
            return;
        }
        view.signed1(from, m.signature(), port.self(), port.trust());
        if (view.ownLock != null) {
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
        if (lock.owner() != from || !view.isOwner(from) || !seals.holds(lock)) {
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
        if (m.owner() != port.self() || !seals.holds(from, m, view.ownLock)) {
            port.blame(from, "signs what was not proposed");
            return;
        }
        view.signed2(from, m.signature(), port.trust());
        if (view.finish != null) {
            port.sendAll(view.finish);
        }
    }

    // Step 4. In view 0 the leader is given: go on at its FINISH or when patience ends. Later a quorum of owners must
    // finish; then stop signing, and only then toss for one of all.

    private void onFinish(int from, Finish m) {
        if (view.finishes.containsKey(m.owner())) {
            return;
        }
        if (m.view() == 0 && m.owner() != leadership.first() || !seals.holds(m)) {
            port.blame(from, "finishes without a proof");
        } else if (m.view() == 0) {
            halt(from, new Halt(0, m.owner(), m.value(), false, m.s2(), List.of()));
        } else {
            view.finishes.put(m.owner(), m);
            toss();
            haltIfLeaderFinished();
        }
    }

    private void toss() {
        boolean finished = port.trust().isQuorum(View.senders(view.finishes));
        if (view.done == null && halt == null && finished && seals.knowsCoin()) {
            view.done = new Done(view.number, List.copyOf(view.finishes.values()), seals.share(view.number));
            port.persist(view.done);
            port.sendAll(view.done);
        }
    }

    private void onDone(int from, Done m) {
        if (view.shares.containsKey(from)) {
            return;
        }
        if (m.view() > 0 && !seals.knowsCoin()) {
            untossed.add(from, m);
            return;
        }
        // Who lost its shares of the coin says nothing by it, but still shows that a quorum of owners finished.
        boolean mute = m.share().length == 0;
        boolean share = m.view() > 0 && seals.isShare(m.view(), from, m.share());
        if (m.view() == 0 || !share && !mute || !seals.showQuorum(m.finishes(), m.view(), view.finishes)) {
            port.blame(from, "tosses without a proof");
            return;
        }
        if (share) {
            view.shares.put(from, m.share());
        }
        m.finishes().forEach(finish -> view.finishes.putIfAbsent(finish.owner(), finish));
        toss();
        elect();
    }

    private void elect() {
        if (!view.isElected() && halt == null && seals.knowsCoin()) {
            view.leader = seals.elected(view.number, view.shares);
            if (view.isElected()) {
                haltIfLeaderFinished();
                goOn();
                early.release(this::receive);
            }
        }
    }

    private void haltIfLeaderFinished() {
        Finish finish = view.isElected() ? view.finishes.get(view.leader) : null;
        if (finish != null && halt == null) {
            halt(port.self(), view.halt(finish));
        }
    }

    /** Only the first leader is waited for, and only by those who know that there is something to decide. */
    private void startTimer() {
        if (input != null && view.number == 0 && timer == null && !view.stopped()) {
            timer = port.wake(Math.min(leadership.timeoutMicros(), port.limits().slotTimeoutMicrosMax()), this::goOn);
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Step 5, and from here on no signature for an owner of this view. */
    private void goOn() {
        if (view.preVoted != null || halt != null) {
            return;
        }
        stopTimer();
        Lock lock = view.locks.get(view.leader);
        PreVote preVote = lock != null
                ? new PreVoteLock(lock)
                : new PreVoteNull(view.number, seals.sign(Stage.NULL, view.number, view.leader, Digest.ZERO));
        view.preVoted = preVote;
        port.persist(preVote);
        port.sendAll(preVote);
    }

    // Steps 5 to 7: pre-votes, votes, next view.

    private void onHalt(int from, Halt m) {
        if (m.view() > 0 && !m.voted() && !seals.knowsCoin()) {
            untossed.add(from, m);
            return;
        }
        Halt proved = view.provable(m, leadership.first(), seals);
        if (proved == null || !seals.holds(proved)) {
            port.blame(from, "halts without a proof");
            return;
        }
        halt(from, proved);
    }

    private void halt(int from, Halt proved) {
        if (validity.judge(proved.value()) == Verdict.INVALID) {
            port.blame(from, "decides an invalid value");
            return;
        }
        stopTimer();
        halt = proved;
        early.clear();
        untossed.clear();
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
        if (!seals.holds(from, m, view.leader)) {
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
        view.voted = view.verdict(seals);
        port.persist(view.voted);
        port.sendAll(view.voted);
    }

    private void onVote(int from, Vote m) {
        if (view.votes.containsKey(from)) {
            return;
        }
        if (!seals.holds(from, m, view.leader)) {
            port.blame(from, "votes without a proof");
            return;
        }
        view.votes.put(from, m);
        if (port.trust().isQuorum(View.senders(view.votes))) {
            next();
        }
    }

    /** Step 7: all yes decides; all no, and mixed ones with the lock, open the next view. */
    private void next() {
        Halt unanimous = view.unanimous();
        if (unanimous != null) {
            halt(port.self(), unanimous);
        } else {
            enter(view.close(chain));
        }
    }

    private void catchUp(int from, Chain shown) {
        if (shown.end() <= view.number) {
            return;
        }
        if (isProven(shown)) {
            enter(shown);
        } else {
            port.blame(from, "shows no proof of its view");
        }
    }

    private boolean isProven(Chain shown) {
        return shown.first() >= leadership.firstView()
                && coverage.rulesOutAllBefore(shown, leadership.firstView())
                && seals.proves(shown, chain);
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
        view = View.of(chain.end(), leadership);
        untossed.removeIf(message -> message instanceof Done);
        stopTimer();
        if (silent) {
            // The others may lack this replica's vote in the view that it leaves: the proof serves them instead.
            port.sendAll(new Entry(chain));
        }
        proposeInTurn();
        early.removeIf(message -> skipped > 1);
        early.release(this::receive);
    }

    // The journal.

    @Override
    public void restore(MultivaluedMessage record) {
        switch (record) {
            case Input m -> input = m.value();
            case Entry m -> {
                chain = chain.with(m.chain());
                view = View.of(chain.end(), leadership);
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
        startTimer();
        proposeInTurn();
        port.trust().all().without(port.self()).forEach(this::nudge);
        resumeOwn();
    }

    /** What the crash may have lost on the way from this replica to itself. */
    private void resumeOwn() {
        int self = port.self();
        Pb1 proposal = view.proposal;
        if (proposal != null && !view.signed1.containsKey(self)) {
            judge(self, proposal);
        }
        view.signaturesFor(self).forEach(own -> port.send(self, own));
        elect();
        if (view.isElected() && port.trust().isQuorum(View.senders(view.preVotes))) {
            vote();
        }
    }

    @Override
    public void journal(Consumer<MultivaluedMessage> sink) {
        if (halt != null) {
            sink.accept(halt);
            return;
        }
        if (input != null) {
            sink.accept(new Input(input));
        }
        if (view.number > leadership.firstView()) {
            sink.accept(new Entry(chain));
        }
        view.records().forEach(sink);
    }
}
