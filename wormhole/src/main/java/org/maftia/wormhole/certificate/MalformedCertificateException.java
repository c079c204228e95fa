package org.maftia.wormhole.certificate;

/** Bytes that are no certificate, or numbers that no certificate can carry; the message is one sentence. */
public final class MalformedCertificateException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public MalformedCertificateException(String message) {
        super(message);
    }
}
