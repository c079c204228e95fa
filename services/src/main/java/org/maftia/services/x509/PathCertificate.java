package org.maftia.services.x509;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;

/** One certificate of a path, of which all parts that count were read when it was made: later nothing is malformed any more. */
final class PathCertificate {
    private static final int SERIAL_BITS_MAX = 160;

    /** Extensions that may be critical: what they say is held here. */
    private static final List<ASN1ObjectIdentifier> HELD = List.of(
            Extension.basicConstraints,
            Extension.keyUsage,
            Extension.extendedKeyUsage,
            Extension.subjectAlternativeName,
            Extension.nameConstraints,
            Extension.certificatePolicies); // any policy will do, where nobody restricts them

    private final Certificate certificate;
    private final byte[] statement;
    private final byte[] signature;
    private final long fromSeconds;
    private final long toSeconds;
    private final boolean onlyKnown;
    private final @Nullable BasicConstraints constraints;
    private final @Nullable ASN1BitString usage;
    private final @Nullable ExtendedKeyUsage purposes;
    private final @Nullable NameConstraints names;
    private final List<GeneralName> alternatives;

    private PathCertificate(Certificate certificate) {
        this.certificate = certificate;
        this.statement = Der.of(certificate.getTBSCertificate());
        this.signature = certificate.getSignature().getOctets();
        this.fromSeconds = seconds(certificate.getStartDate());
        this.toSeconds = seconds(certificate.getEndDate());
        if (!certificate
                .getSignatureAlgorithm()
                .equals(certificate.getTBSCertificate().getSignature())) {
            throw new MalformedException("the certificate names two algorithms");
        }
        BigInteger serial = certificate.getSerialNumber().getValue();
        if (serial.signum() <= 0 || serial.bitLength() > SERIAL_BITS_MAX) {
            throw new MalformedException("the serial is not positive and of 20 bytes at most");
        }
        @Nullable Extensions extensions = certificate.getTBSCertificate().getExtensions();
        if (extensions == null) {
            onlyKnown = true;
            constraints = null;
            usage = null;
            purposes = null;
            names = null;
            alternatives = List.of();
            return;
        }
        onlyKnown = Arrays.stream(extensions.getCriticalExtensionOIDs()).allMatch(HELD::contains);
        constraints = BasicConstraints.fromExtensions(extensions);
        usage = extensions.getExtension(Extension.keyUsage) == null
                ? null
                : ASN1BitString.getInstance(extensions.getExtensionParsedValue(Extension.keyUsage));
        purposes = ExtendedKeyUsage.fromExtensions(extensions);
        names = extensions.getExtension(Extension.nameConstraints) == null
                ? null
                : NameConstraints.getInstance(extensions.getExtensionParsedValue(Extension.nameConstraints));
        alternatives = alternatives(extensions);
    }

    /** @throws MalformedException when it is none, or not in DER */
    static PathCertificate of(byte[] encoded) {
        if (encoded.length > CertificateChain.CERTIFICATE_LENGTH_MAX) {
            throw new MalformedException(
                    "a certificate has " + CertificateChain.CERTIFICATE_LENGTH_MAX + " bytes at most");
        }
        return Der.read("no certificate", () -> {
            Certificate certificate = Certificate.getInstance(Der.parse(encoded));
            if (!Arrays.equals(Der.of(certificate), encoded)) {
                throw new MalformedException("the certificate is not in DER");
            }
            return new PathCertificate(certificate);
        });
    }

