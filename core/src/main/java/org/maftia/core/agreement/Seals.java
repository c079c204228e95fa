package org.maftia.core.agreement;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.PreVote;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteLock;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteNull;
import org.maftia.core.agreement.MultivaluedMessage.Share;
import org.maftia.core.agreement.MultivaluedMessage.Sig1;
import org.maftia.core.agreement.MultivaluedMessage.Sig2;
import org.maftia.core.agreement.MultivaluedMessage.Vote;
import org.maftia.core.agreement.MultivaluedMessage.VoteNo;
import org.maftia.core.agreement.MultivaluedMessage.VoteYes;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Path;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * What the replicas of one agreement sign and toss for, and when a proof made of it holds. Every signature names the
 * configuration, the path of the instance, the stage, the view, the owner and the value, so that it serves nowhere else.
 */
final class Seals {
    /** What a signature says; each replica gives each at most once for a view and owner. */
    enum Stage {
        SIG1,
        SIG2,
        NULL,
        YES,
        NO
    }

    private final Certifier certifier;
    private final Supplier<@Nullable Coin> coins;
    private final FaultStructure trust;
    private final Digest configuration;
    private final String path;

    /** Once it is known: whatever else is said later, shares of one toss must be of one coin. */
    private @Nullable Coin known;

    Seals(Certifier certifier, Supplier<@Nullable Coin> coins, FaultStructure trust, Digest configuration, Path path) {
        this.certifier = certifier;
        this.coins = coins;
        this.trust = trust;
        this.configuration = configuration;
        this.path = path.toString();
    }

    /** With a coin that is known from the start. */
    Seals(Certifier certifier, Coin coin, FaultStructure trust, Digest configuration, Path path) {
        this(certifier, () -> coin, trust, configuration, path);
    }

    static Digest hash(byte[] value) {
        return Transcript.of("mvba/value").field(value).digest();
    }

    private Digest statement(Stage stage, int view, int owner, Digest hash) {
        return Transcript.of("mvba")
                .field(configuration)
                .field(path)
                .field(stage.name())
                .field(view)
                .field(owner)
                .field(hash)
                .digest();
    }

    byte[] sign(Stage stage, int view, int owner, Digest hash) {
        return certifier.sign(statement(stage, view, owner, hash));
    }

    boolean isSigned(int signer, Stage stage, int view, int owner, Digest hash, byte[] signature) {
        return certifier.verify(signer, statement(stage, view, owner, hash), signature);
    }

    /** Whether the signers are a quorum of the group and all signatures hold. */
    boolean isProof(Stage stage, int view, int owner, Digest hash, Certificate proof) {
        return trust.isQuorum(proof.signers()) && areSigned(stage, view, owner, hash, proof);
    }

    private boolean areSigned(Stage stage, int view, int owner, Digest hash, Certificate proof) {
        return trust.all().containsAll(proof.signers()) && proof.verify(certifier, statement(stage, view, owner, hash));
    }

    boolean holds(Lock lock) {
        return isProof(Stage.SIG1, lock.view(), lock.owner(), hash(lock.value()), lock.s1());
    }

    boolean holds(int from, Sig1 m, Pb1 proposal) {
        Digest hash = hash(proposal.value());
        return m.hash().equals(hash) && isSigned(from, Stage.SIG1, m.view(), m.owner(), hash, m.signature());
    }

    boolean holds(int from, Sig2 m, Lock lock) {
        Digest hash = hash(lock.value());
        return m.hash().equals(hash) && isSigned(from, Stage.SIG2, m.view(), m.owner(), hash, m.signature());
    }

    boolean holds(Finish finish) {
        return isProof(Stage.SIG2, finish.view(), finish.owner(), hash(finish.value()), finish.s2());
    }

    boolean holds(Halt halt) {
        Stage stage = halt.voted() ? Stage.YES : Stage.SIG2;
        return isProof(stage, halt.view(), halt.owner(), hash(halt.value()), halt.proof());
    }

