package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

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
        List<Path> secrets = filesOf(folder);
        if (Files.exists(folder.resolve(Custody.DESCRIPTION))) {
            CustodyMethod.destroyInToken(folder, unlock, Custody.description(folder));
        }
        DurableFiles.erase(folder.resolve(Custody.KEY_FILE));
        secrets.stream().filter(file -> ends(file, Custody.DATA_KEY)).forEach(DurableFiles::erase);
        secrets.stream().filter(file -> ends(file, Custody.SHARE)).forEach(DurableFiles::erase);
        // Last, as it tells that there is something to erase.
        DurableFiles.erase(folder.resolve(Custody.DESCRIPTION));
    }

    /**
     * The files of this directory of keys alone: those of later configurations lie below that of the first one, and a
     * replica that runs adds and erases files there at any time, so their directories are not even looked into.
     */
    private static List<Path> filesOf(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(folder, EnumSet.noneOf(FileVisitOption.class), DEPTH_MAX, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean another = !directory.equals(folder) && Files.exists(directory.resolve(Custody.DESCRIPTION));
                return another ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // erased meanwhile by another: what is wanted
                }
                throw failure;
            }
        });
        return files;
    }

    private static boolean ends(Path file, String suffix) {
        return file.getFileName().toString().endsWith(suffix);
    }
}
