package org.maftia.services.x509;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.GeneralName;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * Certificates of a client, its own first, each of the others that of the issuer of the one before. They say what they say only
 * when {@link #require} found them good: RFC 5280, section 6, for clients of TLS, without policies, and stricter where that is
 * simpler: DER, no extension that is critical and unknown, no wildcard, no SHA-1, keys as {@link SubjectKey} takes them.
 */
public final class CertificateChain {
    /** An issuer or two between a client and an anchor are usual. */
    public static final int CERTIFICATES_MAX = 4;

    /** Of one certificate. */
    public static final int CERTIFICATE_LENGTH_MAX = 4 << 10;

    /** Of all of a client, as every replica keeps its command in its journal. */
    public static final int LENGTH_MAX = 8 << 10;

    /** Below an issuer whose certificate says nothing of it: more than a chain can have. */
    private static final int NO_BOUND = CERTIFICATES_MAX;

    private final List<PathCertificate> certificates;
    private final byte[] leaf;

    private CertificateChain(List<PathCertificate> certificates, byte[] leaf) {
        this.certificates = certificates;
        this.leaf = leaf;
    }

    /**
     * Reads them.
     *
     * @param encoded each in DER
     * @throws MalformedException when they are none, or too long
     */
    public static CertificateChain of(List<byte[]> encoded) {
        int length = encoded.stream().mapToInt(one -> one.length).sum();
        if (encoded.isEmpty() || encoded.size() > CERTIFICATES_MAX || length > LENGTH_MAX) {
            throw new MalformedException("a client shows 1 to " + CERTIFICATES_MAX + " certificates, of " + LENGTH_MAX
                    + " bytes together at most");
        }
        List<PathCertificate> read = new ArrayList<>();
        for (byte[] one : encoded) {
            read.add(PathCertificate.of(one));
        }
        return new CertificateChain(read, encoded.getFirst().clone());
    }

    /**
     * Who is trusted to say who a client is. Its certificate is believed as it is; how long it is good, and for which names, is held
     * against what it issues.
     */
    public static final class Anchor {
        private final PathCertificate certificate;
        private final SubjectKey key;
        private final boolean own;

        private Anchor(PathCertificate certificate, SubjectKey key, boolean own) {
            this.certificate = certificate;
            this.key = key;
            this.own = own;
        }

        /**
         * An anchor that somebody configured.
         *
         * @throws MalformedException when it is no certificate of an issuer that could be one
         */
        public static Anchor of(byte[] encoded) {
            PathCertificate certificate = PathCertificate.of(encoded);
            if (!certificate.isIssuer()) {
                throw new MalformedException("the certificate is no issuer's (basicConstraints)");
            }
            return new Anchor(certificate, certificate.key(), false);
        }

        /** The group's own authority, whose key may have any length. */
        public static Anchor own(byte[] encoded) {
            PathCertificate certificate = PathCertificate.of(encoded);
            return new Anchor(certificate, certificate.ownKey(), true);
        }

        /** Whether it is the group's own authority. */
        public boolean isOwn() {
            return own;
        }
    }

    /** SHA-256 of the client's own certificate. */
    public Digest leafDigest() {
        return Transcript.sha256(leaf);
    }

    /** The number of the client's own certificate, without leading zeros. */
    public byte[] serial() {
        return certificates.getFirst().serial();
    }

    X500Name subject() {
        return certificates.getFirst().subject();
    }

    List<GeneralName> alternatives() {
        return certificates.getFirst().alternatives();
    }

    /**
     * Finds the anchor whose issue the client is, through the others. Signatures are verified from the anchor down, so that no key
     * is used that nobody vouches for.
     *
     * @param seconds since 1970, at which all must be valid
     * @return the anchor
     * @throws RefusedCertificateException when there is none, or the path is not good at that time for a client of TLS
     */
    public Anchor require(List<Anchor> anchors, long seconds) throws RefusedCertificateException {
        for (int top = 0; top < certificates.size(); top++) {
            Optional<Anchor> anchor = issuer(certificates.get(top), anchors);
            if (anchor.isPresent()) {
                requireFrom(anchor.get(), top, seconds);
                return anchor.get();
            }
        }
        throw new RefusedCertificateException("the certificate is of no issuer that clients are believed from");
    }

    private static SubjectKey key(PathCertificate one) throws RefusedCertificateException {
        try {
            return one.key();
        } catch (MalformedException e) {
            throw new RefusedCertificateException(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Anchor> issuer(PathCertificate issued, List<Anchor> anchors) {
        return anchors.stream()
                .filter(anchor -> issued.isIssuedBy(anchor.certificate) && issued.isSignedBy(anchor.key))
                .findFirst();
    }

    private void requireFrom(Anchor anchor, int top, long seconds) throws RefusedCertificateException {
        PathCertificate issuer = anchor.certificate;
        SubjectKey key = anchor.key;
        NameBounds bounds = new NameBounds();
        issuer.requireAt(seconds);
        issuer.bound(bounds);
        int below = issuer.pathLength(NO_BOUND);
        for (int i = top; i >= 0; i--) {
            PathCertificate one = certificates.get(i);
            if (i < top && !(one.isIssuedBy(issuer) && one.isSignedBy(key))) {
                throw new RefusedCertificateException("the certificates do not follow from each other");
            }
            one.requireAt(seconds);
            one.requireKnown();
            one.requireWithin(bounds);
            one.requireForClients();
            if (i > 0) {
                if (!one.isIssuer() || below <= 0) {
                    throw new RefusedCertificateException("somebody issued a certificate who may not");
                }
                below = Math.min(below - 1, one.pathLength(NO_BOUND));
                one.bound(bounds);
            }
            key = key(one);
            issuer = one;
        }
        certificates.getFirst().requireClient();
    }
}
