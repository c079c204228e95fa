package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.log.LogTiles;
import org.maftia.services.log.LogCheckpoint;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogTree;
import org.maftia.services.log.RefusedProofException;
import org.maftia.services.log.SignedCheckpoint;

/**
 * Whether the log of one head begins with that of an earlier one: that nothing was taken out of it or altered between the two. Who brings
 * the tiles from which this is proved need not be believed.
 *
 * @param refusal null where it does
 */
record ConsistencyCheck(
        LogCheckpoint earlier,
        LogCheckpoint later,
        @Nullable String refusal) {
    private static final String SERVICE = "log";

    /** The checkpoint in a file; empty where it holds none. */
    static Optional<SignedCheckpoint> head(Path file) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) > SignedCheckpoint.LENGTH_MAX) {
            return Optional.empty();
        }
        try {
            return Optional.of(SignedCheckpoint.parsed(LogCheck.text(file, SignedCheckpoint.LENGTH_MAX)));
        } catch (MalformedException e) {
            return Optional.empty(); // a file of another kind
        }
    }

    /**
     * @param tiles a folder with {@code tile/} in it; null: those of the gateways of the cluster in the directory
     * @throws CommandException when tiles cannot be had
     */
    static ConsistencyCheck of(
            SignedCheckpoint earlier,
            SignedCheckpoint later,
            LogPolicy policy,
            @Nullable Path tiles,
            DirectoryOption directory)
            throws CommandException, IOException {
        LogCheckpoint from = earlier.checkpoint();
        LogCheckpoint to = later.checkpoint();
        if (!from.origin().equals(to.origin())) {
            return new ConsistencyCheck(from, to, "the heads are of two logs");
        }
        if (from.size() > to.size()) {
            return new ConsistencyCheck(from, to, "the second head is of a shorter log than the first");
        }
        try {
            policy.verify(earlier);
            policy.verify(later);
        } catch (RefusedProofException e) {
            return new ConsistencyCheck(from, to, e.getMessage());
        }
        if (from.size() == to.size()) {
            boolean same = from.root().equals(to.root());
            return new ConsistencyCheck(from, to, same ? null : "the log had two roots with " + to.size() + " entries");
        }
        List<LogTiles.Source> sources = tiles != null ? List.of(LogTiles.in(tiles)) : ofCluster(directory);
        return proved(from, to, sources);
    }

    /** A gateway may show false tiles: one whose tiles prove it is enough. */
    private static ConsistencyCheck proved(LogCheckpoint from, LogCheckpoint to, List<LogTiles.Source> sources)
            throws CommandException {
        boolean shown = false;
        String missing = "";
        for (LogTiles.Source source : sources) {
            try {
                List<Digest> proof = LogTree.consistency(from.size(), to.size(), new LogTiles(source, to.size()));
                if (LogTree.isConsistent(from.size(), from.root(), to.size(), to.root(), proof)) {
                    return new ConsistencyCheck(from, to, null);
                }
                shown = true;
            } catch (LogTiles.MissingException e) {
                missing = String.valueOf(e.getMessage());
            }
        }
        if (shown) {
            return new ConsistencyCheck(
                    from, to, "by no tiles that were found the log of the second head begins with that of the first");
        }
        throw new CommandException(missing, "name a folder with all tiles of the second head: --tiles");
    }

    private static List<LogTiles.Source> ofCluster(DirectoryOption directory) throws CommandException, IOException {
        try {
            Endpoints endpoints = LocalCluster.open(directory.existing()).endpoints();
            SecureHttp http = SecureHttp.trusting(directory.existing().root().resolve(endpoints.caCertificate()));
            String path = endpoints.services().get(SERVICE);
            return endpoints.replicas().stream()
                    .map(replica -> LogTiles.at(replica.https() + path, http))
                    .toList();
        } catch (ClusterException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e.hint());
        } catch (ConfigurationException e) {
            throw new CommandException(String.valueOf(e.getMessage()), "name a folder with the tiles: --tiles");
        }
    }

    /** Tells, and gives the exit code. */
    int print(OutputOption output) throws CommandException {
        if (refusal != null && output.isJson()) {
            output.print(Json.object().put("valid", false).put("reason", refusal));
            return Maftia.EXIT_FAILURE;
        }
        if (refusal != null) {
            throw new CommandException(
                    "the heads are refused: " + refusal,
                    "keep both, and ask other gateways: heads that a quorum signed and that do not fit prove a fault");
        }
        output.print(
                Json.object().put("valid", true).put("earlier", earlier.size()).put("size", later.size()),
                "the log of " + later.size() + " entries begins with that of " + earlier.size() + " entries");
        return 0;
    }
}
