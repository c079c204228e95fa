package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** A group of {@link LogReplica}s, and what must be true of it. */
final class LogGroup {
    /** Small windows, so that short runs fill them. */
    static final Limits LIMITS =
            new Limits(4 << 20, 1 << 16, 16, 1 << 12, 4, 8, 16, 4 << 20, 64, 50_000, 10_000_000, 5_000_000, 1024, 16);

    static final int STREAM = 3;

    final TestGroup<LogReplica.In, Object> group;
    final FaultStructure trust;
    private final SortedMap<Integer, LogReplica> replicas = new TreeMap<>();
    private final SortedMap<Integer, Twisted.Twist> twists = new TreeMap<>();
    private final SortedMap<Integer, Clock> clocks = new TreeMap<>();
    private ReplicaSet amnesiac = ReplicaSet.EMPTY;
    private final TreeSet<RequestId> submitted = new TreeSet<>();
    private final TreeSet<RequestId> possible = new TreeSet<>();
    private final Limits limits;
    private final @Nullable IdealComponents components;

    private final int lanes;

    private final SortedMap<Integer, Limits> ownLimits = new TreeMap<>();

    LogGroup(FaultStructure trust, Scheduler scheduler, long seed) {
        this(trust, scheduler, seed, LIMITS);
    }

    LogGroup(FaultStructure trust, Scheduler scheduler, long seed, Limits limits) {
        this(trust, scheduler, seed, limits, null, 1);
    }

    /**
     * @param components what the group has beside its replicas; null: nothing
     * @param lanes of those
     */
    LogGroup(
            FaultStructure trust,
            Scheduler scheduler,
            long seed,
            Limits limits,
            @Nullable IdealComponents components,
            int lanes) {
        this.lanes = lanes;
        this.limits = limits;
        this.trust = trust;
        this.components = components;
        this.group = new TestGroup<>(trust.size(), scheduler, seed, components, this::make);
    }

    private @Nullable TrustedComponents components(int lanes) {
        return components == null
                ? null
                : new TrustedComponents(components, STREAM, Collections.nCopies(trust.size(), 0L), lanes);
    }

    private Automaton<LogReplica.In, Object> make(int self, long nowMicros) {
        Node<LogReplica.In, Object> node = new Node<LogReplica.In, Object>(
                self, trust, ownLimits.getOrDefault(self, limits), nowMicros, (Port<LogReplica.Talk, Object> port) -> {
                    LogReplica replica = new LogReplica(port, amnesiac.contains(self), components(lanes));
                    replicas.put(self, replica);
                    return replica;
                });
        Clock clock = clocks.get(self);
        Automaton<LogReplica.In, Object> timed = clock == null ? node : new Skewed(node, clock);
        Twisted.Twist twist = twists.get(self);
        return twist == null ? timed : new Twisted(timed, twist);
    }

    /** Corrupts the replica, which starts anew. */
    void twist(int replica, Twisted.Twist twist) {
        twists.put(replica, twist);
        group.crash(replica);
        group.restart(replica);
    }

    /** The replica keeps to other limits than its group, which makes it a corrupt one; it starts anew. */
    void limit(int replica, Limits own) {
        ownLimits.put(replica, own);
        group.crash(replica);
        group.restart(replica);
    }

    /** How far a replica's clock is ahead. */
    static final class Clock {
        long skewMicros;
    }

    /** The replica's clock goes wrong; it starts anew. */
    Clock skew(int replica, long skewMicros) {
        Clock clock = new Clock();
        clock.skewMicros = skewMicros;
        clocks.put(replica, clock);
        group.crash(replica);
        group.restart(replica);
        return clock;
    }

    /** The replica loses its disk, and knows it. */
    void loseJournal(int replica) {
        amnesiac = amnesiac.with(replica);
        group.crash(replica);
        group.journal(replica).clear();
    }

    /** Whether a replica of the set blames the culprit. */
    boolean isBlamed(int culprit, ReplicaSet by) {
        return by.toList().stream()
                .anyMatch(replica -> group.blames(replica).stream().anyMatch(blame -> blame.replica() == culprit));
    }

    /** No correct replica ever says that another correct one broke a rule. */
    void checkBlames(ReplicaSet correct) {
        for (int replica : correct.toList()) {
            assertThat(group.blames(replica)).noneMatch(blame -> correct.contains(blame.replica()));
        }
    }

    AtomicBroadcast.Progress progress(int replica) {
        return Objects.requireNonNull(replicas.get(replica)).ordering().progress();
    }

    /** Whether all that are up know the present epoch of the component of that replica. */
    boolean isRenewed(int replica) {
        long epoch = Objects.requireNonNull(components).epoch(replica);
        return trust.all().toList().stream()
                .filter(group::isUp)
                .allMatch(other -> Objects.requireNonNull(replicas.get(other)).epochOf(replica) == epoch);
    }

    static Request request(int client, int sequence) {
        return new Request(new RequestId(client, 1, sequence), new byte[] {(byte) client, (byte) sequence});
    }

