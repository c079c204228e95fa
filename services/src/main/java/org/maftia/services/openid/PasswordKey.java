package org.maftia.services.openid;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/**
 * What a client makes of a password with the group's help: a key whose signatures prove the password. Without the group nobody comes
 * from a password to the key, so the public half, which the group keeps, tells no guess from another.
 *
 * <p>The value of the oblivious function is stretched as a password would be. That is for the day on which more than a fault set is
 * stolen: then a guess costs what it costs with a good table of hashed passwords.
 *
 * <p>Source: Argon2id (RFC 9106), Ed25519 (RFC 8032).
 */
public final class PasswordKey {
    /** One of the choices of OWASP's cheat sheet for passwords: 19 MiB, twice, in one lane. A browser takes a second. */
    private static final int MEMORY_KIB = 19_456;

    private static final int PASSES = 2;

    private final Ed25519PrivateKeyParameters key;

    private PasswordKey(Ed25519PrivateKeyParameters key) {
        this.key = key;
    }

    /**
     * The key of a person's password.
     *
     * @param value of the group's function, for the name and the password
     */
    public static PasswordKey of(String name, byte[] value) {
        Argon2BytesGenerator argon = new Argon2BytesGenerator();
        argon.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withMemoryAsKB(MEMORY_KIB)
                .withIterations(PASSES)
                .withParallelism(1)
                .withSalt(("maftia/openid/password/" + name).getBytes(StandardCharsets.UTF_8))
                .build());
        byte[] seed = new byte[Ed25519PrivateKeyParameters.KEY_SIZE];
        argon.generateBytes(value, seed);
        PasswordKey key = new PasswordKey(new Ed25519PrivateKeyParameters(seed));
        Arrays.fill(seed, (byte) 0);
        return key;
    }

    /** The public half, which the group keeps. */
    public Digest verifier() {
        return Digest.of(key.generatePublicKey().getEncoded());
    }

    /** Signs a digest, such as {@link #signingIn}. */
    public byte[] sign(Digest message) {
        byte[] bytes = message.toBytes();
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(bytes, 0, bytes.length);
        return signer.generateSignature();
    }

    /**
     * What the group says of an evaluation, and what is good once to prove the password for: it signs these bytes, which a client must
     * verify. A gateway that evaluated by itself could otherwise try passwords on what the client does next.
     *
     * <p>The group's key for tokens signs it. Tokens are texts of more than a hundred characters and this is 32 bytes, so neither
     * passes for the other.
     *
     * @param function that was evaluated
     * @param name whose password it is, or shall be
     * @param blinded what the client sent
     * @param element what the group made of it
     * @param attempt the number of this evaluation, which no other has
     */
    public static Digest challenge(Digest function, String name, byte[] blinded, byte[] element, long attempt) {
        return Transcript.of("openid/password/challenge")
                .field(function)
                .field(name)
                .field(blinded)
                .field(element)
                .field(attempt)
                .digest();
    }

    /** What the key signs to sign in. */
    public static Digest signingIn(Digest challenge) {
        return Transcript.of("openid/password/sign-in").field(challenge).digest();
    }

    /** What a new key signs to become the one of its person. */
    public static Digest setting(Digest challenge, Digest verifier) {
        return Transcript.of("openid/password/set")
                .field(challenge)
                .field(verifier)
                .digest();
    }
}
