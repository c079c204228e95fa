package org.maftia.client.jca;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.StrictJson;
import org.maftia.services.signing.SigningCommand;

/**
 * A key of the group, as its certificate shows it.
 *
 * @param pss its padding
 * @param certificate by the group's root, which was checked
 */
record RemoteKey(String name, boolean pss, X509Certificate certificate, BigInteger modulus) {
    private static final int CERTIFICATE_LENGTH_MAX = 16 << 10;

    /**
     * Reads what a gateway says.
     *
     * @throws MalformedException when it is none, or not certified by this group under that name
     */
    static RemoteKey of(String name, StrictJson json, X509Certificate root) {
        if (name.length() > SigningCommand.NAME_LENGTH_MAX) {
            throw new MalformedException("the name of a key is too long");
        }
        try {
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(json.bytes("certificate", CERTIFICATE_LENGTH_MAX)));
            certificate.verify(root.getPublicKey());
            if (!isFor(certificate, name)) {
                throw new MalformedException("the certificate shown for key " + name + " is another's");
            }
            if (certificate.getPublicKey() instanceof RSAPublicKey rsa) {
                return new RemoteKey(name, json.text("padding").equals("pss"), certificate, rsa.getModulus());
            }
        } catch (GeneralSecurityException e) {
            throw new MalformedException("the certificate of key " + name + " is not of the group's root");
        }
        throw new MalformedException("key " + name + " is no RSA key");
    }

    /** The root certifies each key under its name; RFC 2253 writes that first, and escapes no letter of a name. */
    private static boolean isFor(X509Certificate certificate, String name) {
        String subject = certificate.getSubjectX500Principal().getName();
        return subject.split(",", 2)[0].equals("CN=" + name);
    }

    RsaEncoding encoding() {
        return pss ? RsaEncoding.PSS_DIGEST : RsaEncoding.PKCS1_DIGEST;
    }
}
