package org.maftia.simulator;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * A group of whole replicas with a service. Promised: one log (agreement, integrity, no duplication, agreed time that
 * never goes back), equal answers, linearizable histories with reads without the log among them, secrecy of confidential requests until they are ordered; in the
 * end every correct client has its answers, and all
 * replicas of the healed core have executed the same slots and hold the same state.
 */
final class ReplicaSubject implements Subject<Input, Output> {
    /** A key of which readers want a proof, be it that it is absent. */
    private static final String PROBE = "k0";

    /** Epochs that may pass without an answer while one is owed: each recovery serves some, so this is ample. */
    private static final int EPOCHS_WITHOUT_ANSWER_MAX = 64;

    /** Of the order, among the protocols that ask trusted components. */
    static final int STREAM = 1;

    /** More are for rates that no simulation has. */
    private static final int LANES_MAX = 3;

    private final World world;
    private final ServiceTrial trial;
    private final Clients clients;
    private final Witness witness;
    private final Secrecy secrecy = new Secrecy();

    /** Watches over the views of trusted components; null: they are told nothing of each other. */
    private final @Nullable ViewWatch trusted;

    /** The keys that the group renews by itself; null: it uses them as they were dealt. */
    private final @Nullable KeptKeys keys;

    private final SortedMap<Integer, Replica> replicas = new TreeMap<>();
    private final SortedMap<Integer, StateMachine> services = new TreeMap<>();
    private final SortedMap<Integer, Port<?, ?>> ports = new TreeMap<>();
    private long latestMicros;
    private int answers;
    private long highestEpoch = -1;
    private int epochsWithoutAnswer;

    /** The root of the service's certified view, by slot. */
    private final SortedMap<Long, Digest> views = new TreeMap<>();

    ReplicaSubject(World world, ServiceTrial trial) {
        this(world, trial, false);
    }

    /** @param renewing whether the group keeps its keys by itself */
    ReplicaSubject(World world, ServiceTrial trial, boolean renewing) {
        this.world = world;
        this.keys = renewing ? new KeptKeys(world) : null;
        this.trial = trial;
        this.trusted = ViewWatch.of(world);
        this.clients = new Clients(world, trial, new Draw(world.configuration().a()));
        this.witness = new Witness(clients::isSent, this::checkTime);
    }

    @Override
    public Automaton<Input, Output> boot(Boot boot) {
        int index = boot.replica();
        boolean corrupted = world.corrupted().contains(index);
        StateMachine service = corrupted ? trial.create() : witness.watch(index, trial.create());
        SortedMap<String, StateMachine> named = new TreeMap<>();
        named.put(trial.name(), service);
        ThresholdCipher.Holder own = keys == null ? boot.holder() : keys.holder(boot);
        ThresholdCipher.Holder holder =
                corrupted ? own : secrecy.watch(index, own, () -> status(index).decided());
        Genesis genesis = new Genesis(
                        world.configuration(),
                        boot.certifier(),
                        keys == null ? boot.coin() : keys.coin(boot),
                        holder,
                        named,
                        new TreeMap<>(),
                        new TreeMap<>())
                .with(world.authority().clients())
                .with(keys == null ? KeyCare.NONE : keys.care(boot))
                .with(components());
        clients.started(index, boot);
        Automaton<Input, Output> node = new Node<>(
                index, world.trust(), world.limits(), boot.nowMicros(), (Port<ReplicaSnapshot, Output> port) -> {
                    Replica replica = new Replica(port, genesis, boot.diskLost(), boot.life() + 1);
                    if (!corrupted) {
                        replicas.put(index, replica);
                        ports.put(index, port);
                        services.put(index, service);
                    }
                    return replica;
                });
        return keys != null && corrupted ? keys.corrupted(node, index) : node;
    }

    private @Nullable TrustedComponents components() {
        IdealComponents components = world.components();
        if (components == null) {
            return null;
        }
        int lanes = 1 + (int) Long.remainderUnsigned(world.configuration().c(), LANES_MAX);
        return new TrustedComponents(
                components,
                STREAM,
                Collections.nCopies(world.trust().size(), 0L),
                lanes,
                trusted == null ? TrustedComponents.ViewForm.NONE : trusted);
    }

    @Override
    public Optional<Input> connected(int peer) {
        return Optional.of(new Input.Connected(peer));
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        readClocks();
        clients.act(draw, up, give);
        if (keys != null) {
            keys.stimulate(draw, up, give);
        }
    }

