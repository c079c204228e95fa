package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * An AES key that was made in a PKCS #11 token, and that the token never gives away: whoever copies the files that it
 * sealed must have the token too, and whoever has both must know its PIN. Destroyed there, it is gone for certain.
 *
 * <p>Source: OASIS PKCS #11 3.1, sections 4.10 (CKA_EXTRACTABLE, CKA_SENSITIVE) and 6.13 (CKM_AES_GCM), by the
 * provider SunPKCS11 of the JDK.
 */
final class TokenKey {
    private static final String PREFIX = "maftia-";
    private static final int LABEL_BYTES = 8;
    private static final int KEY_BITS = 256;

    /** A library is loaded, and a token logged into, once in a process. */
    private static final Map<String, Provider> PROVIDERS = new HashMap<>();

    private final Provider provider;
    private final SecretKey key;
    private final String label;

    private TokenKey(Provider provider, SecretKey key, String label) {
        this.provider = provider;
        this.key = key;
        this.label = label;
    }

    /** Makes a key in the token, under a label that no other has. */
    static TokenKey make(Unlock.Token token, SecureRandom random) {
        byte[] suffix = new byte[LABEL_BYTES];
        random.nextBytes(suffix);
        String label = PREFIX + HexFormat.of().formatHex(suffix);
        Provider provider = provider(token);
        KeyStore store = open(provider, token);
        try {
            KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
            generator.init(KEY_BITS);
            store.setKeyEntry(label, generator.generateKey(), null, null);
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CeremonyException(
                    token + " makes no AES key: " + reason(e), "it must be initialised, writable, and know AES-GCM", e);
        }
        return find(provider, store, token, label);
    }

    /**
     * Finds a key that was made before.
     *
     * @throws CeremonyException when the token does not open, or has no such key
     */
    static TokenKey find(Unlock.Token token, String label) {
        Provider provider = provider(token);
        return find(provider, open(provider, token), token, label);
    }

    private static TokenKey find(Provider provider, KeyStore store, Unlock.Token token, String label) {
        try {
            @Nullable Key key = store.getKey(label, null);
            if (key instanceof SecretKey secret) {
                return new TokenKey(provider, secret, label);
            }
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CeremonyException(token + " does not show its keys: " + reason(e), "try it with another tool", e);
        }
        throw new CeremonyException(
                token + " has no key " + label,
                "name the token in which the keys were made; the command pkcs11-tool lists tokens and objects");
    }

    /** Destroys the key: nothing that it sealed can be opened again. A key that is gone already is no error. */
    static void destroy(Unlock.Token token, String label) {
        KeyStore store = open(provider(token), token);
        try {
            if (store.containsAlias(label)) {
                store.deleteEntry(label);
            }
        } catch (GeneralSecurityException | ProviderException e) {
            throw new CeremonyException(
                    token + " does not destroy " + label + ": " + reason(e), "remove it with the token's own tool", e);
        }
    }

    String label() {
        return label;
    }

    Cipher cipher(int mode, GCMParameterSpec parameters) throws GeneralSecurityException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
            cipher.init(mode, key, parameters);
            return cipher;
        } catch (ProviderException e) {
            throw new GeneralSecurityException("the token refuses: " + reason(e), e);
        }
    }

    private static KeyStore open(Provider provider, Unlock.Token token) {
        char[] pin = StandardCharsets.UTF_8
                .decode(java.nio.ByteBuffer.wrap(token.pin().utf8()))
                .array();
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, pin);
            return store;
        } catch (IOException | GeneralSecurityException | ProviderException e) {
            throw new CeremonyException(
                    token + " does not open: " + reason(e), "see the PIN; some tokens lock after a few wrong ones", e);
        } finally {
            java.util.Arrays.fill(pin, '\0');
        }
    }

    private static synchronized Provider provider(Unlock.Token token) {
        return PROVIDERS.computeIfAbsent(token.toString(), name -> configured(token));
    }

    private static Provider configured(Unlock.Token token) {
        @Nullable Provider base = Security.getProvider("SunPKCS11");
        if (base == null) {
            throw new CeremonyException(
                    "this Java has no PKCS #11",
                    "use a JDK with the module jdk.crypto.cryptoki, such as that of bin/jdk");
        }
        Path library = token.library();
        if (!library.isAbsolute() || !Files.isReadable(library)) {
            throw new CeremonyException(
                    library + " is no library that can be read",
                    "name the PKCS #11 library of the token in full, such as /usr/lib/softhsm/libsofthsm2.so");
        }
        // A text in place of the file that the provider reads: "--" says so. Keys that are made stay in the token.
        int index = TokenSlots.find(library, token.name());
        String configuration = "--name = maftia" + PROVIDERS.size() + "\nlibrary = \"" + library + "\"\n"
                + "slotListIndex = " + index + "\n"
                + "attributes(generate, CKO_SECRET_KEY, CKK_AES) = {\n"
                + "CKA_SENSITIVE = true\nCKA_EXTRACTABLE = false\nCKA_ENCRYPT = true\nCKA_DECRYPT = true\n}\n";
        try {
            return base.configure(configuration);
        } catch (InvalidParameterException | ProviderException e) {
            throw new CeremonyException(
                    library + " gives no token: " + reason(e), "is it a PKCS #11 library of this processor?", e);
        }
    }

    /** The deepest cause says what the token said. */
    private static String reason(Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }
}
