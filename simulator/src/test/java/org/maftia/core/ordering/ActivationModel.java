package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.OrderingModel.Content;
import org.maftia.core.ordering.OrderingModel.Event;
import org.maftia.core.ordering.OrderingModel.Fact;
import org.maftia.core.replica.ConfigurationCertificate;
import org.maftia.core.replica.ModelSuccession;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.Process;

/**
 * A configuration ends while its epochs end: correct replicas run the lineage of production, from the ordering to the
 * hand-over. Officers wanted the next configuration and all but one of a quorum of it are ready when a run begins; the
 * READY that is missing waits everywhere. The slot that holds it, slot s, is ordered by the leader, a corrupted one, or by
 * the recovery that ends its epoch; s + 1 is the last one, and s + 2 may be voted for by those who do not know that yet.
 *
 * <p>The corrupted propose one value for each slot, as models of the ordering look at two; they vote for it to anybody or
 * not, claim anything in COLLECT, sign every state that a correct replica signs, and show certificates of another
 * configuration. The agreement of a recovery is ideal. What is said in the next configuration is not heard.
 *
 * <p>Promises: one log; nobody executes a slot above the last one, which is the same for all, and which is settled by
 * READYs of a quorum that were ordered and by nothing less; whoever knows it votes for nothing above it; one certificate
 * is followed, and readers believe it; everybody can come to it.
 */
final class ActivationModel extends OrderingScene implements Model<Event, Fact> {
    private static final int PIPELINE = 1;
    private static final int WINDOW = 8;

    /** The slot of what officers wish and of the early READYs: it is in a certified state when a run begins. */
    private static final long FIRST = INTERVAL;

    final ModelSuccession world;
    final Fingerprint fingerprint;
    private final OrderingLies lies;
    private final Scope scope;
    private final List<Proposal> settled = new ArrayList<>();
    private final SortedMap<Integer, List<byte[]>> journals = new TreeMap<>();

    /** The replica whose state is read. */
    @Nullable
    ActivationMember looking;

    /** Corrupted copies of votes, by what they copy. */
    private final SortedMap<String, List<Event>> copies = new TreeMap<>();

    /** What the corrupted show in the place of a certificate. */
    private final SortedMap<String, List<Event>> forgeries = new TreeMap<>();

    /**
     * What is looked at.
     *
     * @param decided whether slot s is decided when a run begins, though not everybody has heard so
     * @param proposed slots from the first open one on that the leader proposes for
     * @param epochs that may end
     * @param crashes whether each replica may crash once
     * @param handsOver whether the last state is certified and handed over; else a run ends when all have executed it
     */
    record Scope(boolean decided, int proposed, int epochs, boolean crashes, boolean handsOver) {}

    ActivationModel(FaultStructure trust, ReplicaSet corrupt, Scope scope) {
        this(trust, corrupt, scope, new ModelSuccession(trust, corrupt, limits(PIPELINE, WINDOW)));
    }

    private ActivationModel(FaultStructure trust, ReplicaSet corrupt, Scope scope, ModelSuccession world) {
        super(trust, corrupt, world.digest(), limits(PIPELINE, WINDOW), false, false);
        this.scope = scope;
        this.world = world;
        this.fingerprint = ActivationMember.fingerprint(this);
        this.lies = new OrderingLies(this);
        if (scope.decided) {
            settled.add(proposal(Epoch.FIRST, FIRST + 1, List.of(world.deciding())));
        }
        settled.forEach(proposal -> digests.add(proposal.digest()));
    }

    /** Slots up to the certified one. */
    List<Proposal> beginning() {
        List<Proposal> beginning = new ArrayList<>();
        for (long slot = 1; slot <= FIRST; slot++) {
            beginning.add(proposal(Epoch.FIRST, slot, slot < FIRST ? List.of() : world.early()));
        }
        return beginning;
    }

    /** The journal with which a replica begins. */
    List<byte[]> journal(int replica) {
        return journals.computeIfAbsent(replica, fresh -> ActivationMember.journal(this, replica));
    }

