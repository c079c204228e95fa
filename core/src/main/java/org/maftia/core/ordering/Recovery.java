package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.Leadership;
import org.maftia.core.agreement.MultivaluedAgreement;
import org.maftia.core.agreement.MultivaluedMessage;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * Ends an epoch: COLLECTs of a quorum, one agreement on which of them count, and from these alone what every open slot
 * holds, what waits and fills one more slot, and where the next epoch starts.
 */
final class Recovery {
    private static final String MVBA = "mvba";

    /**
     * Ended epochs for whose sake COLLECTs and agreements are kept, in checkpoint intervals. Each epoch fills a slot, so
     * a checkpoint comes before this is reached, unless execution stands still everywhere.
     */
    private static final int ENDED_INTERVALS = 2;

    /** Then all are asked again for a COLLECT that is missing, and then more slowly. */
    private static final long ASK_AGAIN_MICROS = 100_000;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final Certifier certifier;
    private final Coins coins;
    private final Digest configuration;
    private final Situation situation;
    private final Slots slots;
    private final BoundRule rule;
    private final Backlog backlog;
    private final Harvest harvest;
    private final CollectCheck check;
    private final Codec<List<Term.Member>> codec;
    private final Listener listener;
    private final TreeMap<Long, Term> ended = new TreeMap<>();
    private Term term;

    /** Who hears of it. */
    interface Listener {
        /** A COLLECT also says that its sender gave up on the leader. */
        void gaveUp(int replica, long epoch);

        void ended(End end);
    }

    /**
     * How an epoch ended.
     *
     * @param counted whose COLLECTs it rests on
     * @param settled outcomes for all open slots up to the next epoch
     * @param backlog by reference, what the last of them holds; null if nothing waited
     * @param vouchers who vouched for each request of the backlog
     * @param checkpoint a stable checkpoint below them, or null if the epoch's own start lies there
     */
    record End(
            Epoch next,
            ReplicaSet counted,
            List<Outcome> settled,
            @Nullable Proposal backlog,
            Map<Reference, ReplicaSet> vouchers,
            @Nullable StableCheckpoint checkpoint,
            boolean failed) {}

    Recovery(
            Port<Message, AtomicBroadcast.Event> port,
            Certifier certifier,
            Coins coins,
            Digest configuration,
            Situation situation,
            Slots slots,
            CollectCheck check,
            Backlog backlog,
            Harvest harvest,
            Listener listener) {
        this.port = port;
        this.certifier = certifier;
        this.coins = coins;
        this.configuration = configuration;
        this.situation = situation;
        this.slots = slots;
        this.rule = new BoundRule(port.trust());
        this.check = check;
        this.backlog = backlog;
        this.harvest = harvest;
        this.codec = Term.codec(port.trust().size());
        this.listener = listener;
        this.term = new Term(situation.epoch, port.trust().size());
    }

    /** A quorum gave up: no WRITE or ACCEPT in this epoch any more. */
    void join() {
        situation.joined = true;
        Collect unsigned = new Collect(
                port.self(),
                situation.epoch.number(),
                situation.stable,
                votes(),
                harvest.pledge(),
                port.nowMicros(),
                new byte[0]);
        Collect own = unsigned.signed(certifier.sign(unsigned.digest(configuration)));
        port.persist(new Message.Collected(own));
        term.kept.add(own.digest(configuration));
        port.sendAll(new Message.Collected(own));
        begin(term);
    }

    /** Own votes of this epoch in all open slots, delivered ones too. */
    private List<Collect.Vote> votes() {
        List<Collect.Vote> votes = new ArrayList<>();
        for (long number = situation.base() + 1; number <= slots.top(); number++) {
            Slot slot = slots.find(number);
            if (slot != null && (slot.prepared != null || slot.wrote != null)) {
                votes.add(new Collect.Vote(number, slot.prepared, slot.wrote));
            }
        }
        return votes;
    }

    private void begin(Term ending) {
        Epoch epoch = ending.epoch;
        // Where the log says that leaders do not get through, nobody is waited for here either.
        Leadership leadership = epoch.isLeaderless()
                ? Leadership.ELECTED
                : new Leadership(epoch.next(port.trust(), epoch.start(), true).leader(), situation.timeoutMicros);
        ending.agreement = port.<MultivaluedMessage, byte[], MultivaluedAgreement>nest(
                MVBA,
                epoch.number(),
                child -> new MultivaluedAgreement(
                        child,
                        certifier,
                        () -> coins.of(epoch),
                        configuration,
                        leadership,
                        value -> judge(ending, value)),
                value -> decided(ending, value));
    }

