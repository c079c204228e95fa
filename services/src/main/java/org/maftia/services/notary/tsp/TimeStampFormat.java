package org.maftia.services.notary.tsp;

import java.io.IOException;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.cmp.PKIFailureInfo;
import org.bouncycastle.asn1.cmp.PKIFreeText;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.asn1.cmp.PKIStatusInfo;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.IssuerAndSerialNumber;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerIdentifier;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.tsp.Accuracy;
import org.bouncycastle.asn1.tsp.MessageImprint;
import org.bouncycastle.asn1.tsp.TSTInfo;
import org.bouncycastle.asn1.tsp.TimeStampReq;
import org.bouncycastle.asn1.tsp.TimeStampResp;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuerSerial;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests and builds tokens (RFC 3161, with ESSCertIDv2 of RFC 5816) around a signature that comes from
 * elsewhere: what is to be signed first, the token when the signature is there.
 */
public final class TimeStampFormat {
    /** Longest nonce in bytes: more than any client draws, little enough to keep by the thousand. */
    private static final int NONCE_LENGTH_MAX = 64;

    private static final AlgorithmIdentifier SHA_256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);

    private final Certificate certificate;
    private final String policy;
    private final int accuracySeconds;

    /** The same in every token, and dear to make: it hashes the whole certificate. */
    private final Attribute signedWith;

    /**
     * @param certificate the notary's certificate, DER
     * @param policy the object identifier under which it stamps
     * @param accuracySeconds how far the stamped time may be off
     */
    public TimeStampFormat(byte[] certificate, String policy, int accuracySeconds) {
        this.certificate = Certificate.getInstance(certificate);
        this.policy = new ASN1ObjectIdentifier(policy).getId();
        this.accuracySeconds = accuracySeconds;
        this.signedWith = signedWith(this.certificate);
    }

    private static Attribute signedWith(Certificate certificate) {
        IssuerSerial issuer = new IssuerSerial(
                new GeneralNames(new GeneralName(certificate.getIssuer())), certificate.getSerialNumber());
        // The default algorithm of ESSCertIDv2 is SHA-256, and DER leaves a default out.
        ESSCertIDv2 identifier = new ESSCertIDv2((AlgorithmIdentifier) null, sha256(der(certificate)), issuer);
        return new Attribute(
                PKCSObjectIdentifiers.id_aa_signingCertificateV2,
                new DERSet(new SigningCertificateV2(new ESSCertIDv2[] {identifier})));
    }

    /** Reads a request of a stranger. Never throws: what is wrong becomes the refusal. */
    public Query read(byte[] request) {
        TimeStampReq parsed = parse(request).orElse(null);
        if (parsed == null) {
            return new Query.Refused(Query.Failure.BAD_DATA_FORMAT, "no TimeStampReq in DER");
        }
        if (!parsed.getVersion().hasValue(1)) {
            return new Query.Refused(Query.Failure.BAD_REQUEST, "only version 1 is known");
        }
        MessageImprint imprint = parsed.getMessageImprint();
        AlgorithmIdentifier identifier = imprint.getHashAlgorithm();
        Imprint algorithm = Imprint.of(identifier.getAlgorithm().getId()).orElse(null);
        if (algorithm == null) {
            return new Query.Refused(Query.Failure.BAD_ALGORITHM, "use SHA-256, SHA-384 or SHA-512");
        }
        boolean nullParameters = DERNull.INSTANCE.equals(identifier.getParameters());
        if (!nullParameters && identifier.getParameters() != null) {
            return new Query.Refused(Query.Failure.BAD_ALGORITHM, "the digest takes no parameters");
        }
        if (imprint.getHashedMessage().length != algorithm.length()) {
            return new Query.Refused(Query.Failure.BAD_DATA_FORMAT, "the digest has not the length of its algorithm");
        }
        if (parsed.getExtensions() != null) {
            return new Query.Refused(Query.Failure.UNACCEPTED_EXTENSION, "no extension is known");
        }
        String wanted =
                parsed.getReqPolicy() == null ? null : parsed.getReqPolicy().getId();
        if (wanted != null && !wanted.equals(policy)) {
            return new Query.Refused(Query.Failure.UNACCEPTED_POLICY, "the policy here is " + policy);
        }
        BigInteger nonce = parsed.getNonce() == null ? null : parsed.getNonce().getValue();
        if (nonce != null && nonce.toByteArray().length > NONCE_LENGTH_MAX) {
            return new Query.Refused(Query.Failure.BAD_REQUEST, "the nonce is longer than 64 bytes");
        }
        boolean certificateWanted =
                parsed.getCertReq() != null && parsed.getCertReq().isTrue();
        return new Query.Stamp(algorithm, nullParameters, imprint.getHashedMessage(), wanted, nonce, certificateWanted);
    }

    private static Optional<TimeStampReq> parse(byte[] request) {
        if (request.length == 0 || request.length > Query.LENGTH_MAX) {
            return Optional.empty();
        }
        try {
            return Optional.of(TimeStampReq.getInstance(ASN1Primitive.fromByteArray(request)));
        } catch (IOException | RuntimeException e) {
            // The library has no one way to say that bytes are not what they should be, and what it throws for some
            // hostile request must not stop every replica at once. The parser has no state that could be left broken.
            return Optional.empty();
        }
    }

    /** The TSTInfo of a stamp, DER: what the token says. */
    public byte[] statement(Query.Stamp stamp, BigInteger serial, long timeMicros) {
        ASN1ObjectIdentifier algorithm =
                new ASN1ObjectIdentifier(stamp.imprint().oid());
        // RFC 3161, section 2.4.2: the same value as in the request.
        MessageImprint imprint = new MessageImprint(
                stamp.nullParameters()
                        ? new AlgorithmIdentifier(algorithm, DERNull.INSTANCE)
                        : new AlgorithmIdentifier(algorithm),
                stamp.digest());
        return der(new TSTInfo(
                new ASN1ObjectIdentifier(policy),
                imprint,
                new ASN1Integer(serial),
                new ASN1GeneralizedTime(AgreedTime.generalized(timeMicros)),
                new Accuracy(new ASN1Integer(accuracySeconds), null, null),
                ASN1Boolean.TRUE,
                stamp.nonce() == null ? null : new ASN1Integer(stamp.nonce()),
                null,
                null));
    }

    /** The bytes to sign for a statement: its signed attributes, as the DER of a SET (RFC 5652, section 5.4). */
    public byte[] toBeSigned(byte[] statement) {
        return der(attributes(statement));
    }

    private ASN1Set attributes(byte[] statement) {
        return new DERSet(new ASN1Encodable[] {
            new Attribute(CMSAttributes.contentType, new DERSet(PKCSObjectIdentifiers.id_ct_TSTInfo)),
            new Attribute(CMSAttributes.messageDigest, new DERSet(new DEROctetString(sha256(statement)))),
            signedWith
        });
    }

    /** The whole reply, TimeStampResp in DER, with the token that the signature completes. */
    public byte[] granted(byte[] statement, byte[] signature, boolean withCertificate) {
        SignerInfo signer = new SignerInfo(
                new SignerIdentifier(new IssuerAndSerialNumber(
                        certificate.getIssuer(), certificate.getSerialNumber().getValue())),
                SHA_256,
                attributes(statement),
                new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE),
                new DEROctetString(signature),
                null);
        ContentInfo content = new ContentInfo(PKCSObjectIdentifiers.id_ct_TSTInfo, new DEROctetString(statement));
        SignedData data = new SignedData(
                new DERSet(SHA_256),
                content,
                withCertificate ? new DERSet(certificate) : null,
                null,
                new DERSet(signer));
        return der(new TimeStampResp(
                new PKIStatusInfo(PKIStatus.granted), new ContentInfo(CMSObjectIdentifiers.signedData, data)));
    }

    /** The reply that refuses. */
    public static byte[] refused(Query.Refused refusal) {
        PKIFreeText text = new PKIFreeText(new DERUTF8String(refusal.reason()));
        // PKIFailureInfo wants the word whose DER has the bit set that the standard counts from the left.
        int bit = refusal.failure().bit();
        int word = 1 << (bit / 8 * 8 + 7 - bit % 8);
        return der(new TimeStampResp(
                new PKIStatusInfo(PKIStatus.rejection, text, new PKIFailureInfo(word)), (@Nullable ContentInfo) null));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] der(ASN1Encodable value) {
        try {
            return value.toASN1Primitive().getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("encoding into memory does not fail", e);
        }
    }
}