    /** Whether these are votes of a quorum, some of each kind, and the lock that the yes-votes speak of. */
    boolean holds(Chain.Mixed close) {
        Lock lock = close.lock();
        Certificate yes = close.yes();
        Certificate no = close.no();
        return !yes.signers().isEmpty()
                && !no.signers().isEmpty()
                && trust.isQuorum(yes.signers().union(no.signers()))
                && holds(lock)
                && areSigned(Stage.YES, lock.view(), lock.owner(), hash(lock.value()), yes)
                && areSigned(Stage.NO, lock.view(), lock.owner(), Digest.ZERO, no);
    }

    /** Whether the views before the chain's end are closed as it says. NoCerts known already need no second look. */
    boolean proves(Chain shown, Chain known) {
        Chain.Mixed mixed = shown.mixed();
        if (mixed != null && (mixed.lock().view() != shown.first() || !holds(mixed))) {
            return false;
        }
        for (int v = shown.firstNoCert(); v < shown.end(); v++) {
            Chain.NoCert noCert = Invariant.present(shown.noCert(v), "between the first and the end");
            if (known.noCert(v) == null && !isProof(Stage.NO, v, noCert.owner(), Digest.ZERO, noCert.votes())) {
                return false;
            }
        }
        return true;
    }

    /** Whether a quorum of owners finished in the view. FINISHes known already need no second look: there is one each. */
    boolean showQuorum(List<Finish> finishes, int view, SortedMap<Integer, Finish> known) {
        ReplicaSet owners = ReplicaSet.EMPTY;
        for (Finish finish : finishes) {
            Finish same = known.get(finish.owner());
            boolean seen = same != null && Arrays.equals(same.value(), finish.value());
            // One twice would be checked twice, at the price of a quorum of signatures.
            boolean again = owners.contains(finish.owner());
            if (finish.view() != view || again || !seen && !holds(finish)) {
                return false;
            }
            owners = owners.with(finish.owner());
        }
        return trust.isQuorum(owners);
    }

    // The coin that elects the leader of a view, by index.

    /** Nothing about a toss can be said before. */
    boolean knowsCoin() {
        if (known == null) {
            known = coins.get();
        }
        return known != null;
    }

    private Coin coin() {
        return Invariant.present(knowsCoin() ? known : null, "asked only once the coin is known");
    }

    private Coin.Name toss(int view) {
        return new Coin.Name(path, view);
    }

    byte[] share(int view) {
        return coin().share(toss(view));
    }

    boolean isShare(int view, int replica, byte[] share) {
        return coin().verify(toss(view), replica, share);
    }

    /** The leader, once verified shares of a qualified set are there; {@link View#UNKNOWN} before. */
    int elected(int view, SortedMap<Integer, byte[]> shares) {
        return coin().isQualified(View.senders(shares))
                ? coin().combine(toss(view), shares).index(trust.size())
                : View.UNKNOWN;
    }

    /** Whether the shares elect the owner. */
    boolean isElected(int view, int owner, List<Share> shares) {
        SortedMap<Integer, byte[]> verified = new TreeMap<>();
        for (Share share : shares) {
            if (verified.containsKey(share.replica()) || !isShare(view, share.replica(), share.bytes())) {
                return false;
            }
            verified.put(share.replica(), share.bytes());
        }
        return elected(view, verified) == owner;
    }

    boolean holds(int from, PreVote preVote, int leader) {
        return switch (preVote) {
            case PreVoteLock yes -> yes.lock().owner() == leader && holds(yes.lock());
            case PreVoteNull none -> isSigned(from, Stage.NULL, none.view(), leader, Digest.ZERO, none.signature());
        };
    }

    boolean holds(int from, Vote vote, int leader) {
        return switch (vote) {
            case VoteYes yes -> {
                Digest hash = hash(yes.lock().value());
                yield yes.lock().owner() == leader
                        && holds(yes.lock())
                        && isSigned(from, Stage.YES, yes.view(), leader, hash, yes.signature());
            }
            case VoteNo no ->
                isProof(Stage.NULL, no.view(), leader, Digest.ZERO, no.nulls())
                        && isSigned(from, Stage.NO, no.view(), leader, Digest.ZERO, no.signature());
        };
    }

    /** The signature of this replica for the owner of a lock that it stored. */
    Sig2 sig2(Lock lock) {
        Digest hash = hash(lock.value());
        return new Sig2(lock.view(), lock.owner(), hash, sign(Stage.SIG2, lock.view(), lock.owner(), hash));
    }
}