    /** The sets of an epoch are decided among those whose COLLECTs are all here, verified when they came in. */
    private Verdict judge(Term ending, byte[] value) {
        List<Term.Member> members;
        try {
            members = codec.decode(value);
        } catch (MalformedException e) {
            return Verdict.INVALID;
        }
        @Nullable List<Collect> collects = ending.resolve(members);
        if (collects == null) {
            fetch();
            return Verdict.UNKNOWN;
        }
        if (!Term.matches(members, collects)
                || rule.read(collects, ending.epoch.start()).isEmpty()) {
            return Verdict.INVALID;
        }
        keep(ending, collects);
        return Verdict.VALID;
    }

    /** What this replica signs or proposes vouches for these: they must survive a crash of all, their makers too. */
    private void keep(Term ending, Collection<Collect> collects) {
        for (Collect collect : collects) {
            if (ending.kept.add(collect.digest(configuration))) {
                port.persist(new Message.Collected(collect));
            }
        }
    }

    /** A COLLECT of this epoch: the sender's own, or one that this replica asked for. */
    void collected(int from, Collect collect) {
        if (collect.epoch() != situation.epoch.number()) {
            return;
        }
        Digest digest = collect.digest(configuration);
        boolean own = collect.replica() == from;
        if (term.find(digest) != null || !own && !term.missing.containsKey(digest)) {
            return;
        }
        if (own && term.of(from) != null && !term.missing.containsKey(digest)) {
            port.blame(from, "a replica signs one COLLECT in an epoch");
            return;
        }
        if (from != port.self() && !check.isValid(collect, term.epoch.start())) {
            port.blame(from, "a COLLECT keeps to its window and verifies");
            return;
        }
        term.keep(digest, collect);
        // Its signature says so, whoever brought it.
        listener.gaveUp(collect.replica(), collect.epoch());
        goOn();
    }

    private void goOn() {
        MultivaluedAgreement agreement = term.agreement;
        if (agreement == null) {
            return;
        }
        if (!agreement.hasProposal()
                && rule.read(term.all(), term.epoch.start()).isPresent()) {
            List<Term.Member> members = new ArrayList<>();
            for (Collect collect : term.all()) {
                members.add(new Term.Member(collect.replica(), collect.digest(configuration)));
            }
            keep(term, term.all());
            agreement.propose(codec.encode(members));
        }
        agreement.recheck();
        if (term.decided != null) {
            settle(term, term.decided);
        }
    }

    /** The coin may have become known. */
    void recheck() {
        if (term.agreement != null && !situation.restoring) {
            term.agreement.recheck();
        }
    }

    /** Asks all for what values name and nobody sent. */
    void fetch() {
        if (!situation.restoring) {
            for (Term.Missing missing : term.missing.values()) {
                if (missing.askMicros <= port.nowMicros()) {
                    ask(missing);
                }
            }
        }
    }

    private void ask(Term.Missing missing) {
        Term.Member member = missing.member;
        Message want = new Message.WantCollect(term.epoch.number(), member.replica(), member.digest());
        for (int peer : port.trust().all().without(port.self()).toList()) {
            port.send(peer, want);
        }
        missing.askMicros = port.nowMicros()
                + Backoff.micros(
                        ASK_AGAIN_MICROS, missing.asked, 1, port.limits().slotTimeoutMicrosMax());
        missing.asked++;
    }

    /** A link came up again: questions and answers may be lost. */
    void askAgain() {
        for (Term.Missing missing : term.missing.values()) {
            missing.asked = 0;
            missing.askMicros = 0;
        }
    }

    /** A peer asks for a COLLECT. */
    void asked(int from, Message.WantCollect want) {
        Term about = want.epoch() == term.epoch.number() ? term : ended.get(want.epoch());
        Collect collect = about == null ? null : about.find(want.digest());
        if (collect != null) {
            port.send(from, new Message.Collected(collect));
        }
    }

    private void decided(Term ending, byte[] value) {
        if (ending == term) {
            ending.decided = value;
            settle(ending, value);
        }
    }

    private void settle(Term ending, byte[] value) {
        @Nullable List<Collect> collects = ending.resolve(codec.decode(value));
        if (collects == null) {
            fetch();
            return;
        }
        Optional<BoundRule.Reading> reading = rule.read(collects, ending.epoch.start());
        if (reading.isPresent() && ending == term) {
            listener.ended(end(ending.epoch, reading.get(), collects));
        }
    }

