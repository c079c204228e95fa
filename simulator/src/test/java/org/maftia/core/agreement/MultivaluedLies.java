package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
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
        List<MultivaluedMessage> lies = new ArrayList<>();
        List<Lock> locks = locks(view, board);
        int leader = model.leaders[view];
        if (model.corrupt.contains(leader)) {
            for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y, MultivaluedModel.INVALID)) {
                chains(view, board).stream()
                        .filter(chain -> chain.mixed() != null || chain.first() <= view)
                        .forEach(chain -> lies.add(new Pb1(value, chain)));
            }
            locks.forEach(lock -> lies.add(new Pb2(lock)));
        }
        for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y, MultivaluedModel.INVALID)) {
            finish(view, value, board).ifPresent(lies::add);
            halt(view, value, board, lies);
        }
        tooFew(view, board, lies);
        for (int later = view + 1; later <= model.leaders.length; later++) {
            chains(later, board).stream()
                    .filter(chain -> chain.mixed() != null || chain.first() <= view)
                    .forEach(chain -> lies.add(new Entry(chain)));
        }
        if (view > 0) {
            lies.add(tosses.computeIfAbsent(view, this::toss));
        }
        List<Event> events = new ArrayList<>();
        lies.forEach(lie -> events.add(heard(model.corrupt.first(), lie)));
        for (int liar : model.corrupt.toList()) {
            if (leader == self) {
                signatures(view, liar).forEach(lie -> events.add(heard(liar, lie)));
            }
            if (model.isElected(self, view, board)) {
                votes(view, liar, locks, board).forEach(lie -> events.add(heard(liar, lie)));
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
            Digest hash = Seals.hash(value);
            lies.add(new Sig1(view, owner, hash, seals[liar].sign(Stage.SIG1, view, owner, hash)));
            lies.add(new Sig2(view, owner, hash, seals[liar].sign(Stage.SIG2, view, owner, hash)));
        }
        return lies;
    }

    private List<MultivaluedMessage> votes(int view, int liar, List<Lock> locks, Board<Fact> board) {
        List<MultivaluedMessage> lies = new ArrayList<>();
        int leader = model.leaders[view];
        lies.add(new PreVoteNull(view, seals[liar].sign(Stage.NULL, view, leader, Digest.ZERO)));
        for (Lock lock : locks) {
            lies.add(new PreVoteLock(lock));
            lies.add(new VoteYes(lock, seals[liar].sign(Stage.YES, view, leader, Seals.hash(lock.value()))));
        }
        ReplicaSet nulls = signers(board, message -> message instanceof PreVoteNull m && m.view() == view);
        if (model.trust.isQuorum(nulls)) {
            byte[] no = seals[liar].sign(Stage.NO, view, leader, Digest.ZERO);
            lies.add(new VoteNo(view, certificate(nulls, Stage.NULL, view, Digest.ZERO), no));
        }
        return lies;
    }

    /** The corrupted, who sign everything, and the correct replicas that said so. */
    private ReplicaSet signers(Board<Fact> board, Predicate<MultivaluedMessage> signed) {
        ReplicaSet signers = model.corrupt;
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (signed.test(said.what().message())) {
                signers = signers.with(said.from());
            }
        }
        return signers;
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

    /** Who can have signed SIG1. A correct leader signs its own value, but tells only itself. */
    private ReplicaSet signers1(int view, Digest hash, Board<Fact> board) {
        return signers(
                board,
                message -> message instanceof Sig1 m
                                && m.view() == view
                                && m.hash().equals(hash)
                        || message instanceof Pb1 p
                                && p.view() == view
                                && Seals.hash(p.value()).equals(hash));
    }

    private ReplicaSet signers2(int view, Digest hash, Board<Fact> board) {
        return signers(
                board,
                message -> message instanceof Sig2 m
                                && m.view() == view
                                && m.hash().equals(hash)
                        || message instanceof Pb2 p
                                && p.view() == view
                                && Seals.hash(p.lock().value()).equals(hash));
    }

    /** What would be a proof if more had signed it: a kernel did. */
    private void tooFew(int view, Board<Fact> board, List<MultivaluedMessage> lies) {
        int leader = model.leaders[view];
        for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y)) {
            Digest hash = Seals.hash(value);
            ReplicaSet first = signers1(view, hash, board);
            if (model.corrupt.contains(leader) && isAlmost(first)) {
                lies.add(new Pb2(new Lock(view, leader, value, certificate(first, Stage.SIG1, view, hash))));
            }
            ReplicaSet second = signers2(view, hash, board);
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

    private List<Lock> locks(int view, Board<Fact> board) {
        List<Lock> locks = new ArrayList<>();
        int leader = model.leaders[view];
        for (byte[] value : List.of(MultivaluedModel.X, MultivaluedModel.Y, MultivaluedModel.INVALID)) {
            Digest hash = Seals.hash(value);
            ReplicaSet signers = signers1(view, hash, board);
            if (model.trust.isQuorum(signers)) {
                locks.add(new Lock(view, leader, value, certificate(signers, Stage.SIG1, view, hash)));
            }
        }
        return locks;
    }

    private Optional<Finish> finish(int view, byte[] value, Board<Fact> board) {
        Digest hash = Seals.hash(value);
        ReplicaSet signers = signers2(view, hash, board);
        return model.trust.isQuorum(signers)
                ? Optional.of(
                        new Finish(view, model.leaders[view], value, certificate(signers, Stage.SIG2, view, hash)))
                : Optional.empty();
    }

    /** Ends that can be proved, of this view and earlier ones: in the end everybody may be shown them. */
    private void halt(int view, byte[] value, Board<Fact> board, List<MultivaluedMessage> lies) {
        List<Share> toss = List.of(new Share(model.corrupt.first(), SHARE));
        for (int v = 0; v < model.leaders.length; v++) {
            int at = v;
            finish(v, value, board)
                    .ifPresent(finish -> lies.add(
                            new Halt(at, finish.owner(), value, false, finish.s2(), at == 0 ? List.of() : toss)));
            ReplicaSet yes = signers(
                    board,
                    message -> message instanceof VoteYes m
                            && m.view() == at
                            && Arrays.equals(m.lock().value(), value));
            boolean locked = locks(v, board).stream().anyMatch(lock -> Arrays.equals(lock.value(), value));
            if (locked && model.trust.isQuorum(yes)) {
                Certificate proof = certificate(yes, Stage.YES, v, Seals.hash(value));
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
    private List<Chain> chains(int end, Board<Fact> board) {
        List<Chain> chains = new ArrayList<>();
        for (int first = 0; first < end || first == 0; first++) {
            Chain free = withNoCerts(new Chain(first, null, List.of()), end, board);
            if (free != null) {
                chains.add(free);
            }
            if (first < end) {
                for (Chain.Mixed mixed : mixed(first, board)) {
                    Chain bound = withNoCerts(new Chain(first, mixed, List.of()), end, board);
                    if (bound != null) {
                        chains.add(bound);
                    }
                }
            }
        }
        return chains;
    }

    private @Nullable Chain withNoCerts(Chain start, int end, Board<Fact> board) {
        Chain chain = start;
        while (chain.end() < end) {
            int view = chain.end();
            ReplicaSet no = signers(board, message -> message instanceof VoteNo m && m.view() == view);
            if (!model.trust.isQuorum(no)) {
                return null;
            }
            chain = chain.closed(new Chain.NoCert(model.leaders[view], certificate(no, Stage.NO, view, Digest.ZERO)));
        }
        return chain;
    }

    private List<Chain.Mixed> mixed(int view, Board<Fact> board) {
        List<Chain.Mixed> closes = new ArrayList<>();
        for (Lock lock : locks(view, board)) {
            Digest hash = Seals.hash(lock.value());
            ReplicaSet no = signers(board, message -> message instanceof VoteNo m && m.view() == view);
            ReplicaSet yes = signers(
                    board,
                    message -> message instanceof VoteYes m
                            && m.view() == view
                            && Arrays.equals(m.lock().value(), lock.value()));
            if (model.trust.isQuorum(no.union(yes))) {
                closes.add(new Chain.Mixed(
                        lock, certificate(yes, Stage.YES, view, hash), certificate(no, Stage.NO, view, Digest.ZERO)));
            }
        }
        return closes;
    }
}
