package org.maftia.server.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Short questions to gateways over HTTPS, trusting one root only; answers are bounded. */
public final class SecureHttp {
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

    /** A status page of 64 replicas with many blames has some ten kilobytes. */
    private static final int ANSWER_LENGTH_MAX = 1 << 20;

    private final SSLSocketFactory sockets;

    private SecureHttp(SSLSocketFactory sockets) {
        this.sockets = sockets;
    }

    /**
     * An answer.
     *
     * @param status of HTTP
     */
    public record Reply(int status, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** @param root file with the root certificate in PEM */
    public static SecureHttp trusting(Path root) throws IOException {
        try (InputStream in = Files.newInputStream(root)) {
            return trusting(CertificateFactory.getInstance("X.509").generateCertificate(in));
        } catch (GeneralSecurityException e) {
            throw new IOException(root + " holds no usable root certificate: " + e.getMessage(), e);
        }
    }

    /** @param root the root certificate */
    public static SecureHttp trusting(Certificate root) throws IOException {
        return new SecureHttp(context(root).getSocketFactory());
    }

    /**
     * TLS 1.3 that trusts one root only.
     *
     * @param root the root certificate
     */
    public static SSLContext context(Certificate root) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("root", root);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the root certificate is of no use: " + e.getMessage(), e);
        }
    }

    public Reply get(String address, int timeoutMillis) throws IOException {
        return get(address, timeoutMillis, ANSWER_LENGTH_MAX);
    }

    /** @param lengthMax of the answer, in bytes; a longer one is cut there */
    public Reply get(String address, int timeoutMillis, int lengthMax) throws IOException {
        return exchange(address, timeoutMillis, lengthMax, "", new byte[0]);
    }

    public Reply post(String address, int timeoutMillis, String contentType, byte[] body) throws IOException {
        return exchange(address, timeoutMillis, ANSWER_LENGTH_MAX, contentType, body);
    }

    /** @param lengthMax of the answer, in bytes; a longer one is cut there */
    public Reply post(String address, int timeoutMillis, String contentType, byte[] body, int lengthMax)
            throws IOException {
        return exchange(address, timeoutMillis, lengthMax, contentType, body);
    }

    private Reply exchange(String address, int timeoutMillis, int lengthMax, String contentType, byte[] body)
            throws IOException {
        if (!(URI.create(address).toURL().openConnection() instanceof HttpsURLConnection connection)) {
            throw new IOException("no HTTPS address: " + address);
        }
        connection.setSSLSocketFactory(sockets);
        connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
        connection.setReadTimeout(timeoutMillis);
        connection.setUseCaches(false);
        if (!contentType.isEmpty()) {
            connection.setDoOutput(true);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", contentType);
            connection.setFixedLengthStreamingMode(body.length);
            connection.getOutputStream().write(body);
        }
        int status = connection.getResponseCode();
        // The answer of an error comes by another stream, which may be missing.
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Reply(status, in == null ? new byte[0] : in.readNBytes(lengthMax));
        }
    }
}
