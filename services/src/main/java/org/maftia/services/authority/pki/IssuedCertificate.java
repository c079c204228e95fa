package org.maftia.services.authority.pki;

import java.util.SortedSet;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.util.BigIntegers;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.x509.Address;
import org.maftia.services.x509.Der;
import org.maftia.services.x509.SubjectKey;

/**
 * What a certificate says that somebody brings; whether it is one of the authority's the caller knows from its bytes.
 *
 * @param serial without leading zeros
 */
public record IssuedCertificate(byte[] serial, SubjectKey key, SortedSet<Identifier> names) {
    /** A hundred long names and a long key take less. */
    public static final int LENGTH_MAX = 40 << 10;

    private static final int SERIAL_BITS_MAX = 160;

    /** @throws MalformedException when it is no certificate of a form in which the authority issues them */
    public static IssuedCertificate decode(byte[] encoded) {
        if (encoded.length > LENGTH_MAX) {
            throw new MalformedException("the certificate is longer than " + LENGTH_MAX + " bytes");
        }
        return Der.read("no certificate of this authority", () -> read(encoded));
    }

    private static IssuedCertificate read(byte[] encoded) {
        Certificate certificate = Certificate.getInstance(Der.parse(encoded));
        if (certificate.getSerialNumber().getValue().signum() <= 0
                || certificate.getSerialNumber().getValue().bitLength() > SERIAL_BITS_MAX) {
            throw new MalformedException("the serial is not positive and of 20 bytes at most");
        }
        SortedSet<Identifier> names = new TreeSet<>();
        GeneralNames listed = GeneralNames.fromExtensions(
                certificate.getTBSCertificate().getExtensions(), Extension.subjectAlternativeName);
        for (GeneralName name : listed.getNames()) {
            names.add(identifier(name));
        }
        return new IssuedCertificate(
                BigIntegers.asUnsignedByteArray(certificate.getSerialNumber().getValue()),
                SubjectKey.decode(certificate.getSubjectPublicKeyInfo()),
                names);
    }

    static Identifier identifier(GeneralName name) {
        return switch (name.getTagNo()) {
            case GeneralName.dNSName -> Identifier.of(Identifier.Kind.DNS, ((ASN1String) name.getName()).getString());
            case GeneralName.iPAddress ->
                Identifier.of(
                        Identifier.Kind.IP,
                        Address.text(ASN1OctetString.getInstance(name.getName()).getOctets()));
            default -> throw new MalformedException("names are host names and addresses");
        };
    }
}
