package org.maftia.services.x509;

/** A certificate is good for nothing here; the message is a sentence that says why. */
public final class RefusedCertificateException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedCertificateException(String sentence) {
        super(sentence);
    }
}