    @Override
    public void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input> give) {
        readClocks();
        clients.repeat(draw, core, give);
        if (keys != null) {
            keys.insist(draw, core, give);
        }
    }

    @Override
    public int healingFactor() {
        return keys == null ? 1 : keys.healingFactor();
    }

    /** Clocks jump back, too: what counts is the latest that any of them has shown. */
    private void readClocks() {
        for (Port<?, ?> port : ports.values()) {
            latestMicros = Math.max(latestMicros, port.nowMicros());
        }
    }

    private void checkTime(long agreedMicros) {
        readClocks();
        Violation.unless(
                agreedMicros <= latestMicros + world.limits().clockToleranceMicros(),
                "agreed time is ahead of every correct clock");
    }

    @Override
    public boolean leads(int replica) {
        Replica known = replicas.get(replica);
        return known != null && known.status().leader() == replica;
    }

    /** A face that misses a request orders another batch. */
    @Override
    public Optional<Input> otherwise(Input input, Draw draw) {
        boolean request = input instanceof Input.Submit || input instanceof Input.Carry;
        return request && draw.below(3) == 0 ? Optional.empty() : Optional.of(input);
    }

    @Override
    public void output(int replica, Output output) {
        switch (output) {
            case Output.Reply reply -> clients.replied(replica, reply);
            case Output.Reading reading -> clients.reading(replica, reading);
            case Output.Certified certified -> certified(replica, certified.view());
            case Output.Unread unread -> {}
            case Output.Refused refused -> {}
            case Output.HeldOff held -> clients.heldOff(replica, held);
            case Output.Renewed renewed -> {
                if (keys != null) {
                    keys.renewed(replica, renewed);
                }
            }
            case Output.Observe observe -> {}
            case Output.Peeked peeked -> {}
            case Output.Signature signature -> {}
            case Output.Broken broken -> throw Violation.of(replica, broken);
            case Output.Excluded out ->
                Violation.unless(
                        out.by().isEmpty() || world.corrupted().contains(out.replica()),
                        "r" + out.replica() + " is correct, and excluded");
            case Output.TrustedView view -> {
                if (trusted != null) {
                    trusted.entered(replica, view);
                }
            }
            case Output.Delivered delivered -> {}
            case Output.Notice notice -> {}
        }
    }

    /** Readers get it with a proof, and the same from everybody. */
    private void certified(int replica, CertifiedView view) {
        long slot = view.checkpoint().claim().slot();
        Digest root = view.root(trial.name());
        Violation.unless(
                root.equals(views.getOrDefault(slot, root)), "r" + replica + " shows another view of slot " + slot);
        views.put(slot, root);
        if (keys != null) {
            keys.certified(replica, view);
        }
        Charter charter = new Charter(
                world.configuration(), world.trust(), world.authority().certifier(replica));
        try {
            view.read(trial.name(), PROBE).orElseThrow().verify(charter, trial.name(), PROBE, 0);
        } catch (RefusedReadException e) {
            throw new Violation("r" + replica + " shows readers what they refuse: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean settled(ReplicaSet core) {
        checkProgress(core);
        if (!clients.isServed(core) || keys != null && !keys.settled(core)) {
            return false;
        }
        long slot = status(core.first()).executed();
        for (int replica : core.toList()) {
            Status status = status(replica);
            if (status.executed() != slot || status.fetching() || status.abstaining()) {
                return false;
            }
        }
        return trusted == null || trusted.settled(core, this::status);
    }

    /**
     * However epochs end, answers come. Asked after each event, so every epoch that begins is seen; one that begins far above the last, as
     * replicas with components follow where peers have moved, is one.
     */
    private void checkProgress(ReplicaSet core) {
        long epoch = core.toList().stream()
                .mapToLong(replica -> status(replica).epoch())
                .max()
                .orElse(0);
        int now = clients.answered().size();
        boolean answered = highestEpoch < 0 || now > answers || clients.isServed(core);
        if (answered) {
            answers = now;
            epochsWithoutAnswer = 0;
        } else if (epoch > highestEpoch) {
            epochsWithoutAnswer++;
        }
        highestEpoch = Math.max(highestEpoch, epoch);
        if (epochsWithoutAnswer > EPOCHS_WITHOUT_ANSWER_MAX) {
            throw new Violation("epochs pass and nothing is answered: " + standing(core));
        }
    }

    private Status status(int replica) {
        Replica known = replicas.get(replica);
        if (known == null) {
            throw new IllegalStateException("a replica of the core was never started");
        }
        return known.status();
    }

    @Override
    public void conclude(ReplicaSet core) {
        StateMachine first = services.get(core.first());
        for (int replica : core.toList()) {
            StateMachine service = services.get(replica);
            Violation.unless(
                    first != null && service != null && service.root().equals(first.root()),
                    "r" + core.first() + " and r" + replica + " hold different states after the same slot");
        }
        new Audit(trial, clients, witness).check(views);
        SortedMap<RequestId, Long> slots = new TreeMap<>();
        witness.all().forEach(entry -> slots.put(entry.command().id(), entry.slot()));
        secrecy.check(clients.confidential(), slots);
        if (keys != null) {
            keys.conclude(core);
        }
        if (trusted != null) {
            trusted.conclude();
        }
    }

    /** Every correct replica that has begun does. */
    @Override
    public boolean knowsEpoch(int replica, long epoch) {
        return replicas.values().stream()
                .allMatch(known -> known.status().componentEpochs().get(replica) == epoch);
    }

    @Override
    public String standing(ReplicaSet core) {
        StringBuilder text = new StringBuilder("unanswered ").append(clients.owed(core));
        if (keys != null) {
            text.append("\n  ").append(keys.standing());
        }
        if (trusted != null) {
            text.append("\n  ").append(trusted.standing());
        }
        core.forEach(replica -> text.append("\n  r").append(replica).append(' ').append(status(replica)));
        return text.toString();
    }
}
