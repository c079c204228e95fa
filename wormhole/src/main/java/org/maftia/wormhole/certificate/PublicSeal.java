package org.maftia.wormhole.certificate;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;

/**
 * Verifies certificates of profile {@link TagProfile#P256} with nothing but a public key, so outside every component:
 * true only if the holder of the key sealed exactly this statement. FIPS 186-5, section 6.
 */
public final class PublicSeal {
    static final String ALGORITHM = "SHA256withECDSAinP1363Format";

    private final PublicKey key;

    /**
     * @throws MalformedCertificateException if the key is no point of the curve
     */
    public PublicSeal(SigningKey signing) {
        this.key = key(signing.toBytes());
    }

    /** Whether the key sealed this certificate; says nothing of the epoch that the key stands for. */
    public boolean verify(Certificate certificate) {
        if (certificate.seal().profile() != TagProfile.P256) {
            return false;
        }
        byte[] statement = certificate.statement();
        return verify(statement, 0, statement.length, certificate.seal().tag(), 0);
    }

    /** Whether the 64 bytes of a tag seal a range of bytes. */
    public boolean verify(byte[] bytes, int at, int length, byte[] tag, int tagAt) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(bytes, at, length);
            return signature.verify(tag, tagAt, TagProfile.P256.length());
        } catch (SignatureException e) {
            return false; // r or s out of range
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }

    private static PublicKey key(byte[] signing) {
        BigInteger x = new BigInteger(1, Arrays.copyOf(signing, 32));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(signing, 32, 64));
        try {
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec parameters = curve.getParameterSpec(ECParameterSpec.class);
            BigInteger p = ((java.security.spec.ECFieldFp) parameters.getCurve().getField()).getP();
            BigInteger right = x.pow(3)
                    .add(parameters.getCurve().getA().multiply(x))
                    .add(parameters.getCurve().getB());
            if (x.compareTo(p) >= 0
                    || y.compareTo(p) >= 0
                    || y.pow(2).subtract(right).mod(p).signum() != 0) {
                throw new MalformedCertificateException("no point of P-256");
            }
            return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), parameters));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }
}
