package org.maftia.client.jca;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.RsaHash;

/** Hashes here, and has the digest signed by the group. It verifies nothing: that is for any other provider. */
final class GroupSignature extends SignatureSpi {
    private final boolean pss;
    private RsaHash hash;
    private MessageDigest digest;
    private @Nullable GroupPrivateKey key;

    /** @param hash the first one, which parameters of PSS may change */
    GroupSignature(boolean pss, RsaHash hash) {
        this.pss = pss;
        this.hash = hash;
        this.digest = fresh(hash);
    }

    private static MessageDigest fresh(RsaHash hash) {
        try {
            return MessageDigest.getInstance(hash.algorithm());
        } catch (NoSuchAlgorithmException e) {
            throw new ProviderException("every Java platform has " + hash.algorithm(), e);
        }
    }

    @Override
    protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
        throw new InvalidKeyException("this provider signs only");
    }

    @Override
    protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
        if (!(privateKey instanceof GroupPrivateKey handle)) {
            throw new InvalidKeyException("no key of a group");
        }
        if (handle.isPss() != pss) {
            throw new InvalidKeyException("the key signs with the other padding: "
                    + (handle.isPss() ? "use RSASSA-PSS" : "use SHA256withRSA, or another hash"));
        }
        key = handle;
        digest.reset();
    }

    @Override
    protected void engineUpdate(byte value) {
        digest.update(value);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
        GroupPrivateKey handle = key;
        if (handle == null) {
            throw new SignatureException("no key was given");
        }
        return handle.sign(hash, digest.digest());
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
        throw new SignatureException("this provider signs only");
    }

    /** PSS with one hash throughout, and a salt as long as its digest. */
    @Override
    protected void engineSetParameter(@Nullable AlgorithmParameterSpec wanted)
            throws InvalidAlgorithmParameterException {
        if (wanted == null && !pss) {
            return;
        }
        RsaHash named = Arrays.stream(RsaHash.values())
                .filter(candidate -> pss && isFor(wanted, candidate))
                .findFirst()
                .orElseThrow(() -> new InvalidAlgorithmParameterException(
                        "the group's salts are as long as the digest, of SHA-256, SHA-384 or SHA-512, for MGF1 too"));
        if (named != hash) {
            hash = named;
            digest = fresh(named);
        }
    }

    private static boolean isFor(@Nullable AlgorithmParameterSpec wanted, RsaHash hash) {
        return wanted instanceof PSSParameterSpec spec
                && spec.getDigestAlgorithm().equalsIgnoreCase(hash.algorithm())
                && spec.getMGFParameters() instanceof MGF1ParameterSpec mask
                && mask.getDigestAlgorithm().equalsIgnoreCase(hash.algorithm())
                && spec.getSaltLength() == hash.length()
                && spec.getTrailerField() == PSSParameterSpec.TRAILER_FIELD_BC;
    }

    @Override
    protected @Nullable AlgorithmParameters engineGetParameters() {
        if (!pss) {
            return null;
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(new PSSParameterSpec(
                    hash.algorithm(),
                    "MGF1",
                    new MGF1ParameterSpec(hash.algorithm()),
                    hash.length(),
                    PSSParameterSpec.TRAILER_FIELD_BC));
            return parameters;
        } catch (GeneralSecurityException e) {
            throw new ProviderException("this platform has no RSASSA-PSS", e);
        }
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
        throw new InvalidParameterException("parameters are set as a specification");
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
        throw new InvalidParameterException("parameters are asked for as a specification");
    }
}
