package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.IdealCertifier;
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
 * The order with trusted components over changes of views and of eras: correct replicas run the code of production, each
 * with an ideal component, and may crash at any step of its use, or lose their memory. The corrupted are one process more, as
 * their components remember: it has them certify, one call after the other, proposals in any place, votes, and accounts that
 * are trimmed, have holes, or stand on a stale fence ({@link HybridLiar}); what it signs itself it may say at any time.
 *
 * <p>Patience may end at any time, for each replica apart. Batches are empty and differ by time, as clocks do, so that requests
 * stay out; whoever needs a batch can fetch it. Checkpoints are signed as soon as a quorum can have delivered.
 *
 * <p>Promises: a slot is delivered one way at all correct replicas, through all views and eras; what is delivered was voted
 * for by one of them; where nobody lost his memory all come to the last view, and to what its leader proposes.
 */
final class HybridModel implements Model<HybridModel.Event, HybridModel.Fact> {
    static final Digest CONFIGURATION = Transcript.of("model").digest();
    static final int STREAM = 1;

    /** Slots from one checkpoint to the next: beyond what the smaller scopes come to. */
    static final int INTERVAL = 4;

    /** The number of an era, in a view's, stands above these. */
    static final int VIEW_BITS = 40;

    private static final int PIPELINE = 1;
    private static final int WINDOW = 6;

    static final Limits LIMITS = new Limits(
            4 << 20,
            1 << 16,
            16,
            1 << 12,
            PIPELINE,
            INTERVAL,
            WINDOW,
            4 << 20,
            64,
            50_000,
            10_000_000,
            5_000_000,
            1024,
            16);

    /** Whose component begins a new epoch, where the scope has a second era. */
    static final int RENEWED = 0;

    final FaultStructure trust;
    final ReplicaSet corrupt;
    final List<Integer> correct;
    final Scope scope;
    final Fingerprint fingerprint;
    private final List<Event> spoken = new ArrayList<>();

    /** In the second era: before it begins somewhere, nodes would keep what they are told of it, each time anew. */
    private final List<Event> spokenLater = new ArrayList<>();

    /**
     * What is looked at.
     *
     * @param views that replicas may go to, from one to the next
     * @param skipped views between each of these and the one before, as patience may end with several at once
     * @param slots of which somebody may make a proposal
     * @param calls of the components of the corrupted
     * @param values that the corrupted propose for a slot
     * @param twoEras whether slot 1, wherever it is decided, says that a component began a new epoch; then views are changed in
     *     the second era
     * @param failing the correct replica to which something happens; -1: none
     * @param failure what happens to it, once
     * @param asleep correct replicas that hear nothing and say nothing
     * @param fences whether the corrupted fence a checkpoint that nobody has
     * @param excludes whether slot 1 says in the place of that, that the corrupted one is excluded: nothing that its component
     *     certifies counts in the second era, in which alone it is called, and it leads none of its views
     */
    record Scope(
            int views,
            int skipped,
            int slots,
            int calls,
            int values,
            boolean twoEras,
            int failing,
            Failure failure,
            ReplicaSet asleep,
            boolean fences,
            boolean excludes) {
        Scope(int views, int slots, int calls, int values) {
            this(views, 0, slots, calls, values, false, -1, Failure.CRASH, ReplicaSet.EMPTY, false, false);
        }

        Scope failing(int replica, Failure what) {
            return new Scope(views, skipped, slots, calls, values, twoEras, replica, what, asleep, fences, excludes);
        }

        Scope skipping(int count) {
            return new Scope(views, count, slots, calls, values, twoEras, failing, failure, asleep, fences, excludes);
        }

        Scope withTwoEras() {
            return new Scope(views, skipped, slots, calls, values, true, failing, failure, asleep, fences, excludes);
        }

        Scope without(ReplicaSet replicas) {
            return new Scope(
                    views, skipped, slots, calls, values, twoEras, failing, failure, replicas, fences, excludes);
        }

        Scope excluding() {
            return new Scope(views, skipped, slots, calls, values, true, failing, failure, asleep, fences, true);
        }

        Scope withFences() {
            return new Scope(views, skipped, slots, calls, values, twoEras, failing, failure, asleep, true, excludes);
        }
    }

