package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.StableCheckpoint.Claim;
import org.maftia.core.ordering.hybrid.EraMessage;
import org.maftia.core.ordering.hybrid.HybridEras;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The least replica on top of the ordering: it remembers what was executed, makes checkpoints, hands over its state. */
final class LogReplica implements Protocol.Root<LogReplica.In, LogReplica.Talk> {
    static final Digest CONFIGURATION = Transcript.of("test").digest();

    /** What a test feeds it with. */
    sealed interface In {
        record Submit(Request request) implements In {}

        record Carry(Request request) implements In {}

        record Connected(int peer) implements In {}

        record Fill(long slot) implements In {}

        record Pass(long epoch) implements In {}
    }

    /** What the replicas say to each other besides ordering; State is the journal record too. */
    sealed interface Talk {
        record Vote(Claim claim, byte[] signature) implements Talk {}

        record Fetch(StableCheckpoint checkpoint) implements Talk {}

        record State(StableCheckpoint checkpoint, Digest history, List<RequestId> executed, List<Era> eras)
                implements Talk {}
    }

    /** What comes out: a slot, the requests that were new in it, and the digests of all that it holds. */
    record Executed(
            long slot, Epoch epoch, long timeMicros, Digest history, List<RequestId> requests, List<Digest> contents) {}

    private final Port<Talk, Object> port;
    private final AtomicBroadcast ordering;
    private final IdealCertifier certifier;
    private final TreeSet<RequestId> executed = new TreeSet<>();
    private final List<RequestId> inOrder = new ArrayList<>();
    private Digest history = Digest.ZERO;
    private long slot;
    private Talk.@Nullable State stable;
    private final SortedMap<Long, SortedMap<Digest, SortedMap<Integer, byte[]>>> votes = new TreeMap<>();

    /** States of checkpoints that are not stable yet. */
    private final SortedMap<Long, List<RequestId>> states = new TreeMap<>();

    private final SortedMap<Long, List<Era>> erasAt = new TreeMap<>();

    /** The present era, and the next one if it is settled; none where there are no trusted components. */
    private List<Era> eras;

    private int introductions;

    LogReplica(Port<Talk, Object> port, boolean amnesiac) {
        this(port, amnesiac, null);
    }

    /** @param components what the group has beside its replicas; null: nothing */
    LogReplica(Port<Talk, Object> port, boolean amnesiac, @Nullable TrustedComponents components) {
        this.port = port;
        this.certifier = new IdealCertifier(port.self());
        this.eras = components == null ? List.of() : List.of(components.first(null));
        this.ordering = components == null ? asynchronous(amnesiac) : hybrid(components);
    }

    private AtomicBroadcast hybrid(TrustedComponents components) {
        return port.<EraMessage, AtomicBroadcast.Event, HybridEras>nest(
                "order",
                Path.NO_INDEX,
                child -> new HybridEras(child, components, certifier, certifier, CONFIGURATION, this::standing, null),
                this::event);
    }

    private AtomicBroadcast asynchronous(boolean amnesiac) {
        return port.<Message, AtomicBroadcast.Event, AsynchronousOrdering>nest(
                "order",
                Path.NO_INDEX,
                child -> new AsynchronousOrdering(
                        child,
                        certifier,
                        Coins.always(new IdealCoin(0, port.trust(), port.self())),
                        certifier,
                        CONFIGURATION,
                        this::standing,
                        amnesiac,
                        null),
                this::event);
    }

    AtomicBroadcast ordering() {
        return ordering;
    }

    boolean hasExecuted(RequestId id) {
        return executed.contains(id);
    }

    private AtomicBroadcast.Standing standing(RequestId id) {
        if (id.client() >= 1000) {
            return AtomicBroadcast.Standing.REFUSED;
        }
        return executed.contains(id) ? AtomicBroadcast.Standing.EXECUTED : AtomicBroadcast.Standing.OPEN;
    }

    private void event(AtomicBroadcast.Event event) {
        switch (event) {
            case Decision decision -> execute(decision);
            case AtomicBroadcast.Behind behind -> port.sendAll(new Talk.Fetch(behind.checkpoint()));
            case AtomicBroadcast.Certified certified -> certified(certified.checkpoint());
            case AtomicBroadcast.Rejoin rejoin -> port.output(rejoin);
            case AtomicBroadcast.Introduced said -> introduce(said.introduction());
            case AtomicBroadcast.Convicted said -> {} // whole replicas exclude
            case AtomicBroadcast.Forged forged -> port.output(forged);
        }
    }

