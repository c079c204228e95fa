package org.maftia.core.crypto;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Writer;

/**
 * The asker's half of an {@link ObliviousFunction}: what leaves is uniform, whatever the input, and only who blinded it
 * can finish. For one evaluation; {@link #close} overwrites the input.
 *
 * <p>Source: RFC 9497, mode OPRF, suite P256-SHA256, section 3.3.1.
 */
public final class BlindedInput implements AutoCloseable {
    /** RFC 9497 writes the length in two bytes. */
    public static final int INPUT_LENGTH_MAX = 65_535;

    /** The mode's number is a byte of value 0, not a digit. */
    private static final String CONTEXT = "OPRFV1-\0-P256-SHA256";

    private static final String GROUP_TAG = "HashToGroup-" + CONTEXT;
    private static final byte[] FINALIZE = {'F', 'i', 'n', 'a', 'l', 'i', 'z', 'e'};

    private final byte[] input;
    private final BigInteger blind;
    private final NistPoint blinded;

    private BlindedInput(byte[] input, BigInteger blind) {
        if (input.length > INPUT_LENGTH_MAX) {
            throw new IllegalArgumentException("an input has at most 65535 bytes");
        }
        this.input = input.clone();
        this.blind = blind;
        this.blinded = NistPoint.hashed(input, GROUP_TAG).times(blind);
    }

    /** Blinds an input. */
    public static BlindedInput of(byte[] input, Entropy entropy) {
        // Not 0, which has no inverse.
        BigInteger blind =
                Uniform.below(NistPoint.ORDER.subtract(BigInteger.ONE), entropy).add(BigInteger.ONE);
        return new BlindedInput(input, blind);
    }

    /** With a given blind, as published vectors have it. */
    static BlindedInput of(byte[] input, BigInteger blind) {
        return new BlindedInput(input, blind);
    }

    /** What the replicas are asked to evaluate. */
    public byte[] toBytes() {
        return blinded.toBytes();
    }

    /**
     * The value, 32 bytes: of the true key if the element is what the replicas evaluated. Empty when it is no point.
     *
     * @param element any bytes
     */
    public Optional<byte[]> finish(byte[] element) {
        try {
            byte[] unblinded = NistPoint.decoded(element)
                    .times(blind.modInverse(NistPoint.ORDER))
                    .toBytes();
            byte[] hashed = new Writer()
                    .opaque16(input)
                    .opaque16(unblinded)
                    .fixed(FINALIZE)
                    .toBytes();
            byte[] value = MessageDigest.getInstance("SHA-256").digest(hashed);
            Arrays.fill(hashed, (byte) 0);
            return Optional.of(value);
        } catch (MalformedException e) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        Arrays.fill(input, (byte) 0);
    }
}
