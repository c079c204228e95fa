package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The public part of a shared RSA key: what transcripts publish. {@link #isConsistent} tells whether the shares that the
 * verification keys stand for make signatures under this modulus.
 *
 * @param keyId names the key; at most 64 bytes
 * @param encoding how messages become numbers: one key, one encoding
 * @param formula over which the private exponent is shared
 * @param modulus n, the product of two safe primes
 * @param base v, a random square that generates all squares
 * @param root v to the private exponent
 * @param commitments v to each hidden number of the sharing: gates in prefix order; of a polynomial the coefficients
 *     but the constant, of a sum the children
 * @param verificationKeys v to each share, by leaf
 */
public record RsaKey(
        String keyId,
        RsaEncoding encoding,
        SharingFormula formula,
        BigInteger modulus,
        BigInteger base,
        BigInteger root,
        List<BigInteger> commitments,
        List<BigInteger> verificationKeys) {
    /** e, common to all keys: prime, above every fan-in, cheap to verify with. */
    public static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

    /** Tests use small keys; what is deployed is for the configuration to say. */
    private static final int MODULUS_BITS_MIN = 512;

    private static final int MODULUS_BITS_MAX = 8192;
    private static final int KEY_ID_LENGTH_MAX = 64;

    public RsaKey {
        commitments = List.copyOf(commitments);
        verificationKeys = List.copyOf(verificationKeys);
        require(keyId.length() <= KEY_ID_LENGTH_MAX, "the key's name is too long");
        require(
                modulus.signum() > 0
                        && modulus.testBit(0)
                        && modulus.bitLength() >= Math.max(MODULUS_BITS_MIN, encoding.modulusBitsMin())
                        && modulus.bitLength() <= MODULUS_BITS_MAX,
                "the modulus is even, or too short for the encoding, or too long");
        ShareTree tree = ShareTree.of(formula.formula());
        require(commitments.size() == RsaCommitments.count(tree), "as many commitments as the formula's gates need");
        require(verificationKeys.size() == formula.owners().size(), "one verification key for each leaf");
        requireElement(base, modulus);
        requireElement(root, modulus);
        for (BigInteger commitment : commitments) {
            requireElement(commitment, modulus);
        }
        for (BigInteger verificationKey : verificationKeys) {
            requireElement(verificationKey, modulus);
        }
    }

    private static void require(boolean condition, String rule) {
        if (!condition) {
            throw new IllegalArgumentException(rule);
        }
    }

    private static void requireElement(BigInteger value, BigInteger modulus) {
        require(value.signum() > 0 && value.compareTo(modulus) < 0, "a number is outside the group");
    }

    /** Bytes of the modulus, and so of every signature and every share of one. */
    public int length() {
        return (modulus.bitLength() + 7) / 8;
    }

    /**
     * Whether the verification keys belong to a sharing of the private exponent, gate by gate in the exponent. For
     * everyone who installs or audits a key; takes a small power for each child of each gate.
     */
    public boolean isConsistent() {
        return RsaCommitments.areConsistent(this);
    }

    BigInteger encode(byte[] message) {
        return encoding.encode(keyId, modulus.bitLength(), message);
    }

    /** A number below the modulus as bytes: I2OSP to full length, leading zeros kept (RFC 8017, section 4.1). */
    byte[] toBytes(BigInteger value) {
        return toBytes(value, length());
    }

    static byte[] toBytes(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] padded = new byte[length];
        int copied = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copied, padded, length - copied, copied);
        return padded;
    }

    public static final Codec<RsaKey> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, RsaKey value) {
            writer.string(value.keyId).u8(value.encoding.code());
            FormulaCodec.INSTANCE.write(writer, value.formula);
            writer.opaque16(value.toBytes(value.modulus));
            writer.fixed(value.toBytes(value.base)).fixed(value.toBytes(value.root));
            value.commitments.forEach(number -> writer.fixed(value.toBytes(number)));
            value.verificationKeys.forEach(number -> writer.fixed(value.toBytes(number)));
        }

        @Override
        public RsaKey read(Reader reader) {
            String keyId = reader.string(KEY_ID_LENGTH_MAX);
            int code = reader.u8();
            if (code < 1 || code > RsaEncoding.values().length) {
                throw new MalformedException("no RSA encoding has number " + code);
            }
            SharingFormula formula = FormulaCodec.INSTANCE.read(reader);
            byte[] modulus = reader.opaque16(MODULUS_BITS_MAX / 8);
            if (modulus.length == 0 || modulus[0] == 0) {
                throw new MalformedException("a modulus starts with a byte other than 0");
            }
            try {
                int commitments = RsaCommitments.count(ShareTree.of(formula.formula()));
                return new RsaKey(
                        keyId,
                        RsaEncoding.of(code),
                        formula,
                        new BigInteger(1, modulus),
                        number(reader, modulus.length),
                        number(reader, modulus.length),
                        numbers(reader, modulus.length, commitments),
                        numbers(reader, modulus.length, formula.owners().size()));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("no RSA key: " + e.getMessage());
            }
        }

        private static BigInteger number(Reader reader, int length) {
            return new BigInteger(1, reader.fixed(length));
        }

        private static List<BigInteger> numbers(Reader reader, int length, int count) {
            List<BigInteger> numbers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                numbers.add(number(reader, length));
            }
            return numbers;
        }
    };
}