    /** What the component says of itself is ordered as a request of the replica. */
    private void introduce(Attestation.Introduction introduction) {
        Writer writer = new Writer();
        Attestation.Introduction.CODEC.write(writer, introduction);
        RequestId id = new RequestId(port.self(), introduction.epoch(), introductions++);
        ordering.submit(new Request(id, writer.toBytes()));
    }

    private void renew(Request request, Decision decision) {
        Attestation.Introduction introduction = Attestation.Introduction.CODEC.decode(request.operation());
        if (eras.size() == 1 && eras.getFirst().isOlderThan(introduction)) {
            long beginning = decision.slot() + port.limits().pipeline();
            eras = List.of(
                    eras.getFirst(), eras.getFirst().after(introduction.replica(), introduction.epoch(), beginning, 0));
        }
    }

    private boolean isEndOfEra() {
        return eras.size() == 2 && eras.getLast().beginning() == slot;
    }

    private void execute(Decision decision) {
        if (decision.slot() != slot + 1) {
            throw new AssertionError("slot " + decision.slot() + " after " + slot);
        }
        slot = decision.slot();
        List<RequestId> fresh = new ArrayList<>();
        Transcript transcript = Transcript.of("history")
                .field(history)
                .field(decision.slot())
                .field(Epoch.CODEC.encode(decision.epoch()))
                .field(decision.timeMicros())
                .field(decision.digest());
        for (Request request : decision.requests()) {
            transcript.field(request.digest());
            if (executed.add(request.id())) {
                inOrder.add(request.id());
                if (!eras.isEmpty() && request.id().client() < ReplicaSet.SIZE_MAX) {
                    renew(request, decision); // of a replica: no client waits for it
                } else {
                    fresh.add(request.id());
                }
            }
        }
        boolean ends = isEndOfEra();
        if (ends) {
            Era next = eras.getLast();
            eras = List.of(next.from(slot, decision.timeMicros()));
        }
        history = transcript.digest();
        List<Digest> contents =
                decision.requests().stream().map(Request::digest).toList();
        port.output(new Executed(slot, decision.epoch(), decision.timeMicros(), history, fresh, contents));
        if (ends || slot % port.limits().checkpointInterval() == 0) {
            checkpoint(decision);
        }
        renewOrdering();
    }

    /** In which the component of the replica works, as the log says. */
    long epochOf(int replica) {
        return eras.getFirst().epochs().get(replica);
    }

    private void renewOrdering() {
        if (!eras.isEmpty()) {
            ordering.renew(eras.getLast(), slot);
        }
    }

    private void checkpoint(Decision decision) {
        Claim claim =
                new Claim(slot, decision.epoch(), decision.timeMicros(), root(inOrder, eras), Digest.ZERO, history);
        states.put(slot, List.copyOf(inOrder));
        erasAt.put(slot, eras);
        ordering.vouch(slot);
        port.sendAll(new Talk.Vote(claim, certifier.sign(claim.digest(CONFIGURATION))));
    }

    private static Digest root(List<RequestId> executed, List<Era> eras) {
        Writer writer = new Writer();
        writer.list(executed, RequestId.CODEC::write).list(eras, Era.CODEC::write);
        return Transcript.sha256(writer.toBytes());
    }

    private void vote(int from, Talk.Vote vote) {
        Digest digest = vote.claim().digest(CONFIGURATION);
        if (!certifier.verify(from, digest, vote.signature())) {
            port.blame(from, "a vote verifies");
            return;
        }
        SortedMap<Integer, byte[]> signatures = votes.computeIfAbsent(
                        vote.claim().slot(), key -> new TreeMap<>())
                .computeIfAbsent(digest, key -> new TreeMap<>());
        signatures.put(from, vote.signature());
        Certificate certificate = Certificate.of(signatures);
        if (port.trust().isQuorum(certificate.signers()) && vote.claim().slot() > stableSlot()) {
            certified(new StableCheckpoint(vote.claim(), certificate));
        }
    }