    /** What may happen to a correct replica. */
    enum Failure {
        /** It comes back with what its journal holds. */
        CRASH,
        /** The same, at the moment when its component has answered and nobody has heard. */
        SWALLOWED_ANSWER,
        /** It comes back with nothing; its component has counted on. */
        AMNESIA
    }

    sealed interface Event {
        record Heard(int from, Frame frame) implements Event {}

        /** Everybody else gave up on all leaders before this view. */
        record GiveUp(long view) implements Event {}

        /** A correct leader is asked for all slots up to this one. */
        record Lead(long slot) implements Event {}

        record Stable(long slot, Digest history, Content<StableCheckpoint> checkpoint) implements Event {}

        record Failed(Failure what) implements Event {}

        /** A component of the corrupted is called. */
        record Asked(HybridLiar.Call call) implements Event {}
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

    sealed interface Fact {
        /** @param era of the instance that says it */
        record Said(int from, long era, Frame frame, Content<HybridMessage> message) implements Fact {
            HybridMessage what() {
                return message.object;
            }
        }

        record Delivered(int replica, long slot, long timeMicros, Digest batch) implements Fact {}

        /** It takes part in this view. */
        record TookPart(int replica, long view) implements Fact {}

        record Began(int replica, Era era) implements Fact {}
    }

    HybridModel(FaultStructure trust, ReplicaSet corrupt, Scope scope) {
        this.trust = trust;
        this.corrupt = corrupt;
        this.correct = trust.all().minus(corrupt).minus(scope.asleep).toList();
        this.scope = scope;
        this.fingerprint = HybridMember.fingerprint(scope.excludes);
        if (!corrupt.isEmpty()) {
            for (long slot = 1; slot <= scope.slots; slot++) {
                for (int value = 0; value < scope.values; value++) {
                    HybridMessage held = new HybridMessage.Held(batch(slot, value));
                    spoken.add(heard(corrupt.first(), 0, held));
                    spokenLater.add(heard(corrupt.first(), 1, held));
                }
            }
        }
    }

    /** A batch that the corrupted make up. */
    Batch batch(long slot, int value) {
        return Batch.of(CONFIGURATION, slot, Isolated.NOW_MICROS + 1 + value, List.of());
    }

    Era first() {
        return new Era(0, Collections.nCopies(trust.size(), 0L), 0, 0);
    }

    /** The one that follows; its time is that of the slot in which it begins. */
    Era second(long timeMicros) {
        long beginning = 1L + PIPELINE;
        return scope.excludes
                ? first().excluding(corrupt.first(), beginning).from(beginning, timeMicros)
                : first().after(RENEWED, 1, beginning, timeMicros);
    }

    /** The views that replicas may give up on lie below these. */
    private List<Long> views() {
        List<Long> views = new ArrayList<>();
        long begin = scope.twoEras ? second(0).firstView() + 1 : 0;
        for (long i = 1; i <= scope.views; i++) {
            views.add(begin + i * (1 + scope.skipped));
        }
        return views;
    }

    /** Those of an era in which something may happen. */
    List<Long> viewsOf(Era era) {
        List<Long> all = new ArrayList<>();
        if (era.beginsLed()) {
            all.add(0L);
        } else {
            all.add(era.firstView());
            all.add(era.firstView() + 1);
        }
        views().stream().filter(view -> view >> VIEW_BITS == era.number()).forEach(all::add);
        return all;
    }

    private long lastView() {
        return viewsOf(scope.twoEras ? second(0) : first()).getLast();
    }

    int leader(long view) {
        List<Integer> leaders = trust.all().minus(excluded(view >> VIEW_BITS)).toList();
        return leaders.get((int) (view % leaders.size()));
    }

    private ReplicaSet excluded(long era) {
        return era > 0 ? second(0).excluded() : ReplicaSet.EMPTY;
    }

    @Override
    public int processes() {
        return correct.size() + (corrupt.isEmpty() ? 0 : 1);
    }

    @Override
    public Process<Event, Fact> start(int process) {
        return process < correct.size() ? new HybridMember(this, correct.get(process)) : new HybridLiar(this);
    }

