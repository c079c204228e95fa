package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Destroys the keys of a configuration that is over. */
public final class OldSecrets {
    /** A name of three words, as a {@link ShareKeeper} has them, and the file. */
    private static final int DEPTH_MAX = 4;

    private OldSecrets() {}

    /**
     * Erases all secrets in a directory of keys, what opens the others first, so that nothing can be opened however soon
     * the erasure is interrupted; the transcript stays. May be repeated after a crash.
     *
     * @param unlock gives access to the token, where the directory's key lives in one; otherwise nothing
     * @throws CeremonyException when the token is not given
     */
    public static void erase(Path folder, Unlock unlock) throws IOException {
        List<Path> secrets;
        try (Stream<Path> files = Files.walk(folder, DEPTH_MAX)) {
            // Directories of later configurations lie below that of the first one.
            secrets = files.filter(Files::isRegularFile)
                    .filter(file -> isOf(folder, file))
                    .toList();
        }
        if (Files.exists(folder.resolve(Custody.DESCRIPTION))) {
            CustodyMethod.destroyInToken(folder, unlock, Custody.description(folder));
        }
        DurableFiles.erase(folder.resolve(Custody.KEY_FILE));
        secrets.stream().filter(file -> ends(file, Custody.DATA_KEY)).forEach(DurableFiles::erase);
        secrets.stream().filter(file -> ends(file, Custody.SHARE)).forEach(DurableFiles::erase);
        // Last, as it tells that there is something to erase.
        DurableFiles.erase(folder.resolve(Custody.DESCRIPTION));
    }

    private static boolean isOf(Path folder, Path file) {
        Path within = file.getParent();
        while (within != null && !within.equals(folder)) {
            if (Files.exists(within.resolve(Custody.DESCRIPTION))) {
                return false;
            }
            within = within.getParent();
        }
        return true;
    }

    private static boolean ends(Path file, String suffix) {
        return file.getFileName().toString().endsWith(suffix);
    }
}
