package org.maftia.client.jca;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.services.signing.CallerKey;

/** The group's keys by name, each with its certificate and the root's. What it shows it cannot change. */
final class GroupKeyStore extends KeyStoreSpi {
    private static final String FIXED = "the group's keys are dealt at its ceremony, and change by none of these ways";

    private final Optional<SigningConnection> configured;
    private SortedMap<String, RemoteKey> keys = new TreeMap<>();
    private @Nullable SigningConnection connection;
    private Optional<CallerKey> caller = Optional.empty();

    /** @param configured the provider's; empty where the store's own file names the gateways */
    GroupKeyStore(Optional<SigningConnection> configured) {
        this.configured = configured;
    }

    /** @param password the caller's token; without one the store lists keys, which sign nothing */
    @Override
    public void engineLoad(@Nullable InputStream stream, char @Nullable [] password) throws IOException {
        SigningConnection used = stream != null
                ? SigningConnection.of(stream)
                : configured.orElseThrow(() -> new IOException(
                        "the provider Maftia has no configuration: name its file as the provider's argument"));
        keys = used.keys();
        connection = used;
        caller = Optional.ofNullable(password).filter(given -> given.length > 0).map(GroupKeyStore::caller);
    }

    private static CallerKey caller(char[] password) {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(password));
        byte[] token = new byte[encoded.remaining()];
        encoded.get(token);
        CallerKey key = CallerKey.ofToken(token);
        Arrays.fill(token, (byte) 0);
        encoded.clear();
        while (encoded.hasRemaining()) {
            encoded.put((byte) 0);
        }
        return key;
    }

    /** Names of keys are in lower case; tools may hand them on in another. */
    private @Nullable RemoteKey key(String alias) {
        return keys.get(alias.toLowerCase(Locale.ROOT));
    }

    @Override
    public @Nullable Key engineGetKey(String alias, char @Nullable [] password) {
        RemoteKey key = key(alias);
        SigningConnection used = connection;
        return key == null || used == null ? null : new GroupPrivateKey(used, key, caller);
    }

    @Override
    public Certificate @Nullable [] engineGetCertificateChain(String alias) {
        RemoteKey key = key(alias);
        SigningConnection used = connection;
        return key == null || used == null ? null : new Certificate[] {key.certificate(), used.root()};
    }

    @Override
    public @Nullable Certificate engineGetCertificate(String alias) {
        RemoteKey key = key(alias);
        return key == null ? null : key.certificate();
    }

    @Override
    public @Nullable Date engineGetCreationDate(String alias) {
        RemoteKey key = key(alias);
        return key == null ? null : key.certificate().getNotBefore();
    }

    @Override
    public Enumeration<String> engineAliases() {
        return Collections.enumeration(keys.keySet());
    }

    @Override
    public boolean engineContainsAlias(String alias) {
        return key(alias) != null;
    }

    @Override
    public int engineSize() {
        return keys.size();
    }

    @Override
    public boolean engineIsKeyEntry(String alias) {
        return engineContainsAlias(alias);
    }

    @Override
    public boolean engineIsCertificateEntry(String alias) {
        return false;
    }

    @Override
    public @Nullable String engineGetCertificateAlias(Certificate certificate) {
        return keys.entrySet().stream()
                .filter(entry -> entry.getValue().certificate().equals(certificate))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    @Override
    public void engineSetKeyEntry(String alias, Key key, char @Nullable [] password, Certificate @Nullable [] chain)
            throws KeyStoreException {
        throw new KeyStoreException(FIXED);
    }

    @Override
    public void engineSetKeyEntry(String alias, byte[] key, Certificate @Nullable [] chain) throws KeyStoreException {
        throw new KeyStoreException(FIXED);
    }

    @Override
    public void engineSetCertificateEntry(String alias, Certificate certificate) throws KeyStoreException {
        throw new KeyStoreException(FIXED);
    }

    @Override
    public void engineDeleteEntry(String alias) throws KeyStoreException {
        throw new KeyStoreException(FIXED);
    }

    @Override
    public void engineStore(OutputStream stream, char @Nullable [] password) throws IOException {
        throw new IOException(FIXED);
    }
}
