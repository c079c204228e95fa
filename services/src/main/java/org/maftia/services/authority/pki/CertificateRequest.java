package org.maftia.services.authority.pki;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.x509.Der;
import org.maftia.services.x509.Hash;
import org.maftia.services.x509.SubjectKey;

/**
 * What a client wants certified: the key, and all names that the request states anywhere. Signed with that key.
 *
 * @param names of the subject alternative names and of the common name
 */
public record CertificateRequest(SubjectKey key, SortedSet<Identifier> names) {
    /** A hundred names and an RSA key of 4096 bits take less. */
    public static final int LENGTH_MAX = 32 << 10;

    private static final int NAMES_MAX = 128;

    public CertificateRequest {
        names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    /**
     * Reads PKCS #10 in DER (RFC 2986) and checks its signature.
     *
     * @throws MalformedException when it is none, or states what no certificate would; the sentence says why
     */
    public static CertificateRequest decode(byte[] encoded) {
        if (encoded.length > LENGTH_MAX) {
            throw new MalformedException("the request is longer than " + LENGTH_MAX + " bytes");
        }
        return Der.read("no certification request", () -> read(encoded));
    }

    private static CertificateRequest read(byte[] encoded) {
        CertificationRequest request = CertificationRequest.getInstance(Der.parse(encoded));
        if (!Arrays.equals(Der.of(request), encoded)) {
            throw new MalformedException("the request is not in DER");
        }
        SubjectKey key = SubjectKey.decode(request.getCertificationRequestInfo().getSubjectPublicKeyInfo());
        if (!isSigned(request, key)) {
            throw new MalformedException("the request is not signed with its own key, or by an unusual algorithm");
        }
        SortedSet<Identifier> names = new TreeSet<>();
        addCommonNames(request, names);
        addAlternativeNames(request, names);
        if (names.isEmpty() || names.size() > NAMES_MAX) {
            throw new MalformedException("the request has " + names.size() + " names");
        }
        return new CertificateRequest(key, names);
    }

    private static boolean isSigned(CertificationRequest request, SubjectKey key) {
        byte[] message = Der.of(request.getCertificationRequestInfo());
        byte[] signature = request.getSignature().getOctets();
        ASN1ObjectIdentifier algorithm = request.getSignatureAlgorithm().getAlgorithm();
        Hash[] hashes = Hash.values();
        ASN1ObjectIdentifier[] rsa = {
            PKCSObjectIdentifiers.sha256WithRSAEncryption,
            PKCSObjectIdentifiers.sha384WithRSAEncryption,
            PKCSObjectIdentifiers.sha512WithRSAEncryption
        };
        ASN1ObjectIdentifier[] elliptic = {
            X9ObjectIdentifiers.ecdsa_with_SHA256,
            X9ObjectIdentifiers.ecdsa_with_SHA384,
            X9ObjectIdentifiers.ecdsa_with_SHA512
        };
        for (int i = 0; i < hashes.length; i++) {
            if (algorithm.equals(rsa[i])) {
                return key.verifiesRsa(hashes[i], message, signature);
            }
            if (algorithm.equals(elliptic[i])) {
                ASN1Sequence numbers = ASN1Sequence.getInstance(Der.parse(signature));
                BigInteger r = ASN1Integer.getInstance(numbers.getObjectAt(0)).getValue();
                BigInteger s = ASN1Integer.getInstance(numbers.getObjectAt(1)).getValue();
                return numbers.size() == 2 && key.verifiesEcdsa(hashes[i], message, r, s);
            }
        }
        return algorithm.equals(EdECObjectIdentifiers.id_Ed25519) && key.verifiesEdwards(message, signature);
    }

    private static void addCommonNames(CertificationRequest request, SortedSet<Identifier> names) {
        for (RDN rdn : request.getCertificationRequestInfo().getSubject().getRDNs(BCStyle.CN)) {
            for (AttributeTypeAndValue part : rdn.getTypesAndValues()) {
                if (part.getType().equals(BCStyle.CN) && part.getValue() instanceof ASN1String text) {
                    String value = text.getString();
                    if (value.matches("[0-9.]+") || value.indexOf(':') >= 0) {
                        names.add(Identifier.of(Identifier.Kind.IP, value));
                    } else {
                        names.add(Identifier.of(Identifier.Kind.DNS, value));
                    }
                }
            }
        }
    }

    private static void addAlternativeNames(CertificationRequest request, SortedSet<Identifier> names) {
        if (request.getCertificationRequestInfo().getAttributes() == null) {
            return;
        }
        for (ASN1Encodable element : request.getCertificationRequestInfo().getAttributes()) {
            Attribute attribute = Attribute.getInstance(element);
            if (!attribute.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest)) {
                continue;
            }
            Extensions extensions =
                    Extensions.getInstance(attribute.getAttrValues().getObjectAt(0));
            Extension extension = extensions.getExtension(Extension.subjectAlternativeName);
            if (extension != null) {
                GeneralNames listed = GeneralNames.getInstance(extension.getParsedValue());
                for (GeneralName name : listed.getNames()) {
                    names.add(IssuedCertificate.identifier(name));
                }
            }
        }
    }
}
