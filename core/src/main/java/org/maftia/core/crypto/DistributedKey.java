package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * One attempt of a group at making or renewing a key without a dealer: nobody ever has the secret, no fault set of dealers
 * and recipients together learns anything about it, and every false dealing is refused on sight or refuted by a recipient
 * whose complaint everybody can judge. What is said here is public, and every function of it the same at all replicas; secrets
 * are arguments that the caller erases. When dealings count, and when the key that they make takes effect, is for the protocol
 * to say. May be used by several threads.
 *
 * <p>Each dealer shares a number over the formula, with commitments, and encrypts the shares. The key is the sum of the
 * numbers (generation), the old key plus zeros (refresh), or the combination of the old shares (resharing).
 *
 * <p>Source: Pedersen (Eurocrypt 1991), joint Feldman; Herzberg, Jarecki, Krawczyk, Yung (CRYPTO 1995), refresh; Desmedt,
 * Jajodia (1997), resharing; Fouque, Stern (PKC 2001), encrypted shares with complaints that anybody judges.
 */
public final class DistributedKey {
    private static final FieldSharing SHARING = new FieldSharing(CurvePoint.ORDER);

    private final KeyPlan plan;
    private final ShareTree tree;
    private final List<Integer> owners;
    private final Digest id;

    /** By replica. */
    private final SortedMap<Integer, CurvePoint> recipients = new TreeMap<>();

    /** Those whose owners are recipients. */
    private final SortedSet<Integer> leaves = new TreeSet<>();

    /**
     * @param attempt its number, which no other attempt at this key has
     * @param recipients keys of {@link RecipientKey#publicKey}, by replica, checked
     * @throws IllegalArgumentException when one of them is no key
     */
    public DistributedKey(KeyPlan plan, long attempt, SortedMap<Integer, byte[]> recipients) {
        this.plan = plan;
        this.tree = ShareTree.of(plan.formula().formula());
        this.owners = plan.formula().owners();
        Transcript transcript =
                Transcript.of("keys/attempt").field(KeyPlan.CODEC.encode(plan)).field(attempt);
        try {
            recipients.forEach((replica, key) -> {
                this.recipients.put(replica, CurvePoint.decoded(key));
                transcript.field(replica).field(key);
            });
        } catch (MalformedException e) {
            throw new IllegalArgumentException("no key of a recipient: " + e.getMessage());
        }
        this.id = transcript.digest();
        for (int leaf = 0; leaf < owners.size(); leaf++) {
            if (recipients.containsKey(owners.get(leaf))) {
                leaves.add(leaf);
            }
        }
    }

    /** What became of a recipient's shares. */
    public sealed interface Receipt {
        /** All dealings hold: these are the recipient's shares of the key that comes out. */
        record Complete(DiscreteLogShares shares) implements Receipt {}

        /** Some do not. */
        record Faulty(List<KeyComplaint> complaints) implements Receipt {
            public Faulty {
                complaints = List.copyOf(complaints);
            }
        }
    }

    public KeyPlan plan() {
        return plan;
    }

    /** Names the attempt with all that it starts from. */
    public Digest id() {
        return id;
    }

    KeyUse use(int dealer) {
        return new KeyUse(plan.group(), plan.keyId(), plan.epoch(), "keys/" + id + "/" + dealer);
    }

    KeyDealing.Shape shape(int dealer) {
        int numbers = plan.numbers(dealer);
        int roots = plan.kind() == KeyPlan.Kind.GENERATION ? numbers : 0;
        return new KeyDealing.Shape(numbers, roots, plan.signs() ? roots : 0, SharingCommitment.length(tree), leaves);
    }

    /** Bytes of a dealing of the replica; 0 where it has nothing to deal. */
    public long dealingLength(int dealer) {
        return plan.numbers(dealer) == 0 ? 0 : shape(dealer).length();
    }

