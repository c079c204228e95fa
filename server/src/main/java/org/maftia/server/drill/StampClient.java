package org.maftia.server.drill;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.util.Collection;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;

/** Asks gateways for tokens as any client of RFC 3161 would, and believes nothing that does not verify. */
public final class StampClient {
    /** As long as a patient client waits. */
    private static final int TIMEOUT_MILLIS = 20_000;

    private static final int DIGEST_LENGTH = 32;

    private final SecureHttp http;
    private final X509CertificateHolder root;
    private final SecureRandom random = new SecureRandom();

    /** A client of the cluster that trusts its root. */
    public static StampClient of(LocalCluster cluster) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(cluster.caCertificate())) {
            return new StampClient(cluster.http(), (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
    }

    private StampClient(SecureHttp http, X509Certificate root) throws CertificateEncodingException {
        this.http = http;
        this.root = new JcaX509CertificateHolder(root);
    }

    /**
     * Has random bytes stamped.
     *
     * @param address of the gateway, with its path
     * @throws IOException when the gateway answers with anything but a token
     */
    public Stamp stamp(String gateway, String address) throws IOException {
        byte[] digest = new byte[DIGEST_LENGTH];
        random.nextBytes(digest);
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        TimeStampRequest request = generator.generate(TSPAlgorithms.SHA256, digest, new BigInteger(63, random));
        long asked = System.nanoTime();
        SecureHttp.Reply reply =
                http.post(address, TIMEOUT_MILLIS, "application/timestamp-query", request.getEncoded());
        long got = System.nanoTime();
        if (reply.status() != 200) {
            throw new IOException("HTTP " + reply.status());
        }
        try {
            TimeStampResponse response = new TimeStampResponse(reply.body());
            TimeStampToken token = response.getTimeStampToken();
            if (token == null) {
                throw new IOException("refused: " + response.getStatusString());
            }
            return new Stamp(
                    gateway,
                    asked,
                    got,
                    token.getTimeStampInfo().getSerialNumber(),
                    timeMicros(token),
                    verifies(request, response, token));
        } catch (TSPException | ParseException e) {
            throw new IOException("no token: " + e.getMessage(), e);
        }
    }

    /** The time with its fraction, which {@link java.util.Date} would cut to milliseconds. */
    private static long timeMicros(TimeStampToken token) throws ParseException {
        ASN1GeneralizedTime time = token.getTimeStampInfo().toASN1Structure().getGenTime();
        String text = time.getTimeString();
        long millis = time.getDate().getTime();
        int dot = text.indexOf('.');
        if (dot < 0) {
            return millis * 1_000;
        }
        String fraction = text.substring(dot + 1).replaceAll("[^0-9].*", "") + "000000";
        return Math.floorDiv(millis, 1_000L) * 1_000_000 + Long.parseLong(fraction.substring(0, 6));
    }

    private boolean verifies(TimeStampRequest request, TimeStampResponse response, TimeStampToken token) {
        try {
            response.validate(request);
            Collection<X509CertificateHolder> signers = token.getCertificates().getMatches(token.getSID());
            if (signers.isEmpty()) {
                return false;
            }
            X509CertificateHolder signer = signers.iterator().next();
            token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
            return signer.isSignatureValid(
                    new org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder().build(root));
        } catch (TSPException
                | OperatorCreationException
                | CertificateException
                | org.bouncycastle.cert.CertException e) {
            // That is the answer to the question asked.
            return false;
        }
    }
}
