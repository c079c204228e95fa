package org.maftia.core.agreement;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedMessage.Done;
import org.maftia.core.agreement.MultivaluedMessage.Entry;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.Pb2;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteLock;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteNull;
import org.maftia.core.agreement.MultivaluedMessage.Share;
import org.maftia.core.agreement.MultivaluedMessage.Sig1;
import org.maftia.core.agreement.MultivaluedMessage.Sig2;
import org.maftia.core.agreement.MultivaluedMessage.VoteNo;
import org.maftia.core.agreement.MultivaluedMessage.VoteYes;
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * All corrupted replicas of a group in one head: it keeps every proof that any of them hears, signs whatever it likes
 * with their keys, and answers each message with some that it draws from the protocol's own grammar, each to one
 * replica. What it makes is mostly valid: it proposes both values, finishes to one, pre-votes and votes both ways.
 */
final class Forger {
    private static final List<String> VALUES = List.of("value X", "value Y", "bad");

    private final FaultStructure trust;
    private final ReplicaSet corrupt;
    private final Leadership leadership;
    private final SplittableRandom random;
    private final MultivaluedAgreementCodec codec;
    private final List<Seals> seals = new ArrayList<>();

    /** Signatures heard, by what they say and by signer. */
    private final SortedMap<String, SortedMap<Integer, byte[]>> signatures = new TreeMap<>();

    private final List<Lock> locks = new ArrayList<>();
    private final List<Finish> finishes = new ArrayList<>();
    private final List<Chain> chains = new ArrayList<>();
    private int highestView;

    /** How much it likes each kind of message, so that one seed floods with what another never sends. */
    private final int[] weights = new int[13];

    /** How many views back it may still speak: late signatures are where most rules bite. */
    private final int patience;

    boolean raging = true;

    Forger(FaultStructure trust, ReplicaSet corrupt, Leadership leadership, long seed) {
        this.trust = trust;
        this.corrupt = corrupt;
        this.leadership = leadership;
        chains.add(Chain.empty(leadership.firstView()));
        this.random = new SplittableRandom(seed);
        this.codec = new MultivaluedAgreementCodec(trust.size());
        for (int i = 0; i < trust.size(); i++) {
            seals.add(new Seals(
                    new IdealCertifier(i),
                    MultivaluedAgreementTest.coin(trust, i),
                    trust,
                    Digest.ZERO,
                    Path.ROOT.child("test", 0)));
        }
        for (int kind = 0; kind < weights.length; kind++) {
            weights[kind] = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(4);
        }
        weights[0]++;
        patience = random.nextInt(3);
    }

    static byte[] bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** One hand of the forger. */
    Automaton<Consumer<MultivaluedAgreement>, byte[]> hand(int self) {
        return new Hand(self);
    }

    private final class Hand implements Automaton<Consumer<MultivaluedAgreement>, byte[]> {
        private final int self;
        private List<Ready.Outgoing> sends = new ArrayList<>();

        Hand(int self) {
            this.self = self;
        }

        @Override
        public void start(List<byte[]> journal) {
            act();
        }

        @Override
        public void received(int from, byte[] frame, long nowMicros) {
            Reader reader = new Reader(frame);
            reader.opaque8(Path.LENGTH_MAX);
            hear(from, codec.read(reader));
            act();
        }

        private void act() {
            for (int i = random.nextInt(4); raging && i > 0; i--) {
                MultivaluedMessage message = draw(self);
                int to = random.nextInt(trust.size());
                if (message != null && !corrupt.contains(to)) {
                    Writer writer = new Writer().opaque8(bytes("test0"));
                    codec.write(writer, message);
                    sends.add(new Ready.Outgoing(to, writer.toBytes()));
                }
            }
        }

        @Override
        public void input(Consumer<MultivaluedAgreement> input, long nowMicros) {}

        @Override
        public void tick(long nowMicros) {}

        @Override
        public void computed(long id, Object result, long nowMicros) {}

        @Override
        public long nextWakeMicros() {
            return Long.MAX_VALUE;
        }

        @Override
        public Ready<byte[]> drain() {
            Ready<byte[]> ready = new Ready<>(List.of(), sends, List.of(), List.of(), List.of());
            sends = new ArrayList<>();
            return ready;
        }
    }

    /** It foresees the coin: what it does to safety with that must fail all the same. */
    private int leader(int view) {
        SortedMap<Integer, byte[]> all = new TreeMap<>();
        trust.all().forEach(i -> all.put(i, seals.get(i).share(view)));
        return view == 0 ? Math.max(0, leadership.first()) : seals.getFirst().elected(view, all);
    }

    private static String key(Stage stage, int view, int owner, Digest hash) {
        return stage + " " + view + " " + owner + " " + hash;
    }

    private void keep(int signer, Stage stage, int view, int owner, Digest hash, byte[] signature) {
        signatures
                .computeIfAbsent(key(stage, view, owner, hash), key -> new TreeMap<>())
                .put(signer, signature);
    }

    private void hear(int from, MultivaluedMessage message) {
        highestView = Math.max(highestView, message.view());
        switch (message) {
            case Pb1 m -> chains.add(m.chain());
            case Entry m -> chains.add(m.chain());
            case Sig1 m -> keep(from, Stage.SIG1, m.view(), m.owner(), m.hash(), m.signature());
            case Sig2 m -> keep(from, Stage.SIG2, m.view(), m.owner(), m.hash(), m.signature());
            case Pb2 m -> locks.add(m.lock());
            case PreVoteLock m -> locks.add(m.lock());
            case PreVoteNull m -> keep(from, Stage.NULL, m.view(), leader(m.view()), Digest.ZERO, m.signature());
            case VoteYes m -> {
                locks.add(m.lock());
                keep(
                        from,
                        Stage.YES,
                        m.view(),
                        leader(m.view()),
                        Seals.hash(m.lock().value()),
                        m.signature());
            }
            case VoteNo m -> keep(from, Stage.NO, m.view(), leader(m.view()), Digest.ZERO, m.signature());
            case Finish m -> finishes.add(m);
            case Done m -> finishes.addAll(m.finishes());
            default -> {}
        }
    }