    /**
     * What the replica deals: another one each time.
     *
     * @param own the dealer's shares of the old key: needed for a resharing, where it must own some
     */
    public byte[] deal(int dealer, @Nullable DiscreteLogShares own, Entropy entropy) {
        BigInteger exponent = SharingPolynomials.drawn(entropy);
        CurvePoint blinding = CurvePoint.GENERATOR.times(exponent);
        List<CurvePoint> roots = new ArrayList<>();
        List<CurvePoint.Twist> twists = new ArrayList<>();
        List<SharingCommitment> commitments = new ArrayList<>();
        List<SortedMap<Integer, BigInteger>> shared = new ArrayList<>();
        for (BigInteger number : numbers(dealer, own, entropy)) {
            SharingPolynomials polynomials = new SharingPolynomials(tree, number, entropy);
            if (plan.kind() == KeyPlan.Kind.GENERATION) {
                roots.add(CurvePoint.GENERATOR.times(number));
            }
            if (plan.signs()) {
                twists.add(CurvePoint.Twist.GENERATOR.times(number));
            }
            commitments.add(polynomials.commitment());
            shared.add(polynomials.shares());
        }
        SortedMap<Integer, byte[]> sealed = new TreeMap<>();
        SortedMap<Integer, CurvePoint> secrets = new TreeMap<>();
        recipients.forEach((replica, key) -> secrets.put(replica, key.times(exponent)));
        for (int leaf : leaves) {
            CurvePoint secret = Invariant.present(secrets.get(owners.get(leaf)), "owners of these are recipients");
            byte[] shares = new byte[shared.size() * CurvePoint.SCALAR_LENGTH];
            for (int i = 0; i < shared.size(); i++) {
                BigInteger share = Invariant.present(shared.get(i).get(leaf), "every leaf has a share");
                System.arraycopy(
                        CurvePoint.scalar(share), 0, shares, i * CurvePoint.SCALAR_LENGTH, CurvePoint.SCALAR_LENGTH);
            }
            sealed.put(leaf, PointSeal.seal(secret, context(dealer, blinding, leaf), shares));
            Arrays.fill(shares, (byte) 0);
        }
        KnownLogarithm proof = KnownLogarithm.prove(use(dealer), blinding, exponent);
        return new KeyDealing(blinding, proof, roots, twists, commitments, sealed).toBytes();
    }

    private List<BigInteger> numbers(int dealer, @Nullable DiscreteLogShares own, Entropy entropy) {
        return switch (plan.kind()) {
            case GENERATION -> List.of(SharingPolynomials.drawn(entropy));
            case REFRESH -> List.of(BigInteger.ZERO);
            case RESHARING -> {
                DiscreteLogShares held = Invariant.present(own, "who reshares has shares");
                List<BigInteger> numbers = new ArrayList<>();
                for (int leaf : oldLeaves(dealer)) {
                    numbers.add(held.value(leaf));
                }
                Invariant.check(!numbers.isEmpty(), "who reshares owns a leaf");
                yield numbers;
            }
        };
    }

    private List<Integer> oldLeaves(int dealer) {
        List<Integer> old = plan.renewed().formula().owners();
        List<Integer> own = new ArrayList<>();
        for (int leaf = 0; leaf < old.size(); leaf++) {
            if (old.get(leaf) == dealer) {
                own.add(leaf);
            }
        }
        return own;
    }

    /** What a sealed share is, and so what its key is good for. */
    Digest context(int dealer, CurvePoint blinding, int leaf) {
        CurvePoint recipient = Invariant.present(recipients.get(owners.get(leaf)), "owners of these are recipients");
        return use(dealer)
                .transcript("keys/sealed")
                .field(blinding.toBytes())
                .field(recipient.toBytes())
                .field(leaf)
                .digest();
    }

    /**
     * Whether the bytes, of any length, are in form what the replica must deal. What is sealed inside only its recipients
     * see; constants that must be what others know are not in it, so that they cannot be wrong.
     */
    public boolean isWellFormed(int dealer, byte[] dealing) {
        if (dealing.length != dealingLength(dealer)) {
            return false;
        }
        try {
            KeyDealing parts = shape(dealer).read(dealing);
            return parts.proof().isOf(use(dealer), parts.blinding()) && parts.isOfSameNumbers();
        } catch (MalformedException e) {
            return false;
        }
    }

    private KeyDealing checked(int dealer, byte[] dealing) {
        try {
            return shape(dealer).read(dealing);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the dealing was not checked: " + e.getMessage());
        }
    }

    /** Whether the recipient needs its shares of the old key, as zeros are added to them. */
    public boolean addsTo(int replica) {
        return plan.kind() == KeyPlan.Kind.REFRESH && !leavesOf(replica).isEmpty();
    }

