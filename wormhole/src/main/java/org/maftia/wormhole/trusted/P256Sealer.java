package org.maftia.wormhole.trusted;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.PublicSeal;
import org.maftia.wormhole.certificate.TagProfile;

/** ECDSA under the key of this component's epoch; verifies others by the keys of the trusted view. */
final class P256Sealer implements Sealer {
    private final BiFunction<Integer, Long, @Nullable PublicSeal> keys;
    private @Nullable Signature signature;

    /**
     * @param keys the public key of a component in an epoch, or null where the trusted views know none
     */
    P256Sealer(PrivateKey key, SecureRandom random, BiFunction<Integer, Long, @Nullable PublicSeal> keys) {
        this.keys = keys;
        this.signature = signature(key, random);
    }

    static Signature signature(PrivateKey key, SecureRandom random) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(key, random);
            return signature;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no P-256", e);
        }
    }

    static void sign(Signature signature, byte[] bytes, int at, int length, byte[] out, int outAt) {
        try {
            signature.update(bytes, at, length);
            signature.sign(out, outAt, TagProfile.P256.length());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no signature", e);
        }
    }

    @Override
    public TagProfile profile() {
        return TagProfile.P256;
    }

    @Override
    public void seal(byte[] bytes, int at, int length, byte[] out, int outAt) {
        if (signature == null) {
            throw new IllegalStateException("the key is erased");
        }
        sign(signature, bytes, at, length, out, outAt);
    }

    @Override
    public boolean verify(int ttcb, long epoch, byte[] bytes, int at, int length, byte[] tag, int tagAt) {
        PublicSeal key = keys.apply(ttcb, epoch);
        return key != null && key.verify(bytes, at, length, tag, tagAt);
    }

    @Override
    public void erase() {
        signature = null;
    }
}
