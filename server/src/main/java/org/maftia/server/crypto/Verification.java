package org.maftia.server.crypto;

import java.io.ByteArrayOutputStream;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Verifies one signature after another under a key of P-256 or Ed25519. What it does not take (other curves, signing) it refuses as
 * Java's architecture asks for, so that the next provider gets it.
 */
final class Verification extends SignatureSpi {
    /** Bytes of r, and of s: of a point or a number, in each of the two schemes. */
    private static final int SCALAR_LENGTH = 32;

    private final VerificationKeys keys;
    private final Form form;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private OpenSslVerifier.@Nullable Key key;

    /** How a signature is written. */
    enum Form {
        /** Of ECDSA, in ASN.1 (RFC 3279). */
        SEQUENCE,
        /** Of ECDSA, as two numbers of the curve's length (IEEE P1363). */
        PLAIN,
        /** Of Ed25519 (RFC 8032). */
        EDWARDS
    }

    /** @param form of the signatures, which decides of the keys, too */
    Verification(VerificationKeys keys, Form form) {
        this.keys = keys;
        this.form = form;
    }

    @Override
    protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
        message.reset();
        KeyForm kind = form == Form.EDWARDS ? KeyForm.ED25519 : KeyForm.P_256;
        key = keys.find(publicKey, kind).orElseThrow(() -> new InvalidKeyException("no key of " + kind));
    }

    @Override
    protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
        throw new InvalidKeyException("this provider verifies only");
    }

    @Override
    protected void engineUpdate(byte one) {
        message.write(one);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int length) {
        message.write(bytes, offset, length);
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
        throw new SignatureException("this provider verifies only");
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
        OpenSslVerifier.Key with = key;
        if (with == null) {
            throw new SignatureException("no key");
        }
        byte[] signed = message.toByteArray();
        message.reset();
        return switch (form) {
            case SEQUENCE -> with.isSigned(signed, signature);
            case PLAIN -> signature.length == 2 * SCALAR_LENGTH && with.isSigned(signed, encoded(signature));
            case EDWARDS -> signature.length == 2 * SCALAR_LENGTH && with.isSigned(signed, signature);
        };
    }

    /** A sequence of two integers (RFC 3279, section 2.2.3), each in as few bytes as it has. */
    static byte[] encoded(byte[] plain) {
        ByteArrayOutputStream integers = new ByteArrayOutputStream();
        for (int at : new int[] {0, SCALAR_LENGTH}) {
            int first = at;
            while (first < at + SCALAR_LENGTH - 1 && plain[first] == 0) {
                first++;
            }
            byte[] digits = Arrays.copyOfRange(plain, first, at + SCALAR_LENGTH);
            int sign = digits[0] < 0 ? 1 : 0;
            integers.write(0x02);
            integers.write(digits.length + sign);
            integers.write(new byte[sign], 0, sign);
            integers.write(digits, 0, digits.length);
        }
        ByteArrayOutputStream sequence = new ByteArrayOutputStream();
        sequence.write(0x30);
        sequence.write(integers.size());
        sequence.writeBytes(integers.toByteArray());
        return sequence.toByteArray();
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
        throw new InvalidParameterException("no parameters");
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
        throw new InvalidParameterException("no parameters");
    }
}
