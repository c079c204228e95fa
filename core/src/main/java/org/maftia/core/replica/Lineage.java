package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A replica through all configurations of its group: one log, whose slots are ordered by the members of one configuration
 * up to some slot, and by those of the next from there on. No correct replica executes what another configuration than
 * the slot's own ordered for it; what was executed once is not executed again, whoever executed it.
 *
 * <p>Each configuration has its own tree of protocol instances, so that every question about quorums is one about its
 * fault structure. When its last slot is certified, the certificate names the next one, whose tree begins with that state;
 * who missed it follows the chain of certificates, and fetches the state. The old tree goes on helping those who are
 * behind until the new one has a certified state of its own, and is forgotten then, its votes with it.
 */
public final class Lineage implements Automaton<Input, Output> {
    /** READY is repeated this often until the configuration begins: the links may lose what nobody acknowledges. */
    private static final long REPEAT_MICROS = 1_000_000;

    /** A peer is told of what it missed this often at most: it goes on sending meanwhile. */
    private static final long TELL_AGAIN_MICROS = 100_000;

    /** Nobody hears a peer's certificates for this long after a false one: each costs a quorum of signatures. */
    private static final long SILENCE_MICROS = 1_000_000;

    /** Configurations for which this replica is ready beside each other: officers change their minds. */
    private static final int PREPARED_MAX = 4;

    /** Sessions that the replica of one configuration may use for what it has to say itself: one, if nothing goes wrong. */
    private static final int SESSIONS = 1024;

    /** Why a replica takes no request, or question, where the group has gone on without it, or it has no keys to go on with. */
    public static final String NO_MEMBER = "no member of the present configuration";

    private final int seat;
    private final Limits limits;
    private final Registry registry;
    private final Configuration first;
    private final LineageEffects effects = new LineageEffects(this::journal);

    private final List<ConfigurationCertificate> chain = new ArrayList<>();

    /** By number of their configurations: the newest, and those before until it stands on its own. */
    private final SortedMap<Long, Branch> branches = new TreeMap<>();

    private final List<Configuration> prepared = new ArrayList<>();

    /** By configuration to come, what this replica said of it: always the same. */
    private final SortedMap<Digest, Readiness> said = new TreeMap<>();

    private boolean lost;
    private final Map<Integer, Long> toldMicros = new TreeMap<>();
    private final Map<Integer, Long> silentMicros = new TreeMap<>();

    private long nowMicros;
    private long repeatMicros = Long.MAX_VALUE;
    private long version;

    /** For the replica of the next configuration in which this process takes part. */
    private long session;

    /**
     * @param seat of this process
     * @param first the configuration that this process trusts from the start, of which it need not be a member
     * @param amnesiac whether it lived before and its journal is gone
     * @param nowMicros the time of creation, in microseconds since 1970
     * @param life the number of the session of its gateway, higher than in all its earlier lives: some above it are for what
     *     the replica says itself
     */
    public Lineage(
            int seat,
            Limits limits,
            Configuration first,
            Registry registry,
            boolean amnesiac,
            long nowMicros,
            long life) {
        this.seat = seat;
        this.limits = limits;
        this.first = first;
        this.registry = registry;
        this.lost = amnesiac;
        this.nowMicros = nowMicros;
        this.session = life + 1;
    }

    /** The newest configuration that this process has proof of. */
    public Configuration present() {
        return chain.isEmpty() ? first : chain.getLast().next();
    }

    /** How the group came to the {@link #present} configuration from the one that this process began with. */
    public List<ConfigurationCertificate> chain() {
        return List.copyOf(chain);
    }

    /** Where the replica stands in the present configuration; null: it is no member, or has no keys yet. */
    public @Nullable Status status() {
        Branch branch = branches.get(present().number());
        return branch == null ? null : branch.replica().status();
    }

    /** Configurations in which this process takes part now: the present one, and older ones that others may need. */
    public List<Long> live() {
        return List.copyOf(branches.keySet());
    }

    /** Another number whenever {@link #present} or {@link #live} changed. */
    public long version() {
        return version;
    }

