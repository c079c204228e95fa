package org.maftia.client.jca;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.RsaHash;

/**
 * The provider {@code Maftia}: key store {@link #STORE}; signatures {@code SHA256withRSA}, {@code SHA384withRSA}, {@code
 * SHA512withRSA} and {@code RSASSA-PSS}, with keys of that store only.
 */
public final class MaftiaProvider extends Provider {
    /** The type of the key store. */
    public static final String STORE = "MAFTIA";

    private static final long serialVersionUID = 1;
    private static final String NAME = "Maftia";

    private final transient Optional<SigningConnection> connection;

    /** Without gateways: {@link #configure} gives one that has some, or the store's file names them. */
    public MaftiaProvider() {
        this(Optional.empty());
    }

    private MaftiaProvider(Optional<SigningConnection> connection) {
        super(NAME, "1.0", "Keys of a Maftia group, which signs with them in place of a single machine");
        this.connection = connection;
        putService(new Made(this, "KeyStore", STORE, false, () -> new GroupKeyStore(connection)));
        for (RsaHash hash : RsaHash.values()) {
            String name = hash.algorithm().replace("-", "") + "withRSA";
            putService(new Made(this, "Signature", name, true, () -> new GroupSignature(false, hash)));
        }
        putService(new Made(this, "Signature", "RSASSA-PSS", true, () -> new GroupSignature(true, RsaHash.SHA256)));
    }

    /**
     * One that knows the gateways of a group.
     *
     * @param file a properties file: {@code gateways}, HTTPS addresses between commas; {@code ca}, a file with the group's root
     *     certificate in PEM
     * @throws InvalidParameterException when it cannot be read
     */
    @Override
    public Provider configure(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return new MaftiaProvider(Optional.of(SigningConnection.of(in)));
        } catch (IOException | InvalidPathException e) {
            InvalidParameterException refused =
                    new InvalidParameterException("provider Maftia: " + file + ": " + e.getMessage());
            refused.initCause(e);
            throw refused;
        }
    }

    @Override
    public boolean isConfigured() {
        return connection.isPresent();
    }

    /** A service that is made without reflection. */
    private static final class Made extends Service {
        private final Supplier<Object> maker;

        /** @param forHandles whether it takes handles of this provider and no other keys, so that others are asked about those */
        Made(Provider provider, String type, String algorithm, boolean forHandles, Supplier<Object> maker) {
            super(provider, type, algorithm, maker.getClass().getName(), List.of(), attributes(forHandles));
            this.maker = maker;
        }

        private static Map<String, String> attributes(boolean forHandles) {
            Map<String, String> attributes = new TreeMap<>();
            if (forHandles) {
                attributes.put("SupportedKeyClasses", GroupPrivateKey.class.getName());
            }
            return attributes;
        }

        @Override
        public Object newInstance(@Nullable Object parameter) {
            return maker.get();
        }
    }
}
