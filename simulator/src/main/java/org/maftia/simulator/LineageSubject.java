package org.maftia.simulator;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Lineage;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Reconfiguration;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.replica.Registry;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * A group that goes through several configurations under load. Promised: one log across all of them, every slot executed
 * in one configuration only, equal answers, linearizable histories, each request at most once; no configuration but those
 * that enough officers want; in the end the last one is there, all correct clients have their answers, and its members
 * hold the same state.
 */
final class LineageSubject implements Subject<Input, Output> {
    private static final String PROBE = "k0";

    /** Who hands in what officers want. */
    private static final int OFFICE = ReplicaSet.SIZE_MAX + 200;

    /** In one step of so many something is done about the next configuration. */
    private static final int INITIATIVE = 160;

    private final World world;
    private final ServiceTrial trial;
    private final Governance governance;
    private final Clients clients;
    private final Witness witness;
    private final SortedMap<Integer, Lineage> lineages = new TreeMap<>();

    /** By seat, its copy of the service in the newest configuration. */
    private final SortedMap<Integer, StateMachine> services = new TreeMap<>();

    /** By slot, the configuration whose members executed it. */
    private final SortedMap<Long, Long> owners = new TreeMap<>();

    private final SortedMap<Long, Digest> views = new TreeMap<>();

    /** Wishes of too few officers, by their sessions. */
    private final SortedMap<Long, Boolean> forbidden = new TreeMap<>();

    private long attempts;

    /** The key that the group takes along; null: it takes none. */
    private final @Nullable CarriedKey key;

    /** @param handsOn whether the group has a key that goes on from one configuration to the next */
    LineageSubject(World world, ServiceTrial trial, boolean handsOn) {
        this.world = world;
        this.trial = trial;
        Draw draw = new Draw(world.configuration().a());
        this.governance = new Governance(world, draw, handsOn);
        this.key = handsOn
                ? new CarriedKey(
                        world, governance, new Draw(world.configuration().c()))
                : null;
        this.clients = new Clients(world, trial, draw, false);
        this.witness = new Witness(clients::isSent, micros -> {});
    }

    @Override
    public Automaton<Input, Output> boot(Boot boot) {
        int seat = boot.replica();
        boolean corrupted = world.corrupted().contains(seat);
        clients.started(seat, boot);
        if (key != null && boot.diskLost()) {
            key.lose(seat);
        }
        Lineage lineage = new Lineage(
                seat,
                world.limits(),
                governance.configurations().getFirst(),
                new Keys(seat, corrupted),
                boot.diskLost(),
                boot.nowMicros(),
                boot.life());
        if (!corrupted) {
            lineages.put(seat, lineage);
        }
        return lineage;
    }

    /** What one process knows: all configurations are prepared, and its keys installed. */
    private final class Keys implements Registry {
        private final int seat;
        private final boolean corrupted;

        Keys(int seat, boolean corrupted) {
            this.seat = seat;
            this.corrupted = corrupted;
        }

        @Override
        public Verifier members(Configuration configuration) {
            return governance.certifier(configuration, seat);
        }

        @Override
        public FaultStructure trust(Configuration configuration) {
            return governance.trust(configuration);
        }

        @Override
        public Verifier officers(Configuration configuration) {
            return governance.officers();
        }

        @Override
        public Certifier certifier(Configuration configuration) {
            return governance.certifier(configuration, seat);
        }

        @Override
        public Genesis genesis(Configuration configuration) {
            StateMachine service = trial.create();
            if (!corrupted) {
                service = witness.watch(seat, service, slot -> own(slot, configuration.number()));
                services.put(seat, service);
            }
            SortedMap<String, StateMachine> named = new TreeMap<>();
            named.put(trial.name(), service);
            FaultStructure trust = governance.trust(configuration);
            int self = configuration.indexOf(seat);
            return new Genesis(
                            configuration.digest(),
                            certifier(configuration),
                            world.authority().coin(self, trust),
                            world.authority().holder(self, trust),
                            named,
                            new TreeMap<>(),
                            new TreeMap<>())
                    .with(key == null ? KeyCare.NONE : key.care(configuration, seat));
        }
    }

    private void own(long slot, long configuration) {
        Long owner = owners.putIfAbsent(slot, configuration);
        Violation.unless(
                owner == null || owner == configuration,
                "slot " + slot + " is executed in configurations " + owner + " and " + configuration);
    }

    @Override
    public Optional<Input> connected(int peer) {
        return Optional.of(new Input.Connected(peer));
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        clients.act(draw, up, give);
        govern(draw, up, give);
    }