    @Override
    public Collection<Event> events(int process, Board<Fact> board) {
        if (process >= correct.size()) {
            return HybridLiar.calls(this, board).stream()
                    .<Event>map(Event.Asked::new)
                    .toList();
        }
        int self = correct.get(process);
        List<Event> events = new ArrayList<>(spoken);
        if (hasBegun(self, board)) {
            events.addAll(spokenLater);
        }
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            boolean begun = said.era == 0 || hasBegun(self, board);
            if (said.from != self && begun) {
                events.add(new Event.Heard(said.from, said.frame));
                events.addAll(copies(said, board));
            }
            if (said.what() instanceof HybridMessage.Prepare m && said.from != self && begun) {
                events.add(heard(said.from, said.era, new HybridMessage.Held(m.batch())));
            }
        }
        boolean before = !scope.twoEras || hasBegun(self, board);
        for (long view : views()) {
            if (before) {
                events.add(new Event.GiveUp(view));
            }
            before = has(board, new Fact.TookPart(self, view));
        }
        if (mayLead(self)) {
            events.add(new Event.Lead(scope.slots));
        }
        if (scope.failing == self) {
            events.add(new Event.Failed(scope.failure));
        }
        events.addAll(checkpoints(board));
        return events;
    }

    private boolean mayLead(int replica) {
        boolean leads = leader(lastView()) == replica || leader(0) == replica;
        for (long view : views()) {
            leads |= leader(view) == replica;
        }
        return leads || scope.twoEras && leader(second(0).firstView() + 1) == replica;
    }

    static boolean has(Board<Fact> board, Fact fact) {
        return board.messages().contains(fact);
    }

    /** The corrupted sign what somebody correct signed, too, and by themselves that a view began with nothing. */
    private List<Event> copies(Fact.Said said, Board<Fact> board) {
        List<Event> copies = new ArrayList<>();
        if (said.what() instanceof HybridMessage.Entering m) {
            for (int liar : corrupt.toList()) {
                byte[] signature = new IdealCertifier(liar).sign(m.summary());
                copies.add(heard(liar, said.era, new HybridMessage.Entering(m.view(), m.summary(), signature)));
            }
        }
        if (said.what() instanceof HybridMessage.InView m && !corrupt.isEmpty()) {
            Summary real = m.entered().summary();
            Summary empty =
                    new Summary(real.view(), real.start(), Collections.emptySortedMap(), real.fence(), real.ui());
            SortedMap<Integer, byte[]> signatures = new TreeMap<>();
            Digest statement = statements(era(said.era, board)).entering(empty);
            corrupt.forEach(liar -> signatures.put(liar, new IdealCertifier(liar).sign(statement)));
            if (!empty.slots().equals(real.slots())) {
                copies.add(heard(
                        corrupt.first(), said.era, new HybridMessage.InView(forged(empty, signatures)), "forged "));
            }
        }
        return copies;
    }

    private static Entered forged(Summary summary, SortedMap<Integer, byte[]> signatures) {
        return new Entered(summary, Certificate.of(signatures));
    }

    /** The era of that number, as somebody correct has it. */
    Era era(long number, Board<Fact> board) {
        return number == 0 ? first() : board.messages(Fact.Began.class).getFirst().era;
    }

    private static boolean hasBegun(int replica, Board<Fact> board) {
        return board.messages(Fact.Began.class).stream().anyMatch(began -> began.replica == replica);
    }

    static Statements statements(Era era) {
        return new Statements(era.digest(CONFIGURATION));
    }

    Event.Heard heard(int from, long era, HybridMessage message) {
        return heard(from, era, message, "");
    }

    private static Event.Heard heard(int from, long era, HybridMessage message, String mark) {
        Frame frame = HybridMember.frame(era, message);
        return new Event.Heard(from, new Frame(mark + frame.name(), frame.bytes()));
    }

    /** Checkpoints that a quorum can have signed: it can have delivered them. */
    List<Event.Stable> checkpoints(Board<Fact> board) {
        SortedMap<Long, Fact.Delivered> outcomes = new TreeMap<>();
        SortedMap<Long, ReplicaSet> holders = new TreeMap<>();
        for (Fact.Delivered delivered : board.messages(Fact.Delivered.class)) {
            if (isCheckpoint(delivered.slot)) {
                outcomes.put(delivered.slot, delivered);
                holders.merge(delivered.slot, corrupt.with(delivered.replica), ReplicaSet::union);
            }
        }
        List<Event.Stable> stable = new ArrayList<>();
        holders.forEach((slot, set) -> {
            Fact.Delivered outcome = outcomes.get(slot);
            if (trust.isQuorum(set) && outcome != null) {
                stable.add(stable(outcome));
            }
        });
        return stable;
    }