    private End end(Epoch epoch, BoundRule.Reading reading, List<Collect> collects) {
        List<Outcome> settled = new ArrayList<>();
        long top = reading.top();
        for (long slot = reading.base() + 1; slot <= top; slot++) {
            Digest digest = reading.bound().getOrDefault(slot, Digest.ZERO);
            settled.add(new Outcome(slot, epoch, 0, digest));
        }
        Map<Reference, ReplicaSet> vouchers = backlog.read(collects, epoch.number());
        long timeMicros = time(collects);
        Proposal waiting = vouchers.isEmpty() ? null : proposal(epoch, top + 1, timeMicros, vouchers.keySet());
        settled.add(
                waiting == null
                        ? new Outcome(top + 1, epoch, timeMicros, Digest.ZERO)
                        : new Outcome(top + 1, epoch, 0, waiting.digest()));
        boolean failed =
                !epoch.isLeaderless() && top - epoch.start() + 1 < port.limits().pipeline();
        Epoch next = epoch.next(port.trust(), top + 2, failed);
        ReplicaSet counted = ReplicaSet.EMPTY;
        for (Collect collect : collects) {
            counted = counted.with(collect.replica());
        }
        return new End(next, counted, settled, waiting, vouchers, reading.checkpoint(), failed);
    }

    /** What no leader proposed. */
    private Proposal proposal(Epoch epoch, long slot, long timeMicros, Collection<Reference> references) {
        List<Entry> entries =
                references.stream().map(reference -> new Entry(reference, null)).toList();
        return Proposal.of(configuration, epoch.number(), slot, timeMicros, entries);
    }

    /** The highest time that a kernel of clocks has reached: not ahead of every correct clock. */
    private long time(List<Collect> collects) {
        List<Collect> latestFirst = new ArrayList<>(collects);
        latestFirst.sort(Comparator.comparingLong(Collect::clockMicros).reversed());
        ReplicaSet reached = ReplicaSet.EMPTY;
        for (Collect collect : latestFirst) {
            reached = reached.with(collect.replica());
            if (port.trust().isKernel(reached)) {
                return collect.clockMicros();
            }
        }
        return 0;
    }

    /** The next epoch has begun; what ended the last one is kept for those who come later. */
    void enter(Epoch epoch) {
        if (term.agreement != null) {
            ended.put(term.epoch.number(), term);
        } else {
            port.drop(MVBA, term.epoch.number());
        }
        while (ended.size() > ENDED_INTERVALS * port.limits().checkpointInterval()) {
            port.drop(MVBA, ended.pollFirstEntry().getKey());
        }
        term = new Term(epoch, port.trust().size());
    }

    /** Everything up to the slot is in a stable checkpoint, which replaces the recoveries before it. */
    void forget(long slot) {
        while (!ended.isEmpty()) {
            Map.Entry<Long, Term> oldest = ended.firstEntry();
            Map.Entry<Long, Term> after = ended.higherEntry(oldest.getKey());
            long nextStart =
                    after == null ? term.epoch.start() : after.getValue().epoch.start();
            if (slot < nextStart) {
                return;
            }
            ended.pollFirstEntry();
            port.drop(MVBA, oldest.getKey());
        }
    }

    /** Sends a peer again what it needs to leave the epoch. */
    void help(int peer, long epoch) {
        Term about = epoch == term.epoch.number() ? term : ended.get(epoch);
        if (about != null && about.agreement != null) {
            Collect own = about.of(port.self());
            if (own != null) {
                port.send(peer, new Message.Collected(own));
            }
            about.agreement.nudge(peer);
        }
    }

    boolean isPossible(long epoch) {
        return epoch == term.epoch.number() || epoch == term.epoch.number() + 1;
    }

    /** A COLLECT from the journal: the own one says that this replica stopped voting. */
    void restore(Collect collect) {
        if (collect.epoch() != term.epoch.number()) {
            return;
        }
        Digest digest = collect.digest(configuration);
        term.kept.add(digest);
        term.keep(digest, collect);
        if (collect.replica() == port.self() && !situation.joined) {
            situation.joined = true;
            begin(term);
        }
    }

    /** Goes on after the journal was read. */
    void resume() {
        if (situation.joined) {
            goOn();
        }
    }

    /** The COLLECTs by which this replica left, or is leaving, the epoch; with its agreement they help others out. */
    void journal(long epoch, Consumer<Message> sink) {
        Term about = epoch == term.epoch.number() ? term : ended.get(epoch);
        if (about != null && about.agreement != null) {
            for (Digest digest : about.kept) {
                Collect collect = about.find(digest);
                if (collect != null) {
                    sink.accept(new Message.Collected(collect));
                }
            }
        }
    }
}
