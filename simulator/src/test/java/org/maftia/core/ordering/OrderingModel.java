package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.replica.ConfigurationCertificate;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.Process;

/**
 * The fast path, the bound rule and recovery over successive epochs: correct replicas run the ordering of production. The
 * corrupted propose two values for each slot that they lead, vote both ways to anybody, and claim anything in COLLECT.
 *
 * <p>The agreement of a recovery is ideal: it decides one set of COLLECTs that a correct replica finds valid, any that can be
 * put together from what correct replicas signed and the corrupted claim. (Models of their own look at the agreement.)
 * Sets that read alike count as one, as nothing but the reading matters from there on.
 *
 * <p>Patience may end at any time, for each replica apart. Proposals are empty and differ by time, so that the pool of
 * requests stays out; whoever needs a proposal can fetch it. DECIDED of one correct replica, with those of the corrupted,
 * reaches whom it may. Checkpoints, where the scope has them, are signed as soon as a quorum can have delivered.
 *
 * <p>Promises: a slot is delivered one way, and epochs begin one way, at all correct replicas; what is delivered was voted
 * for by one of them; the COLLECTs of all of them are sound; nobody is left behind for good.
 */
final class OrderingModel extends OrderingScene implements Model<OrderingModel.Event, OrderingModel.Fact> {
    /**
     * What is looked at.
     *
     * @param epochs that end; one more begins
     * @param slots of each epoch that its leader proposes for
     * @param checkpoints whether checkpoints come about
     * @param window slots above the base in which replicas vote
     * @param values that the corrupted propose for a slot, and vote for
     * @param reports whether the corrupted say by themselves that something is decided
     */
    record Scope(int epochs, int slots, boolean checkpoints, int window, int values, boolean reports) {
        /** Two values for each slot, and no false report. */
        Scope(int epochs, int slots, boolean checkpoints, int window) {
            this(epochs, slots, checkpoints, window, 2, false);
        }
    }

    private static final int PIPELINE = 4;

    final Scope scope;

    /** The replica whose state is read. */
    @Nullable
    OrderingMember looking;

    final Fingerprint fingerprint = OrderingMember.fingerprint(digests, () -> looking != null && looking.joined());
    private final OrderingLies lies;

    /** What may happen. */
    sealed interface Event {
        record Heard(int from, Frame frame) implements Event {}

        /** Everybody else gave up on the leader. */
        record GiveUp(long epoch) implements Event {}

        /** A correct leader is asked for a slot. */
        record Lead(long slot) implements Event {}

        /** The agreement decides, at the process that stands for it. */
        record Choose(Choice choice) implements Event {}

        /** Its decision reaches a replica, with the COLLECTs that it names. */
        record End(Choice choice) implements Event {}

        /** One correct replica and the corrupted say that they delivered this. */
        record Learn(int from, Outcome outcome) implements Event {}

        record Stable(Paper paper) implements Event {}

        record Install(Paper paper) implements Event {}

        /** All ACCEPTs for the slots up to this one, which everybody accepted, come in. */
        record Told(long slot) implements Event {}

        /** Somebody shows how the configuration ended, or says so. */
        record Shown(int from, String certificate, Content<ConfigurationCertificate> what) implements Event {}

        /** The replica comes back with what its journal holds. */
        record Crash() implements Event {}
    }

    /** A checkpoint with its certificate, under its slot. */
    record Paper(long slot, Digest history, Content<StableCheckpoint> checkpoint) {}

    /**
     * A decided set of COLLECTs, by what it means.
     *
     * @param reading in words
     */
    record Choice(Epoch epoch, String reading, Content<List<Collect>> collects) {
        @Override
        public String toString() {
            return "end of epoch " + epoch.number() + ": " + reading + " by " + collects.object;
        }
    }