    /** What comes next, as far as this process knows. */
    public Outlook outlook() {
        Branch branch = branches.get(present().number());
        return branch == null ? Outlook.NOTHING : branch.replica().succession().outlook();
    }

    /** The codecs of all live instances, by address: the language that peers may speak to this replica now. */
    public SortedMap<String, Codec<?>> grammar() {
        SortedMap<String, Codec<?>> grammar = new TreeMap<>();
        grammar.put("", LineageMessage.CODEC);
        branches.forEach((number, branch) -> branch.node()
                .grammar()
                .forEach((address, codec) ->
                        grammar.put(BranchFrame.TAG + number + (address.isEmpty() ? "" : '/' + address), codec)));
        return grammar;
    }

    @Override
    public void start(List<byte[]> journal) {
        SortedMap<Long, List<byte[]>> records = new TreeMap<>();
        for (byte[] bytes : journal) {
            switch (LineageRecord.CODEC.decode(bytes)) {
                case LineageRecord.Kept kept ->
                    records.computeIfAbsent(kept.number(), number -> new ArrayList<>())
                            .add(kept.record());
                case LineageRecord.Followed followed -> chain.add(followed.certificate());
                case LineageRecord.Lost gone -> lost = true;
                case LineageRecord.Said mine -> said.put(mine.readiness().configuration(), mine.readiness());
            }
        }
        if (lost && journal.isEmpty()) {
            effects.keep(new LineageRecord.Lost());
        }
        records.forEach((number, kept) -> open(configuration(number), kept));
        if (!branches.containsKey(present().number())) {
            open(present(), List.of());
        }
        settle();
    }

    private Configuration configuration(long number) {
        return number == first.number() ? first : certificateOf(number).next();
    }

    /** The one that proves the configuration with this number, which is not the first. */
    private ConfigurationCertificate certificateOf(long number) {
        return chain.get(Math.toIntExact(number - first.number() - 1));
    }

    /** Begins to take part in the configuration, if this process has the keys of a member. */
    private @Nullable Branch open(Configuration configuration, List<byte[]> journal) {
        int self = configuration.indexOf(seat);
        Genesis genesis = self < 0 ? null : registry.genesis(configuration);
        if (genesis == null) {
            effects.output(new Output.Notice("takes no part in configuration " + configuration.number()
                    + (self < 0 ? ", being no member" : ": its keys are not installed")));
            return null;
        }
        boolean isFirst = configuration.number() == first.number();
        Tenure tenure = new Tenure(
                configuration,
                registry,
                isFirst ? null : configuration(configuration.number() - 1),
                isFirst ? null : certificateOf(configuration.number()).proof().checkpoint());
        boolean amnesiac = lost && journal.isEmpty() && !wasReadySinceLoss(configuration);
        Branch branch = new Branch(
                configuration,
                registry.trust(configuration),
                self,
                genesis.in(tenure),
                limits,
                amnesiac,
                nowMicros,
                session);
        session += SESSIONS;
        branches.put(configuration.number(), branch);
        version++;
        branch.node().start(journal);
        return branch;
    }

    /**
     * Whether the log of the configuration before held a READY that this replica said after it lost its disk: then it
     * cannot have voted in the new configuration before the loss.
     */
    private boolean wasReadySinceLoss(Configuration configuration) {
        Branch before = branches.get(configuration.number() - 1);
        Readiness mine = said.get(configuration.digest());
        Long known =
                before == null ? null : before.replica().succession().ready().get(configuration.indexOf(seat));
        return mine != null && known != null && known == mine.nonce();
    }

    @Override
    public void received(int from, byte[] frame, long now) {
        nowMicros = now;
        BranchFrame inner;
        LineageMessage message = null;
        try {
            Reader reader = new Reader(frame);
            inner = BranchFrame.read(reader);
            if (inner == null) {
                message = LineageMessage.CODEC.read(reader);
                reader.end();
            }
        } catch (MalformedException e) {
            effects.blame(from, "malformed message: " + e.getMessage(), Path.ROOT);
            return;
        }
        if (inner != null) {
            frame(from, inner);
        } else if (message != null) {
            hear(from, message);
        }
        settle();
    }

