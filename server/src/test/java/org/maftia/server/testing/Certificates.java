package org.maftia.server.testing;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.maftia.client.transport.TlsIdentity;

/** Self-signed identities, made anew for each test. */
public final class Certificates {
    private Certificates() {}

    public static TlsIdentity identity(String name) {
        return identity(name, "EC", new ECGenParameterSpec("secp256r1"), "SHA256withECDSA");
    }

    /** With a key that signs requests too. */
    public static TlsIdentity signing(String name) {
        return identity(name, "Ed25519", NamedParameterSpec.ED25519, "Ed25519");
    }

    private static TlsIdentity identity(
            String name, String algorithm, AlgorithmParameterSpec parameters, String signature) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(parameters);
            KeyPair pair = generator.generateKeyPair();
            X500Name subject = new X500Name("CN=" + name);
            var builder = new JcaX509v3CertificateBuilder(
                    subject,
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(Instant.EPOCH),
                    Date.from(Instant.EPOCH.plusSeconds(1)),
                    subject,
                    pair.getPublic());
            var signer = new JcaContentSignerBuilder(signature).build(pair.getPrivate());
            return new TlsIdentity(
                    pair.getPrivate(), new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
