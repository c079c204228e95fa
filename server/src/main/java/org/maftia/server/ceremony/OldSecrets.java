package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Destroys the keys of a configuration that is over. */
public final class OldSecrets {
    private OldSecrets() {}

    /**
     * Erases all secrets in a directory of keys, the one that opens the others last; the transcript stays. May be
     * repeated after a crash.
     */
    public static void erase(Path folder) throws IOException {
        List<Path> secrets;
        try (Stream<Path> files = Files.walk(folder, 2)) {
            // Directories of later configurations lie below that of the first one.
            secrets = files.filter(Files::isRegularFile)
                    .filter(file ->
                            folder.equals(file.getParent()) || !Files.exists(file.resolveSibling(Custody.DESCRIPTION)))
                    .filter(OldSecrets::isSecret)
                    .toList();
        }
        secrets.forEach(DurableFiles::erase);
        DurableFiles.erase(folder.resolve(Custody.KEY_FILE));
        DurableFiles.erase(folder.resolve(Custody.DESCRIPTION));
    }

    private static boolean isSecret(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".key") || name.endsWith(".share");
    }
}