    /** What was heard, and the corrupted replicas' own signatures. */
    private Certificate collect(Stage stage, int view, int owner, Digest hash) {
        SortedMap<Integer, byte[]> all =
                new TreeMap<>(signatures.getOrDefault(key(stage, view, owner, hash), new TreeMap<>()));
        corrupt.forEach(i -> all.put(i, seals.get(i).sign(stage, view, owner, hash)));
        return Certificate.of(all);
    }

    private @Nullable MultivaluedMessage draw(int self) {
        int view = Math.max(leadership.firstView(), highestView - random.nextInt(patience + 1));
        Seals own = seals.get(self);
        byte[] value = bytes(VALUES.get(random.nextInt(VALUES.size())));
        Digest hash = Seals.hash(value);
        int leader = leader(view);
        int owner = view > 0 && random.nextBoolean() ? self : leader;
        Lock lock = lock(view, owner, value, hash);
        return switch (kind()) {
            case 0, 1 -> new Pb1(lock != null && random.nextBoolean() ? lock.value() : value, chain(view));
            case 2 -> new Sig1(view, owner, hash, own.sign(Stage.SIG1, view, owner, hash));
            case 3, 4 -> lock == null ? null : new Pb2(lock);
            case 5 -> new Sig2(view, owner, hash, own.sign(Stage.SIG2, view, owner, hash));
            case 6 -> new Finish(view, owner, value, collect(Stage.SIG2, view, owner, hash));
            case 7 -> lock == null ? null : new PreVoteLock(lock);
            case 8 -> new PreVoteNull(view, own.sign(Stage.NULL, view, leader, Digest.ZERO));
            case 9 -> lock == null ? null : new VoteYes(lock, own.sign(Stage.YES, view, leader, hash(lock)));
            case 10 ->
                new VoteNo(
                        view,
                        collect(Stage.NULL, view, leader, Digest.ZERO),
                        own.sign(Stage.NO, view, leader, Digest.ZERO));
            case 11 -> done(view, own.share(view));
            default ->
                random.nextBoolean()
                        ? new Entry(chain(view))
                        : halt(view, random.nextBoolean() ? self : leader, value, hash);
        };
    }

    /** FINISHes of as many owners as it heard of. */
    private Done done(int view, byte[] share) {
        SortedMap<Integer, Finish> byOwner = new TreeMap<>();
        finishes.stream()
                .filter(finish -> finish.view() == view)
                .forEach(finish -> byOwner.put(finish.owner(), finish));
        return new Done(view, List.copyOf(byOwner.values()), share);
    }

    private Halt halt(int view, int owner, byte[] value, Digest hash) {
        boolean voted = random.nextBoolean();
        List<Share> toss = new ArrayList<>();
        trust.all().forEach(i -> toss.add(new Share(i, seals.get(i).share(view))));
        return new Halt(view, owner, value, voted, collect(voted ? Stage.YES : Stage.SIG2, view, owner, hash), toss);
    }

    private int kind() {
        int draw = random.nextInt(Arrays.stream(weights).sum());
        int kind = 0;
        while (draw >= weights[kind]) {
            draw -= weights[kind++];
        }
        return kind;
    }

    private static Digest hash(Lock lock) {
        return Seals.hash(lock.value());
    }

    /** A lock of the view: its own making if the signatures suffice (or at times if not), else one that it heard. */
    private @Nullable Lock lock(int view, int owner, byte[] value, Digest hash) {
        Certificate s1 = collect(Stage.SIG1, view, owner, hash);
        if (trust.isQuorum(s1.signers()) || random.nextInt(8) == 0) {
            return new Lock(view, owner, value, s1);
        }
        List<Lock> heard = locks.stream().filter(lock -> lock.view() == view).toList();
        return heard.isEmpty() ? null : heard.get(random.nextInt(heard.size()));
    }

    /** A chain for the view: heard, or made of votes heard, or too short to prove enough. */
    private Chain chain(int view) {
        Chain nothing = Chain.empty(leadership.firstView());
        if (view == leadership.firstView()) {
            return nothing;
        }
        int leader = leader(view - 1);
        Chain.NoCert no = new Chain.NoCert(leader, collect(Stage.NO, view - 1, leader, Digest.ZERO));
        if (random.nextInt(4) == 0) {
            return new Chain(view - 1, null, List.of(no));
        }
        List<Chain> fitting = chains.stream()
                .filter(chain -> chain.end() == view || chain.end() == view - 1)
                .toList();
        if (fitting.isEmpty()) {
            return nothing;
        }
        Chain chain = fitting.get(random.nextInt(fitting.size()));
        if (chain.end() == view) {
            return chain;
        }
        Lock lock = lock(view - 1, leader, bytes("value X"), Seals.hash(bytes("value X")));
        return lock == null || random.nextBoolean()
                ? chain.closed(no)
                : chain.closed(new Chain.Mixed(lock, collect(Stage.YES, view - 1, leader, hash(lock)), no.votes()));
    }
}