    /**
     * What a recipient gets from dealings.
     *
     * @param secret of which {@link RecipientKey#publicKey} is the replica's among the recipients
     * @param dealings well-formed ones, by dealer, that suffice
     * @param own the replica's shares of the old key: needed for a refresh
     */
    public Receipt receive(
            int replica, RecipientKey secret, SortedMap<Integer, byte[]> dealings, @Nullable DiscreteLogShares own) {
        List<KeyComplaint> complaints = new ArrayList<>();
        SortedMap<Integer, BigInteger> sums = new TreeMap<>();
        for (int leaf : leavesOf(replica)) {
            boolean adds = plan.kind() == KeyPlan.Kind.REFRESH;
            sums.put(
                    leaf,
                    adds ? Invariant.present(own, "a refresh adds to shares").value(leaf) : BigInteger.ZERO);
        }
        SortedMap<Integer, BigInteger> weights = weights(dealings);
        dealings.forEach((dealer, dealing) -> {
            KeyDealing parts = checked(dealer, dealing);
            CurvePoint opening = parts.blinding().times(secret.value());
            Integer wrong = null;
            for (int leaf : leavesOf(replica)) {
                Optional<List<BigInteger>> shares = opened(dealer, parts, opening, leaf);
                if (shares.isPresent()) {
                    sums.merge(leaf, weighted(dealer, shares.get(), weights), BigInteger::add);
                } else {
                    wrong = wrong == null ? Integer.valueOf(leaf) : wrong;
                }
            }
            if (wrong != null) {
                complaints.add(complaint(dealer, wrong, parts.blinding(), opening, secret));
            }
        });
        if (!complaints.isEmpty()) {
            return new Receipt.Faulty(complaints);
        }
        sums.replaceAll((leaf, sum) -> sum.mod(CurvePoint.ORDER));
        return new Receipt.Complete(DiscreteLogShares.of(plan.keyId(), plan.epoch(), replica, sums));
    }

    private SortedSet<Integer> leavesOf(int replica) {
        SortedSet<Integer> own = new TreeSet<>(leaves);
        own.removeIf(leaf -> owners.get(leaf) != replica);
        return own;
    }

    /** How much each share of the old key counts in a resharing; empty otherwise. */
    private SortedMap<Integer, BigInteger> weights(SortedMap<Integer, byte[]> dealings) {
        if (plan.kind() != KeyPlan.Kind.RESHARING) {
            return Collections.emptySortedMap();
        }
        SortedSet<Integer> dealt = new TreeSet<>();
        dealings.keySet().forEach(dealer -> dealt.addAll(oldLeaves(dealer)));
        return SHARING.coefficients(ShareTree.of(plan.renewed().formula().formula()), dealt)
                .orElseThrow(() -> new IllegalArgumentException("the dealings do not suffice"));
    }

    /** What the dealer's shares for one leaf add up to. */
    private BigInteger weighted(int dealer, List<BigInteger> shares, SortedMap<Integer, BigInteger> weights) {
        BigInteger sum = BigInteger.ZERO;
        for (int i = 0; i < shares.size(); i++) {
            sum = sum.add(shares.get(i).multiply(weight(dealer, i, weights)));
        }
        return sum;
    }

    private BigInteger weight(int dealer, int number, SortedMap<Integer, BigInteger> weights) {
        return plan.kind() == KeyPlan.Kind.RESHARING
                ? weights.getOrDefault(oldLeaves(dealer).get(number), BigInteger.ZERO)
                : BigInteger.ONE;
    }

    /** The shares for a leaf, one of each number; empty when they are not those that the dealer committed to. */
    private Optional<List<BigInteger>> opened(int dealer, KeyDealing parts, CurvePoint opening, int leaf) {
        byte[] sealed = Invariant.present(parts.sealed().get(leaf), "a dealing has each of these leaves");
        Optional<byte[]> bytes = PointSeal.open(opening, context(dealer, parts.blinding(), leaf), sealed);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        List<CurvePoint> roots = roots(dealer, parts);
        List<BigInteger> shares = new ArrayList<>();
        for (int i = 0; i < roots.size(); i++) {
            int offset = i * CurvePoint.SCALAR_LENGTH;
            BigInteger share = new BigInteger(1, bytes.get(), offset, CurvePoint.SCALAR_LENGTH);
            CurvePoint expected = parts.commitments()
                    .get(i)
                    .leaves(tree, roots.get(i), new TreeSet<>(List.of(leaf)))
                    .get(leaf);
            // A number above the order would be a second way to write the same share: no correct dealer writes it.
            if (share.compareTo(CurvePoint.ORDER) >= 0
                    || !CurvePoint.GENERATOR.times(share).equals(expected)) {
                return Optional.empty();
            }
            shares.add(share);
        }
        return Optional.of(shares);
    }

    private List<CurvePoint> roots(int dealer, KeyDealing parts) {
        return plan.kind() == KeyPlan.Kind.GENERATION ? parts.roots() : plan.roots(dealer);
    }