    private void certified(StableCheckpoint checkpoint) {
        Claim claim = checkpoint.claim();
        List<RequestId> state = states.get(claim.slot());
        List<Era> then = erasAt.get(claim.slot());
        if (state != null && then != null) {
            save(new Talk.State(checkpoint, claim.history(), state, then));
            states.headMap(claim.slot()).clear();
        }
        votes.headMap(claim.slot() + 1).clear();
        ordering.stable(checkpoint);
        port.compact();
    }

    private long stableSlot() {
        return stable == null ? 0 : stable.checkpoint().claim().slot();
    }

    private void save(Talk.State state) {
        stable = state;
        port.persist(state);
    }

    private void load(Talk.State state) {
        Claim claim = state.checkpoint().claim();
        stable = state;
        slot = claim.slot();
        history = state.history();
        executed.clear();
        executed.addAll(state.executed());
        inOrder.clear();
        inOrder.addAll(state.executed());
        eras = state.eras();
    }

    private void take(Talk.State state) {
        Claim claim = state.checkpoint().claim();
        boolean right = claim.slot() > slot
                && port.trust().isQuorum(state.checkpoint().certificate().signers())
                && state.checkpoint().certificate().verify(certifier, claim.digest(CONFIGURATION))
                && claim.history().equals(state.history())
                && claim.stateRoot().equals(root(state.executed(), state.eras()));
        if (right) {
            load(state);
            port.persist(state);
            renewOrdering();
            ordering.install(state.checkpoint());
        }
    }

    @Override
    public void input(In input) {
        switch (input) {
            case In.Submit submit -> ordering.submit(submit.request());
            case In.Carry carry -> ordering.carry(carry.request());
            case In.Connected connected -> ordering.connected(connected.peer());
            case In.Fill fill -> ordering.fill(fill.slot());
            case In.Pass pass -> ordering.passEpoch(pass.epoch());
        }
    }

    @Override
    public void receive(int from, Talk message) {
        switch (message) {
            case Talk.Vote vote -> vote(from, vote);
            case Talk.Fetch fetch -> answer(from, fetch.checkpoint());
            case Talk.State state -> take(state);
        }
    }

    /** Gives the state of a checkpoint, or of a later one. */
    private void answer(int from, StableCheckpoint checkpoint) {
        Talk.State newest = stable;
        List<RequestId> state = states.get(checkpoint.claim().slot());
        List<Era> then = erasAt.get(checkpoint.claim().slot());
        if (state != null && then != null) {
            port.send(from, new Talk.State(checkpoint, checkpoint.claim().history(), state, then));
        } else if (newest != null && stableSlot() >= checkpoint.claim().slot()) {
            port.send(from, newest);
        }
    }

    @Override
    public void restore(Talk record) {
        switch (record) {
            case Talk.State state -> load(state);
            default -> throw new AssertionError("no record");
        }
    }

    @Override
    public void restored() {
        if (stable != null) {
            renewOrdering();
            ordering.install(stable.checkpoint());
        }
    }

    @Override
    public void journal(Consumer<Talk> sink) {
        if (stable != null) {
            sink.accept(stable);
        }
    }

    @Override
    public Codec<Talk> codec() {
        return CODEC;
    }

    private static final Codec<Talk> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Talk value) {
            switch (value) {
                case Talk.Vote vote -> {
                    Claim.CODEC.write(writer.u8(0), vote.claim());
                    writer.opaque8(vote.signature());
                }
                case Talk.Fetch fetch -> StableCheckpoint.CODEC.write(writer.u8(1), fetch.checkpoint());
                case Talk.State state -> {
                    StableCheckpoint.CODEC.write(writer.u8(2), state.checkpoint());
                    writer.digest(state.history())
                            .list(state.executed(), RequestId.CODEC::write)
                            .list(state.eras(), Era.CODEC::write);
                }
            }
        }

        @Override
        public Talk read(Reader reader) {
            return switch (reader.u8()) {
                case 0 -> new Talk.Vote(Claim.CODEC.read(reader), reader.opaque8(128));
                case 1 -> new Talk.Fetch(StableCheckpoint.CODEC.read(reader));
                default ->
                    new Talk.State(
                            StableCheckpoint.CODEC.read(reader),
                            reader.digest(),
                            reader.list(1 << 20, 18, RequestId.CODEC::read),
                            reader.list(2, 24, Era.CODEC::read));
            };
        }
    };
}