    @Override
    public void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input> give) {
        clients.repeat(draw, core, give);
        govern(draw, core, give);
        if (key != null && present().number() == governance.last().number()) {
            ReplicaSet gone = ReplicaSet.EMPTY;
            for (int seat : core.toList()) {
                Lineage lineage = lineages.get(seat);
                boolean left = lineage != null
                        && lineage.live().isEmpty()
                        && lineage.present().number() == governance.last().number();
                gone = left ? gone.with(seat) : gone;
            }
            key.insist(draw, members(core), gone, give);
        }
    }

    /** The newest configuration that any correct replica has come to. */
    private Configuration present() {
        return governance
                .configurations()
                .get(Math.toIntExact(lineages.values().stream()
                        .mapToLong(lineage -> lineage.present().number())
                        .max()
                        .orElse(0)));
    }

    /** Officers ask for the next configuration until it is there; operators install keys whenever they come to it. */
    private void govern(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        if (up.isEmpty() || draw.below(INITIATIVE) != 0) {
            return;
        }
        Configuration present = present();
        for (int seat : lineages.keySet()) {
            if (present.indexOf(seat) < 0) {
                clients.left(seat); // nobody answers the gateway of a replica that is no member any more
            }
        }
        if (present.number() == governance.last().number()) {
            return;
        }
        Configuration next = governance.configurations().get(Math.toIntExact(present.number()) + 1);
        if (draw.below(2) == 0) {
            int seat = draw.of(up.toList());
            if (next.indexOf(seat) >= 0) {
                give.accept(seat, new Input.Installed(next));
            }
        } else {
            boolean enough = draw.below(4) != 0;
            RequestId id = new RequestId(OFFICE, attempts++, 0);
            if (!enough) {
                forbidden.put(id.session(), true);
            }
            byte[] call = governance.wish(next, enough ? 2 : 1);
            up.forEach(seat -> give.accept(seat, new Input.Submit(new Request(id, call))));
        }
    }

    @Override
    public boolean leads(int replica) {
        Lineage known = lineages.get(replica);
        Status status = known == null ? null : known.status();
        return known != null
                && status != null
                && known.present().seats().get(status.leader()).number() == replica;
    }

    @Override
    public Optional<Input> otherwise(Input input, Draw draw) {
        return input instanceof Input.Submit && draw.below(3) == 0 ? Optional.empty() : Optional.of(input);
    }

    @Override
    public void output(int replica, Output output) {
        switch (output) {
            case Output.Reply reply -> replied(replica, reply);
            case Output.Certified certified -> certified(replica, certified.view());
            case Output.Refused refused -> clients.refused(refused.id());
            case Output.Reading reading -> {}
            case Output.Unread unread -> {}
            case Output.HeldOff held -> clients.heldOff(replica, held);
            case Output.Renewed renewed -> {
                if (key != null) {
                    key.renewed(replica, renewed);
                }
            }
            case Output.Observe observe -> {}
            case Output.Peeked peeked -> {}
            case Output.Signature signature -> {}
            case Output.Broken broken -> throw Violation.of(replica, broken);
            case Output.Excluded excluded -> {}
            case Output.TrustedView view -> {}
            case Output.Delivered delivered -> {}
            case Output.Notice notice -> {}
        }
    }

    private void replied(int replica, Output.Reply reply) {
        if (reply.id().client() != OFFICE) {
            clients.replied(replica, reply);
        } else if (forbidden.containsKey(reply.id().session())) {
            Violation.unless(
                    !Reconfiguration.Verdict.CODEC.decode(reply.result()).accepted(),
                    "r" + replica + " takes a configuration from one officer alone");
        }
    }

    /** Readers who follow the chain get it with a proof, and the same from everybody. */
    private void certified(int replica, CertifiedView view) {
        long slot = view.checkpoint().claim().slot();
        Digest root = view.root(trial.name());
        Violation.unless(
                root.equals(views.getOrDefault(slot, root)), "r" + replica + " shows another view of slot " + slot);
        views.put(slot, root);
        var read = view.read(trial.name(), PROBE).orElseThrow();
        for (Configuration configuration : governance.configurations()) {
            if (configuration.digest().equals(read.configuration())) {
                try {
                    Charter charter = new Charter(
                            configuration.digest(),
                            governance.trust(configuration),
                            governance.certifier(configuration, replica));
                    read.verify(charter, trial.name(), PROBE, 0);
                } catch (RefusedReadException e) {
                    throw new Violation("r" + replica + " shows readers what they refuse: " + e.getMessage(), e);
                }
            }
        }
    }

    /** Those of the healed core who are in the last configuration. */
    private ReplicaSet members(ReplicaSet core) {
        ReplicaSet members = ReplicaSet.EMPTY;
        for (Configuration.Seat seat : governance.last().seats()) {
            members = core.contains(seat.number()) ? members.with(seat.number()) : members;
        }
        return members;
    }

    @Override
    public boolean settled(ReplicaSet core) {
        ReplicaSet members = members(core);
        long slot = -1;
        for (int seat : members.toList()) {
            Lineage lineage = lineages.get(seat);
            Status status = lineage == null
                            || lineage.present().number() != governance.last().number()
                    ? null
                    : lineage.status();
            if (status == null || status.fetching() || status.abstaining()) {
                return false;
            }
            if (slot >= 0 && status.executed() != slot) {
                return false;
            }
            slot = status.executed();
        }
        return clients.isServed(core) && (key == null || key.settled());
    }

    @Override
    public void conclude(ReplicaSet core) {
        @Nullable Digest first = null;
        for (int seat : members(core).toList()) {
            StateMachine service = services.get(seat);
            Digest root = service == null ? Digest.ZERO : service.root();
            Violation.unless(
                    first == null || first.equals(root), "r" + seat + " holds another state after the same slot");
            first = root;
        }
        new Audit(trial, clients, witness).check(views);
    }

    @Override
    public String standing(ReplicaSet core) {
        StringBuilder text = new StringBuilder("unanswered ").append(clients.owed(core));
        if (key != null) {
            text.append("; ").append(key.standing());
        }
        lineages.forEach((seat, lineage) -> text.append("\n  r")
                .append(seat)
                .append(core.contains(seat) ? " of the core " : " ")
                .append(lineage.live())
                .append(' ')
                .append(lineage.status()));
        return text.toString();
    }
}