    private Proposal proposal(Epoch epoch, long slot, List<Request> requests) {
        return Proposal.of(
                configuration,
                epoch.number(),
                slot,
                OrderingModel.timeMicros(epoch, slot, 0),
                requests.stream().map(Entry::of).toList());
    }

    /** What is decided above that when a run begins, though nobody knows it yet. */
    List<Proposal> settled() {
        return settled;
    }

    /** The first slot that is open when a run begins. */
    private long open() {
        return FIRST + settled.size() + 1;
    }

    @Override
    long firstSlot(Epoch epoch) {
        return Math.max(epoch.start(), open());
    }

    /** The corrupted lead the first epoch only; later they vote for what was proposed. */
    @Override
    long lastSlot(Epoch epoch) {
        return epoch.number() == 0 ? open() + scope.proposed - 1 : epoch.start();
    }

    /** The first open slot holds the READY that is missing, if it still is; others are empty. */
    @Override
    List<Proposal> made(Epoch epoch, long slot) {
        boolean deciding = !scope.decided && slot == open();
        return epoch.number() == 0
                ? List.of(proposal(epoch, slot, deciding ? List.of(world.deciding()) : List.of()))
                : List.of();
    }

    @Override
    boolean isMirrored(Epoch epoch, Proposal proposal) {
        return false;
    }

    @Override
    public int processes() {
        return correct.size() + scope.epochs;
    }

    @Override
    public Process<Event, Fact> start(int process) {
        return process < correct.size()
                ? new ActivationMember(this, correct.get(process))
                : new OrderingModel.IdealAgreement();
    }

    @Override
    public Collection<Event> events(int process, Board<Fact> board) {
        if (process >= correct.size()) {
            Epoch epoch = OrderingModel.epochs(board).get((long) process - correct.size());
            return epoch == null
                    ? List.of()
                    : lies.choices(epoch, board).stream()
                            .<Event>map(Event.Choose::new)
                            .toList();
        }
        int self = correct.get(process);
        List<Event> events = new ArrayList<>();
        if (board.messages(Fact.Followed.class).stream().anyMatch(followed -> followed.replica() == self)) {
            return events; // it has come to where the model ends; what it said before is still heard
        }
        if (scope.decided) {
            events.add(new Event.Told(FIRST + 1));
        }
        if (scope.crashes) {
            events.add(new Event.Crash());
        }
        OrderingModel.epochs(board).forEach((number, epoch) -> {
            if (number <= OrderingModel.current(self, board) && number < scope.epochs) {
                lies.about(epoch, self, board).stream()
                        .filter(lie -> hearsProposals(self) || isFetched(lie))
                        .forEach(events::add);
                events.add(new Event.GiveUp(number));
            }
        });
        for (Fact fact : board.messages()) {
            hears(self, fact, board, events);
        }
        return events;
    }

    private static boolean isFetched(Event event) {
        return event instanceof Event.Heard heard && heard.frame().name().startsWith("Fetched");
    }

    /** The last of the correct replicas gets what the others decide, and takes part in nothing but recoveries. */
    private boolean hearsProposals(int self) {
        return self != correct.getLast();
    }

    private void hears(int self, Fact fact, Board<Fact> board, List<Event> events) {
        switch (fact) {
            case Fact.Said said -> {
                if (said.from() != self && !(said.what() instanceof Message.Collected) && hearsProposals(self)) {
                    events.add(new Event.Heard(said.from(), said.frame()));
                }
            }
            case Fact.Delivered delivered -> {
                if (delivered.replica() != self) {
                    events.add(new Event.Learn(delivered.replica(), delivered.outcome()));
                }
            }
            case Fact.Chosen chosen -> {
                if (OrderingModel.joined(self, chosen.choice().epoch().number(), board)) {
                    events.add(new Event.End(chosen.choice()));
                }
            }
            case Fact.Voted voted -> {
                if (!scope.handsOver) {
                    return;
                }
                if (voted.from() != self) {
                    events.add(new Event.Heard(voted.from(), voted.frame()));
                }
                events.addAll(copies(voted.frame()));
            }
            case Fact.Followed followed -> {
                if (followed.replica() != self) {
                    events.add(new Event.Shown(followed.replica(), followed.certificate(), followed.what()));
                    events.addAll(forgeries(followed));
                }
            }
            case Fact.Began began -> {}
            case Fact.Executed executed -> {}
        }
    }

