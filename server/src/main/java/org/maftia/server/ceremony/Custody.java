package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.maftia.core.wire.MalformedException;

/**
 * A directory of secrets, none of them ever on disk in the clear. Each is sealed under one key-encryption key, which
 * a passphrase (Argon2id, RFC 9106) or a random file gives, and bound to its own name.
 */
final class Custody implements AutoCloseable {
    /** Says how the key-encryption key is made, and lets a wrong passphrase be told from a damaged file. */
    static final String DESCRIPTION = "custody.json";

    static final String KEY_FILE = "kek";
    private static final String CHECK = "check";
    private static final int SALT_LENGTH = 16;

    // RFC 9106, section 4, second recommended choice: for hosts that can spare 64 MiB.
    private static final int ARGON_PASSES = 3;
    private static final int ARGON_KIB = 64 << 10;
    private static final int ARGON_LANES = 4;

    private final Path directory;
    private final byte[] key;
    private final SecureRandom random;

    private Custody(Path directory, byte[] key, SecureRandom random) {
        this.directory = directory;
        this.key = key;
        this.random = random;
    }

    /** Begins a directory of secrets. */
    static Custody create(Path directory, Unlock unlock, SecureRandom random) {
        if (Files.exists(directory.resolve(DESCRIPTION))) {
            throw new CeremonyException(
                    directory + " holds keys already", "keys are made once; name another directory for new ones");
        }
        ObjectNode description = CanonicalJson.object();
        byte[] salt = new byte[SALT_LENGTH];
        random.nextBytes(salt);
        byte[] key;
        switch (unlock) {
            case Unlock.KeyFile() -> {
                byte[] seed = new byte[SealedBytes.KEY_LENGTH];
                random.nextBytes(seed);
                DurableFiles.write(directory.resolve(KEY_FILE), seed, DurableFiles.Access.OWNER);
                description.put("method", "file");
                key = expand(seed, salt);
            }
            case Unlock.Passphrase passphrase -> {
                description.put("method", "argon2id");
                key = stretch(passphrase, salt);
            }
        }
        description.put("salt", Base64.getEncoder().encodeToString(salt));
        byte[] check = SealedBytes.seal(key, CHECK, new byte[0], random);
        description.put(CHECK, Base64.getEncoder().encodeToString(check));
        DurableFiles.write(
                directory.resolve(DESCRIPTION), CanonicalJson.encode(description), DurableFiles.Access.OWNER);
        return new Custody(directory, key, random);
    }

    /**
     * Opens a directory of secrets.
     *
     * @throws CeremonyException when it is none, or the passphrase is wrong
     */
    static Custody open(Path directory, Unlock unlock, SecureRandom random) {
        String hint = "keys are made by `maftia init`, or by `maftia up` for a local cluster";
        Path file = directory.resolve(DESCRIPTION);
        JsonNode description = CanonicalJson.decode(DurableFiles.read(file, 4096, hint), file.toString(), hint);
        byte[] salt = JsonFields.bytes(description, "salt", SALT_LENGTH);
        String method = JsonFields.text(description, "method");
        byte[] key;
        switch (method) {
            case "file" -> {
                // A passphrase that was given for other directories does no harm here.
                byte[] seed =
                        DurableFiles.read(directory.resolve(KEY_FILE), SealedBytes.KEY_LENGTH, "restore the key file");
                key = expand(seed, salt);
            }
            case "argon2id" -> {
                if (!(unlock instanceof Unlock.Passphrase passphrase)) {
                    throw new CeremonyException(
                            "the keys in " + directory + " need a passphrase",
                            "let " + Unlock.PASSPHRASE_FILE_VARIABLE + " name a file with it");
                }
                key = stretch(passphrase, salt);
            }
            default -> throw new CeremonyException(file + ": unknown method " + method, "use a newer Maftia");
        }
        try {
            SealedBytes.open(key, CHECK, JsonFields.bytes(description, CHECK, 256));
        } catch (MalformedException e) {
            throw method.equals("file")
                    ? new CeremonyException("the key file does not open " + directory, "restore the file kek", e)
                    : new CeremonyException(
                            "the passphrase is wrong",
                            "it is the one given when the keys in " + directory + " were made",
                            e);
        }
        return new Custody(directory, key, random);
    }

    Path directory() {
        return directory;
    }

    SecureRandom random() {
        return random;
    }

    boolean holds(String name) {
        return Files.exists(directory.resolve(name));
    }

    void store(String name, byte[] secret) {
        DurableFiles.write(
                directory.resolve(name), SealedBytes.seal(key, name, secret, random), DurableFiles.Access.OWNER);
    }

    byte[] load(String name) {
        Path file = directory.resolve(name);
        byte[] bytes = DurableFiles.read(file, SealedBytes.LENGTH_MAX, "restore the file, or enrol the replica anew");
        try {
            return SealedBytes.open(key, name, bytes);
        } catch (MalformedException e) {
            throw new CeremonyException(
                    file + " does not open: " + e.getMessage(), "restore the file, or enrol the replica anew", e);
        }
    }

    /** Stores a large or long-lived secret under a data key of its own, so that erasing 32 bytes erases it. */
    void storeUnderDataKey(String name, byte[] secret) {
        byte[] dataKey = new byte[SealedBytes.KEY_LENGTH];
        random.nextBytes(dataKey);
        store(name + ".key", dataKey);
        byte[] sealed = SealedBytes.seal(dataKey, name, secret, random);
        DurableFiles.write(directory.resolve(name + ".share"), sealed, DurableFiles.Access.OWNER);
        Arrays.fill(dataKey, (byte) 0);
    }

    byte[] loadUnderDataKey(String name) {
        byte[] dataKey = load(name + ".key");
        Path file = directory.resolve(name + ".share");
        String hint = "restore the file; a share cannot be made again but by a new ceremony";
        try {
            return SealedBytes.open(dataKey, name, DurableFiles.read(file, SealedBytes.LENGTH_MAX, hint));
        } catch (MalformedException e) {
            throw new CeremonyException(file + " does not open: " + e.getMessage(), hint, e);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }

    void erase(String name) {
        DurableFiles.erase(directory.resolve(name));
    }

    @Override
    public void close() {
        Arrays.fill(key, (byte) 0);
    }

    private static byte[] stretch(Unlock.Passphrase passphrase, byte[] salt) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withSalt(salt)
                .withIterations(ARGON_PASSES)
                .withMemoryAsKB(ARGON_KIB)
                .withParallelism(ARGON_LANES)
                .build());
        byte[] key = new byte[SealedBytes.KEY_LENGTH];
        generator.generateBytes(passphrase.utf8(), key);
        return key;
    }

    private static byte[] expand(byte[] seed, byte[] salt) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(seed, salt, "maftia/kek".getBytes(StandardCharsets.UTF_8)));
        byte[] key = new byte[SealedBytes.KEY_LENGTH];
        generator.generateBytes(key, 0, key.length);
        Arrays.fill(seed, (byte) 0);
        return key;
    }
}
