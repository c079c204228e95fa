package org.maftia.services.authority.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Enumerated;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.maftia.services.x509.Der;
import org.maftia.services.x509.Hash;
import org.maftia.services.x509.SubjectKey;

/**
 * Certificates and revocation lists of one issuer (RFC 5280): what is to be signed first, the whole when the signature
 * is there.
 */
public final class CertificateForm {
    /** X.520's bound for a common name. */
    private static final int COMMON_NAME_LENGTH_MAX = 64;

    private static final AlgorithmIdentifier ALGORITHM =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

    private final Certificate issuer;
    private final List<String> bases;
    private final byte[] keyName;

    /**
     * @param issuer the intermediate certificate, DER
     * @param bases where revocation lists and answers are, such as {@code http://ca.example.org}; they are fixed in every
     *     certificate, and the first that answers serves
     */
    public CertificateForm(byte[] issuer, List<String> bases) {
        this.issuer = Certificate.getInstance(issuer);
        this.bases = List.copyOf(bases);
        this.keyName = keyName(this.issuer);
    }

    /** As the issuer's certificate states it, so that chains are found. */
    private static byte[] keyName(Certificate issuer) {
        SubjectKeyIdentifier stated = issuer.getTBSCertificate().getExtensions() == null
                ? null
                : SubjectKeyIdentifier.fromExtensions(issuer.getTBSCertificate().getExtensions());
        return stated == null
                ? Hash.sha1(issuer.getSubjectPublicKeyInfo().getPublicKeyData().getBytes())
                : stated.getKeyIdentifier();
    }

    /** The issuer's key identifier, as certificates name it. */
    public byte[] keyName() {
        return keyName.clone();
    }

    Certificate issuer() {
        return issuer;
    }

    /** The issuer's certificate, DER. */
    public byte[] issuerEncoded() {
        return Der.of(issuer);
    }

    /**
     * What a certificate states.
     *
     * @param serial positive, of at most 20 bytes
     * @param names one or more
     * @param fromSeconds since 1970; valid from then, to the other second
     * @param shard the revocation list in which it would stand
     * @param forClients whether it is for clients of TLS; otherwise for servers
     */
    public record Content(
            byte[] serial,
            SubjectKey key,
            List<Identifier> names,
            long fromSeconds,
            long toSeconds,
            int shard,
            boolean forClients) {
        public Content {
            names = List.copyOf(names);
        }
    }

