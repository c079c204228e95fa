package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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
import org.maftia.core.agreement.MultivaluedModel.Event;
import org.maftia.core.agreement.MultivaluedModel.Fact;
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Frame;

/**
 * What a fault set can say in an agreement, given what correct replicas have signed: every value as leader, every proof
 * that signatures of a quorum allow, some that only a kernel signed, votes both ways, chains that leave views out.
 */
final class MultivaluedLies {
    private static final byte[] SHARE = {1};

    private final MultivaluedModel model;
    private final Seals[] seals;

    /** By what they prove: the same ones are shown over and over. */
    private final Map<List<Object>, Certificate> certificates = new HashMap<>();

    private final Map<Integer, Done> tosses = new HashMap<>();

    private final Map<String, Digest> hashes = new HashMap<>();

    /** What the corrupted say, by whom it is said to and by all that it rests on. */
    private final Map<List<Object>, List<Event>> told = new HashMap<>();

    /** One signature of a correct replica, but for who made it. */
    private record Signature(Stage stage, int view, Digest hash) {}

    /** Which correct replicas signed what. */
    private record Signed(Map<Signature, ReplicaSet> signers) {}

    MultivaluedLies(MultivaluedModel model) {
        this.model = model;
        this.seals = new Seals[model.trust.size()];
        for (int i = 0; i < seals.length; i++) {
            seals[i] = new Seals(
                    new IdealCertifier(i),
                    new OpenCoin(model.leaders),
                    model.trust,
                    Digest.ZERO,
                    MultivaluedModel.PATH);
        }
    }

    /** All that may reach a replica in its view from the corrupted. */
    List<Event> to(int self, int view, Board<Fact> board) {
        Signed signed = signed(board);
        boolean leads = model.leaders[view] == self;
        boolean elected = model.isElected(self, view, board);
        return told.computeIfAbsent(List.of(view, leads, elected, signed), fresh -> to(leads, elected, view, signed));
    }

