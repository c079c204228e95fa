package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import org.maftia.core.wire.MalformedException;

/**
 * The secret with which one replica opens what dealers of one attempt encrypt to it. Whoever gets hold of it reads those
 * shares in the log, so it must be erased as soon as they are in safety. {@link #close} overwrites it; after that its use is
 * an error.
 */
public final class RecipientKey implements AutoCloseable {
    /** Bytes of the secret, and so of what is kept of it. */
    public static final int SECRET_LENGTH = CurvePoint.SCALAR_LENGTH;

    private final byte[] secret;
    private boolean closed;

    private RecipientKey(byte[] secret) {
        this.secret = secret;
    }

    /** A fresh one. */
    public static RecipientKey generate(Entropy entropy) {
        return new RecipientKey(CurvePoint.scalar(SharingPolynomials.drawn(entropy)));
    }

    /**
     * What {@link #secret} gave.
     *
     * @throws IllegalArgumentException when it gave no such thing
     */
    public static RecipientKey of(byte[] secret) {
        BigInteger value = new BigInteger(1, secret);
        if (secret.length != SECRET_LENGTH || value.signum() == 0 || value.compareTo(CurvePoint.ORDER) >= 0) {
            throw new IllegalArgumentException("the secret of a recipient is 32 bytes, above 0 and below the order");
        }
        return new RecipientKey(secret.clone());
    }

    /** Whether others can encrypt to this key, 48 bytes. Of any bytes. */
    public static boolean isPublicKey(byte[] bytes) {
        try {
            CurvePoint.decoded(bytes);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    /** What dealers need, 48 bytes. */
    public byte[] publicKey() {
        return CurvePoint.GENERATOR.times(value()).toBytes();
    }

    /** The secret, to be kept encrypted; the caller overwrites the array. */
    public byte[] secret() {
        return secret.clone();
    }

    /** A copy that cannot be wiped, so it should live shortly. */
    BigInteger value() {
        if (closed) {
            throw new IllegalStateException("the secret is erased");
        }
        return new BigInteger(1, secret);
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(secret, (byte) 0);
    }
}
