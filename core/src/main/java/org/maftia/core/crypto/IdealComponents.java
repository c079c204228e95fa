package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * The trusted components of a group, as simulations and tests want them: they do what real ones promise, at once, and
 * protect nothing against whoever knows the seed.
 */
public final class IdealComponents implements AttestationVerifier {
    /** How long an agreement takes on the channel between the components. */
    public static final long AGREEMENT_MICROS = 5_000;

    private final long seed;

    /** By replica and epoch. */
    private final List<List<One>> components = new ArrayList<>();

    /** What was proposed before an agreement began, by places of members. Looked up only. */
    private final Map<Instance, TreeMap<Integer, Digest>> agreements = new HashMap<>();

    private record Instance(int stream, List<Integer> members, long startMicros) {}

    public IdealComponents(long seed, int replicas) {
        this.seed = seed;
        for (int replica = 0; replica < replicas; replica++) {
            components.add(new ArrayList<>(List.of(new One(replica, 0))));
        }
    }

    /** Where one stream of a component stands. */
    private static final class Standing {
        final long[] counters = new long[Attestation.LANES];
        final @Nullable Ui[] last = new Ui[Attestation.LANES];
        final @Nullable Fence[] fences = new Fence[Mark.values().length];
        long view;
        long checkpoint;

        List<Long> counters() {
            return Arrays.stream(counters).boxed().toList();
        }
    }

    /** That of one replica, in one epoch. */
    private static final class One {
        final int replica;
        final long epoch;
        final TreeMap<Integer, Standing> streams = new TreeMap<>();

        @Nullable
        IdealView view;

        One(int replica, long epoch) {
            this.replica = replica;
            this.epoch = epoch;
        }
    }

    /** The component of the replica loses its counters: it goes on in another epoch. */
    public void lose(int replica) {
        List<One> epochs = components.get(replica);
        epochs.add(new One(replica, epochs.size()));
    }

    public long epoch(int replica) {
        return components.get(replica).getLast().epoch;
    }

    /** The same where no time is asked for. */
    public Optional<Attestation> call(int replica, TrustedCall call) {
        return call(replica, call, 0);
    }

    /**
     * What the component of the replica answers; empty where it refuses.
     *
     * @param nowMicros the time of all components
     */
    public Optional<Attestation> call(int replica, TrustedCall call, long nowMicros) {
        return call(replica, epoch(replica), call, nowMicros);
    }

    /**
     * What the component of the replica answers that works in this epoch, be it over: it lives on where an intruder keeps it
     * alive beside the one of the present epoch.
     *
     * @param epoch at most {@link #epoch}
     */
    public Optional<Attestation> call(int replica, long epoch, TrustedCall call, long nowMicros) {
        One one = components.get(replica).get(Math.toIntExact(epoch));
        Standing standing = one.streams.computeIfAbsent(call.stream(), none -> new Standing());
        return switch (call) {
            case TrustedCall.CreateUi create -> Optional.of(createUi(one, standing, create));
            case TrustedCall.Raise raise -> raise(one, standing, raise);
            case TrustedCall.LastUi last -> Optional.ofNullable(standing.last[last.lane()]);
            case TrustedCall.LastFence last ->
                Optional.ofNullable(standing.fences[last.mark().ordinal()]);
            case TrustedCall.Propose proposal -> {
                Instance instance = new Instance(proposal.stream(), proposal.members(), proposal.startMicros());
                int place = proposal.members().indexOf(replica);
                if (place >= 0 && nowMicros < proposal.startMicros()) {
                    agreements
                            .computeIfAbsent(instance, none -> new TreeMap<>())
                            .putIfAbsent(place, proposal.value());
                }
                yield Optional.empty();
            }
            case TrustedCall.Decide decide ->
                nowMicros < decide.startMicros() + AGREEMENT_MICROS
                        ? Optional.empty()
                        : Optional.of(agreed(one, decide));
            case TrustedCall.Introduce asked -> Optional.of(introduction(one, call.stream()));
            case TrustedCall.View asked -> inView(one);
            case TrustedCall.Install install -> {
                yield install(one, install) ? inView(one) : Optional.empty();
            }
            case TrustedCall.Standing asked ->
                Optional.of(new Attestation.Counters(
                        replica, one.epoch, standing.view, standing.checkpoint, standing.counters()));
        };
    }

    private Ui createUi(One one, Standing standing, TrustedCall.CreateUi call) {
        long counter = ++standing.counters[call.lane()];
        Ui bare = new Ui(
                one.replica,
                one.epoch,
                call.lane(),
                counter,
                standing.view,
                standing.checkpoint,
                call.digest(),
                new byte[0]);
        Ui ui = new Ui(
                bare.replica(),
                bare.epoch(),
                bare.lane(),
                counter,
                bare.view(),
                bare.checkpoint(),
                bare.digest(),
                tag(call.stream(), bare));
        standing.last[call.lane()] = ui;
        return ui;
    }