    private Signed signed(Board<Fact> board) {
        Map<Signature, ReplicaSet> signers = new HashMap<>();
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            Signature signature = signature(said.what().message());
            if (signature != null) {
                signers.merge(signature, ReplicaSet.of(said.from()), ReplicaSet::union);
            }
        }
        return new Signed(signers);
    }

    /** What the message proves that its sender signed. A correct leader signs its own value, but tells only itself. */
    private @Nullable Signature signature(MultivaluedMessage message) {
        return switch (message) {
            case Pb1 m -> new Signature(Stage.SIG1, m.view(), hash(m.value()));
            case Sig1 m -> new Signature(Stage.SIG1, m.view(), m.hash());
            case Pb2 m -> new Signature(Stage.SIG2, m.view(), hash(m.lock().value()));
            case Sig2 m -> new Signature(Stage.SIG2, m.view(), m.hash());
            case PreVoteNull m -> new Signature(Stage.NULL, m.view(), Digest.ZERO);
            case VoteYes m -> new Signature(Stage.YES, m.view(), hash(m.lock().value()));
            case VoteNo m -> new Signature(Stage.NO, m.view(), Digest.ZERO);
            default -> null;
        };
    }

    private Digest hash(byte[] value) {
        return hashes.computeIfAbsent(MultivaluedModel.text(value), fresh -> Seals.hash(value));
    }

    private List<Event> to(boolean leads, boolean elected, int view, Signed signed) {
        List<MultivaluedMessage> lies = new ArrayList<>();
        List<Lock> locks = locks(view, signed);
        int leader = model.leaders[view];
        if (model.corrupt.contains(leader)) {
            for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y, MultivaluedModel.INVALID)) {
                chains(view, signed).stream()
                        .filter(chain -> chain.mixed() != null || chain.first() <= view)
                        .forEach(chain -> lies.add(new Pb1(value, chain)));
            }
            locks.forEach(lock -> lies.add(new Pb2(lock)));
        }
        for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y, MultivaluedModel.INVALID)) {
            finish(view, value, signed).ifPresent(lies::add);
            halt(view, value, signed, lies);
        }
        tooFew(view, signed, lies);
        for (int later = view + 1; later <= model.leaders.length; later++) {
            chains(later, signed).stream()
                    .filter(chain -> chain.mixed() != null || chain.first() <= view)
                    .forEach(chain -> lies.add(new Entry(chain)));
        }
        if (view > 0) {
            lies.add(tosses.computeIfAbsent(view, this::toss));
        }
        List<Event> events = new ArrayList<>();
        lies.forEach(lie -> events.add(heard(model.corrupt.first(), lie)));
        for (int liar : model.corrupt.toList()) {
            if (leads) {
                signatures(view, liar).forEach(lie -> events.add(heard(liar, lie)));
            }
            if (elected) {
                votes(view, liar, locks, signed).forEach(lie -> events.add(heard(liar, lie)));
            }
        }
        return events;
    }

    private Event heard(int from, MultivaluedMessage message) {
        int sender = message instanceof Pb1 pb1 ? model.leaders[pb1.view()] : from;
        sender = message instanceof Pb2 pb2 ? pb2.lock().owner() : sender;
        Frame frame = model.frame(message);
        return new Event.Heard(sender, frame);
    }

    /** What a corrupted signer gives a correct leader. */
    private List<MultivaluedMessage> signatures(int view, int liar) {
        List<MultivaluedMessage> lies = new ArrayList<>();
        int owner = model.leaders[view];
        for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y)) {
            Digest hash = hash(value);
            lies.add(new Sig1(view, owner, hash, seals[liar].sign(Stage.SIG1, view, owner, hash)));
            lies.add(new Sig2(view, owner, hash, seals[liar].sign(Stage.SIG2, view, owner, hash)));
        }
        return lies;
    }

    private List<MultivaluedMessage> votes(int view, int liar, List<Lock> locks, Signed signed) {
        List<MultivaluedMessage> lies = new ArrayList<>();
        int leader = model.leaders[view];
        lies.add(new PreVoteNull(view, seals[liar].sign(Stage.NULL, view, leader, Digest.ZERO)));
        for (Lock lock : locks) {
            lies.add(new PreVoteLock(lock));
            lies.add(new VoteYes(lock, seals[liar].sign(Stage.YES, view, leader, hash(lock.value()))));
        }
        ReplicaSet nulls = signers(signed, Stage.NULL, view, Digest.ZERO);
        if (model.trust.isQuorum(nulls)) {
            byte[] no = seals[liar].sign(Stage.NO, view, leader, Digest.ZERO);
            lies.add(new VoteNo(view, certificate(nulls, Stage.NULL, view, Digest.ZERO), no));
        }
        return lies;
    }

    /** The corrupted, who sign everything, and the correct replicas that did. */
    private ReplicaSet signers(Signed signed, Stage stage, int view, Digest hash) {
        return model.corrupt.union(signed.signers.getOrDefault(new Signature(stage, view, hash), ReplicaSet.EMPTY));
    }

    private Certificate certificate(ReplicaSet signers, Stage stage, int view, Digest hash) {
        return certificates.computeIfAbsent(List.of(signers, stage, view, hash), fresh -> {
            SortedMap<Integer, byte[]> signatures = new TreeMap<>();
            for (int signer : signers.toList()) {
                signatures.put(signer, seals[signer].sign(stage, view, model.leaders[view], hash));
            }
            return Certificate.of(signatures);
        });
    }

    /** What would be a proof if more had signed it: a kernel did. */
    private void tooFew(int view, Signed signed, List<MultivaluedMessage> lies) {
        int leader = model.leaders[view];
        for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y)) {
            Digest hash = hash(value);
            ReplicaSet first = signers(signed, Stage.SIG1, view, hash);
            if (model.corrupt.contains(leader) && isAlmost(first)) {
                lies.add(new Pb2(new Lock(view, leader, value, certificate(first, Stage.SIG1, view, hash))));
            }
            ReplicaSet second = signers(signed, Stage.SIG2, view, hash);
            if (isAlmost(second)) {
                Finish finish = new Finish(view, leader, value, certificate(second, Stage.SIG2, view, hash));
                lies.add(finish);
                if (view == 0) {
                    lies.add(new Halt(view, leader, value, false, finish.s2(), List.of()));
                }
            }
        }
    }

    private boolean isAlmost(ReplicaSet signers) {
        return model.trust.isKernel(signers) && !model.trust.isQuorum(signers);
    }

    private List<Lock> locks(int view, Signed signed) {
        List<Lock> locks = new ArrayList<>();
        int leader = model.leaders[view];
        for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y, MultivaluedModel.INVALID)) {
            Digest hash = hash(value);
            ReplicaSet signers = signers(signed, Stage.SIG1, view, hash);
            if (model.trust.isQuorum(signers)) {
                locks.add(new Lock(view, leader, value, certificate(signers, Stage.SIG1, view, hash)));
            }
        }
        return locks;
    }

    private Optional<Finish> finish(int view, byte[] value, Signed signed) {
        Digest hash = hash(value);
        ReplicaSet signers = signers(signed, Stage.SIG2, view, hash);
        return model.trust.isQuorum(signers)
                ? Optional.of(
                        new Finish(view, model.leaders[view], value, certificate(signers, Stage.SIG2, view, hash)))
                : Optional.empty();
    }

    /** Ends that can be proved, of this view and earlier ones: in the end everybody may be shown them. */
    private void halt(int view, byte[] value, Signed signed, List<MultivaluedMessage> lies) {
        List<Share> toss = List.of(new Share(model.corrupt.first(), SHARE));
        for (int v = 0; v < model.leaders.length; v++) {
            int at = v;
            finish(v, value, signed)
                    .ifPresent(finish -> lies.add(
                            new Halt(at, finish.owner(), value, false, finish.s2(), at == 0 ? List.of() : toss)));
            ReplicaSet yes = signers(signed, Stage.YES, at, hash(value));
            boolean locked = locks(v, signed).stream().anyMatch(lock -> Arrays.equals(lock.value(), value));
            if (locked && model.trust.isQuorum(yes)) {
                Certificate proof = certificate(yes, Stage.YES, v, hash(value));
                lies.add(new Halt(v, model.leaders[v], value, true, proof, List.of()));
            }
        }
    }

    /** A DONE with which anybody tosses: owners who are not elected have finished, with values that do not matter. */
    private Done toss(int view) {
        List<Finish> finishes = new ArrayList<>();
        for (int owner : model.trust.all().without(model.leaders[view]).toList()) {
            SortedMap<Integer, byte[]> signatures = new TreeMap<>();
            for (int signer : model.trust.all().toList()) {
                signatures.put(signer, seals[signer].sign(Stage.SIG2, view, owner, Seals.hash(MultivaluedModel.X)));
            }
            finishes.add(new Finish(view, owner, MultivaluedModel.X, Certificate.of(signatures)));
        }
        return new Done(view, finishes, SHARE);
    }

    /** How the views before this one can be shown to be closed; also with the first of them left out. */
    private List<Chain> chains(int end, Signed signed) {
        List<Chain> chains = new ArrayList<>();
        for (int first = 0; first < end || first == 0; first++) {
            Chain free = withNoCerts(new Chain(first, null, List.of()), end, signed);
            if (free != null) {
                chains.add(free);
            }
            if (first < end) {
                for (Chain.Mixed mixed : mixed(first, signed)) {
                    Chain bound = withNoCerts(new Chain(first, mixed, List.of()), end, signed);
                    if (bound != null) {
                        chains.add(bound);
                    }
                }
            }
        }
        return chains;
    }

    private @Nullable Chain withNoCerts(Chain start, int end, Signed signed) {
        Chain chain = start;
        while (chain.end() < end) {
            int view = chain.end();
            ReplicaSet no = signers(signed, Stage.NO, view, Digest.ZERO);
            if (!model.trust.isQuorum(no)) {
                return null;
            }
            chain = chain.closed(new Chain.NoCert(model.leaders[view], certificate(no, Stage.NO, view, Digest.ZERO)));
        }
        return chain;
    }

    private List<Chain.Mixed> mixed(int view, Signed signed) {
        List<Chain.Mixed> closes = new ArrayList<>();
        for (Lock lock : locks(view, signed)) {
            Digest hash = hash(lock.value());
            ReplicaSet no = signers(signed, Stage.NO, view, Digest.ZERO);
            ReplicaSet yes = signers(signed, Stage.YES, view, hash);
            if (model.trust.isQuorum(no.union(yes))) {
                closes.add(new Chain.Mixed(
                        lock, certificate(yes, Stage.YES, view, hash), certificate(no, Stage.NO, view, Digest.ZERO)));
            }
        }
        return closes;
    }
}
