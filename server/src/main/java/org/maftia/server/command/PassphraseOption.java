package org.maftia.server.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.Unlock;
import picocli.CommandLine.Option;

/** {@code --passphrase-file}. */
final class PassphraseOption {
    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = {
                "File whose first line opens the private keys. Default: the",
                "credential maftia-passphrase of systemd, else the file that",
                "$MAFTIA_PASSPHRASE_FILE names, else a random key beside the keys,",
                "which guards nothing against who can read the directory."
            })
    private @Nullable Path file;

    Unlock unlock() {
        return file == null ? Unlock.fromEnvironment() : Unlock.fromFile(file);
    }

    /** Says on standard error that whoever reads the directory reads the keys, where no passphrase was named. */
    void warnOfKeyFile(Path keys) {
        if (unlock() instanceof Unlock.KeyFile) {
            System.err.println("maftia: warning: no passphrase: the file kek in " + keys + " opens the keys beside it;"
                    + " --passphrase-file names a better guard");
        }
    }
}