    private void hear(int from, LineageMessage message) {
        switch (message) {
            case LineageMessage.Where where -> compare(from, where.number());
            case LineageMessage.Chain longer -> learn(from, longer.certificates());
            case LineageMessage.Ready ready -> ready(ready.readiness());
        }
    }

    private void frame(int from, BranchFrame inner) {
        Branch branch = branches.get(inner.number());
        if (branch == null) {
            compare(from, inner.number());
            return;
        }
        int index = branch.configuration().indexOf(from);
        if (index < 0) {
            effects.blame(from, "speaks in a configuration of which it is no member", Path.ROOT);
            return;
        }
        branch.received(index, inner.frame(), nowMicros);
    }

    /** A peer is elsewhere in the chain: it is told what it lacks, or asked for what is lacking here. */
    private void compare(int peer, long number) {
        long mine = present().number();
        if (number == mine || toldMicros.getOrDefault(peer, Long.MIN_VALUE / 2) > nowMicros - TELL_AGAIN_MICROS) {
            return;
        }
        toldMicros.put(peer, nowMicros);
        if (number > mine) {
            send(peer, new LineageMessage.Where(mine));
        } else if (number >= first.number()) {
            int begin = Math.toIntExact(number - first.number());
            int end = Math.min(chain.size(), begin + LineageMessage.CERTIFICATES_MAX);
            send(peer, new LineageMessage.Chain(chain.subList(begin, end)));
        }
    }

    private void learn(int from, List<ConfigurationCertificate> certificates) {
        if (silentMicros.getOrDefault(from, Long.MIN_VALUE / 2) > nowMicros - SILENCE_MICROS) {
            return;
        }
        if (!learn(certificates)) {
            silentMicros.put(from, nowMicros);
            effects.blame(from, "shows a false certificate of a configuration", Path.ROOT);
        }
    }

    /** Goes on as far as the certificates are good ones; false where one that would lead on is not. */
    private boolean learn(List<ConfigurationCertificate> certificates) {
        List<ConfigurationCertificate> steps = new ArrayList<>();
        Configuration reached = present();
        boolean good = true;
        for (ConfigurationCertificate certificate : certificates) {
            if (good && certificate.next().number() == reached.number() + 1) {
                try {
                    certificate.verify(Charter.of(reached, registry));
                    steps.add(certificate);
                    reached = certificate.next();
                } catch (RefusedReadException e) {
                    good = false;
                }
            }
        }
        if (!steps.isEmpty()) {
            follow(steps);
        }
        return good;
    }

    /**
     * The group has gone on along these steps. This process begins in the last one's configuration only: those before it
     * have ended, and what is done there needs nobody who was not there.
     */
    private void follow(List<ConfigurationCertificate> steps) {
        Branch ending = branches.get(present().number());
        for (ConfigurationCertificate step : steps) {
            ReplicaSet concerned = peers(present(), step.next());
            chain.add(step);
            effects.keep(new LineageRecord.Followed(step));
            effects.output(
                    new Output.Notice("configuration " + step.next().number() + " follows slot " + step.lastSlot()));
            for (int peer : concerned.toList()) {
                send(peer, new LineageMessage.Chain(List.of(step)));
            }
        }
        version++;
        Configuration present = present();
        Branch beginning = open(present, List.of());
        said.clear();
        if (ending != null) {
            ending.unfinished().forEach(request -> move(beginning, request));
        }
        // Who is further behind than the configuration before is helped by the chain.
        retire(present.number() - (present.indexOf(seat) < 0 ? 0 : 1));
        prepared.removeIf(other -> other.number() <= present.number());
        scheduleRepeat();
    }

    /** The next configuration orders what this one did not come to, unless it is encrypted to the keys of this one. */
    private void move(@Nullable Branch beginning, Request request) {
        if (ConfidentialCall.isOperation(request.operation())) {
            effects.output(new Output.Refused(request.id(), ConfidentialCall.OTHER_KEYS));
        } else {
            submit(beginning, request, false);
        }
    }

