package org.maftia.core.crypto;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;

/**
 * BLS signatures that any verifier of plain BLS accepts, made by a qualified set of replicas without the key ever being
 * in one place. Non-interactive, and unique: whoever combines gets the same 48 bytes. A share carries its proof, so that
 * a false one convicts its sender without his help; but what is checked first is the result, at the cost of one pairing
 * for all shares together, and proofs only when that fails.
 *
 * <p>A share is H(m)^(s_l) in G1; shares of a qualified set, raised to the coefficients of the formula, multiply to
 * H(m)^s. Forging is as hard as forging BLS: who knows the signature and the shares of an unqualified set computes all
 * other shares, and simulates their proofs.
 *
 * <p>Source: Boldyreva, "Threshold signatures based on the gap-Diffie-Hellman-group signature scheme" (PKC 2003), over a
 * sharing formula; hashes are random oracles, corruption is static.
 */
public final class BlsThreshold implements ThresholdSignature, Renewable<ThresholdSignature.Halves> {
    /** No larger than a frame of the protocols: a message comes from the log. */
    private static final int MESSAGE_LENGTH_MAX = 4 << 20;

    private final BlsKey key;
    private final SharingScheme scheme;
    private final CurvePoint.Twist publicKey;
    private final ProvedPowers powers;

    public BlsThreshold(BlsKey key) {
        this.key = key;
        this.scheme = new SharingScheme(key.sharing().formula());
        this.publicKey = CurvePoint.Twist.decoded(key.publicKey());
        this.powers = new ProvedPowers(key.sharing());
    }

    /**
     * The secret half. It takes over the shares and erases them when it is closed.
     *
     * @throws IllegalArgumentException when the shares are not those of the key
     */
    public BlsSigner signer(DiscreteLogShares own) {
        return new BlsSigner(this, own.checked(key.sharing()));
    }

    public BlsKey key() {
        return key;
    }

    @Override
    public DiscreteLogKey sharing() {
        return key.sharing();
    }

    /** What outsiders verify with stays the same. */
    @Override
    public Halves in(DiscreteLogKey epoch, @Nullable DiscreteLogShares own) {
        BlsThreshold renewed = new BlsThreshold(new BlsKey(epoch, key.publicKey()));
        return new Halves(renewed, own == null ? null : renewed.signer(own));
    }

    @Override
    public Optional<Renewable<Halves>> renewable() {
        return Optional.of(this);
    }

    ProvedPowers powers() {
        return powers;
    }

    SharingScheme scheme() {
        return scheme;
    }

    @Override
    public String keyId() {
        return key.sharing().keyId();
    }

    @Override
    public SharingFormula formula() {
        return key.sharing().formula();
    }

    @Override
    public boolean accepts(byte[] message) {
        return message.length <= MESSAGE_LENGTH_MAX;
    }

    @Override
    public List<Integer> designated(long index) {
        return scheme.designated(index);
    }

    @Override
    public List<Integer> selection(SortedSet<Integer> leaves) {
        return scheme.selection(leaves);
    }

    /** Binds a proof to the message whose share it proves. */
    static String shareName(byte[] message) {
        return "bls/" + Transcript.of("bls/share").field(message).digest();
    }

    @Override
    public Optional<byte[]> combine(byte[] message, SortedMap<Integer, byte[]> shares) {
        SortedMap<Integer, CurvePoint> points = new TreeMap<>();
        shares.forEach((leaf, share) -> point(share).ifPresent(point -> points.put(leaf, point)));
        List<Integer> selection = scheme.selection(new TreeSet<>(points.keySet()));
        if (selection.isEmpty() || !accepts(message)) {
            return Optional.empty();
        }
        points.keySet().retainAll(selection);
        CurvePoint signature = DiscreteLogDealer.combined(scheme.tree(), points);
        return BlsSignature.verify(publicKey, BlsSignature.hashed(message), signature)
                ? Optional.of(signature.toBytes())
                : Optional.empty();
    }

    /** The power in a share, if it is a point at all; its proof is another matter. */
    private static Optional<CurvePoint> point(byte[] share) {
        if (share.length != ProvedPowers.PART_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(CurvePoint.decoded(new Reader(share).fixed(CurvePoint.LENGTH)));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean verify(byte[] message, byte[] signature) {
        if (!accepts(message) || signature.length != BlsSignature.LENGTH) {
            return false;
        }
        try {
            return BlsSignature.verify(publicKey, BlsSignature.hashed(message), CurvePoint.decoded(signature));
        } catch (MalformedException e) {
            return false;
        }
    }

    @Override
    public boolean sharesAreProved() {
        return true;
    }

    /** @param proof empty, as the share has it inside */
    @Override
    public boolean verifyShare(byte[] message, int leaf, byte[] share, byte[] proof) {
        boolean possible = leaf >= 0 && leaf < scheme.leafCount() && proof.length == 0 && accepts(message);
        return possible && powers.verifyPart(shareName(message), leaf, BlsSignature.hashed(message), share);
    }
}
