package org.maftia.server.http;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS with one key and its chain, as a server. The key stays in memory as it is: a key store would encrypt it under a
 * password of its own, at the price of a tenth of a start.
 */
final class ServerTls {
    private ServerTls() {}

    static SSLContext context(HttpBase.Identity identity) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneKey(identity)}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    private static final class OneKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "gateway";

        private final HttpBase.Identity identity;
        private final String algorithm;

        OneKey(HttpBase.Identity identity) {
            this.identity = identity;
            this.algorithm = identity.chain().getFirst().getPublicKey().getAlgorithm();
        }

        /** The only alias, for a cipher suite or signature scheme that asks for a key of this kind. */
        private @Nullable String alias(String keyType) {
            return keyType.equals(algorithm) || keyType.startsWith(algorithm + "_") ? ALIAS : null;
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return alias(keyType) == null ? null : new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias(keyType);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias(keyType);
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return alias.equals(ALIAS) ? identity.chain().toArray(new X509Certificate[0]) : null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return alias.equals(ALIAS) ? identity.key() : null;
        }
    }
}