    private KeyComplaint complaint(int dealer, int leaf, CurvePoint blinding, CurvePoint opening, RecipientKey secret) {
        CurvePoint key = CurvePoint.decoded(secret.publicKey());
        EqualLogarithms proof = new EqualLogarithms.Claim(use(dealer), key, blinding, opening).prove(secret.value());
        return new KeyComplaint(dealer, leaf, opening.toBytes(), EqualLogarithms.CODEC.encode(proof));
    }

    /**
     * Who is at fault: true means the dealer, who sealed for the leaf something else than the share that it committed to;
     * false the one who complains of what is right, or opens it falsely, or complains in another's name.
     *
     * @param dealing well-formed, of the dealer that the complaint accuses
     */
    public boolean isJustified(int complainer, KeyComplaint complaint, byte[] dealing) {
        CurvePoint recipient = recipients.get(complainer);
        if (recipient == null || !leavesOf(complainer).contains(complaint.leaf())) {
            return false;
        }
        KeyDealing parts = checked(complaint.dealer(), dealing);
        try {
            CurvePoint opening = CurvePoint.decoded(complaint.opening());
            EqualLogarithms proof = EqualLogarithms.CODEC.decode(complaint.proof());
            return new EqualLogarithms.Claim(use(complaint.dealer()), recipient, parts.blinding(), opening)
                            .isShownBy(proof)
                    && opened(complaint.dealer(), parts, opening, complaint.leaf())
                            .isEmpty();
        } catch (MalformedException e) {
            return false;
        }
    }

    /**
     * The key that the dealings make. Empty when some share would be 0, which can be seen from outside: then the last of the
     * dealers, who saw what the others had dealt to its accomplice, chose its own dealing so.
     *
     * @param dealings well-formed ones, by dealer, that suffice
     */
    public Optional<DiscreteLogKey> key(SortedMap<Integer, byte[]> dealings) {
        SortedMap<Integer, BigInteger> weights = weights(dealings);
        SharingCommitment sum = SharingCommitment.ofNothing(tree);
        CurvePoint root = CurvePoint.IDENTITY;
        for (var dealing : dealings.entrySet()) {
            int dealer = dealing.getKey();
            KeyDealing parts = checked(dealer, dealing.getValue());
            List<CurvePoint> roots = roots(dealer, parts);
            for (int i = 0; i < roots.size(); i++) {
                BigInteger weight = weight(dealer, i, weights);
                if (weight.signum() != 0) {
                    sum = sum.plus(parts.commitments().get(i), weight);
                    root = root.plus(roots.get(i).times(weight));
                }
            }
        }
        SortedSet<Integer> all = new TreeSet<>();
        for (int leaf = 0; leaf < owners.size(); leaf++) {
            all.add(leaf);
        }
        return assembled(root, sum.leaves(tree, root, all));
    }

    /**
     * The same key as outsiders see it who verify signatures: nobody else chose its power in the second group, as each dealer's
     * part was checked against the one in the first.
     *
     * @param dealings of a plan that {@link KeyPlan#signs}, which make the key
     * @param made {@link #key} of them
     */
    public BlsKey signing(SortedMap<Integer, byte[]> dealings, DiscreteLogKey made) {
        CurvePoint.Twist sum = CurvePoint.Twist.IDENTITY;
        for (var dealing : dealings.entrySet()) {
            for (CurvePoint.Twist twist :
                    checked(dealing.getKey(), dealing.getValue()).twists()) {
                sum = sum.plus(twist);
            }
        }
        return new BlsKey(made, sum.toBytes());
    }

    private Optional<DiscreteLogKey> assembled(CurvePoint root, SortedMap<Integer, CurvePoint> dealt) {
        DiscreteLogKey old = plan.old();
        CurvePoint secret = root;
        List<byte[]> verificationKeys = new ArrayList<>();
        for (var entry : dealt.entrySet()) {
            CurvePoint point = entry.getValue();
            if (plan.kind() == KeyPlan.Kind.REFRESH) {
                point = point.plus(
                        CurvePoint.decoded(plan.renewed().verificationKeys().get(entry.getKey())));
            }
            if (point.isIdentity()) {
                return Optional.empty();
            }
            verificationKeys.add(point.toBytes());
        }
        if (plan.kind() == KeyPlan.Kind.REFRESH) {
            secret = CurvePoint.decoded(plan.renewed().publicKey());
        }
        if (secret.isIdentity()) {
            return Optional.empty();
        }
        byte[] publicKey = secret.toBytes();
        Invariant.check(
                old == null || Arrays.equals(publicKey, old.publicKey()), "a key keeps its secret when it is renewed");
        return Optional.of(new DiscreteLogKey(
                plan.group(), plan.keyId(), plan.epoch(), plan.formula(), publicKey, verificationKeys));
    }
}
