package org.maftia.core.replica;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * The shares that open one ciphertext: only true ones count, one of each replica, and a false one is blamed. As many are
 * verified as are needed beside the own one, the first to come, and others only when some of those prove false.
 */
final class CiphertextShares {
    static final String FALSE_SHARE = "sends a false share of a ciphertext";

    /** A peer gets the same share again this often. */
    private static final long ANSWER_AGAIN_MICROS = 100_000;

    private final Port<?, ?> port;
    private final ThresholdCipher cipher;
    private final byte[] ciphertext;
    private final byte[] label;
    private final BooleanSupplier wanted;
    private final Runnable grown;

    /** As they came, not verified. */
    private final Map<Integer, byte[]> shares = new LinkedHashMap<>();

    private final SortedMap<Integer, byte[]> verified = new TreeMap<>();
    private ReplicaSet verifying = ReplicaSet.EMPTY;
    private ReplicaSet refused = ReplicaSet.EMPTY;
    private final SortedMap<Integer, Long> answeredMicros = new TreeMap<>();
    private byte @Nullable [] own;
    private boolean begun;

    /**
     * @param wanted whether it is still to be opened
     * @param grown called whenever there may be more true shares
     */
    CiphertextShares(
            Port<?, ?> port,
            ThresholdCipher cipher,
            byte[] ciphertext,
            byte[] label,
            BooleanSupplier wanted,
            Runnable grown) {
        this.port = port;
        this.cipher = cipher;
        this.ciphertext = ciphertext;
        this.label = label;
        this.wanted = wanted;
        this.grown = grown;
    }

    /** The ciphertext is a valid one, so that shares are worth a look; the own one is being made. */
    void begin() {
        begun = true;
        verifying = verifying.with(port.self());
        verifyMore();
    }

    /** The own share, empty for a replica without a leaf in the formula. */
    void contribute(byte[] share) {
        own = share;
        verified(port.self(), share, true);
    }

    /** Whether {@link #contribute} was called. */
    boolean hasOwn() {
        return own != null;
    }

    /** A peer's share, of the right length. */
    void receive(int from, byte[] share) {
        boolean known = verified.containsKey(from) || verifying.contains(from) || refused.contains(from);
        if (!known && wanted.getAsBoolean()) {
            shares.put(from, share);
            verifyMore();
        }
    }

    private void verifyMore() {
        while (begun && wanted.getAsBoolean() && !shares.isEmpty() && !cipher.isQualified(promising())) {
            int from = shares.keySet().iterator().next();
            byte[] share = Invariant.present(shares.remove(from), "the key is the map's");
            verifying = verifying.with(from);
            port.<Boolean>compute(() -> isTrue(from, share), holds -> verified(from, share, holds));
        }
    }

    /** Computed elsewhere, so it looks at nothing that changes. */
    private boolean isTrue(int from, byte[] share) {
        return cipher.verify(ciphertext, label, from, share);
    }

    private ReplicaSet promising() {
        return verifying.union(contributors());
    }

    private ReplicaSet contributors() {
        ReplicaSet set = ReplicaSet.EMPTY;
        for (int replica : verified.keySet()) {
            set = set.with(replica);
        }
        return set;
    }

    private void verified(int from, byte[] share, boolean holds) {
        verifying = verifying.without(from);
        if (!holds) {
            refused = refused.with(from);
            port.blame(from, FALSE_SHARE);
        } else if (wanted.getAsBoolean()) {
            verified.put(from, share);
        }
        verifyMore();
        grown.run();
    }

    /** Whether the true ones open it. */
    boolean isComplete() {
        return cipher.isQualified(contributors());
    }

    /** The true ones, by replica. */
    SortedMap<Integer, byte[]> trueOnes() {
        return new TreeMap<>(verified);
    }

    /** It is open, or will never be: only the own share is of use to others. */
    void clear() {
        shares.clear();
        verified.clear();
    }

    /** Gives the own share to a peer that lacks it, unless it got it just now. */
    void answer(int from, Consumer<byte[]> send) {
        byte[] share = own;
        Long last = answeredMicros.get(from);
        boolean lately = last != null && port.nowMicros() - last < ANSWER_AGAIN_MICROS;
        if (share != null && share.length > 0 && from != port.self() && !lately) {
            answeredMicros.put(from, port.nowMicros());
            send.accept(share);
        }
    }
}