    boolean isCheckpoint(long slot) {
        return slot % INTERVAL == 0 || scope.twoEras && slot == second(0).beginning();
    }

    private Event.Stable stable(Fact.Delivered outcome) {
        StableCheckpoint.Claim claim = new StableCheckpoint.Claim(
                outcome.slot, Epoch.first(1), outcome.timeMicros, Digest.ZERO, Digest.ZERO, outcome.batch);
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        trust.all()
                .forEach(
                        signer -> signatures.put(signer, new IdealCertifier(signer).sign(claim.digest(CONFIGURATION))));
        return new Event.Stable(
                outcome.slot, outcome.batch, new Content<>(new StableCheckpoint(claim, Certificate.of(signatures))));
    }

    @Override
    public Optional<String> broken(Board<Fact> board) {
        SortedMap<Long, Fact.Delivered> slots = new TreeMap<>();
        for (Fact.Delivered delivered : board.messages(Fact.Delivered.class)) {
            Fact.Delivered other = slots.putIfAbsent(delivered.slot, delivered);
            boolean same =
                    other == null || other.batch.equals(delivered.batch) && other.timeMicros == delivered.timeMicros;
            if (!same) {
                return Optional.of("a slot is delivered two ways: " + other + ", " + delivered);
            }
            if (!delivered.batch.equals(Digest.ZERO) && !isVotedFor(delivered, board)) {
                return Optional.of("nobody correct voted for what is delivered: " + delivered);
            }
            if (scope.excludes && delivered.slot > second(0).beginning() && !isCarriedByOthers(delivered, board)) {
                return Optional.of("who is excluded is counted for what is delivered: " + delivered);
            }
        }
        long eras = board.messages(Fact.Began.class).stream()
                .map(Fact.Began::era)
                .distinct()
                .count();
        return eras > 1 ? Optional.of("an era begins two ways") : Optional.empty();
    }

    private boolean isVotedFor(Fact.Delivered delivered, Board<Fact> board) {
        return board.messages(Fact.Said.class).stream()
                .anyMatch(said -> !corrupt.contains(said.from)
                        && switch (said.what()) {
                            case HybridMessage.Prepare m -> m.batch().digest().equals(delivered.batch);
                            case HybridMessage.Commit m -> m.vote().batch().equals(delivered.batch);
                            default -> false;
                        });
    }

    /** Whether those who are not excluded, and have voted in the second era, are a quorum. */
    private boolean isCarriedByOthers(Fact.Delivered delivered, Board<Fact> board) {
        ReplicaSet voters = ReplicaSet.EMPTY;
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            boolean votes = switch (said.what()) {
                case HybridMessage.Prepare m -> m.batch().digest().equals(delivered.batch);
                case HybridMessage.Commit m -> m.vote().batch().equals(delivered.batch);
                default -> false;
            };
            if (votes && said.era > 0) {
                voters = voters.with(said.from);
            }
        }
        return trust.isQuorum(voters.minus(excluded(1)));
    }

    @Override
    public Optional<String> brokenEnd(Board<Fact> board) {
        long last = lastView();
        boolean live = scope.asleep.isEmpty()
                && (scope.failing < 0 || scope.failure != Failure.AMNESIA)
                && !corrupt.contains(leader(last))
                && (!scope.twoEras || !board.messages(Fact.Began.class).isEmpty());
        for (int replica : correct) {
            if (live && last > 0 && !has(board, new Fact.TookPart(replica, last))) {
                return Optional.of("replica " + replica + " does not come to view " + last);
            }
            // Who got the state in which an era begins need not deliver what is in it.
            for (long slot = scope.twoEras ? second(0).beginning() + 1 : 1; live && slot <= scope.slots; slot++) {
                long wanted = slot;
                boolean there = board.messages(Fact.Delivered.class).stream()
                        .anyMatch(delivered -> delivered.replica == replica && delivered.slot == wanted);
                if (!there) {
                    return Optional.of("replica " + replica + " lacks slot " + slot);
                }
            }
        }
        return Optional.empty();
    }
}
