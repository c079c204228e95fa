package org.maftia.server.ceremony;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;

/** What a verifier that knows nothing of the group takes from its authority: the platform's own judges. */
class AuthorityNamesTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Instant NOW = Instant.now();
    private static final KeyPair ROOT = Certificates.rsaKeyPair(2048, RANDOM);
    private static final KeyPair AUTHORITY = Certificates.rsaKeyPair(2048, RANDOM);
    private static final X509Certificate ANCHOR = Certificates.root("test", ROOT, NOW, RANDOM);

    private static X509Certificate authority(AuthorityNames names) {
        return new Certificates.Issuer("test", ANCHOR, ROOT.getPrivate(), NOW, RANDOM)
                .authority(Certificates.info(AUTHORITY.getPublic()), names);
    }

    /** As if all replicas were corrupted: the key signs whatever it is given. */
    private static void verify(X509Certificate authority, int form, String name) throws Exception {
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                X500Name.getInstance(authority.getSubjectX500Principal().getEncoded()),
                BigInteger.TWO,
                Date.from(NOW.minusSeconds(60)),
                Date.from(NOW.plus(Duration.ofDays(1))),
                new X500Name("CN=leaf"),
                Certificates.info(Certificates.ellipticKeyPair(RANDOM).getPublic()));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(form, name)));
        X509Certificate leaf = Certificates.parse(
                builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(AUTHORITY.getPrivate()))
                        .getEncoded());
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(ANCHOR, null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(
                        CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf, authority)), parameters);
    }

    private static void assertRefused(X509Certificate authority, int form, String name) {
        assertThatThrownBy(() -> verify(authority, form, name)).isInstanceOf(CertPathValidatorException.class);
    }

    @Attack("a group of which all is stolen certifies names that are not its own")
    @Test
    void nobodyTakesANameFromItThatIsNotPermitted() throws Exception {
        X509Certificate authority =
                authority(new AuthorityNames(List.of("example.org", "example.com"), List.of("secret.example.org")));
        verify(authority, GeneralName.dNSName, "example.org");
        verify(authority, GeneralName.dNSName, "www.example.com");
        assertRefused(authority, GeneralName.dNSName, "example.net");
        assertRefused(authority, GeneralName.dNSName, "notexample.org");
        assertRefused(authority, GeneralName.dNSName, "www.secret.example.org");
        assertRefused(authority, GeneralName.iPAddress, "192.0.2.1");
        assertRefused(authority, GeneralName.iPAddress, "2001:db8::1");
    }

    @Test
    void whatIsExcludedAloneIsAllThatIsRefused() throws Exception {
        X509Certificate authority = authority(new AuthorityNames(List.of(), List.of("secret.example.org")));
        verify(authority, GeneralName.dNSName, "example.net");
        verify(authority, GeneralName.iPAddress, "192.0.2.1");
        assertRefused(authority, GeneralName.dNSName, "secret.example.org");
    }

    @Test
    void anAuthorityWithoutLimitsHasNoSuchExtension() throws Exception {
        X509Certificate authority = authority(AuthorityNames.ANY);
        assertThat(authority.getExtensionValue("2.5.29.30")).isNull();
        verify(authority, GeneralName.iPAddress, "192.0.2.1");
    }
}
