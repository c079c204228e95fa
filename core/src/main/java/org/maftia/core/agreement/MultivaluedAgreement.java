package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
public final class MultivaluedAgreement implements Protocol<MultivaluedAgreement.Message> {
    /** Bytes of a value: a digest, an index and a time from each of 64 replicas, with room to spare. */
    public static final int VALUE_LENGTH_MAX = 8192;

    /** What travels, and what the journal keeps. */
    public sealed interface Message {
        int view();
    }

    /** Journal only: the own value. */
    record Input(byte[] value) implements Message {
        @Override
        public int view() {
            return 0;
        }
    }

    /** Step 1: an owner proposes, and shows why it may. The view is the one that the chain opens. */
    record Pb1(byte[] value, Chain chain) implements Message {
        @Override
        public int view() {
            return chain.end();
        }
    }

    /** Answer to step 1. */
    record Sig1(int view, int owner, Digest hash, byte[] signature) implements Message {}

    /** Step 2: a quorum accepted the owner's value. */
    record Pb2(Lock lock) implements Message {
        @Override
        public int view() {
            return lock.view;
        }
    }

    /** Answer to step 2. */
    record Sig2(int view, int owner, Digest hash, byte[] signature) implements Message {}

    /** Step 3: a quorum holds the owner's lock. */
    record Finish(int view, int owner, byte[] value, Certificate s2) implements Message {}

    /** Step 5: what a replica holds of the leader's value. */
    sealed interface PreVote extends Message {}

    /** It holds the lock. */
    record PreVoteLock(Lock lock) implements PreVote {
        @Override
        public int view() {
            return lock.view;
        }
    }

    /** It holds nothing, and signs so. */
    record PreVoteNull(int view, byte[] signature) implements PreVote {}

    /** Step 6: what a quorum of pre-votes said. */
    sealed interface Vote extends Message {
        byte[] signature();
    }

    /** One of them had the lock. */
    record VoteYes(Lock lock, byte[] signature) implements Vote {
        @Override
        public int view() {
            return lock.view;
        }
    }

    /** None of them had it, as their signatures show. */
    record VoteNo(int view, Certificate nulls, byte[] signature) implements Vote {}

    /** For those who are behind: the proof that a view began. */
    record Entry(Chain chain) implements Message {
        @Override
        public int view() {
            return chain.end();
        }
    }

    /**
     * The end, provable by itself.
     *
     * @param voted whether {@code proof} holds the yes-votes of a quorum, or else its signatures of step 2
     */
    record Halt(int view, int owner, byte[] value, boolean voted, Certificate proof) implements Message {}

    /** A value that a quorum accepted from an owner in a view: there is no second one. */
    record Lock(int view, int owner, byte[] value, Certificate s1) {}

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

    private final Port<Message, byte[]> port;
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

    private record Ahead(int from, Message message) {}

    /**
     * @param configuration names the members and their keys; part of everything signed
     * @param firstLeader leader of view 0; the others follow in index order
     * @param timeoutMicros patience with the first leader; grows by half each view, up to the limits' slot timeout
     */
    public MultivaluedAgreement(
            Port<Message, byte[]> port,
            Certifier certifier,
            Digest configuration,
            int firstLeader,
            long timeoutMicros,
            Validity validity) {
        this(port, certifier, configuration, firstLeader, timeoutMicros, validity, Coverage.WHOLE);
    }