    /** Does not count when what holds it is compared. */
    record Content<T>(T object) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Content;
        }

        @Override
        public int hashCode() {
            return 0;
        }
    }

    /** What is on the board. */
    sealed interface Fact {
        record Said(int from, Frame frame, Content<Message> message) implements Fact {
            Message what() {
                return message.object();
            }
        }

        record Began(int replica, Epoch epoch) implements Fact {}

        record Delivered(int replica, Outcome outcome) implements Fact {}

        record Chosen(Choice choice) implements Fact {}

        /** A vote for a checkpoint. */
        record Voted(int from, Frame frame) implements Fact {}

        /**
         * A replica stands here.
         *
         * @param history of all that it executed
         * @param ready whether that holds the READY with which those of the next configuration are a quorum
         * @param last the last slot of the configuration, as the replica knows it; 0: it does not
         */
        record Executed(int replica, long slot, Digest history, boolean ready, long last) implements Fact {}

        /**
         * A replica goes on in the next configuration.
         *
         * @param proved whether readers believe the certificate
         */
        record Followed(int replica, String certificate, boolean proved, Content<ConfigurationCertificate> what)
                implements Fact {}
    }

    OrderingModel(FaultStructure trust, ReplicaSet corrupt, Scope scope) {
        super(
                trust,
                corrupt,
                OrderingMember.CONFIGURATION,
                limits(PIPELINE, scope.window),
                scope.checkpoints,
                scope.reports);
        this.scope = scope;
        this.lies = new OrderingLies(this);
    }

    @Override
    long firstSlot(Epoch epoch) {
        return epoch.start();
    }

    @Override
    long lastSlot(Epoch epoch) {
        return epoch.start() + scope.slots - 1;
    }

    @Override
    List<Proposal> made(Epoch epoch, long slot) {
        List<Proposal> made = new ArrayList<>();
        for (int value = 0; value < scope.values; value++) {
            made.add(Proposal.of(configuration, epoch.number(), slot, timeMicros(epoch, slot, value), List.of()));
        }
        return made;
    }

    /** The values are alike: where both are about, let the first replica meet the first one first. */
    @Override
    boolean isMirrored(Epoch epoch, Proposal proposal) {
        return epoch.number() == 0
                && proposal.slot() == epoch.start()
                && proposal.timeMicros() == timeMicros(epoch, proposal.slot(), 1);
    }

    @Override
    public int processes() {
        return correct.size() + scope.epochs;
    }

    @Override
    public Process<Event, Fact> start(int process) {
        return process < correct.size() ? new OrderingMember(this, correct.get(process)) : new IdealAgreement();
    }

    @Override
    public Collection<Event> events(int process, Board<Fact> board) {
        if (process >= correct.size()) {
            return choices(epochs(board).get((long) process - correct.size()), board);
        }
        int self = correct.get(process);
        List<Event> events = new ArrayList<>();
        epochs(board).forEach((number, epoch) -> {
            if (number <= current(self, board) && number < scope.epochs) {
                events.addAll(lies.about(epoch, self, board));
                events.add(new Event.GiveUp(number));
                if (epoch.leader() == self) {
                    for (int i = 0; i < scope.slots; i++) {
                        events.add(new Event.Lead(epoch.start() + i));
                    }
                }
            }
        });
        for (Fact fact : board.messages()) {
            switch (fact) {
                case Fact.Said said -> {
                    if (said.from != self && !(said.what() instanceof Message.Collected)) {
                        events.add(new Event.Heard(said.from, said.frame));
                    }
                }
                case Fact.Delivered delivered -> {
                    if (delivered.replica != self) {
                        events.add(new Event.Learn(delivered.replica, delivered.outcome));
                    }
                }
                case Fact.Chosen chosen -> {
                    if (joined(self, chosen.choice.epoch.number(), board)) {
                        events.add(new Event.End(chosen.choice));
                    }
                }
                case Fact.Began began -> {}
                case Fact.Voted voted -> {}
                case Fact.Executed executed -> {}
                case Fact.Followed followed -> {}
            }
        }
        if (scope.checkpoints) {
            for (Paper paper : lies.checkpoints(board)) {
                events.add(new Event.Stable(paper));
                events.add(new Event.Install(paper));
            }
        }
        return events;
    }

    private List<Event> choices(@Nullable Epoch epoch, Board<Fact> board) {
        return epoch == null
                ? List.of()
                : lies.choices(epoch, board).stream()
                        .<Event>map(Event.Choose::new)
                        .toList();
    }

    /** The epochs that have begun, the first one included. */
    static SortedMap<Long, Epoch> epochs(Board<Fact> board) {
        SortedMap<Long, Epoch> epochs = new TreeMap<>();
        epochs.put(0L, Epoch.FIRST);
        board.messages(Fact.Began.class).forEach(began -> epochs.put(began.epoch.number(), began.epoch));
        return epochs;
    }

    static long current(int replica, Board<Fact> board) {
        long current = 0;
        for (Fact.Began began : board.messages(Fact.Began.class)) {
            current = began.replica == replica ? Math.max(current, began.epoch.number()) : current;
        }
        return current;
    }

    static boolean joined(int replica, long epoch, Board<Fact> board) {
        return board.messages(Fact.Said.class).stream()
                .anyMatch(said -> said.from == replica
                        && said.what() instanceof Message.Collected m
                        && m.collect().epoch() == epoch);
    }

    /** Writes are counted slot by slot; what is decided is delivered in order of slots; all else may bear on both. */
    @Override
    public long concerns(Event event) {
        return concernsOf(event);
    }

    static long concernsOf(Event event) {
        if (event instanceof Event.Heard heard) {
            String name = heard.frame.name();
            if (name.startsWith("Accept")) {
                return DECIDING;
            }
            if (name.startsWith("Write")) {
                return slotBit(name);
            }
        }
        return -1L >>> 2;
    }

    private static final long DECIDING = 1;
    private static final int SLOTS_MAX = 32;

    /** Of a name such as {@code Write[e0 s3 ab12]}. */
    private static long slotBit(String name) {
        return 2L << Integer.parseInt(name.split(" s")[1].split(" ")[0]) % SLOTS_MAX;
    }

    @Override
    public Optional<String> broken(Board<Fact> board) {
        SortedMap<Long, Fact.Delivered> slots = new TreeMap<>();
        SortedMap<Long, Epoch> epochs = new TreeMap<>();
        for (Fact fact : board.messages()) {
            if (fact instanceof Fact.Delivered delivered) {
                Fact.Delivered other = slots.putIfAbsent(delivered.outcome.slot(), delivered);
                if (other != null && !other.outcome.equals(delivered.outcome)) {
                    return Optional.of("a slot is delivered two ways: " + other + ", " + delivered);
                }
                if (!delivered.outcome.isEmpty() && !isVotedFor(delivered.outcome, board)) {
                    return Optional.of("nobody correct voted for what is delivered: " + delivered);
                }
            }
            if (fact instanceof Fact.Began began) {
                Epoch other = epochs.putIfAbsent(began.epoch.number(), began.epoch);
                if (other != null && !other.equals(began.epoch)) {
                    return Optional.of("an epoch begins two ways: " + other + ", " + began.epoch);
                }
            }
        }
        return epochs(board).values().stream()
                .filter(epoch -> !lies.isEnough(epoch, board))
                .map(epoch -> "the COLLECTs of all correct replicas are not sound in " + epoch)
                .findFirst();
    }

    private static boolean isVotedFor(Outcome outcome, Board<Fact> board) {
        return board.messages(Fact.Said.class).stream()
                .anyMatch(said -> said.what() instanceof Message.Write write
                        && write.slot() == outcome.slot()
                        && write.digest().equals(outcome.digest()));
    }

    @Override
    public Optional<String> brokenEnd(Board<Fact> board) {
        for (int replica : correct) {
            if (current(replica, board) < scope.epochs) {
                return Optional.of("replica " + replica + " is stuck in epoch " + current(replica, board));
            }
            Epoch last = epochs(board).getOrDefault((long) scope.epochs, Epoch.FIRST);
            boolean caughtUp = last.start() == 1
                    || board.messages(Fact.Delivered.class).stream()
                            .anyMatch(delivered ->
                                    delivered.replica == replica && delivered.outcome.slot() == last.start() - 1);
            if (!caughtUp && !scope.checkpoints) {
                return Optional.of("replica " + replica + " lacks what the last epoch builds on");
            }
        }
        return Optional.empty();
    }

    /** The agreement of one epoch, by its specification: it decides once. */
    static final class IdealAgreement implements Process<Event, Fact> {
        private boolean decided;

        @Override
        public List<Fact> happen(Event event) {
            if (decided || !(event instanceof Event.Choose choose)) {
                return List.of();
            }
            decided = true;
            return List.of(new Fact.Chosen(choose.choice));
        }

        @Override
        public Digest state() {
            return new Digest(0, 0, 0, decided ? 1 : 0);
        }
    }

    /** The time of a value that the corrupted propose: later slots and epochs have later ones, as times must not go back. */
    static long timeMicros(Epoch epoch, long slot, int value) {
        return Isolated.NOW_MICROS + 1000 * epoch.number() + 10 * slot + value;
    }
}
