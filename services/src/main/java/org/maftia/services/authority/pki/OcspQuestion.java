package org.maftia.services.authority.pki;

import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Null;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.util.BigIntegers;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.x509.Der;
import org.maftia.services.x509.Hash;

/**
 * Somebody's question whether a certificate is revoked (RFC 6960, section 4.1).
 *
 * @param identifier the CertID as it came, DER; an answer gives it back
 * @param sha1 whether the names of the issuer are hashes by SHA-1; else they are by SHA-256
 * @param serial without leading zeros
 * @param nonce to be given back; empty where there is none
 */
public record OcspQuestion(
        byte[] identifier, boolean sha1, byte[] nameHash, byte[] keyHash, byte[] serial, byte[] nonce) {
    /** One certificate and a nonce take less. */
    public static final int LENGTH_MAX = 1024;

    /** RFC 9654, section 2.1. */
    public static final int NONCE_LENGTH_MAX = 128;

    private static final int SERIAL_BITS_MAX = 160;

    /** @throws MalformedException when it is no question about one certificate */
    public static OcspQuestion decode(byte[] encoded) {
        if (encoded.length > LENGTH_MAX) {
            throw new MalformedException("the question is longer than " + LENGTH_MAX + " bytes");
        }
        return Der.read("no question about a certificate", () -> read(encoded));
    }

    private static OcspQuestion read(byte[] encoded) {
        OCSPRequest request = OCSPRequest.getInstance(Der.parse(encoded));
        TBSRequest content = request.getTbsRequest();
        if (content.getRequestList().size() != 1) {
            throw new MalformedException("a question is about one certificate");
        }
        CertID id = Request.getInstance(content.getRequestList().getObjectAt(0)).getReqCert();
        AlgorithmIdentifier hash = id.getHashAlgorithm();
        boolean sha1 = hash.getAlgorithm().equals(OIWObjectIdentifiers.idSHA1);
        if (!sha1 && !hash.getAlgorithm().equals(NISTObjectIdentifiers.id_sha256)) {
            throw new MalformedException("the issuer is named by SHA-1 or SHA-256");
        }
        if (hash.getParameters() != null && !(hash.getParameters() instanceof ASN1Null)) {
            throw new MalformedException("SHA-1 and SHA-256 have no parameters");
        }
        ASN1Integer serial = id.getSerialNumber();
        if (serial.getValue().signum() <= 0 || serial.getValue().bitLength() > SERIAL_BITS_MAX) {
            throw new MalformedException("a serial is positive and of 20 bytes at most");
        }
        return new OcspQuestion(
                Der.of(id),
                sha1,
                id.getIssuerNameHash().getOctets(),
                id.getIssuerKeyHash().getOctets(),
                BigIntegers.asUnsignedByteArray(serial.getValue()),
                nonce(content));
    }

    private static byte[] nonce(TBSRequest content) {
        Extension extension = content.getRequestExtensions() == null
                ? null
                : content.getRequestExtensions().getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
        if (extension == null) {
            return new byte[0];
        }
        byte[] nonce = ASN1OctetString.getInstance(extension.getParsedValue()).getOctets();
        if (nonce.length == 0 || nonce.length > NONCE_LENGTH_MAX) {
            throw new MalformedException("a nonce has 1 to " + NONCE_LENGTH_MAX + " bytes");
        }
        return nonce;
    }

    /** Whether the question names this issuer. */
    boolean isAbout(Certificate issuer) {
        byte[] name = Der.of(issuer.getSubject());
        byte[] key = issuer.getSubjectPublicKeyInfo().getPublicKeyData().getBytes();
        return Arrays.equals(nameHash, sha1 ? Hash.sha1(name) : Hash.SHA_256.of(name))
                && Arrays.equals(keyHash, sha1 ? Hash.sha1(key) : Hash.SHA_256.of(key));
    }
}
