package org.maftia.client.jca;

import java.io.NotSerializableException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.SignatureException;
import java.security.interfaces.RSAKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.RsaHash;
import org.maftia.services.signing.CallerKey;

/** A handle of a key that no single place holds: what it signs the group signs. It has no encoding. */
final class GroupPrivateKey implements PrivateKey, RSAKey {
    private static final long serialVersionUID = 1;

    private final transient SigningConnection connection;
    private final transient RemoteKey key;
    private final transient Optional<CallerKey> caller;

    /** @param caller empty where no password was given: then it signs nothing */
    GroupPrivateKey(SigningConnection connection, RemoteKey key, Optional<CallerKey> caller) {
        this.connection = connection;
        this.key = key;
        this.caller = caller;
    }

    boolean isPss() {
        return key.pss();
    }

    byte[] sign(RsaHash hash, byte[] digest) throws SignatureException {
        if (caller.isEmpty()) {
            throw new SignatureException("the key store was loaded without a password, which is the caller's token");
        }
        return connection.sign(key, caller.get(), hash, digest);
    }

    @Override
    public BigInteger getModulus() {
        return key.modulus();
    }

    @Override
    public @Nullable AlgorithmParameterSpec getParams() {
        return null;
    }

    @Override
    public String getAlgorithm() {
        return "RSA";
    }

    @Override
    public @Nullable String getFormat() {
        return null;
    }

    @Override
    public byte @Nullable [] getEncoded() {
        return null;
    }

    /** A handle is of use where its provider is. */
    Object writeReplace() throws NotSerializableException {
        throw new NotSerializableException(GroupPrivateKey.class.getName());
    }
}
