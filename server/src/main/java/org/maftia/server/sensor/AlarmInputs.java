package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What the arguments of a command mean: {@code -} is standard input, {@code unix:PATH} a socket on which one sensor
 * is awaited, a directory all files below it, a zip archive all its members and {@code ARCHIVE!MEMBER} one of them.
 */
final class AlarmInputs {
    private static final String SOCKET = "unix:";
    private static final int DEPTH_MAX = 8;

    /** Below a directory, or in an archive. */
    private static final int COUNT_MAX = 100_000;

    private AlarmInputs() {}

    static List<AlarmInput> of(String argument, InputStream standardInput) throws IOException {
        if (argument.equals("-")) {
            return List.of(new AlarmInput("standard input", new AlarmInput.Stream(standardInput)));
        }
        if (argument.startsWith(SOCKET)) {
            Path socket = Path.of(argument.substring(SOCKET.length()));
            return List.of(new AlarmInput(argument, new AlarmInput.Socket(socket)));
        }
        Path path = Path.of(argument);
        if (Files.isDirectory(path)) {
            return below(path);
        }
        int member = argument.lastIndexOf('!');
        if (member > 0 && !Files.exists(path)) {
            Path archive = Path.of(argument.substring(0, member));
            String name = argument.substring(member + 1);
            return List.of(new AlarmInput(argument, new AlarmInput.Member(archive, name)));
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(argument);
        }
        return isZip(path) ? members(path) : List.of(new AlarmInput(argument, new AlarmInput.Plain(path)));
    }

    /** Links are not followed: a directory of logs is what it seems. */
    private static List<AlarmInput> below(Path directory) throws IOException {
        List<Path> files;
        try (var walk = Files.walk(directory, DEPTH_MAX)) {
            files = walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .limit(COUNT_MAX)
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        List<AlarmInput> inputs = new ArrayList<>();
        for (Path file : files) {
            try {
                AlarmInput single = new AlarmInput(file.toString(), new AlarmInput.Plain(file));
                inputs.addAll(isZip(file) ? members(file) : List.of(single));
            } catch (IOException e) {
                inputs.add(new AlarmInput(file.toString(), new AlarmInput.Broken(e)));
            }
        }
        return inputs;
    }

    private static boolean isZip(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false; // a pipe must not be looked into
        }
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] magic = stream.readNBytes(4);
            return magic.length == 4 && magic[0] == 'P' && magic[1] == 'K' && magic[2] == 3 && magic[3] == 4;
        }
    }

    private static List<AlarmInput> members(Path archive) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return zip.stream()
                    .filter(entry -> !entry.isDirectory())
                    .limit(COUNT_MAX)
                    .map(ZipEntry::getName)
                    .sorted()
                    .map(name -> new AlarmInput(archive + "!" + name, new AlarmInput.Member(archive, name)))
                    .toList();
        }
    }
}
