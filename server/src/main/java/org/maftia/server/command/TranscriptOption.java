package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.succession.KeyFolders;
import picocli.CommandLine.Option;

/** {@code --transcript}: of which keys a command speaks. */
final class TranscriptOption {
    @Option(
            names = "--transcript",
            paramLabel = "FILE",
            description = {
                "transcript.json of the group, as the ceremony wrote it (default: that of the",
                "present configuration in D)."
            })
    private @Nullable Path file;

    /** A transcript, and where the results of its ceremony lie, as far as they are here. */
    record Found(GroupTranscript group, Path results) {}

    /** That of the present configuration in D. */
    static Found inDirectory(ClusterDirectory place) throws IOException, ConfigurationException, CommandException {
        return new TranscriptOption().find(place);
    }

    Found find(ClusterDirectory place) throws IOException, ConfigurationException, CommandException {
        for (Path candidate : file == null ? candidates(place) : List.of(file)) {
            if (file != null || Files.exists(candidate)) {
                Path absolute = candidate.toAbsolutePath();
                return new Found(GroupTranscript.read(absolute), absolute.resolveSibling("."));
            }
        }
        throw new CommandException(
                "no transcript of a group is in " + place.root(),
                "name one with --transcript; it is public, and every replica has it beside its keys");
    }

    private static List<Path> candidates(ClusterDirectory place) throws IOException, ConfigurationException {
        List<Path> candidates = new ArrayList<>();
        if (Files.exists(place.groupFile())) {
            int number = Configuration.read(place.groupFile(), Overrides.none())
                    .ordinal()
                    .number();
            candidates.add(place.ceremony(number).resolve(GroupTranscript.FILE));
        }
        for (Path keys : keyDirectories(place)) {
            List<Path> all = KeyFolders.all(keys);
            if (!all.isEmpty()) {
                candidates.add(all.getLast().resolve(GroupTranscript.FILE));
            }
        }
        candidates.add(place.client().resolve(GroupTranscript.FILE));
        return candidates;
    }

    private static List<Path> keyDirectories(ClusterDirectory place) throws IOException {
        if (!Files.isDirectory(place.root())) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(place.root())) {
            return all.map(replica -> replica.resolve("keys"))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
    }

    /** The directories in which replicas of this host have their secrets for this transcript, by id. */
    static SortedMap<String, Path> secrets(ClusterDirectory place, GroupTranscript group) throws IOException {
        SortedMap<String, Path> folders = new TreeMap<>();
        for (String id : group.ids()) {
            for (Path folder : KeyFolders.all(place.keys(id))) {
                Optional<Path> secret = Optional.of(folder).filter(KeyFolders::holdsSecrets);
                if (secret.isPresent()
                        && GroupTranscript.read(folder.resolve(GroupTranscript.FILE))
                                .digest()
                                .equals(group.digest())) {
                    folders.put(id, folder);
                }
            }
        }
        return folders;
    }
}
