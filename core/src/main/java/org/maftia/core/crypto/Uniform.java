package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Uniform integers from {@link Entropy}, and from seeds. */
final class Uniform {
    /** Reducing a number this many bits too long is off from uniform by less than 2^-128, and needs no retry. */
    private static final int SURPLUS_BITS = 128;

    private Uniform() {}

    /** A uniform integer at least 0 and below 2^bits. */
    static BigInteger bits(int bits, Entropy entropy) {
        byte[] bytes = entropy.bytes((bits + 7) / 8);
        BigInteger value = new BigInteger(1, bytes);
        Arrays.fill(bytes, (byte) 0);
        return value.shiftRight(8 * bytes.length - bits);
    }

    /** An integer at least 0 and below the bound, uniform up to 2^-128. */
    static BigInteger below(BigInteger bound, Entropy entropy) {
        return bits(bound.bitLength() + SURPLUS_BITS, entropy).mod(bound);
    }

    /** The first bits of HKDF-Expand (RFC 5869) of a secret or a hash of full strength: uniform to who cannot know it. */
    static BigInteger expanded(byte[] seed, int bits) {
        HKDFBytesGenerator expand = new HKDFBytesGenerator(new SHA256Digest());
        expand.init(HKDFParameters.skipExtractParameters(seed, new byte[0]));
        byte[] stream = new byte[(bits + 7) / 8];
        expand.generateBytes(stream, 0, stream.length);
        return new BigInteger(1, stream).shiftRight(8 * stream.length - bits);
    }
}
