package org.maftia.server.component;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.server.cluster.PidFile;

/**
 * Where the trusted component of a replica lies.
 *
 * @param directory beside the replica's keys and data; absolute
 */
public record ComponentPlace(Path directory) {
    /** The address of a socket has 108 bytes, with a zero at the end. */
    private static final int SOCKET_LENGTH_MAX = 107;

    private static final int NAME_LENGTH = 16;

    /** Its keys and counters: the component's alone, and not to be restored from a copy. */
    public Path state() {
        return directory.resolve("state");
    }

    Path pidFile() {
        return directory.resolve("pid");
    }

    /** What it said on standard error. */
    Path words() {
        return directory.resolve("console");
    }

    /** Where it answers: in its directory, or where the path of that is too long for a socket, in one of a short name. */
    Path socket() {
        Path own = directory.resolve("socket");
        if (own.toString().getBytes(StandardCharsets.UTF_8).length <= SOCKET_LENGTH_MAX) {
            return own;
        }
        String name = Transcript.of("component socket")
                .field(directory.toString())
                .digest()
                .toString()
                .substring(0, NAME_LENGTH);
        return Path.of(System.getProperty("java.io.tmpdir"), "maftia-" + name, "socket");
    }

    /** Whether a component was enrolled here that this user may start. */
    boolean isOwn() {
        return Files.isReadable(state().resolve("identity"));
    }

    /** Makes the directories, for this user alone. */
    void create() throws IOException {
        Path beside = Invariant.present(socket().getParent(), "a socket lies in a directory");
        for (Path each : List.of(directory, beside)) {
            Files.createDirectories(each);
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** The process that was started here, if it lives. */
    public Optional<ProcessHandle> process() throws IOException {
        return PidFile.read(pidFile());
    }

    /** Ends the component that was started here, if it lives. What it counted is on its disk. */
    public void end() throws IOException {
        Optional<ProcessHandle> living = process();
        if (living.isPresent()) {
            living.get().destroy(); // it handles no signal, so this ends it at once
            living.get().onExit().join();
            Files.deleteIfExists(socket());
        }
        Files.deleteIfExists(pidFile());
    }
}
