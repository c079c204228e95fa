package org.maftia.server.ceremony;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.maftia.core.wire.MalformedException;

/**
 * A directory of secrets, none of them ever on disk in the clear. Each is sealed under one key-encryption key, where
 * {@link CustodyMethod} says that it lives, and bound to its own name.
 */
final class Custody implements AutoCloseable {
    /** Says how the key-encryption key is made, and lets a wrong passphrase be told from a damaged file. */
    static final String DESCRIPTION = "custody.json";

    static final String KEY_FILE = "kek";
    private static final String CHECK = "check";

    /** Ends the name of a data key, sealed under the directory's key. */
    static final String DATA_KEY = ".key";

    /** Ends the name of what a data key seals. */
    static final String SHARE = ".share";

    /** The sealed shares of some tens of officers. */
    private static final int DESCRIPTION_LENGTH_MAX = 256 << 10;

    private final Path directory;
    private final KeyEncryption key;
    private final SecureRandom random;
    private final DurableFiles.Watch watch;

    private Custody(Path directory, KeyEncryption key, SecureRandom random, DurableFiles.Watch watch) {
        this.directory = directory;
        this.key = key;
        this.random = random;
        this.watch = watch;
    }

    /** Begins a directory of secrets. */
    static Custody create(Path directory, Unlock unlock, SecureRandom random) {
        if (Files.exists(directory.resolve(DESCRIPTION))) {
            throw new CeremonyException(
                    directory + " holds keys already", "keys are made once; name another directory for new ones");
        }
        ObjectNode description = CanonicalJson.object();
        KeyEncryption key = CustodyMethod.make(directory, unlock, description, random);
        byte[] check = key.seal(CHECK, new byte[0], random);
        description.put(CHECK, Base64.getEncoder().encodeToString(check));
        DurableFiles.write(
                directory.resolve(DESCRIPTION), CanonicalJson.encode(description), DurableFiles.Access.OWNER);
        return new Custody(directory, key, random, DurableFiles.Watch.NONE);
    }

    /** Begins a directory with one secret of another, sealed as it is there; whoever opens that one opens both. */
    static Custody copy(Path from, Path to, String name, Unlock unlock, SecureRandom random) {
        if (Files.exists(to.resolve(DESCRIPTION))) {
            throw new CeremonyException(to + " holds keys already", "name another directory for the results");
        }
        open(from, unlock, random).close(); // before anything is written
        byte[] sealed = DurableFiles.read(from.resolve(name), SealedBytes.LENGTH_MAX, "name the right directory");
        DurableFiles.write(to.resolve(name), sealed, DurableFiles.Access.OWNER);
        DurableFiles.write(to.resolve(DESCRIPTION), CanonicalJson.encode(description(from)), DurableFiles.Access.OWNER);
        return open(to, unlock, random);
    }

    /**
     * Opens a directory of secrets.
     *
     * @throws CeremonyException when it is none, or the passphrase is wrong
     */
    static Custody open(Path directory, Unlock unlock, SecureRandom random) {
        return open(directory, unlock, random, DurableFiles.Watch.NONE);
    }

    static Custody open(Path directory, Unlock unlock, SecureRandom random, DurableFiles.Watch watch) {
        JsonNode description = description(directory);
        KeyEncryption key = CustodyMethod.find(directory, unlock, description);
        try {
            key.open(CHECK, JsonFields.bytes(description, CHECK, 256));
        } catch (MalformedException e) {
            throw new CeremonyException(
                    switch (CustodyMethod.in(description, directory)) {
                        case PASSPHRASE -> "the passphrase is wrong";
                        case FILE -> "the key file does not open " + directory;
                        case CREDENTIAL -> "the credential does not open " + directory;
                        case TOKEN -> "the key in the token does not open " + directory;
                        case OFFICERS -> "what the officers put together does not open " + directory;
                    },
                    "it is the one given when the keys in " + directory + " were made",
                    e);
        }
        return new Custody(directory, key, random, watch);
    }

    /** How the secrets of a directory open; nothing in it is secret. */
    static JsonNode description(Path directory) {
        String hint = "keys are made by `maftia init`, or by `maftia up` for a local cluster";
        Path file = directory.resolve(DESCRIPTION);
        return CanonicalJson.decode(DurableFiles.read(file, DESCRIPTION_LENGTH_MAX, hint), file.toString(), hint);
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
        DurableFiles.write(directory.resolve(name), key.seal(name, secret, random), DurableFiles.Access.OWNER, watch);
    }

    byte[] load(String name) {
        Path file = directory.resolve(name);
        byte[] bytes = DurableFiles.read(file, SealedBytes.LENGTH_MAX, "restore the file, or enrol the replica anew");
        try {
            return key.open(name, bytes);
        } catch (MalformedException e) {
            throw new CeremonyException(
                    file + " does not open: " + e.getMessage(), "restore the file, or enrol the replica anew", e);
        }
    }

    /** Stores a large or long-lived secret under a data key of its own, so that erasing 32 bytes erases it. */
    void storeUnderDataKey(String name, byte[] secret) {
        byte[] dataKey = new byte[SealedBytes.KEY_LENGTH];
        random.nextBytes(dataKey);
        try {
            store(name + DATA_KEY, dataKey);
            byte[] sealed = SealedBytes.seal(dataKey, name, secret, random);
            DurableFiles.write(directory.resolve(name + SHARE), sealed, DurableFiles.Access.OWNER, watch);
        } finally {
            Arrays.fill(dataKey, (byte) 0);
        }
    }

    byte[] loadUnderDataKey(String name) {
        byte[] dataKey = load(name + DATA_KEY);
        Path file = directory.resolve(name + SHARE);
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
        DurableFiles.erase(directory.resolve(name), watch);
    }

    /** The wrapped data key goes first: once its bytes are gone nobody opens what it sealed. */
    void eraseUnderDataKey(String name) {
        erase(name + DATA_KEY);
        erase(name + SHARE);
    }

    @Override
    public void close() {
        key.close();
    }
}
