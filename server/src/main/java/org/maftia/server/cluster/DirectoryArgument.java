package org.maftia.server.cluster;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How a person names a cluster's directory in the next command. */
public final class DirectoryArgument {
    private DirectoryArgument() {}

    /** The option with a blank behind it, or nothing where the default finds the directory. */
    public static String of(ClusterDirectory directory) {
        @Nullable String variable = System.getenv("MAFTIA_DIR");
        Path found = Path.of(variable == null || variable.isEmpty() ? ".maftia" : variable)
                .toAbsolutePath()
                .normalize();
        return found.equals(directory.root()) ? "" : "--dir " + directory.root() + " ";
    }
}
