package org.maftia.server.ceremony;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.wire.Digest;

/** The key of an officer: with those of enough others it changes who the group is. */
public final class OfficerKeys {
    private static final String KEY = "officer.key";

    private OfficerKeys() {}

    /**
     * Makes the key, where it will live.
     *
     * @param directory must hold no keys yet
     * @return the public key, in hex, as {@code group.toml} has it
     */
    public static String create(Path directory, Unlock unlock) {
        SecureRandom random = new SecureRandom();
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        random.nextBytes(secret);
        try (Custody custody = Custody.create(directory, unlock, random)) {
            custody.store(KEY, secret);
            return HexFormat.of().formatHex(Ed25519Certifier.publicKey(secret));
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /**
     * A signature of an officer.
     *
     * @param publicKey Ed25519, 32 bytes
     */
    public record Signed(byte[] publicKey, byte[] signature) {}

    /** Signs as the officer whose key lies in the directory. */
    public static Signed sign(Path directory, Digest digest, Unlock unlock) {
        return sign(directory, KEY, digest, unlock);
    }

    /** Signs as a replica that is an officer, with the key in the directory of its keys. */
    public static Signed signAsReplica(Path keysDirectory, Digest digest, Unlock unlock) {
        return sign(keysDirectory, Enrolment.SIGNING_KEY, digest, unlock);
    }

    private static Signed sign(Path directory, String name, Digest digest, Unlock unlock) {
        try (Custody custody = Custody.open(directory, unlock, new SecureRandom())) {
            byte[] secret = custody.load(name);
            byte[] publicKey = Ed25519Certifier.publicKey(secret);
            byte[] signature = new Ed25519Certifier(secret, List.of(publicKey)).sign(digest);
            Arrays.fill(secret, (byte) 0);
            return new Signed(publicKey, signature);
        }
    }
}
