package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.testing.ToyThreshold;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * Processes in memory, some of them the members of a configuration, with a service that counts, and a client that
 * repeats itself. Everything executed is held to one log: a slot belongs to one configuration, a request to one slot.
 */
final class LineageGroup {
    static final int CLIENT = 64;
    static final int INTERVAL = 8;
    static final int OFFICERS = 3;

    private static final long GATEWAY_SESSION = 1L << 60;
    private static final int FIRST_STREAM = 10;
    private static final int PATIENCE_STEPS = 4000;
    private static final int PATIENCES_MAX = 60;

    final TestGroup<Input, Output> group;
    final Configuration first;
    private final Equipment equipment;
    private final List<Lineage> lineages = new ArrayList<>();
    private final TreeSet<Integer> amnesiac = new TreeSet<>();

    /** By slot, the configuration in which it was executed; by request, its slot. */
    private final SortedMap<Long, Digest> owners = new TreeMap<>();

    private final SortedMap<RequestId, Long> places = new TreeMap<>();
    private final Map<RequestId, Request> asked = new LinkedHashMap<>();
    private final TreeSet<Digest> uninstalled = new TreeSet<>();
    private final Map<Configuration, FaultStructure> structures = new IdentityHashMap<>();
    private final SortedMap<Integer, Long> lives = new TreeMap<>();
    private long sequence;

    /** By seat; null: none. */
    private final @Nullable IdealComponents components;

    LineageGroup(Configuration first, int processes, TestGroup.Scheduler scheduler, long seed) {
        this(first, processes, scheduler, seed, (configuration, seat, genesis) -> genesis);
    }

    /** @param equipment what processes have besides, in each configuration */
    LineageGroup(Configuration first, int processes, TestGroup.Scheduler scheduler, long seed, Equipment equipment) {
        this.first = first;
        this.equipment = equipment;
        this.components = first.hybrid() ? new IdealComponents(seed, processes) : null;
        this.group = new TestGroup<>(processes, scheduler, seed, components, this::make);
    }

    /** The trusted component of the seat begins a new epoch. */
    void loseComponent(int seat) {
        Objects.requireNonNull(components).lose(seat);
    }

    /** The same configuration with trusted components: those of the first two in their first epochs, later ones as they are. */
    static Configuration hybrid(Configuration plain) {
        return new Configuration(
                plain.number(),
                plain.predecessor(),
                plain.seats(),
                plain.attributes(),
                false,
                true,
                plain.quorums(),
                plain.officers(),
                plain.policy(),
                plain.carried(),
                plain.bundle());
    }

    private Automaton<Input, Output> make(int seat, long now) {
        Lineage lineage = new Lineage(seat, limits(), first, new Keys(seat), amnesiac.contains(seat), now, life(seat));
        while (lineages.size() <= seat) {
            lineages.add(lineage);
        }
        lineages.set(seat, lineage);
        lives.merge(seat, 1L, Long::sum);
        return lineage;
    }

    /** The session of its gateway in the life that it begins next: far above the clock, as where that was set back. */
    long life(int seat) {
        return GATEWAY_SESSION + (lives.getOrDefault(seat, 0L) << 20);
    }

    /** Small: checkpoints come often, and whoever is away soon needs the state. */
    static Limits limits() {
        Limits d = Limits.DEFAULT;
        return new Limits(
                d.frameLengthMax(),
                d.batchLengthMax(),
                4,
                d.operationLengthMax(),
                4,
                INTERVAL,
                2 * INTERVAL,
                d.heldBytesPerPeer(),
                d.pooledRequestsPerClient(),
                d.slotTimeoutMicrosMin(),
                d.slotTimeoutMicrosMax(),
                d.clockToleranceMicros(),
                d.sessionWindow(),
                d.sessionsPerClient());
    }

    /** A configuration of the seats in which any {@code faults} may fall, following another or none. */
    static Configuration threshold(@Nullable Configuration before, int faults, int... seats) {
        List<Configuration.Seat> members = new ArrayList<>();
        for (int seat : seats) {
            members.add(seat(seat, new TreeMap<>()));
        }
        return following(
                before, members, List.of(), Formula.select(seats.length - faults, ReplicaSet.firstOf(seats.length)));
    }

    /** Seats two by two in sites; any one whole site may fall. */
    static Configuration sites(@Nullable Configuration before, int sites) {
        List<Configuration.Seat> members = new ArrayList<>();
        List<Formula> whole = new ArrayList<>();
        for (int site = 0; site < sites; site++) {
            for (int i = 0; i < 2; i++) {
                TreeMap<String, String> attributes = new TreeMap<>();
                attributes.put("site", "s" + site);
                members.add(seat(2 * site + i, attributes));
            }
            whole.add(Formula.allOf(ReplicaSet.of(2 * site, 2 * site + 1)));
        }
        return following(before, members, List.of("site"), Formula.select(sites - 1, whole));
    }

