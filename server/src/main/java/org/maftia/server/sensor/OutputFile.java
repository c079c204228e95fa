package org.maftia.server.sensor;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A result in a file: whole, or not at all. */
public final class OutputFile {
    private OutputFile() {}

    /** What is written. */
    public interface Content {
        void writeTo(Writer writer) throws IOException;
    }

    /**
     * Writes beside the file and renames. When anything fails, such as a full disk, or the program is interrupted, a file of that
     * name that was there before is untouched and nothing is left over.
     */
    public static void write(Path file, Content content) throws IOException {
        Path name = file.getFileName();
        if (name == null || Files.isDirectory(file)) {
            throw new IOException(file + " is no name of a file");
        }
        Path draft =
                file.resolveSibling("." + name + "." + ProcessHandle.current().pid());
        try (Undo _ = Undo.of(() -> Files.deleteIfExists(draft))) {
            try (BufferedWriter writer = Files.newBufferedWriter(draft, StandardCharsets.UTF_8)) {
                content.writeTo(writer);
            }
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " cannot be written: there is no such directory", e);
        } catch (IOException e) {
            throw new IOException(file + " was not written, nor changed: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
