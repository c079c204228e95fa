package org.maftia.server.command;

import java.io.Console;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.CustodyEntry;
import picocli.CommandLine.Option;

/** What opens private keys: a passphrase, or a PKCS #11 token with its PIN. */
final class UnlockOption {
    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = {
                "File whose first line opens the private keys. Without this and the",
                "next options: what D/custody.toml says, else the credential",
                "maftia-key or maftia-passphrase of systemd, else the file that",
                "$MAFTIA_PASSPHRASE_FILE names, else a random key beside the keys,",
                "which guards nothing against who can read the directory."
            })
    private @Nullable Path file;

    @Option(names = "--ask-passphrase", description = "Ask for the passphrase on the terminal.")
    private boolean ask;

    @Option(
            names = "--token-library",
            paramLabel = "FILE",
            description = {
                "PKCS #11 library of a token that seals the private keys under a key",
                "which never leaves it, such as /usr/lib/softhsm/libsofthsm2.so."
            })
    private @Nullable Path library;

    @Option(
            names = "--token",
            paramLabel = "NAME",
            defaultValue = "",
            description = "Label or serial number of the token; needed where the library has several.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String token;

    @Option(names = "--pin-file", paramLabel = "FILE", description = "File whose first line is the token's PIN.")
    private @Nullable Path pinFile;

    /** Asked for once, however often it is needed. */
    private @Nullable Unlock found;

    /** Whether the command line says what opens the keys. */
    boolean isGiven() {
        return file != null || ask || library != null || pinFile != null;
    }

    /** Of what has no directory of a replica. */
    Unlock unlock() throws CommandException {
        Unlock unlock = found != null ? found : given();
        found = unlock != null ? unlock : Unlock.fromEnvironment();
        return found;
    }

    /** Of the keys of a host. */
    Unlock unlock(ClusterDirectory place) throws CommandException, ConfigurationException {
        Unlock unlock = found != null ? found : given();
        if (unlock == null && Files.exists(place.custodyFile())) {
            unlock = CustodyEntry.read(place.custodyFile()).unlock();
        }
        found = unlock != null ? unlock : Unlock.fromEnvironment();
        return found;
    }

    private @Nullable Unlock given() throws CommandException {
        int ways = (file == null ? 0 : 1) + (ask ? 1 : 0) + (library == null ? 0 : 1);
        if (ways > 1 || pinFile != null && library == null) {
            throw new CommandException(
                    "one way to open the keys, please",
                    "--passphrase-file, --ask-passphrase, or --token-library with --pin-file");
        }
        if (ask) {
            return asked("Passphrase of the keys");
        }
        if (library != null) {
            Unlock.Passphrase pin = pinFile == null ? asked("PIN of the token") : Unlock.fromFile(pinFile);
            return new Unlock.Token(library.toAbsolutePath(), token, pin);
        }
        return file == null ? null : Unlock.fromFile(file);
    }

    /** What somebody types, unseen. */
    static Unlock.Passphrase asked(String what) throws CommandException {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new CommandException("there is no terminal to ask on", "name a file in the place of typing");
        }
        char[] typed = console.readPassword("%s: ", what);
        if (typed == null || typed.length == 0) {
            throw new CommandException("nothing was typed", "a passphrase has a character at least");
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(typed));
        byte[] utf8 = new byte[encoded.remaining()];
        encoded.get(utf8);
        Arrays.fill(encoded.array(), (byte) 0);
        Arrays.fill(typed, '\0');
        return new Unlock.Passphrase(utf8);
    }

    /** Says on standard error that whoever reads the directory reads the keys, where nothing better was named. */
    void warnOfKeyFile(Path keys) {
        if (found instanceof Unlock.KeyFile) {
            System.err.println("maftia: warning: no passphrase: the file kek in " + keys + " opens the keys beside it;"
                    + " --passphrase-file names a better guard");
        }
    }
}