    private static Configuration following(
            @Nullable Configuration before,
            List<Configuration.Seat> members,
            List<String> attributes,
            Formula quorums) {
        List<byte[]> officers = new ArrayList<>();
        for (int i = 0; i < OFFICERS; i++) {
            officers.add(key(100 + i));
        }
        return new Configuration(
                before == null ? 0 : before.number() + 1,
                before == null ? Digest.ZERO : before.digest(),
                members,
                attributes,
                true,
                quorums,
                officers,
                Formula.select(2, ReplicaSet.firstOf(OFFICERS)),
                List.of(),
                Digest.ZERO);
    }

    /** The same, where these keys go on. */
    static Configuration carrying(Configuration plain, List<String> keyIds) {
        return new Configuration(
                plain.number(),
                plain.predecessor(),
                plain.seats(),
                plain.attributes(),
                plain.strong(),
                plain.quorums(),
                plain.officers(),
                plain.policy(),
                keyIds,
                plain.bundle());
    }

    private static Configuration.Seat seat(int number, TreeMap<String, String> attributes) {
        return new Configuration.Seat(number, new Member("r" + number, attributes), key(number));
    }

    static byte[] key(int owner) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Arrays.fill(secret, (byte) owner);
        return Ed25519Certifier.publicKey(secret);
    }

    /** Officers sign with tokens that nobody forges, as here nobody tries; they stand apart from members. */
    static Reconfiguration signed(Configuration next, long serial, int... officers) {
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int officer : officers) {
            signatures.put(officer, new IdealCertifier(100 + officer).sign(Reconfiguration.digest(next, serial)));
        }
        return new Reconfiguration(next, serial, Certificate.of(signatures));
    }

    Lineage lineage(int seat) {
        return lineages.get(seat);
    }

    /** Keys for the configuration are not there until {@link #install}. */
    void withhold(Configuration configuration) {
        uninstalled.add(configuration.digest());
    }

    void lose(int seat) {
        group.crash(seat);
        group.journal(seat).clear();
        amnesiac.add(seat);
    }

    private static byte[] operation(String service, byte[] operation) {
        return ServiceCall.codec(1 << 20).encode(new ServiceCall(service, operation));
    }

    RequestId submit(String text) {
        return submit("tally", text.getBytes(StandardCharsets.UTF_8));
    }

    RequestId submit(Reconfiguration wish) {
        return submit(Reconfiguration.SERVICE, Reconfiguration.CODEC.encode(wish));
    }

    RequestId submitByGateway(int seat, long number) {
        return submitByGateway(seat, GATEWAY_SESSION, number);
    }

    RequestId submitByGateway(int seat, long session, long number) {
        RequestId id = new RequestId(seat, session, number);
        group.input(seat, new Input.Submit(new Request(id, operation("tally", new byte[] {'x'}))));
        return id;
    }

    /** What the gateway's own replica answered. */
    @Nullable
    String gatewayAnswer(RequestId id) {
        return replies(id).stream()
                .map(reply -> new String(reply.result(), StandardCharsets.UTF_8))
                .findFirst()
                .orElse(null);
    }

    RequestId submit(String service, byte[] operation) {
        Request request = new Request(new RequestId(CLIENT, 1, sequence++), operation(service, operation));
        asked.put(request.id(), request);
        repeat(request.id());
        return request.id();
    }

    /** A client that had no answer asks all again. */
    private void repeat(RequestId id) {
        Request request = Objects.requireNonNull(asked.get(id));
        for (int seat = 0; seat < lineages.size(); seat++) {
            group.input(seat, new Input.Submit(signed(request, lineage(seat).present())));
        }
    }

    /** Where there are trusted components a client signs, for the configuration that it takes for the present one. */
    private Request signed(Request request, Configuration present) {
        return components == null
                ? request
                : Seal.sealed(present.digest(), List.of(request), new IdealCertifier(CLIENT)::sign)
                        .getFirst();
    }

    void connectAll() {
        for (int a = 0; a < lineages.size(); a++) {
            for (int b = 0; b < lineages.size(); b++) {
                if (a != b && group.isUp(b)) {
                    group.input(a, new Input.Connected(b));
                }
            }
        }
    }

    /** The members of the configuration have its keys now. */
    void install(Configuration configuration) {
        uninstalled.remove(configuration.digest());
        for (Configuration.Seat member : configuration.seats()) {
            group.input(member.number(), new Input.Installed(configuration));
        }
    }

    /** What a process begins a configuration with. */
    interface Equipment {
        Genesis equip(Configuration configuration, int seat, Genesis genesis);
    }

    /** What the client accepts: equal answers of a kernel of one of the configurations. Null: not yet. */
    byte @Nullable [] answer(RequestId id, Configuration... configurations) {
        for (Configuration configuration : configurations) {
            FaultStructure trust = trust(configuration);
            for (Output.Reply candidate : replies(id)) {
                ReplicaSet same = ReplicaSet.EMPTY;
                for (int seat = 0; seat < lineages.size(); seat++) {
                    int index = configuration.indexOf(seat);
                    boolean says = group.outputs(seat).stream()
                            .anyMatch(output -> output instanceof Output.Reply reply && equal(reply, candidate));
                    same = index >= 0 && says ? same.with(index) : same;
                }
                if (trust.isKernel(same)) {
                    return candidate.result();
                }
            }
        }
        return null;
    }

    private FaultStructure trust(Configuration configuration) {
        return structures.computeIfAbsent(configuration, Configuration::trust);
    }

    private static boolean equal(Output.Reply a, Output.Reply b) {
        return a.id().equals(b.id()) && a.slot() == b.slot() && Arrays.equals(a.result(), b.result());
    }

    private List<Output.Reply> replies(RequestId id) {
        List<Output.Reply> replies = new ArrayList<>();
        for (int seat = 0; seat < lineages.size(); seat++) {
            for (Output output : group.outputs(seat)) {
                if (output instanceof Output.Reply reply && reply.id().equals(id)) {
                    replies.add(reply);
                }
            }
        }
        return replies;
    }

    byte[] answered(RequestId id, Configuration... configurations) {
        for (int i = 0; i < PATIENCES_MAX; i++) {
            if (group.run(PATIENCE_STEPS, () -> answer(id, configurations) != null)) {
                return Objects.requireNonNull(answer(id, configurations));
            }
            repeat(id);
        }
        throw new AssertionError(id + " is not answered; " + standing());
    }

    String text(RequestId id, Configuration... configurations) {
        return new String(answered(id, configurations), StandardCharsets.UTF_8);
    }

    /** Runs until these processes are in the configuration alone, with a certified state of its own. */
    void settled(Configuration configuration, int... seats) {
        boolean done = group.run(
                PATIENCE_STEPS * PATIENCES_MAX,
                () -> Arrays.stream(seats)
                        .allMatch(seat -> lineage(seat).present().equals(configuration)
                                && lineage(seat).live().size() <= 1));
        assertThat(done).as(standing()).isTrue();
    }

    String standing() {
        StringBuilder text = new StringBuilder();
        for (int seat = 0; seat < lineages.size(); seat++) {
            text.append("\nr")
                    .append(seat)
                    .append(group.isUp(seat) ? " " : " down ")
                    .append(lineage(seat).live())
                    .append(' ')
                    .append(lineage(seat).status());
        }
        return text.toString();
    }

    /** The keys of one process. Nobody forges. */
    private final class Keys implements Registry {
        private final int seat;

        Keys(int seat) {
            this.seat = seat;
        }

        @Override
        public Verifier members(Configuration configuration) {
            return new IdealCertifier(-1);
        }

        @Override
        public FaultStructure trust(Configuration configuration) {
            return LineageGroup.this.trust(configuration);
        }

        @Override
        public Verifier officers(Configuration configuration) {
            return (officer, digest, signature) ->
                    officer < OFFICERS && new IdealCertifier(-1).verify(100 + officer, digest, signature);
        }

        @Override
        public @Nullable Genesis genesis(Configuration configuration) {
            if (uninstalled.contains(configuration.digest())) {
                return null;
            }
            FaultStructure trust = trust(configuration);
            int self = configuration.indexOf(seat);
            TreeMap<String, StateMachine> services = new TreeMap<>();
            services.put("tally", new WatchedTally(configuration.digest()));
            ToyThreshold key = new ToyThreshold("key", trust.sharing(), trust.size());
            TreeMap<String, ThresholdSignature> keys = new TreeMap<>();
            keys.put("key", key);
            TreeMap<String, ThresholdSignature.Signer> signers = new TreeMap<>();
            signers.put("key", key.signer(self));
            Genesis plain = new Genesis(
                            configuration.digest(),
                            new IdealCertifier(self),
                            new IdealCoin(configuration.number(), trust, self),
                            new IdealCipher(configuration.number(), trust).holder(self),
                            services,
                            keys,
                            signers)
                    .with((Verifier) new IdealCertifier(self))
                    .with(components == null ? null : components(configuration, components));
            return equipment.equip(configuration, seat, plain);
        }

        private static TrustedComponents components(Configuration configuration, IdealComponents all) {
            int stream = FIRST_STREAM + (int) configuration.number();
            List<Long> epochs = configuration.seats().stream()
                    .map(member -> configuration.number() < 2 ? 0L : all.epoch(member.number()))
                    .toList();
            return new TrustedComponents(all, stream, epochs, 1);
        }
    }

    /** Watches that a slot is executed in one configuration only, and a request in one slot. */
    private final class WatchedTally extends Tally {
        private final Digest configuration;

        WatchedTally(Digest configuration) {
            this.configuration = configuration;
        }

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            Digest owner = owners.putIfAbsent(context.index(), configuration);
            assertThat(owner).as("slot %d", context.index()).isIn(null, configuration);
            Long place = places.putIfAbsent(command.id(), context.index());
            assertThat(place).as("%s", command.id()).isIn(null, context.index());
            return super.apply(command, context);
        }
    }
}