    /** The client gives the request to every replica that is up. */
    void submit(Request request) {
        submitTo(trust.all(), components == null ? request : signed(request).getFirst());
        expect(request);
    }

    /** The request, which may then be delivered or not. */
    void submitTo(ReplicaSet replicas, Request request) {
        possible.add(request.id());
        replicas.forEach(replica -> group.input(replica, new LogReplica.In.Submit(request)));
    }

    /** The client signs the requests, all of one session, in one batch. */
    static List<Request> signed(Request... requests) {
        int client = requests[0].id().client();
        return Seal.sealed(LogReplica.CONFIGURATION, List.of(requests), new IdealCertifier(client)::sign);
    }

    /** The client gives the signed request to one replica alone. */
    void carryTo(int replica, Request request) {
        possible.add(request.id());
        group.input(replica, new LogReplica.In.Carry(request));
    }

    /** It must be delivered. */
    void expect(Request request) {
        submitted.add(request.id());
    }

    List<AtomicBroadcast.Rejoin> rejoins(int replica) {
        return group.outputs(replica).stream()
                .filter(AtomicBroadcast.Rejoin.class::isInstance)
                .map(AtomicBroadcast.Rejoin.class::cast)
                .toList();
    }

    long slotsKept(int replica) {
        return ((AsynchronousOrdering)
                        Objects.requireNonNull(replicas.get(replica)).ordering())
                .slotsKept();
    }

    void connectAll() {
        for (int i = 0; i < trust.size(); i++) {
            for (int j = 0; j < trust.size(); j++) {
                if (i != j) {
                    group.input(i, new LogReplica.In.Connected(j));
                }
            }
        }
    }

    /** The links of the replica came up again. */
    void connect(int replica) {
        trust.all().without(replica).forEach(peer -> {
            group.input(peer, new LogReplica.In.Connected(replica));
            group.input(replica, new LogReplica.In.Connected(peer));
        });
    }

    /** Whether the replica has executed the request in this life, or in the state that it took. */
    boolean isExecuted(int replica, RequestId id) {
        return Objects.requireNonNull(replicas.get(replica)).hasExecuted(id);
    }

    /** The slots that a replica executed in all its lives. */
    SortedMap<Long, LogReplica.Executed> executed(int replica) {
        SortedMap<Long, LogReplica.Executed> slots = new TreeMap<>();
        for (Object output : group.outputs(replica)) {
            if (output instanceof LogReplica.Executed executed) {
                LogReplica.Executed before = slots.put(executed.slot(), executed);
                assertThat(before == null || before.history().equals(executed.history()))
                        .as("replica %s executes slot %s alike in all its lives", replica, executed.slot())
                        .isTrue();
            }
        }
        return slots;
    }

    /** What the slots of the replicas hold, by digest. */
    TreeSet<Digest> executedDigests(ReplicaSet replicas) {
        TreeSet<Digest> digests = new TreeSet<>();
        replicas.forEach(replica -> executed(replica).values().forEach(slot -> digests.addAll(slot.contents())));
        return digests;
    }

    /** No two of the replicas disagree on any slot; agreed time never goes back; nothing comes from nobody. */
    void checkAgreement(ReplicaSet correct) {
        SortedMap<Long, LogReplica.Executed> all = new TreeMap<>();
        for (int replica : correct.toList()) {
            executed(replica).forEach((slot, executed) -> {
                LogReplica.Executed other = all.putIfAbsent(slot, executed);
                assertThat(other == null || other.history().equals(executed.history()))
                        .as("slot %s at replica %s: %s, elsewhere %s", slot, replica, executed, other)
                        .isTrue();
                assertThat(possible).containsAll(executed.requests());
            });
        }
        long time = 0;
        for (LogReplica.Executed executed : all.values()) {
            assertThat(executed.timeMicros()).isGreaterThanOrEqualTo(time);
            time = executed.timeMicros();
        }
    }

    /** Whether the replica's log reaches the slot, or its state does. */
    boolean hasDelivered(ReplicaSet correct, List<RequestId> wanted) {
        TreeSet<RequestId> done = new TreeSet<>();
        long least = Long.MAX_VALUE;
        long last = 0;
        for (int replica : correct.toList()) {
            for (LogReplica.Executed executed : executed(replica).values()) {
                done.addAll(executed.requests());
                if (executed.requests().stream().anyMatch(wanted::contains)) {
                    last = Math.max(last, executed.slot());
                }
            }
            least = Math.min(least, progress(replica).decided());
        }
        return done.containsAll(wanted) && least >= last;
    }

    /** Runs until all of the replicas delivered all that was submitted. */
    void runUntilDelivered(ReplicaSet correct, int stepsMax) {
        List<RequestId> wanted = List.copyOf(submitted);
        int[] calls = {0};
        boolean done = group.run(stepsMax, () -> calls[0]++ % 64 == 0 && hasDelivered(correct, wanted));
        checkAgreement(correct);
        assertThat(done || hasDelivered(correct, wanted))
                .as(
                        "all is delivered: %s",
                        correct.toList().stream().map(this::progress).toList())
                .isTrue();
    }
}