    /** The corrupted sign what somebody correct signed. */
    private List<Event> copies(Frame vote) {
        return copies.computeIfAbsent(vote.name(), fresh -> {
            ActivationMember any = new ActivationMember(this, correct.getFirst());
            return corrupt.toList().stream()
                    .<Event>map(liar -> new Event.Heard(liar, any.copied(vote, liar)))
                    .toList();
        });
    }

    /** Both forgeries name the same configuration, and are shown one after the other. */
    private List<Event> forgeries(Fact.Followed followed) {
        return forgeries.computeIfAbsent(followed.certificate(), fresh -> {
            List<Event> events = new ArrayList<>();
            for (ConfigurationCertificate forged : world.forged(followed.what().object())) {
                String certificate = "forgery " + events.size() + " " + name(forged);
                events.add(new Event.Shown(corrupt.first(), certificate, new Content<>(forged)));
            }
            return events;
        });
    }

    /** A certificate by what it says. */
    static String name(ConfigurationCertificate certificate) {
        StableCheckpoint.Claim end = certificate.proof().checkpoint().claim();
        return "after " + end + " " + certificate.next().digest();
    }

    @Override
    public long concerns(Event event) {
        return OrderingModel.concernsOf(event);
    }

    @Override
    public Optional<String> broken(Board<Fact> board) {
        SortedMap<Long, Outcome> outcomes = new TreeMap<>();
        SortedMap<Long, Digest> histories = new TreeMap<>();
        String certificate = null;
        long last = 0;
        for (Fact fact : board.messages()) {
            if (fact instanceof Fact.Delivered delivered) {
                Outcome other = outcomes.putIfAbsent(delivered.outcome().slot(), delivered.outcome());
                if (other != null && !other.equals(delivered.outcome())) {
                    return Optional.of("a slot is delivered two ways: " + other + ", " + delivered);
                }
            } else if (fact instanceof Fact.Executed executed) {
                Digest other = histories.putIfAbsent(executed.slot(), executed.history());
                Optional<String> wrong = broken(executed, last, other);
                if (wrong.isPresent()) {
                    return wrong;
                }
                last = Math.max(last, executed.last());
            } else if (fact instanceof Fact.Followed followed) {
                boolean same = certificate == null || certificate.equals(followed.certificate());
                if (!same || !followed.proved()) {
                    return Optional.of(
                            "two certificates, or one that nobody believes: " + certificate + ", " + followed);
                }
                certificate = followed.certificate();
            }
        }
        return Optional.empty();
    }

    private static Optional<String> broken(Fact.Executed executed, long last, @Nullable Digest other) {
        if (other != null && !other.equals(executed.history())) {
            return Optional.of("two logs: " + executed);
        }
        if (executed.ready() != executed.last() > 0) {
            return Optional.of("the end is settled by something else than the READYs of a quorum: " + executed);
        }
        if (executed.last() > 0 && executed.slot() > executed.last()) {
            return Optional.of("a slot above the last one is executed: " + executed);
        }
        if (executed.last() > 0 && last > 0 && executed.last() != last) {
            return Optional.of("two last slots: " + last + ", " + executed);
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> brokenEnd(Board<Fact> board) {
        for (int replica : correct) {
            boolean there = scope.handsOver
                    ? board.messages(Fact.Followed.class).stream().anyMatch(fact -> fact.replica() == replica)
                    : board.messages(Fact.Executed.class).stream()
                            .anyMatch(
                                    fact -> fact.replica() == replica && fact.last() > 0 && fact.slot() == fact.last());
            if (!there) {
                return Optional.of("replica " + replica + " does not come to "
                        + (scope.handsOver ? "the next configuration" : "the last slot"));
            }
        }
        return Optional.empty();
    }
}
