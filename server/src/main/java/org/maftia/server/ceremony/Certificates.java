package org.maftia.server.ceremony;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jspecify.annotations.Nullable;

/** X.509 as the ceremony needs it: the group's root, what it certifies, and self-signed link certificates. */
final class Certificates {
    /** Clocks of verifiers may lag behind the ceremony's. */
    private static final Duration BACKDATE = Duration.ofHours(1);

    /** Time-stamps must verify for years after; a root outlives all that it certifies. */
    private static final Duration ROOT_LIFE = Duration.ofDays(20 * 365L);

    /** id-kp-documentSigning of RFC 9336. */
    static final String DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36";

    private static final Duration TIME_STAMP_LIFE = Duration.ofDays(10 * 365L);

    /** Whoever rolls the key does so yearly; what it signed must be checked for a while after. */
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(10 * 365L);

    /** Some platforms refuse server certificates that live longer, even under a private root. */
    private static final Duration GATEWAY_LIFE = Duration.ofDays(825);

    /** Links are pinned: what counts is the certificate itself, and when the configuration changes. */
    private static final Duration LINK_LIFE = ROOT_LIFE;

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** RFC 5280 wants positive serials of at most 20 bytes, unpredictable ones where the signature hash is attacked. */
    private static final int SERIAL_BITS = 127;

    private Certificates() {}

