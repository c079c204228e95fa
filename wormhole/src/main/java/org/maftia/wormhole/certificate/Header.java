package org.maftia.wormhole.certificate;

/**
 * Who states something, and where it counts.
 *
 * @param ttcb number of the component, that of its replica, below 2^16
 * @param epoch the number under which the component works since its start; never that of another start
 */
public record Header(Stream stream, int ttcb, long epoch) {
    public Header {
        if (ttcb < 0 || ttcb > 0xffff || epoch < 0) {
            throw new MalformedCertificateException("a component or an epoch out of range");
        }
    }
}