    private static List<GeneralName> alternatives(Extensions extensions) {
        if (extensions.getExtension(Extension.subjectAlternativeName) == null) {
            return List.of();
        }
        return List.of(GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName)
                .getNames());
    }

    /** Both forms end with a Z and have seconds (RFC 5280, section 4.1.2.5); the library would ask a calendar of the platform. */
    private static long seconds(Time time) {
        byte[] der = Der.of(time);
        String text = new String(der, 2, der.length - 2, StandardCharsets.US_ASCII);
        boolean utc = der[0] == BERTags.UTC_TIME;
        if (!text.matches(utc ? "[0-9]{12}Z" : "[0-9]{14}Z")) {
            throw new MalformedException("a time is not in its one form");
        }
        int year = Integer.parseInt(text, 0, utc ? 2 : 4, 10);
        List<Integer> parts = new ArrayList<>();
        for (int at = utc ? 2 : 4; at + 2 < text.length(); at += 2) {
            parts.add(Integer.parseInt(text, at, at + 2, 10));
        }
        try {
            return LocalDateTime.of(
                            utc ? year + (year < 50 ? 2_000 : 1_900) : year,
                            parts.get(0),
                            parts.get(1),
                            parts.get(2),
                            parts.get(3),
                            parts.get(4))
                    .toEpochSecond(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new MalformedException("a time is none");
        }
    }

    byte[] serial() {
        return BigIntegers.asUnsignedByteArray(certificate.getSerialNumber().getValue());
    }

    X500Name subject() {
        return certificate.getSubject();
    }

    List<GeneralName> alternatives() {
        return alternatives;
    }

    /** @throws MalformedException when it is none that is taken */
    SubjectKey key() {
        return Der.read(
                "the certificate is of a key that is not taken",
                () -> SubjectKey.decode(certificate.getSubjectPublicKeyInfo()));
    }

    /** The same, of an RSA key of one's own, which may have any length. */
    SubjectKey ownKey() {
        SubjectPublicKeyInfo info = certificate.getSubjectPublicKeyInfo();
        return info.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)
                ? SubjectKey.ownRsa(info)
                : key();
    }

    /** Names are written alike by who issues and who is issued to (RFC 5280, section 4.1.2.6). */
    boolean isIssuedBy(PathCertificate issuer) {
        return Arrays.equals(Der.of(certificate.getIssuer()), Der.of(issuer.subject()));
    }

    boolean isSignedBy(SubjectKey key) {
        ASN1ObjectIdentifier algorithm = certificate.getSignatureAlgorithm().getAlgorithm();
        if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return key.verifiesEdwards(statement, signature);
        }
        for (Hash hash : Hash.values()) {
            if (algorithm.equals(rsa(hash))) {
                return key.verifiesRsa(hash, statement, signature);
            }
            if (algorithm.equals(ecdsa(hash))) {
                return isEcdsa(key, hash);
            }
        }
        return false;
    }

    private static ASN1ObjectIdentifier rsa(Hash hash) {
        return switch (hash) {
            case SHA_256 -> PKCSObjectIdentifiers.sha256WithRSAEncryption;
            case SHA_384 -> PKCSObjectIdentifiers.sha384WithRSAEncryption;
            case SHA_512 -> PKCSObjectIdentifiers.sha512WithRSAEncryption;
        };
    }

    private static ASN1ObjectIdentifier ecdsa(Hash hash) {
        return switch (hash) {
            case SHA_256 -> X9ObjectIdentifiers.ecdsa_with_SHA256;
            case SHA_384 -> X9ObjectIdentifiers.ecdsa_with_SHA384;
            case SHA_512 -> X9ObjectIdentifiers.ecdsa_with_SHA512;
        };
    }

    private boolean isEcdsa(SubjectKey key, Hash hash) {
        ASN1Sequence pair;
        try {
            pair = Der.read("no signature", () -> {
                ASN1Sequence read = ASN1Sequence.getInstance(Der.parse(signature));
                if (read.size() != 2 || !Arrays.equals(Der.of(read), signature)) {
                    throw new MalformedException("no pair of numbers");
                }
                ASN1Integer.getInstance(read.getObjectAt(0));
                ASN1Integer.getInstance(read.getObjectAt(1));
                return read;
            });
        } catch (MalformedException e) {
            return false;
        }
        return key.verifiesEcdsa(
                hash,
                statement,
                ASN1Integer.getInstance(pair.getObjectAt(0)).getValue(),
                ASN1Integer.getInstance(pair.getObjectAt(1)).getValue());
    }

    boolean isIssuer() {
        return constraints != null && constraints.isCA() && (usage == null || has(KeyUsage.keyCertSign));
    }

    private boolean has(int bit) {
        return usage != null && (usage.intValue() & bit) != 0;
    }

    /**
     * How many issuers may stand between it and a client.
     *
     * @param otherwise where it says nothing of that
     */
    int pathLength(int otherwise) {
        if (constraints == null || constraints.getPathLenConstraint() == null) {
            return otherwise;
        }
        return constraints
                .getPathLenConstraint()
                .min(BigInteger.valueOf(otherwise))
                .max(BigInteger.ZERO)
                .intValue();
    }

    void bound(NameBounds bounds) throws RefusedCertificateException {
        if (names != null) {
            try {
                Der.read("bounds of names that are none", () -> {
                    bounds.add(names);
                    return names;
                });
            } catch (MalformedException e) {
                throw new RefusedCertificateException("the certificate of an issuer has " + e.getMessage());
            }
        }
    }

    void requireAt(long seconds) throws RefusedCertificateException {
        if (seconds < fromSeconds || seconds > toSeconds) {
            throw new RefusedCertificateException(
                    seconds < fromSeconds ? "a certificate is not valid yet" : "a certificate has ended");
        }
    }

    void requireKnown() throws RefusedCertificateException {
        if (!onlyKnown) {
            throw new RefusedCertificateException("a certificate has a critical extension that is not known here");
        }
    }

    void requireWithin(NameBounds bounds) throws RefusedCertificateException {
        boolean within;
        try {
            within = Der.read(
                    "names that are none",
                    () -> bounds.allow(subject()) && alternatives.stream().allMatch(bounds::allow));
        } catch (MalformedException e) {
            within = false;
        }
        if (!within) {
            throw new RefusedCertificateException("an issuer above may not certify this name");
        }
    }

    /** Purposes hold for all that an issuer issues, too, as all who verify take it. */
    void requireForClients() throws RefusedCertificateException {
        boolean fits = purposes == null
                || purposes.hasKeyPurposeId(KeyPurposeId.id_kp_clientAuth)
                || purposes.hasKeyPurposeId(KeyPurposeId.anyExtendedKeyUsage);
        if (!fits) {
            throw new RefusedCertificateException("a certificate is not for clients of TLS (extended key usage)");
        }
    }

    /** What holds for the first of all. */
    void requireClient() throws RefusedCertificateException {
        if (constraints != null && constraints.isCA()) {
            throw new RefusedCertificateException("the certificate is an issuer's");
        }
        if (usage != null && !has(KeyUsage.digitalSignature)) {
            throw new RefusedCertificateException("the certificate's key is not for signatures (key usage)");
        }
    }
}