    private Optional<Attestation> raise(One one, Standing standing, TrustedCall.Raise call) {
        boolean view = call.mark() == Mark.VIEW;
        if (call.value() <= (view ? standing.view : standing.checkpoint)) {
            return Optional.empty();
        }
        standing.view = view ? call.value() : standing.view;
        standing.checkpoint = view ? standing.checkpoint : call.value();
        Fence bare = new Fence(
                one.replica,
                one.epoch,
                call.mark(),
                standing.view,
                standing.checkpoint,
                standing.counters(),
                call.digest(),
                new byte[0]);
        Fence fence = new Fence(
                bare.replica(),
                bare.epoch(),
                bare.mark(),
                bare.view(),
                bare.checkpoint(),
                bare.counters(),
                bare.digest(),
                tag(call.stream(), bare));
        standing.fences[call.mark().ordinal()] = fence;
        return Optional.of(fence);
    }

    /** In which trusted view the component of the replica works; empty before the first. */
    public Optional<IdealView> view(int replica) {
        return Optional.ofNullable(components.get(replica).getLast().view);
    }

    private static Optional<Attestation> inView(One one) {
        IdealView view = one.view;
        return view == null
                ? Optional.empty()
                : Optional.of(new Attestation.InView(
                        one.replica, one.epoch, view.number(), view.written().digest()));
    }

    /** The first view it takes on the word of its host, each later one on those of a quorum of the view before. */
    private boolean install(One one, TrustedCall.Install call) {
        IdealView next = IdealView.of(call.view());
        IdealView before = one.view;
        if (!next.isMember(one.replica, one.epoch)) {
            return false;
        }
        if (before != null) {
            Digest digest = next.written().digest();
            ReplicaSet vouchers = ReplicaSet.EMPTY;
            for (Fence fence : call.fences()) {
                boolean counts = fence.mark() == Mark.VIEW
                        && fence.view() == next.number()
                        && fence.digest().equals(digest)
                        && before.isMember(fence.replica(), fence.epoch())
                        && verify(call.stream(), fence);
                vouchers = counts ? vouchers.with(fence.replica()) : vouchers;
            }
            if (next.number() <= before.number() || !before.isQuorum(vouchers)) {
                return false;
            }
        }
        one.view = next;
        return true;
    }

    private Attestation.Introduction introduction(One one, int stream) {
        byte[] keys = new byte[0];
        Attestation.Introduction bare = new Attestation.Introduction(one.replica, one.epoch, keys, keys);
        return new Attestation.Introduction(one.replica, one.epoch, keys, tag(stream, bare));
    }

    private Attestation.Agreed agreed(One one, TrustedCall.Decide call) {
        TreeMap<Integer, Digest> proposals = agreements.getOrDefault(
                new Instance(call.stream(), call.members(), call.startMicros()), new TreeMap<>());
        Digest value = proposals.getOrDefault(0, Digest.ZERO);
        long proposers = 0;
        for (var proposal : proposals.entrySet()) {
            boolean same = proposal.getValue().equals(value);
            proposers |= same ? 1L << proposal.getKey() : 0;
        }
        Attestation.Agreed bare = new Attestation.Agreed(
                one.replica, one.epoch, call.members(), call.startMicros(), value, proposers, new byte[0]);
        return new Attestation.Agreed(
                one.replica, one.epoch, bare.members(), bare.startMicros(), value, proposers, tag(call.stream(), bare));
    }

    @Override
    public boolean verify(int stream, Attestation attestation) {
        return attestation.replica() >= 0
                && attestation.replica() < components.size()
                && Arrays.equals(attestation.tag(), tag(stream, attestation));
    }

    private byte[] tag(int stream, Attestation attestation) {
        Transcript statement = Transcript.of("ideal component")
                .field(seed)
                .field(stream)
                .field(attestation.replica())
                .field(attestation.epoch())
                .field(attestation.digest());
        switch (attestation) {
            case Ui ui ->
                statement
                        .field("ui")
                        .field(ui.lane())
                        .field(ui.counter())
                        .field(ui.view())
                        .field(ui.checkpoint());
            case Fence fence -> {
                statement
                        .field("fence")
                        .field(fence.mark().ordinal())
                        .field(fence.view())
                        .field(fence.checkpoint());
                fence.counters().forEach(statement::field);
            }
            case Attestation.Counters counters -> statement.field("counters");
            case Attestation.InView view -> statement.field("view");
            case Attestation.Introduction introduction ->
                statement.field("introduction").field(introduction.keys());
            case Attestation.Agreed agreed -> {
                statement.field("agreed").field(agreed.startMicros()).field(agreed.proposers());
                agreed.members().forEach(statement::field);
            }
        }
        Digest digest = statement.digest();
        return Arrays.copyOf(digest.toBytes(), 16);
    }
}
