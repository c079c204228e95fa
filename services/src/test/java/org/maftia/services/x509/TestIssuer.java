package org.maftia.services.x509;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Date;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.RFC4519Style;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Somebody who issues certificates, with Java's signatures: another implementation than the one that judges them. */
public final class TestIssuer {
    /** When all are valid that say nothing else, in the middle of their time. */
    public static final long NOW = 1_700_000_000L;

    private static final long LIFE = 3_600;

    final KeyPair pair;
    final X500Name name;
    private final String algorithm;

    /** In DER. */
    public final byte[] certificate;

    private static long serials = 1;

    private TestIssuer(KeyPair pair, X500Name name, String algorithm, byte[] certificate) {
        this.pair = pair;
        this.name = name;
        this.algorithm = algorithm;
        this.certificate = certificate;
    }

    /** What a certificate is to be like, when it is not like most. */
    public static final class Wish {
        String subject = "";
        long fromSeconds = NOW - LIFE;
        long toSeconds = NOW + LIFE;
        KeyPair pair = pair("P-256");
        String signature = "";

        private final SortedMap<String, Extension> extensions = new TreeMap<>();

        /** Puts an extension in the place of one of the same kind. */
        public Wish with(ASN1ObjectIdentifier kind, boolean critical, ASN1Encodable value) {
            try {
                extensions.put(
                        kind.getId(),
                        new Extension(kind, critical, value.toASN1Primitive().getEncoded("DER")));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return this;
        }

        Wish without(ASN1ObjectIdentifier kind) {
            extensions.remove(kind.getId());
            return this;
        }

        Wish at(long seconds) {
            fromSeconds = seconds - LIFE;
            toSeconds = seconds + LIFE;
            return this;
        }

        Wish named(GeneralName... names) {
            return with(Extension.subjectAlternativeName, subject.isEmpty(), new GeneralNames(names));
        }
    }

    public static KeyPair pair(String kind) {
        try {
            if (kind.equals("Ed25519")) {
                return KeyPairGenerator.getInstance(kind).generateKeyPair();
            }
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.startsWith("P-") ? "EC" : "RSA");
            if (kind.startsWith("P-")) {
                generator.initialize(new ECGenParameterSpec("secp" + kind.substring(2) + "r1"));
            } else {
                generator.initialize(Integer.parseInt(kind));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One that nobody issued, as all that it issues to {@link #client(String, KeyPair, long)} good at a time. */
    public static TestIssuer root(String name, long seconds) {
        return root(name, pair("P-256"), "SHA256withECDSA", wish -> wish.at(seconds));
    }

    /** One that nobody issued. */
    public static TestIssuer root(String name) {
        return root(name, pair("P-256"), "SHA256withECDSA", wish -> {});
    }

    static TestIssuer root(String name, KeyPair pair, String algorithm, Consumer<Wish> change) {
        X500Name own = new X500Name(RFC4519Style.INSTANCE, name);
        TestIssuer self = new TestIssuer(pair, own, algorithm, new byte[0]);
        return new TestIssuer(pair, own, algorithm, self.issue(wish -> {
            issuer(wish, name);
            wish.pair = pair;
            change.accept(wish);
        }));
    }

    private static void issuer(Wish wish, String name) {
        wish.subject = name;
        wish.with(Extension.basicConstraints, true, new BasicConstraints(true));
        wish.with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        wish.without(Extension.extendedKeyUsage);
    }

    /** Another one below. */
    TestIssuer below(String name, Consumer<Wish> change) {
        KeyPair own = pair("P-384");
        return new TestIssuer(own, new X500Name(RFC4519Style.INSTANCE, name), "SHA384withECDSA", issue(wish -> {
            issuer(wish, name);
            wish.pair = own;
            change.accept(wish);
        }));
    }

    /** A certificate of a client with a host name. */
    public byte[] client(String host) {
        return issue(wish -> wish.named(new GeneralName(GeneralName.dNSName, host)));
    }

    /** The same for a key, good at a time. */
    public byte[] client(String host, KeyPair own, long seconds) {
        return issue(wish -> {
            wish.at(seconds).named(new GeneralName(GeneralName.dNSName, host));
            wish.pair = own;
        });
    }

    /** A certificate, for a client of TLS if nothing else is wished. */
    byte[] issue(Consumer<Wish> change) {
        Wish wish = new Wish();
        wish.with(Extension.basicConstraints, true, new BasicConstraints(false));
        wish.with(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        wish.with(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
        change.accept(wish);
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(serials++),
                new Date(wish.fromSeconds * 1_000),
                new Date(wish.toSeconds * 1_000),
                new X500Name(RFC4519Style.INSTANCE, wish.subject),
                wish.pair.getPublic());
        try {
            for (Extension extension : wish.extensions.values()) {
                builder.addExtension(extension);
            }
            String by = wish.signature.isEmpty() ? algorithm : wish.signature;
            return Objects.requireNonNull(builder.build(new JcaContentSignerBuilder(by).build(pair.getPrivate()))
                    .getEncoded());
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
