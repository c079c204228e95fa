package org.maftia.services.notary;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Date;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.services.log.LogCorpus;
import org.maftia.services.log.TransparencyLog;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Digests are stamped. */
public final class NotaryCorpus implements Corpus {
    private static final String POLICY = "2.25.1234567890";
    private static final byte[] CERTIFICATE = certificate();

    private static byte[] certificate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            X500Name name = new X500Name("CN=test notary");
            return new JcaX509v3CertificateBuilder(
                            name, BigInteger.TEN, new Date(0), new Date(4_000_000_000_000L), name, pair.getPublic())
                    .addExtension(
                            Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping))
                    .build(new JcaContentSignerBuilder("Ed25519").build(pair.getPrivate()))
                    .getEncoded();
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String service() {
        return Notary.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Notary.NAME, new Notary("stamps", CERTIFICATE, POLICY, 10));
        services.put(TransparencyLog.NAME, LogCorpus.log());
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        keys.put("stamps", new TrialKey("stamps", RsaEncoding.PKCS1_SHA256));
        return keys;
    }

    @Override
    public void run(Trial trial) throws IOException {
        TimeStampRequestGenerator plain = new TimeStampRequestGenerator();
        trial.order(0, plain.generate(TSPAlgorithms.SHA256, new byte[32], null).getEncoded());
        TimeStampRequestGenerator full = new TimeStampRequestGenerator();
        full.setCertReq(true);
        full.setReqPolicy(POLICY);
        trial.order(
                1,
                full.generate(TSPAlgorithms.SHA512, new byte[64], BigInteger.valueOf(-77))
                        .getEncoded());
        TimeStampRequestGenerator extended = new TimeStampRequestGenerator();
        extended.addExtension(Extension.subjectAlternativeName, true, new byte[] {5, 0});
        trial.order(
                2,
                extended.generate(TSPAlgorithms.SHA384, new byte[48], BigInteger.ZERO)
                        .getEncoded());
    }
}