    /** The TBSCertificate, to be signed with RSA and SHA-256. */
    public byte[] statement(Content content) {
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(new BigInteger(1, content.serial)));
        generator.setSignature(ALGORITHM);
        generator.setIssuer(issuer.getSubject());
        generator.setStartDate(Instants.time(content.fromSeconds));
        generator.setEndDate(Instants.time(content.toSeconds));
        X500Name subject = subject(content.names);
        generator.setSubject(subject);
        SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(content.key.encoded());
        generator.setSubjectPublicKeyInfo(info);
        try {
            generator.setExtensions(
                    extensions(content, info, subject.size() == 0).generate());
        } catch (IOException e) {
            throw new IllegalStateException("own extensions encode", e);
        }
        return Der.of(generator.generateTBSCertificate());
    }

    private ExtensionsGenerator extensions(Content content, SubjectPublicKeyInfo info, boolean nameless)
            throws IOException {
        boolean rsa = content.key.value() instanceof SubjectKey.Value.Rsa;
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(rsa ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment : KeyUsage.digitalSignature));
        extensions.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(
                        content.forClients ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth));
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        extensions.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new SubjectKeyIdentifier(Hash.sha1(info.getPublicKeyData().getBytes())));
        extensions.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyName));
        extensions.addExtension(Extension.authorityInfoAccess, false, access());
        // Critical where nothing else names the subject (RFC 5280, section 4.2.1.6).
        extensions.addExtension(
                Extension.subjectAlternativeName,
                nameless,
                new GeneralNames(content.names.stream().map(Identifier::general).toArray(GeneralName[]::new)));
        extensions.addExtension(Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {
            new DistributionPoint(new DistributionPointName(places("/ca/crl/" + content.shard + ".crl")), null, null)
        }));
        return extensions;
    }

    private AuthorityInformationAccess access() {
        ASN1EncodableVector all = new ASN1EncodableVector();
        for (String base : bases) {
            all.add(new AccessDescription(
                    AccessDescription.id_ad_ocsp,
                    new GeneralName(GeneralName.uniformResourceIdentifier, base + "/ca/ocsp")));
        }
        for (String base : bases) {
            all.add(new AccessDescription(
                    AccessDescription.id_ad_caIssuers,
                    new GeneralName(GeneralName.uniformResourceIdentifier, base + "/ca/issuer.cer")));
        }
        return AuthorityInformationAccess.getInstance(new DERSequence(all));
    }

    private GeneralNames places(String path) {
        return new GeneralNames(bases.stream()
                .map(base -> new GeneralName(GeneralName.uniformResourceIdentifier, base + path))
                .toArray(GeneralName[]::new));
    }

    /** The first name that fits; nobody must rely on it, but some still look there. */
    private static X500Name subject(List<Identifier> names) {
        for (Identifier name : names) {
            if (name.kind() == Identifier.Kind.DNS && name.value().length() <= COMMON_NAME_LENGTH_MAX) {
                return new X500NameBuilder(BCStyle.INSTANCE)
                        .addRDN(BCStyle.CN, name.value())
                        .build();
            }
        }
        return new X500NameBuilder(BCStyle.INSTANCE).build();
    }

    /** A certificate or revocation list: a statement and its signature. */
    public static byte[] signed(byte[] statement, byte[] signature) {
        ASN1EncodableVector parts = new ASN1EncodableVector();
        parts.add(Der.parse(statement));
        parts.add(ALGORITHM);
        parts.add(new DERBitString(signature));
        return Der.of(new DERSequence(parts));
    }

    /** The certificate, then the issuer's, in PEM. */
    public byte[] chain(byte[] certificate) {
        return (pem(certificate) + pem(issuerEncoded())).getBytes(StandardCharsets.US_ASCII);
    }

    private static String pem(byte[] certificate) {
        Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        return "-----BEGIN CERTIFICATE-----\n" + base64.encodeToString(certificate) + "\n-----END CERTIFICATE-----\n";
    }

    /**
     * A line of a revocation list.
     *
     * @param reason as RFC 5280, section 5.3.1, numbers it; 0 is not written
     */
    public record Revoked(byte[] serial, long atSeconds, int reason) {}

    /**
     * The TBSCertList of a shard, to be signed as certificates are. Its issuing distribution point says where it belongs, so
     * that no shard's list passes for another's.
     *
     * @param number counts the lists of the shard
     */
    public byte[] list(int shard, long number, long fromSeconds, long toSeconds, List<Revoked> revoked) {
        V2TBSCertListGenerator generator = new V2TBSCertListGenerator();
        generator.setSignature(ALGORITHM);
        generator.setIssuer(issuer.getSubject());
        generator.setThisUpdate(Instants.time(fromSeconds));
        generator.setNextUpdate(Instants.time(toSeconds));
        for (Revoked line : revoked) {
            addLine(generator, line);
        }
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        try {
            extensions.addExtension(Extension.authorityKeyIdentifier, false, new AuthorityKeyIdentifier(keyName));
            extensions.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            extensions.addExtension(
                    Extension.issuingDistributionPoint,
                    true,
                    new IssuingDistributionPoint(
                            new DistributionPointName(places("/ca/crl/" + shard + ".crl")),
                            true,
                            false,
                            null,
                            false,
                            false));
        } catch (IOException e) {
            throw new IllegalStateException("own extensions encode", e);
        }
        generator.setExtensions(extensions.generate());
        return Der.of(generator.generateTBSCertList());
    }

    private static void addLine(V2TBSCertListGenerator generator, Revoked line) {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        if (line.reason != 0) {
            try {
                extensions.addExtension(Extension.reasonCode, false, new ASN1Enumerated(line.reason));
            } catch (IOException e) {
                throw new IllegalStateException("a small number encodes", e);
            }
        }
        generator.addCRLEntry(
                new ASN1Integer(new BigInteger(1, line.serial)),
                Instants.time(line.atSeconds),
                extensions.isEmpty() ? null : extensions.generate());
    }
}
