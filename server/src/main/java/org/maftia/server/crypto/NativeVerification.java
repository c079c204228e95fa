package org.maftia.server.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * ECDSA on P-256 verified by OpenSSL for everything in this process that asks Java's architecture for it: the seals of trusted
 * components, certificates of links and clients, requests of ACME clients and passkeys. Other curves and all signing stay with Java's
 * own providers, so no secret key comes here.
 */
public final class NativeVerification extends Provider {
    private static final long serialVersionUID = 1;

    /** How Java calls this provider. */
    static final String NAME = "MaftiaNative";

    /** By ASN.1 (RFC 3279), and as two numbers of the curve's length (IEEE P1363). */
    static final List<String> ALGORITHMS = List.of("SHA256withECDSA", "SHA256withECDSAinP1363Format");

    private static final String KEY = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
            + "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

    private static final String SIGNATURE = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
            + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

    private NativeVerification(OpenSslVerifier verifier) {
        super(NAME, "1.0", "ECDSA on P-256 verified by OpenSSL");
        VerificationKeys keys = new VerificationKeys(verifier);
        for (String algorithm : ALGORITHMS) {
            putService(new Verification(this, algorithm, keys));
        }
    }

    /**
     * Puts it before Java's own providers, where the host has OpenSSL and that verifies a fresh signature, and refuses a wrong one.
     *
     * @return for operators: what verifies
     */
    public static String install() {
        Optional<NativeVerification> found = available();
        if (found.isPresent() && Security.getProvider(NAME) == null) {
            Security.insertProviderAt(found.get(), 1);
        }
        return found.isPresent() ? "openssl" : "java";
    }

    /** It, where this host has OpenSSL and that is right. */
    static Optional<NativeVerification> available() {
        return OpenSslVerifier.open().map(NativeVerification::new).filter(NativeVerification::isRight);
    }

    /** Whether it takes a known signature (RFC 6979, section A.2.5), and refuses it under another message. */
    private static boolean isRight(Provider provider) {
        try {
            PublicKey key = KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(KEY)));
            Signature signature = Signature.getInstance(ALGORITHMS.getLast(), provider);
            byte[] known = HexFormat.of().parseHex(SIGNATURE);
            signature.initVerify(key);
            signature.update("sample".getBytes(StandardCharsets.US_ASCII));
            boolean taken = signature.verify(known);
            signature.update("simple".getBytes(StandardCharsets.US_ASCII));
            return taken && !signature.verify(known);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }

    private static final class Verification extends Provider.Service {
        private final VerificationKeys keys;

        Verification(Provider provider, String algorithm, VerificationKeys keys) {
            super(
                    provider,
                    "Signature",
                    algorithm,
                    EcdsaVerification.class.getName(),
                    List.of(),
                    // Whoever signs does so with a private key, which no service of this provider takes.
                    Map.of("SupportedKeyClasses", "java.security.interfaces.ECPublicKey"));
            this.keys = keys;
        }

        @Override
        public Object newInstance(Object constructorParameter) {
            return new EcdsaVerification(keys, !getAlgorithm().equals(ALGORITHMS.getFirst()));
        }
    }
}
