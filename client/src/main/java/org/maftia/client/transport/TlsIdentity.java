package org.maftia.client.transport;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Predicate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/**
 * Who this end of a connection is. The other end is who its certificate says, byte by byte: there is no authority in
 * between, and the dates in a certificate mean nothing, since the configuration alone says which ones count.
 *
 * @param key the private key
 * @param certificate holds the public one
 */
public record TlsIdentity(PrivateKey key, X509Certificate certificate) {
    private static final String ALIAS = "self";

    /** The digest under which a certificate is pinned: it binds every byte of it. */
    public static Digest pin(X509Certificate certificate) {
        try {
            return Transcript.of("pin").field(certificate.getEncoded()).digest();
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /**
     * Makes ends of TLS 1.3 connections that accept a peer iff the predicate accepts its pin. A connection resumed by a
     * ticket skips that question, so whoever uses the channel asks it again of the certificate it is told.
     */
    public Ends ends(Predicate<Digest> pinned) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {new OneKey(this)}, new TrustManager[] {new Pinned(pinned)}, null);
            return new Ends(context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS 1.3", e);
        }
    }

    /** Makes ends of connections. */
    public static final class Ends {
        private final SSLContext context;

        private Ends(SSLContext context) {
            this.context = context;
        }

        SSLEngine engine(boolean dialled) {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(dialled);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.3"});
            // Hardware does AES-GCM ten times as fast as Java does ChaCha20, and 128 bits are enough for a link.
            parameters.setCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"});
            if (!dialled) {
                parameters.setNeedClientAuth(true);
            }
            engine.setSSLParameters(parameters);
            return engine;
        }
    }

    /** Offers the one key, whatever is asked for. */
    private static final class OneKey extends X509ExtendedKeyManager {
        private final TlsIdentity identity;

        OneKey(TlsIdentity identity) {
            this.identity = identity;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return ALIAS;
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return matches(keyType) ? ALIAS : null;
        }

        @Override
        public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return matches(keyType) ? ALIAS : null;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return matches(keyType) ? ALIAS : null;
        }

        /** The types come one after the other; the wrong one would end the handshake. */
        private boolean matches(String... keyTypes) {
            String own = identity.certificate.getPublicKey().getAlgorithm();
            for (String keyType : keyTypes) {
                boolean edwards = keyType.equals("EdDSA") || keyType.equals("Ed25519");
                boolean ownEdwards = own.equals("EdDSA") || own.equals("Ed25519");
                if (keyType.equals(own) || (edwards && ownEdwards)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {identity.certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.key;
        }
    }

    /** Trusts pins and nothing else. Extended, so that the provider adds no checks of its own on names and dates. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final Predicate<Digest> pinned;

        Pinned(Predicate<Digest> pinned) {
            this.pinned = pinned;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (!pinned.test(pin(List.of(chain).getFirst()))) {
                throw new CertificateException("the certificate is not pinned");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