    static KeyPair ellipticKeyPair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    /** Of a client: it signs requests as well as handshakes. */
    static KeyPair edwardsKeyPair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform since 15 has Ed25519", e);
        }
    }

    private static String signatureAlgorithm(Key key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
    }

    static KeyPair rsaKeyPair(int bits, SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has RSA", e);
        }
    }

    /** A self-signed certificate that a peer pins: its names and dates mean nothing, its key everything. */
    static X509Certificate selfSigned(String name, KeyPair pair, Instant now, SecureRandom random) {
        X500Name subject = subject("links", name);
        X509v3CertificateBuilder builder = builder(subject, subject, info(pair.getPublic()), now, LINK_LIFE, random);
        try {
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            return sign(builder, "SHA256withECDSA", pair.getPrivate());
        } catch (IOException e) {
            throw new IllegalStateException("an own extension does not encode", e);
        }
    }

    /** What a gateway or client asks the ceremony to certify: PKCS #10 with the host names and addresses it answers under. */
    static byte[] request(String name, KeyPair pair, List<String> hosts) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.subjectAlternativeName, false, names(hosts));
            return new JcaPKCS10CertificationRequestBuilder(subject("gateways", name), pair.getPublic())
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                    .build(new JcaContentSignerBuilder(signatureAlgorithm(pair.getPrivate())).build(pair.getPrivate()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("an own request does not encode", e);
        }
    }

    /** The key of a request that is signed with it. */
    static SubjectPublicKeyInfo requestedKey(byte[] request) {
        String hint = "enrol the replica anew";
        try {
            PKCS10CertificationRequest parsed = new PKCS10CertificationRequest(request);
            SubjectPublicKeyInfo info = parsed.getSubjectPublicKeyInfo();
            if (!parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(info))) {
                throw new CeremonyException("the HTTPS request is not signed with its own key", hint);
            }
            return info;
        } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
            if (e instanceof CeremonyException known) {
                throw known;
            }
            throw new CeremonyException("the HTTPS request is no PKCS #10", hint, e);
        }
    }

    /** The self-signed root of a group. */
    static X509Certificate root(String group, KeyPair pair, Instant now, SecureRandom random) {
        X500Name subject = subject(group, "Maftia root of " + group);
        X509v3CertificateBuilder builder = builder(subject, subject, info(pair.getPublic()), now, ROOT_LIFE, random);
        try {
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            // One intermediate may stand below it: that of the certificate authority.
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(1));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(pair.getPublic()));
            return sign(builder, "SHA256withRSA", pair.getPrivate());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("an own extension does not encode", e);
        }
    }

    /** Issues in the name of a group's root. */
    record Issuer(String group, X509Certificate root, PrivateKey key, Instant now, SecureRandom random) {
        /** RFC 3161, section 2.3: one purpose, critical, so that the key can never stand for anything else. */
        X509Certificate timeStamp(SubjectPublicKeyInfo key) {
            KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation);
            return issue("time-stamp of " + group, key, usage, KeyPurposeId.id_kp_timeStamping, TIME_STAMP_LIFE, null);
        }

        /** For statements that courts may read (RFC 9336). */
        X509Certificate exchange(SubjectPublicKeyInfo key) {
            KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation);
            KeyPurposeId purpose = KeyPurposeId.getInstance(new ASN1ObjectIdentifier(DOCUMENT_SIGNING));
            return issue("exchange of " + group, key, usage, purpose, TIME_STAMP_LIFE, null);
        }

        /** For a key that signs for others: code, or the handshakes of a server. */
        X509Certificate signing(SigningKey purpose, SubjectPublicKeyInfo key) {
            KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature);
            return purpose.hosts().isEmpty()
                    ? issue(purpose.name(), key, usage, KeyPurposeId.id_kp_codeSigning, TIME_STAMP_LIFE, null)
                    : issue(
                            purpose.name(),
                            key,
                            usage,
                            KeyPurposeId.id_kp_serverAuth,
                            GATEWAY_LIFE,
                            names(purpose.hosts()));
        }

        /** Clients of a provider take its key from the provider; the certificate says whose it is. */
        X509Certificate openId(SubjectPublicKeyInfo key) {
            KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature);
            KeyPurposeId purpose = KeyPurposeId.getInstance(new ASN1ObjectIdentifier(DOCUMENT_SIGNING));
            return issue("provider of " + group, key, usage, purpose, TIME_STAMP_LIFE, null);
        }

        /**
         * The intermediate that issues to servers: it certifies nobody who certifies, and signs its revocation lists and its
         * answers about certificates (RFC 6960) itself.
         */
        X509Certificate authority(SubjectPublicKeyInfo key, AuthorityNames names) {
            X509v3CertificateBuilder builder = builder(
                    issuerName(), subject(group, "Maftia authority of " + group), key, now, AUTHORITY_LIFE, random);
            try {
                JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
                builder.addExtension(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
                Optional<NameConstraints> constraints = names.extension();
                if (constraints.isPresent()) {
                    builder.addExtension(Extension.nameConstraints, true, constraints.get());
                }
                builder.addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key));
                builder.addExtension(
                        Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(root.getPublicKey()));
                return sign(builder, "SHA256withRSA", this.key);
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("an own extension does not encode", e);
            }
        }

        /** The root's own encoding of its name: chains are matched byte by byte by some verifiers. */
        private X500Name issuerName() {
            return X500Name.getInstance(root.getSubjectX500Principal().getEncoded());
        }

        X509Certificate gateway(String id, SubjectPublicKeyInfo key, List<String> hosts) {
            KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature);
            return issue(id, key, usage, KeyPurposeId.id_kp_serverAuth, GATEWAY_LIFE, names(hosts));
        }

        X509Certificate client(String name, SubjectPublicKeyInfo key) {
            KeyUsage usage = new KeyUsage(KeyUsage.digitalSignature);
            return issue(name, key, usage, KeyPurposeId.id_kp_clientAuth, LINK_LIFE, null);
        }

        private X509Certificate issue(
                String name,
                SubjectPublicKeyInfo subjectKey,
                KeyUsage usage,
                KeyPurposeId purpose,
                Duration life,
                @Nullable GeneralNames hosts) {
            X509v3CertificateBuilder builder =
                    builder(issuerName(), subject(group, name), subjectKey, now, life, random);
            boolean timeStamp = purpose.equals(KeyPurposeId.id_kp_timeStamping);
            try {
                JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
                builder.addExtension(Extension.keyUsage, true, usage);
                builder.addExtension(Extension.extendedKeyUsage, timeStamp, new ExtendedKeyUsage(purpose));
                builder.addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(subjectKey));
                builder.addExtension(
                        Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(root.getPublicKey()));
                if (hosts != null) {
                    builder.addExtension(Extension.subjectAlternativeName, false, hosts);
                }
                return sign(builder, "SHA256withRSA", key);
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("an own extension does not encode", e);
            }
        }
    }

    static SubjectPublicKeyInfo info(PublicKey key) {
        return SubjectPublicKeyInfo.getInstance(key.getEncoded());
    }

    static X509Certificate parse(byte[] der) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new CeremonyException("no X.509 certificate: " + e.getMessage(), "take the file anew", e);
        }
    }

    /** Whether the two halves are of one pair: what one signs the other verifies. */
    static boolean belong(PrivateKey key, PublicKey publicKey) {
        try {
            byte[] sample = "maftia".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(signatureAlgorithm(key));
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    static byte[] encode(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateException e) {
            throw new IllegalStateException("a parsed certificate encodes", e);
        }
    }

    /** The certificates in PEM, one after the other. */
    static byte[] pem(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        for (X509Certificate certificate : certificates) {
            text.append("-----BEGIN CERTIFICATE-----\n")
                    .append(base64.encodeToString(encode(certificate)))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** A key of a client: Ed25519, or P-256 where it was made before clients signed. */
    static PrivateKey clientKey(byte[] pkcs8) {
        boolean edwards = PrivateKeyInfo.getInstance(pkcs8)
                .getPrivateKeyAlgorithm()
                .getAlgorithm()
                .equals(EdECObjectIdentifiers.id_Ed25519);
        return privateKey(edwards ? "Ed25519" : "EC", pkcs8);
    }

    /** @param pkcs8 is overwritten */
    static PrivateKey privateKey(String algorithm, byte[] pkcs8) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new CeremonyException("a stored key is no " + algorithm + " key", "restore the key files", e);
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    /** The key of an elliptic curve that a request named. */
    static PublicKey publicKey(SubjectPublicKeyInfo info) {
        try {
            return KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new CeremonyException("an enrolled key is no EC key", "enrol the replica anew", e);
        }
    }

    private static GeneralNames names(List<String> hosts) {
        List<GeneralName> names = new ArrayList<>();
        for (String host : hosts) {
            boolean address = ADDRESS.matcher(host).matches();
            names.add(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host));
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private static X500Name subject(String unit, String name) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, "Maftia")
                .addRDN(BCStyle.OU, unit)
                .addRDN(BCStyle.CN, name)
                .build();
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer,
            X500Name subject,
            SubjectPublicKeyInfo key,
            Instant now,
            Duration life,
            SecureRandom random) {
        BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
        Date from = Date.from(now.minus(BACKDATE));
        return new X509v3CertificateBuilder(issuer, serial, from, Date.from(now.plus(life)), subject, key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, String algorithm, PrivateKey key) {
        try {
            return parse(builder.build(new JcaContentSignerBuilder(algorithm).build(key))
                    .getEncoded());
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("cannot sign a certificate", e);
        }
    }
}