    private ReplicaSet peers(Configuration... configurations) {
        ReplicaSet peers = ReplicaSet.EMPTY;
        for (Configuration configuration : configurations) {
            for (Configuration.Seat other : configuration.seats()) {
                peers = peers.with(other.number());
            }
        }
        return peers.without(seat);
    }

    /** Forgets the trees of all configurations below this one. True when there were some. */
    private boolean retire(long number) {
        if (branches.headMap(number).isEmpty()) {
            return false;
        }
        branches.headMap(number).values().forEach(past -> past.replica().forgetKeys());
        branches.headMap(number).clear();
        version++;
        effects.output(new Output.Notice("no key of a configuration before " + number + " is needed any more"));
        effects.compact();
        return true;
    }

    private void ready(Readiness readiness) {
        Branch branch = branches.get(present().number());
        if (branch != null) {
            branch.node().input(new Input.Ready(readiness), nowMicros);
        }
    }

    @Override
    public void input(Input input, long now) {
        nowMicros = now;
        Branch branch = branches.get(present().number());
        switch (input) {
            case Input.Submit submit -> submit(branch, submit.request(), false);
            case Input.Carry carry -> submit(branch, carry.request(), true);
            case Input.Read read -> read(branch, read);
            case Input.Peek peek when branch == null -> effects.output(new Output.Peeked(peek.number(), null));
            case Input.Peek _, Input.Offence _, Input.Certify _, Input.Renew _, Input.Observed _ -> {
                if (branch != null) {
                    branch.node().input(input, now);
                }
            }
            case Input.Ready ready -> ready(ready.readiness());
            case Input.Installed installed -> installed(installed.configuration());
            case Input.Chain found -> Invariant.check(learn(found.certificates()), "the shell verifies what it finds");
            case Input.Inherit inherit -> Invariant.check(false, "a lineage hands states over itself");
            case Input.Carried carried -> carry(branch, carried);
            case Input.Connected connected -> connected(connected.peer());
        }
        settle();
    }

    private void submit(@Nullable Branch branch, Request request, boolean alone) {
        RequestId id = branch == null ? null : branch.inward(request.id());
        if (branch == null || id == null) {
            effects.output(new Output.Refused(request.id(), NO_MEMBER));
        } else {
            // The same one, where its name stays: its digest has been computed.
            Request inside = id.equals(request.id()) ? request : new Request(id, request.operation(), request.seal());
            branch.node().input(alone ? new Input.Carry(inside) : new Input.Submit(inside), nowMicros);
        }
    }

    private void read(@Nullable Branch branch, Input.Read read) {
        RequestId id = branch == null ? null : branch.inward(read.id());
        if (branch == null || id == null) {
            effects.output(new Output.Unread(read.id(), NO_MEMBER));
        } else {
            branch.node().input(new Input.Read(id, read.operation()), nowMicros);
        }
    }

    private void carry(@Nullable Branch branch, Input.Carried carried) {
        int index = branch == null ? -1 : branch.configuration().indexOf(carried.peer());
        if (branch != null && index >= 0) {
            branch.node().input(new Input.Carried(index, carried.bytes()), nowMicros);
        }
    }

    private void connected(int peer) {
        for (Branch branch : branches.values()) {
            int index = branch.configuration().indexOf(peer);
            if (index >= 0) {
                branch.node().input(new Input.Connected(index), nowMicros);
            }
        }
        send(peer, new LineageMessage.Where(present().number()));
        repeatReady();
    }

    private void installed(Configuration configuration) {
        Configuration present = present();
        if (configuration.equals(present) && !branches.containsKey(present.number())) {
            open(present, List.of());
        } else if (configuration.number() > present.number() && !prepared.contains(configuration)) {
            prepared.add(configuration);
            if (prepared.size() > PREPARED_MAX) {
                prepared.removeFirst();
            }
            repeatReady();
        }
    }

