package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Where the key comes from that opens a directory of secrets, as {@code custody.json} says. */
enum CustodyMethod {
    /** HKDF of a random file beside the secrets. */
    FILE("file", "a key file beside them, which guards nothing"),

    /** Argon2id of a passphrase (RFC 9106). */
    PASSPHRASE("argon2id", "a passphrase (Argon2id)"),

    /** HKDF of a key that systemd hands over. */
    CREDENTIAL("credential", "a credential of systemd"),

    /** An AES key that never leaves a token. */
    TOKEN("pkcs11", "a PKCS #11 token"),

    /** HKDF of a number that is shared among officers. */
    OFFICERS("officers", "several officers together");

    static final int SALT_LENGTH = 16;

    // RFC 9106, section 4, second recommended choice: for hosts that can spare 64 MiB.
    private static final int ARGON_PASSES = 3;
    private static final int ARGON_KIB = 64 << 10;
    private static final int ARGON_LANES = 4;

    private static final String LABEL = "label";

    private final String word;
    private final String description;

    CustodyMethod(String word, String description) {
        this.word = word;
        this.description = description;
    }

    /** Its name in files. */
    String word() {
        return word;
    }

    /** What opens the secrets, for people. */
    String description() {
        return description;
    }

    static Optional<CustodyMethod> of(String word) {
        return Arrays.stream(values())
                .filter(method -> method.word.equals(word))
                .findFirst();
    }

    /**
     * Makes the key of a new directory, and writes down how it is found again.
     *
     * @param description gets what {@link #find} needs; nothing of it is secret
     */
    static KeyEncryption make(Path directory, Unlock unlock, ObjectNode description, SecureRandom random) {
        byte[] salt = new byte[SALT_LENGTH];
        random.nextBytes(salt);
        description.put("salt", Base64.getEncoder().encodeToString(salt));
        return switch (unlock) {
            case Unlock.KeyFile() -> {
                byte[] seed = new byte[SealedBytes.KEY_LENGTH];
                random.nextBytes(seed);
                DurableFiles.write(directory.resolve(Custody.KEY_FILE), seed, DurableFiles.Access.OWNER);
                description.put("method", FILE.word);
                yield new KeyEncryption.InMemory(expand(seed, salt));
            }
            case Unlock.Passphrase passphrase -> {
                description.put("method", PASSPHRASE.word);
                yield new KeyEncryption.InMemory(stretch(passphrase, salt));
            }
            case Unlock.Credential credential -> {
                description.put("method", CREDENTIAL.word);
                yield new KeyEncryption.InMemory(expand(credential.key().clone(), salt));
            }
            case Unlock.Token token -> {
                TokenKey key = TokenKey.make(token, random);
                description.put("method", TOKEN.word).put(LABEL, key.label());
                yield new KeyEncryption.InToken(key);
            }
            case Unlock.Officers officers -> {
                description.put("method", OFFICERS.word);
                yield new KeyEncryption.InMemory(expand(OfficersSecret.make(officers, description, random), salt));
            }
        };
    }

    /**
     * Finds the key of a directory.
     *
     * @param unlock what is at hand; a key file is used whatever was given for other directories
     * @throws CeremonyException when something else opens it
     */
    static KeyEncryption find(Path directory, Unlock unlock, JsonNode description) {
        byte[] salt = JsonFields.bytes(description, "salt", SALT_LENGTH);
        return switch (in(description, directory)) {
            case FILE -> {
                byte[] seed = DurableFiles.read(
                        directory.resolve(Custody.KEY_FILE), SealedBytes.KEY_LENGTH, "restore the key file");
                yield new KeyEncryption.InMemory(expand(seed, salt));
            }
            case PASSPHRASE -> {
                if (!(unlock instanceof Unlock.Passphrase passphrase)) {
                    throw new CeremonyException(
                            "the keys in " + directory + " need a passphrase",
                            "name a file with it: --passphrase-file FILE, or " + Unlock.PASSPHRASE_FILE_VARIABLE);
                }
                yield new KeyEncryption.InMemory(stretch(passphrase, salt));
            }
            case CREDENTIAL -> {
                if (!(unlock instanceof Unlock.Credential credential)) {
                    throw new CeremonyException(
                            "the keys in " + directory + " need the credential " + Unlock.KEY_CREDENTIAL,
                            "systemd hands it to a unit with LoadCredentialEncrypted=" + Unlock.KEY_CREDENTIAL);
                }
                yield new KeyEncryption.InMemory(expand(credential.key().clone(), salt));
            }
            case TOKEN ->
                new KeyEncryption.InToken(TokenKey.find(token(directory, unlock), JsonFields.text(description, LABEL)));
            case OFFICERS -> {
                if (!(unlock instanceof Unlock.Officers officers)) {
                    throw new CeremonyException(
                            "what is in " + directory + " opens for officers together",
                            "name them: --officer NAME=FILE for each who is present");
                }
                yield new KeyEncryption.InMemory(expand(OfficersSecret.find(officers, description, directory), salt));
            }
        };
    }

    /** Destroys what a token holds of the directory's key; other keys are files of the directory. */
    static void destroyInToken(Path directory, Unlock unlock, JsonNode description) {
        if (in(description, directory) == TOKEN) {
            TokenKey.destroy(token(directory, unlock), JsonFields.text(description, LABEL));
        }
    }

    private static Unlock.Token token(Path directory, Unlock unlock) {
        if (unlock instanceof Unlock.Token token) {
            return token;
        }
        throw new CeremonyException(
                "the key to " + directory + " is in a PKCS #11 token",
                "name its library and a file with the PIN: --token-library and --pin-file");
    }

    /** Whether this may open with what is at hand, be it right or wrong. */
    boolean takes(Unlock unlock) {
        return switch (this) {
            case FILE -> true;
            case PASSPHRASE -> unlock instanceof Unlock.Passphrase;
            case CREDENTIAL -> unlock instanceof Unlock.Credential;
            case TOKEN -> unlock instanceof Unlock.Token;
            case OFFICERS -> unlock instanceof Unlock.Officers;
        };
    }

    static CustodyMethod in(JsonNode description, Path directory) {
        String word = JsonFields.text(description, "method");
        return of(word).orElseThrow(
                        () -> new CeremonyException(directory + ": unknown method " + word, "use a newer Maftia"));
    }

    static byte[] stretch(Unlock.Passphrase passphrase, byte[] salt) {
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

    /** @param seed is overwritten */
    private static byte[] expand(byte[] seed, byte[] salt) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(seed, salt, "maftia/kek".getBytes(StandardCharsets.UTF_8)));
        byte[] key = new byte[SealedBytes.KEY_LENGTH];
        generator.generateBytes(key, 0, key.length);
        Arrays.fill(seed, (byte) 0);
        return key;
    }
}
