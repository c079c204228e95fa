package org.maftia.services.authority.pki;

import java.io.IOException;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.jspecify.annotations.Nullable;
import org.maftia.services.x509.Der;
import org.maftia.services.x509.Hash;

/**
 * Answers about certificates of one issuer, signed with the issuer's own key (RFC 6960, section 4.2.2.2, first case): what
 * is to be signed first, the whole when the signature is there.
 */
public final class OcspForm {
    private static final AlgorithmIdentifier ALGORITHM =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

    private final CertificateForm issuer;

    public OcspForm(CertificateForm issuer) {
        this.issuer = issuer;
    }

    /** Refusals, which nobody signs. */
    public enum Refusal {
        MALFORMED(OCSPResponseStatus.MALFORMED_REQUEST),
        TRY_LATER(OCSPResponseStatus.TRY_LATER),
        /** Of an issuer or certificate that is not this authority's. */
        UNAUTHORIZED(OCSPResponseStatus.UNAUTHORIZED);

        private final int status;

        Refusal(int status) {
            this.status = status;
        }
    }

    /** What is known of a certificate. */
    public sealed interface Verdict {
        record Good() implements Verdict {}

        /** @param reason as RFC 5280, section 5.3.1, numbers it */
        record Revoked(long atSeconds, int reason) implements Verdict {}
    }

    public boolean isAbout(OcspQuestion question) {
        return question.isAbout(issuer.issuer());
    }

    /** The ResponseData, to be signed with RSA and SHA-256. */
    public byte[] statement(OcspQuestion question, Verdict verdict, long fromSeconds, long toSeconds) {
        ASN1GeneralizedTime from = Instants.generalized(fromSeconds);
        CertStatus status = switch (verdict) {
            case Verdict.Good good -> new CertStatus();
            case Verdict.Revoked revoked ->
                new CertStatus(new RevokedInfo(
                        Instants.generalized(revoked.atSeconds),
                        revoked.reason == 0 ? null : CRLReason.lookup(revoked.reason)));
        };
        SingleResponse single = new SingleResponse(
                CertID.getInstance(Der.parse(question.identifier())),
                status,
                from,
                Instants.generalized(toSeconds),
                (Extensions) null);
        byte[] key =
                issuer.issuer().getSubjectPublicKeyInfo().getPublicKeyData().getBytes();
        return Der.of(new ResponseData(
                new ResponderID(new DEROctetString(Hash.sha1(key))),
                from,
                new DERSequence(single),
                nonce(question.nonce())));
    }

    private static @Nullable Extensions nonce(byte[] nonce) {
        if (nonce.length == 0) {
            return null;
        }
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        try {
            extensions.addExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce, false, new DEROctetString(nonce));
        } catch (IOException e) {
            throw new IllegalStateException("an own extension encodes", e);
        }
        return extensions.generate();
    }

    /** The whole answer. */
    public static byte[] granted(byte[] statement, byte[] signature) {
        BasicOCSPResponse basic = new BasicOCSPResponse(
                ResponseData.getInstance(Der.parse(statement)), ALGORITHM, new DERBitString(signature), null);
        return Der.of(new OCSPResponse(
                new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
                new ResponseBytes(OCSPObjectIdentifiers.id_pkix_ocsp_basic, new DEROctetString(Der.of(basic)))));
    }

    public static byte[] refused(Refusal refusal) {
        return Der.of(new OCSPResponse(new OCSPResponseStatus(refusal.status), null));
    }
}
