package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What opens the secrets of a key directory. */
public sealed interface Unlock {
    /** The variable that names a file with the passphrase, for replicas that start without a person. */
    String PASSPHRASE_FILE_VARIABLE = "MAFTIA_PASSPHRASE_FILE";

    /** The name of the passphrase among the credentials that systemd hands to a unit. */
    String CREDENTIAL = "maftia-passphrase";

    /** The name of a key among them: random bytes, which need no stretching. */
    String KEY_CREDENTIAL = "maftia-key";

    /** The name of a token's PIN among them. */
    String PIN_CREDENTIAL = "maftia-pin";

    /** The variable that names a PKCS #11 library, for replicas whose keys are sealed by a token. */
    String TOKEN_LIBRARY_VARIABLE = "MAFTIA_TOKEN_LIBRARY";

    /** The variable with the label or serial number of the token; without it the library must have one token only. */
    String TOKEN_VARIABLE = "MAFTIA_TOKEN";

    /** The variable that names a file with the token's PIN. */
    String PIN_FILE_VARIABLE = "MAFTIA_PIN_FILE";

    /**
     * A random key in a file beside the secrets. It guards nothing against who can read the directory: good for a
     * demonstration on one machine, where {@code maftia up} uses it.
     */
    record KeyFile() implements Unlock {}

    /**
     * A passphrase, stretched by Argon2id.
     *
     * @param utf8 kept by reference; {@link #wipe} zeroes it
     */
    record Passphrase(byte[] utf8) implements Unlock {
        public static Passphrase of(String text) {
            return new Passphrase(text.getBytes(StandardCharsets.UTF_8));
        }

        public void wipe() {
            Arrays.fill(utf8, (byte) 0);
        }

        /** Keeps the secret out of messages. */
        @Override
        public String toString() {
            return "Passphrase";
        }
    }

    /**
     * A key that systemd decrypted for this unit, with the TPM where the host has one.
     *
     * @param key at least 32 random bytes, kept by reference
     */
    record Credential(byte[] key) implements Unlock {
        private static final int LENGTH_MIN = 32;

        public Credential {
            if (key.length < LENGTH_MIN) {
                throw new CeremonyException(
                        "the credential " + KEY_CREDENTIAL + " is too short for a key: " + key.length + " bytes",
                        "make one of " + LENGTH_MIN
                                + " bytes: head -c 32 /dev/urandom | systemd-creds encrypt --name="
                                + KEY_CREDENTIAL + " - " + KEY_CREDENTIAL + ".cred");
            }
        }

        /** Keeps the secret out of messages. */
        @Override
        public String toString() {
            return "Credential";
        }
    }

    /**
     * A PKCS #11 token with its PIN; see {@link TokenKey}.
     *
     * @param library absolute path of the token's library
     * @param name label or serial number of the token; empty: the only one that the library has
     */
    record Token(Path library, String name, Passphrase pin) implements Unlock {
        /** Without the PIN. */
        @Override
        public String toString() {
            return "the token " + (name.isEmpty() ? "" : "'" + name + "' ") + "of " + library;
        }
    }

    /**
     * Officers who are present, each with a passphrase of his own.
     *
     * @param names when a secret is made: all officers; later: those who are present
     * @param passphrases in the same order
     * @param policy when a secret is made: how many of them must be present, or a formula over their names in JSON, or
     *     empty for more than half
     */
    record Officers(List<String> names, List<Passphrase> passphrases, String policy) implements Unlock {
        public Officers {
            names = List.copyOf(names);
            passphrases = List.copyOf(passphrases);
            if (names.isEmpty() || new TreeSet<>(names).size() != names.size() || names.size() != passphrases.size()) {
                throw new CeremonyException(
                        "each officer has a name of his own and a passphrase", "name each with --officer NAME=FILE");
            }
        }

        /** Without the passphrases. */
        @Override
        public String toString() {
            return "officers " + String.join(", ", names);
        }
    }

    /**
     * What the surroundings of this process offer: a key or passphrase that systemd hands over, the token or passphrase
     * file that variables name, otherwise the key file.
     *
     * @throws CeremonyException when a file is named and cannot be read
     */
    static Unlock fromEnvironment() {
        return from(System.getenv());
    }

    static Unlock from(Map<String, String> environment) {
        String library = environment.getOrDefault(TOKEN_LIBRARY_VARIABLE, "");
        if (!library.isEmpty()) {
            return new Token(Path.of(library), environment.getOrDefault(TOKEN_VARIABLE, ""), pin(environment));
        }
        Optional<Path> key = credential(environment, KEY_CREDENTIAL);
        if (key.isPresent()) {
            return new Credential(
                    DurableFiles.read(key.get(), CREDENTIAL_LENGTH_MAX, "see LoadCredential in the unit"));
        }
        Optional<Path> passphrase = credential(environment, CREDENTIAL);
        if (passphrase.isPresent()) {
            return fromFile(passphrase.get());
        }
        String named = environment.getOrDefault(PASSPHRASE_FILE_VARIABLE, "");
        return named.isEmpty() ? new KeyFile() : fromFile(Path.of(named));
    }

    /** Random bytes, and not a file that somebody mistook for one. */
    int CREDENTIAL_LENGTH_MAX = 4096;

    private static Optional<Path> credential(Map<String, String> environment, String name) {
        String directory = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
        Path file = Path.of(directory, name);
        return !directory.isEmpty() && Files.exists(file) ? Optional.of(file) : Optional.empty();
    }

    private static Passphrase pin(Map<String, String> environment) {
        String named = environment.getOrDefault(PIN_FILE_VARIABLE, "");
        Optional<Path> file = named.isEmpty() ? credential(environment, PIN_CREDENTIAL) : Optional.of(Path.of(named));
        return fromFile(file.orElseThrow(() -> new CeremonyException(
                "the token needs a PIN",
                "let " + PIN_FILE_VARIABLE + " name a file whose first line it is, or hand over the credential "
                        + PIN_CREDENTIAL)));
    }

    /** The passphrase that is the first line of a file. */
    static Passphrase fromFile(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int length = 0;
            while (length < bytes.length && bytes[length] != '\n' && bytes[length] != '\r') {
                length++;
            }
            Passphrase passphrase = new Passphrase(Arrays.copyOf(bytes, length));
            Arrays.fill(bytes, (byte) 0);
            if (length == 0) {
                throw new CeremonyException(
                        "the first line of " + file + " is empty", "it is to hold the passphrase or PIN");
            }
            return passphrase;
        } catch (IOException e) {
            throw new CeremonyException(
                    "cannot read " + file,
                    "name a file whose first line is the passphrase or PIN, readable for this user",
                    e);
        }
    }
}