    /** Says READY to those who can order it, as long as it matters; a newcomer may first have to learn who they are. */
    private void repeatReady() {
        for (Configuration next : prepared) {
            int self = next.indexOf(seat);
            Certifier certifier = self < 0 ? null : registry.certifier(next);
            if (certifier != null && next.predecessor().equals(present().digest())) {
                Readiness readiness = readiness(next, self, certifier);
                ready(readiness);
                for (int peer : peers(present()).toList()) {
                    send(peer, new LineageMessage.Ready(readiness));
                }
            }
            for (int peer : peers(present(), next).toList()) {
                send(peer, new LineageMessage.Where(present().number()));
            }
        }
        scheduleRepeat();
    }

    private Readiness readiness(Configuration next, int self, Certifier certifier) {
        Readiness mine = said.get(next.digest());
        if (mine == null) {
            long nonce = Math.max(0, nowMicros);
            byte[] signature = certifier.sign(Readiness.digest(next.digest(), self, nonce));
            mine = new Readiness(next.digest(), self, nonce, signature);
            said.put(next.digest(), mine);
            effects.keep(new LineageRecord.Said(mine));
        }
        return mine;
    }

    private void scheduleRepeat() {
        repeatMicros = prepared.isEmpty() ? Long.MAX_VALUE : nowMicros + REPEAT_MICROS;
    }

    private void send(int peer, LineageMessage message) {
        Writer writer = BranchFrame.ofLineage();
        LineageMessage.CODEC.write(writer, message);
        effects.send(peer, writer.toBytes());
    }

    @Override
    public void tick(long now) {
        nowMicros = now;
        for (Branch branch : branches.values()) {
            branch.node().tick(now);
        }
        if (repeatMicros <= now) {
            repeatReady();
        }
        settle();
    }

    @Override
    public void computed(long id, Object result, long now) {
        nowMicros = now;
        LineageEffects.Task task = effects.task(id);
        Branch branch = task == null ? null : branches.get(task.number());
        if (task != null && branch != null) {
            branch.node().computed(task.id(), result, now);
            settle();
        }
    }

    @Override
    public long nextWakeMicros() {
        long next = repeatMicros;
        for (Branch branch : branches.values()) {
            next = Math.min(next, branch.node().nextWakeMicros());
        }
        return next;
    }

    /** Carries out what the trees want, and goes on to the next configuration when the present one has ended. */
    private void settle() {
        boolean again = true;
        while (again) {
            for (Branch branch : branches.values()) {
                effects.collect(branch, branch.node().drain());
            }
            effects.compactIfAsked();
            again = handOver();
        }
    }

    /** True when something began that has effects of its own. */
    private boolean handOver() {
        long newest = present().number();
        Branch present = branches.get(newest);
        ConfigurationCertificate end =
                present == null ? null : present.replica().handover();
        if (end != null) {
            follow(List.of(end));
            return true;
        }
        if (present == null) {
            return false;
        }
        if (present.replica().isEstablished()) {
            return retire(newest);
        }
        Branch before = branches.get(newest - 1);
        if (before == null) {
            return false;
        }
        if (present.replica().isEmpty() && before.replica().handover() != null) {
            present.node().input(new Input.Inherit(before.replica().certifiedState()), nowMicros);
            return true;
        }
        return false;
    }

    @Override
    public Ready<Output> drain() {
        return effects.drain();
    }

    /** Everything that must survive now. */
    private List<byte[]> journal() {
        List<byte[]> records = new ArrayList<>();
        Consumer<LineageRecord> sink = record -> records.add(LineageRecord.CODEC.encode(record));
        if (lost) {
            sink.accept(new LineageRecord.Lost());
        }
        chain.forEach(certificate -> sink.accept(new LineageRecord.Followed(certificate)));
        said.values().forEach(readiness -> sink.accept(new LineageRecord.Said(readiness)));
        branches.forEach((number, branch) ->
                branch.node().journal().forEach(record -> sink.accept(new LineageRecord.Kept(number, record))));
        return records;
    }
}
