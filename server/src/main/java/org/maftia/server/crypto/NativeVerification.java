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
import org.maftia.core.crypto.HostVerification;

/**
 * ECDSA on P-256, and Ed25519, verified by OpenSSL for everything in this process that asks Java's architecture for it: the seals of
 * trusted components, certificates of links and clients; and, by {@link HostVerification}, requests of ACME clients, passkeys and
 * tokens. Other curves and all signing stay with Java's own providers, so no secret key comes here.
 */
public final class NativeVerification extends Provider {
    private static final long serialVersionUID = 1;

    /** How Java calls this provider. */
    static final String NAME = HostVerification.PROVIDER;

    /** By ASN.1 (RFC 3279), and as two numbers of the curve's length (IEEE P1363). */
    static final List<String> ALGORITHMS = List.of("SHA256withECDSA", HostVerification.ECDSA);

    private static final Known ECDSA = new Known(
            "EC",
            HostVerification.ECDSA,
            "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                    + "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                    + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
            "sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                    + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");

    private static final Known EDWARDS = new Known(
            "Ed25519",
            HostVerification.EDWARDS,
            "302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "r",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

    private NativeVerification(OpenSslVerifier verifier) {
        super(NAME, "1.0", "ECDSA on P-256 and Ed25519 verified by OpenSSL");
        VerificationKeys keys = new VerificationKeys(verifier);
        putService(new Verifying(this, ALGORITHMS.getFirst(), Verification.Form.SEQUENCE, keys));
        putService(new Verifying(this, HostVerification.ECDSA, Verification.Form.PLAIN, keys));
        Verifying edwards = new Verifying(this, HostVerification.EDWARDS, Verification.Form.EDWARDS, keys);
        putService(edwards);
        if (!EDWARDS.isRight(this)) {
            removeService(edwards); // there are builds without it
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
        return OpenSslVerifier.open().map(NativeVerification::new).filter(ECDSA::isRight);
    }

    /**
     * A known signature: of RFC 6979, section A.2.5, and of RFC 8032, section 7.1.
     *
     * @param keys the algorithm of the key, as Java calls it
     * @param key a SubjectPublicKeyInfo, in hexadecimal digits
     */
    private record Known(String keys, String algorithm, String key, String message, String signature) {
        /** Whether the provider takes it, and refuses it under another message. */
        boolean isRight(Provider provider) {
            try {
                PublicKey one = KeyFactory.getInstance(keys)
                        .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(key)));
                Signature verifier = Signature.getInstance(algorithm, provider);
                byte[] known = HexFormat.of().parseHex(signature);
                verifier.initVerify(one);
                verifier.update(message.getBytes(StandardCharsets.US_ASCII));
                boolean taken = verifier.verify(known);
                verifier.update((message + " ").getBytes(StandardCharsets.US_ASCII));
                return taken && !verifier.verify(known);
            } catch (GeneralSecurityException e) {
                return false; // the library does not take a good key
            }
        }
    }

    private static final class Verifying extends Provider.Service {
        private final Verification.Form form;
        private final VerificationKeys keys;

        Verifying(Provider provider, String algorithm, Verification.Form form, VerificationKeys keys) {
            super(
                    provider,
                    "Signature",
                    algorithm,
                    Verification.class.getName(),
                    List.of(),
                    // Whoever signs does so with a private key, which no service of this provider takes.
                    Map.of(
                            "SupportedKeyClasses",
                            form == Verification.Form.EDWARDS
                                    ? "java.security.interfaces.EdECPublicKey"
                                    : "java.security.interfaces.ECPublicKey"));
            this.form = form;
            this.keys = keys;
        }

        @Override
        public Object newInstance(Object constructorParameter) {
            return new Verification(keys, form);
        }
    }
}
