package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What opens the secrets of a key directory. */
public sealed interface Unlock {
    /** The variable that names a file with the passphrase, for replicas that start without a person. */
    String PASSPHRASE_FILE_VARIABLE = "MAFTIA_PASSPHRASE_FILE";

    /** The name of the passphrase among the credentials that systemd hands to a unit. */
    String CREDENTIAL = "maftia-passphrase";

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
     * What the surroundings of this process offer: the passphrase that systemd or {@link #PASSPHRASE_FILE_VARIABLE}
     * names, otherwise the key file.
     *
     * @throws CeremonyException when a passphrase file is named and cannot be read
     */
    static Unlock fromEnvironment() {
        String credentials = System.getenv("CREDENTIALS_DIRECTORY");
        if (credentials != null && Files.exists(Path.of(credentials, CREDENTIAL))) {
            return fromFile(Path.of(credentials, CREDENTIAL));
        }
        String named = System.getenv(PASSPHRASE_FILE_VARIABLE);
        return named == null || named.isEmpty() ? new KeyFile() : fromFile(Path.of(named));
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
            return passphrase;
        } catch (IOException e) {
            throw new CeremonyException(
                    "cannot read the passphrase file " + file,
                    "let " + PASSPHRASE_FILE_VARIABLE + " name a file whose first line is the passphrase",
                    e);
        }
    }
}