    MultivaluedAgreement(
            Port<Message, byte[]> port,
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
    public Codec<Message> codec() {
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

    /** Sends a peer again whatever it may have missed: the end, or the proof of this view and the own part in it. */
    public void nudge(int peer) {
        if (halt != null) {
            port.send(peer, halt);
            return;
        }
        if (view.proposal != null) {
            port.send(peer, view.proposal);
        } else if (view.number > 0) {
            port.send(peer, new Entry(chain));
        }
        if (view.ownLock != null) {
            port.send(peer, new Pb2(view.ownLock));
        }
        for (Message own :
                Arrays.asList(view.finish, view.signed1.get(peer), view.signed2.get(peer), view.preVoted, view.voted)) {
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
    public void receive(int from, Message message) {
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
    private void inTurn(int from, Message message) {
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
        if (m.view() == view.number && view.seen.containsKey(from)) {
            if (!hash.equals(view.seen.get(from))) {
                port.blame(from, "proposes two values in one view");
            }
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
        if (view.proposal == null || !isForMe(from, Stage.SIG1, m.owner(), m.hash(), m.signature())) {
            port.blame(from, "signs what was not proposed");
            return;
        }
        view.sigs1.putIfAbsent(from, m.signature());
        if (view.ownLock == null && port.trust().isQuorum(View.senders(view.sigs1))) {
            Certificate s1 = Certificate.of(view.sigs1);
            view.ownLock = new Lock(view.number, port.self(), view.proposal.value(), s1);
            port.sendAll(new Pb2(view.ownLock));
        }
    }

    private void onPb2(int from, Pb2 m) {
        Lock lock = m.lock();
        if (view.stopped() || view.locks.containsKey(from)) {
            return;
        }
        if (lock.owner() != from || !isOwner(view.number, from) || !seals.holds(lock)) {
            port.blame(from, "shows a lock that does not hold");
            return;
        }
        view.locks.put(from, lock);
        port.persist(m);
        Digest hash = Seals.hash(lock.value());
        Sig2 sig2 = new Sig2(view.number, from, hash, seals.sign(Stage.SIG2, view.number, from, hash));
        view.signed2.put(from, sig2);
        port.send(from, sig2);
    }

    private void onSig2(int from, Sig2 m) {
        if (view.ownLock == null || !isForMe(from, Stage.SIG2, m.owner(), m.hash(), m.signature())) {
            port.blame(from, "signs what was not proposed");
            return;
        }
        view.sigs2.putIfAbsent(from, m.signature());
        if (view.finish == null && port.trust().isQuorum(View.senders(view.sigs2))) {
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
        ahead = new TreeMap<>();
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
        int leader = leader(view.number);
        boolean holds = switch (m) {
            case PreVoteLock yes -> yes.lock().owner() == leader && seals.holds(yes.lock());
            case PreVoteNull none ->
                seals.isSigned(from, Stage.NULL, view.number, leader, Digest.ZERO, none.signature());
        };
        if (!holds) {
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
        int leader = leader(view.number);
        SortedMap<Integer, byte[]> nulls = new TreeMap<>();
        Lock lock = null;
        for (var entry : view.preVotes.entrySet()) {
            switch (entry.getValue()) {
                case PreVoteLock yes -> lock = yes.lock();
                case PreVoteNull none -> nulls.put(entry.getKey(), none.signature());
            }
        }
        if (lock != null) {
            Digest hash = Seals.hash(lock.value());
            view.voted = new VoteYes(lock, seals.sign(Stage.YES, view.number, leader, hash));
        } else {
            byte[] no = seals.sign(Stage.NO, view.number, leader, Digest.ZERO);
            view.voted = new VoteNo(view.number, Certificate.of(nulls), no);
        }
        port.persist(view.voted);
        port.sendAll(view.voted);
    }

    private void onVote(int from, Vote m) {
        if (view.votes.containsKey(from)) {
            return;
        }
        if (!holds(from, m)) {
            port.blame(from, "votes without a proof");
            return;
        }
        view.votes.put(from, m);
        if (port.trust().isQuorum(View.senders(view.votes))) {
            next();
        }
    }

    private boolean holds(int from, Vote m) {
        int leader = leader(view.number);
        return switch (m) {
            case VoteYes yes -> {
                Digest hash = Seals.hash(yes.lock().value());
                yield yes.lock().owner() == leader
                        && seals.holds(yes.lock())
                        && seals.isSigned(from, Stage.YES, view.number, leader, hash, yes.signature());
            }
            case VoteNo no ->
                seals.isProof(Stage.NULL, view.number, leader, Digest.ZERO, no.nulls())
                        && seals.isSigned(from, Stage.NO, view.number, leader, Digest.ZERO, no.signature());
        };
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
    public void restore(Message record) {
        switch (record) {
            case Input m -> input = m.value();
            case Pb1 m -> {
                view.proposal = m;
                view.seen.put(port.self(), Seals.hash(m.value()));
            }
            case Sig1 m -> {
                view.seen.put(m.owner(), m.hash());
                view.signed1.put(m.owner(), m);
            }
            case Pb2 m -> restoreLock(m.lock());
            case PreVote m -> {
                view.preVoted = m;
                view.preVotes.put(port.self(), m);
            }
            case Vote m -> {
                view.voted = m;
                view.votes.put(port.self(), m);
            }
            case Entry m -> {
                chain = chain.with(m.chain());
                view = new View(chain.end());
            }
            case Halt m -> halt = m;
            case Sig2 m -> Invariant.check(false, "the lock stands for it");
            case Finish m -> Invariant.check(false, "the signatures make it again");
        }
    }

    private void restoreLock(Lock lock) {
        int owner = lock.owner();
        Digest hash = Seals.hash(lock.value());
        view.locks.put(owner, lock);
        view.signed2.put(owner, new Sig2(lock.view(), owner, hash, seals.sign(Stage.SIG2, lock.view(), owner, hash)));
        if (owner == port.self()) {
            view.ownLock = lock;
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
        for (Message own : Arrays.asList(view.signed1.get(self), view.signed2.get(self))) {
            if (own != null) {
                port.send(self, own);
            }
        }
        if (port.trust().isQuorum(View.senders(view.preVotes))) {
            vote();
        }
    }

    @Override
    public void journal(Consumer<Message> sink) {
        List<@Nullable Message> records = new ArrayList<>();
        if (halt != null) {
            records.add(halt);
        } else {
            records.add(input == null ? null : new Input(input));
            records.add(view.number == 0 ? null : new Entry(chain));
            records.add(view.proposal);
            records.addAll(view.signed1.values());
            view.locks.values().forEach(lock -> records.add(new Pb2(lock)));
            records.add(view.preVoted);
            records.add(view.voted);
        }
        for (Message record : records) {
            if (record != null) {
                sink.accept(record);
            }
        }
    }
}
