package org.maftia.server.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.ClusterDirectory;
import picocli.CommandLine.Option;

/** {@code --dir}, the same for all commands that work on a local cluster. */
final class DirectoryOption {
    @Option(
            names = "--dir",
            paramLabel = "D",
            description = "Directory of the cluster (default: $MAFTIA_DIR, else ./.maftia).")
    private @Nullable Path given;

    /** Whether the option was given. */
    boolean isGiven() {
        return given != null;
    }

    /** The directory, which need not exist. */
    ClusterDirectory directory() {
        if (given != null) {
            return new ClusterDirectory(given.toAbsolutePath().normalize());
        }
        @Nullable String variable = System.getenv("MAFTIA_DIR");
        Path path = Path.of(variable == null || variable.isEmpty() ? ".maftia" : variable);
        return new ClusterDirectory(path.toAbsolutePath().normalize());
    }

    /** The directory of a cluster that was made before. */
    ClusterDirectory existing() throws CommandException {
        ClusterDirectory directory = directory();
        if (!Files.isRegularFile(directory.groupFile())) {
            throw new CommandException(
                    "there is no cluster in " + directory.root(),
                    "'maftia up' makes one; --dir or MAFTIA_DIR names its directory");
        }
        return directory;
    }

    /** The same option for another process. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add("--dir");
        arguments.add(directory().root().toString());
        return arguments;
    }
}
