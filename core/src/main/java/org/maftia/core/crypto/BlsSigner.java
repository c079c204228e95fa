package org.maftia.core.crypto;

import java.util.Set;

/**
 * One replica's half of a {@link BlsThreshold}. Deterministic: the same message gives the same share. Any thread may
 * call, until {@link #close} erases the secret.
 */
public final class BlsSigner implements ThresholdSignature.Signer, AutoCloseable {
    private static final byte[] NOTHING = {};

    private final BlsThreshold threshold;
    private final DiscreteLogShares own;
    private final Set<Integer> leaves;

    BlsSigner(BlsThreshold threshold, DiscreteLogShares own) {
        this.threshold = threshold;
        this.own = own;
        this.leaves = threshold.scheme().leavesOf(own.replica());
    }

    @Override
    public Set<Integer> leaves() {
        return leaves;
    }

    @Override
    public byte[] share(byte[] message, int leaf) {
        if (!threshold.accepts(message)) {
            throw new IllegalArgumentException("the message is too long to sign");
        }
        return threshold.powers().part(own, BlsThreshold.shareName(message), leaf, BlsSignature.hashed(message));
    }

    /** Nothing: the share has its proof inside. */
    @Override
    public byte[] prove(byte[] message, int leaf) {
        return NOTHING;
    }

    /** Erases the secret; shares that are being computed may fail. */
    @Override
    public void close() {
        own.close();
    }
}
